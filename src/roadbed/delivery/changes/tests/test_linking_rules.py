"""Linking by rule: each way in which a deployment's commit is not the one that somebody wrote, and none forced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.delivery.changes.linking.rules.linking import Past, World, link_all
from roadbed.delivery.changes.linking.rules.matching import requests_of
from roadbed.delivery.changes.linking.rules.owning import Owned, digest_of, environment_name, owned_of, place, tag_of
from roadbed.delivery.changes.linking.rules.values import Built, Change, Commit, Deployed, Link
from roadbed.delivery.changes.linking.rules.walking import Graph, between

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CODE, CONFIG = "github.com/acme/shop", "github.com/acme/deploy"
SHOP = Owned("s-1", "shop", paths={CODE: ()})


def sha(name: str) -> str:
    """A full name that begins like the given one."""
    return (name.encode().hex() + "0" * 40)[:40]


def commit(
    name: str, minute: int, *parents: str, subject: str = "", paths: tuple[str, ...] | None = ("a",), **more: str
) -> Commit:
    at = NOW + timedelta(minutes=minute)
    return Commit(
        sha(name), subject or name, at, at, parents=tuple(map(sha, parents)), paths=paths, author="Mara", **more
    )


def graph(*commits: Commit) -> Graph:
    return Graph({one.sha: one for one in commits})


def deployed(
    uid: str, minute: int, name: str = "", *, repository: str = CODE, artifacts: tuple[str, ...] = ()
) -> Deployed:
    pairs = ((repository, sha(name)),) if name else ()
    return Deployed(uid, NOW + timedelta(minutes=minute), pairs, artifacts)


def subjects(link: Link) -> list[str] | None:
    return None if link.commits is None else [one.commit.subject for one in link.commits]


LINE = graph(commit("c1", 1), commit("c2", 2, "c1"), commit("c3", 3, "c2"), commit("c4", 4, "c3"))
TWO = (deployed("d1", 10, "c1"), deployed("d2", 20, "c3"))


def test_a_deployment_carries_what_the_one_before_it_had_not():
    links = link_all(SHOP, TWO, World({CODE: LINE}))
    assert (links["d1"].method, links["d1"].commits, links["d1"].confidence) == ("first", None, None)
    assert (links["d2"].method, subjects(links["d2"]), links["d2"].confidence) == ("git", ["c3", "c2"], 1.0)


def test_a_merge_brings_its_branch_and_not_what_was_live():
    tree = graph(commit("c1", 1), commit("b1", 2, "c1"), commit("c2", 3, "c1"), commit("m", 4, "c2", "b1"))
    links = link_all(SHOP, (deployed("d1", 10, "c2"), deployed("d2", 20, "m")), World({CODE: tree}))
    assert subjects(links["d2"]) == ["m", "b1"]


def test_pushes_alone_link_with_less_confidence():
    told = {one.sha: replace(one, parents=None) for one in LINE.commits.values()}
    edges = {sha(f"c{n}"): frozenset({sha(f"c{n - 1}")}) for n in (2, 3, 4)}
    links = link_all(SHOP, TWO, World({CODE: Graph(told, edges)}))
    assert (links["d2"].method, subjects(links["d2"]), links["d2"].confidence) == ("graph", ["c3", "c2"], 0.9)


def test_a_gap_in_history_halves_the_confidence_and_says_so():
    told = {one.sha: replace(one, parents=None) for one in LINE.commits.values()}
    links = link_all(SHOP, TWO, World({CODE: Graph(told, {sha("c3"): frozenset({sha("c2")})})}))
    assert links["d2"].confidence == 0.45
    assert any("gap" in words for words in links["d2"].evidence)


def test_an_older_version_carries_nothing_and_the_next_counts_from_it():
    three = (*TWO, deployed("d3", 30, "c2"), deployed("d4", 40, "c4"))
    links = link_all(SHOP, three, World({CODE: LINE}))
    assert subjects(links["d3"]) == []
    assert subjects(links["d4"]) == ["c4", "c3"]


def test_a_squash_counts_from_the_first_commit_of_its_branch():
    tree = graph(
        commit("c1", 1), commit("f1", 2, "c1"), commit("f2", 3, "f1"), commit("s", 9, "c1", subject="Add x (#7)")
    )
    merged = requests_of([Change("7", head=sha("f2"), merge=sha("s"), opened_at=NOW + timedelta(minutes=5))])
    links = link_all(SHOP, (deployed("d1", 10, "c1"), deployed("d2", 20, "s")), World({CODE: tree}, {CODE: merged}))
    (one,) = links["d2"].commits or ()
    assert (one.how, one.change, one.first_at) == ("squash", "7", NOW + timedelta(minutes=2))


def test_a_squash_of_an_unknown_branch_counts_from_the_opening_of_its_request():
    tree = graph(commit("c1", 1), commit("s", 9, "c1", subject="Add x (#7)"))
    merged = requests_of([Change("7", head=sha("f2"), merge=sha("s"), opened_at=NOW + timedelta(minutes=5))])
    links = link_all(SHOP, (deployed("d1", 10, "c1"), deployed("d2", 20, "s")), World({CODE: tree}, {CODE: merged}))
    (one,) = links["d2"].commits or ()
    assert one.first_at == NOW + timedelta(minutes=5)


def test_a_rebase_is_found_by_the_words_and_authors_of_each_commit():
    tree = graph(
        commit("c1", 1),
        commit("f1", 2, "c1", subject="One"),
        commit("f2", 3, "f1", subject="Two"),
        commit("c2", 4, "c1"),
        commit("r1", 8, "c2", subject="One"),
        commit("r2", 9, "r1", subject="Two"),
    )
    merged = requests_of([Change("8", head=sha("f2"), merge=sha("r2"))])
    links = link_all(SHOP, (deployed("d1", 10, "c2"), deployed("d2", 20, "r2")), World({CODE: tree}, {CODE: merged}))
    found = links["d2"].commits or ()
    assert [(one.commit.subject, one.how, one.change, one.first_at) for one in found] == [
        ("Two", "rebase", "8", NOW + timedelta(minutes=3)),
        ("One", "rebase", "8", NOW + timedelta(minutes=2)),
    ]


def test_a_merge_commit_names_its_request_and_hides_nothing():
    tree = graph(
        commit("c1", 1), commit("f1", 2, "c1"), commit("m", 4, "c1", "f1", subject="Merge pull request #9 from x")
    )
    merged = requests_of([Change("9", head=sha("f1"), merge=sha("m"))])
    links = link_all(SHOP, (deployed("d1", 10, "c1"), deployed("d2", 20, "m")), World({CODE: tree}, {CODE: merged}))
    assert [(one.how, one.change, one.first_at) for one in links["d2"].commits or ()] == [
        ("merge", "9", None),
        ("", "", None),
    ]


def test_a_cherry_pick_counts_from_the_commit_that_was_picked():
    picked = commit("p", 9, "c1", subject="Fix", body=f"Why.\n\n(cherry picked from commit {sha('c3')})")
    tree = graph(*LINE.commits.values(), picked)
    links = link_all(SHOP, (deployed("d1", 10, "c1"), deployed("d2", 20, "p")), World({CODE: tree}))
    (one,) = links["d2"].commits or ()
    assert (one.how, one.origin, one.first_at) == ("cherry-pick", sha("c3"), NOW + timedelta(minutes=3))


DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    "artifact", [f"registry.example/acme/shop@{DIGEST}", f"pkg:oci/shop@sha256%3A{'ab' * 32}", f"shop:v3@{DIGEST}"]
)
def test_an_artifact_is_known_by_its_digest_from_whichever_registry(artifact: str):
    two = (deployed("d1", 10, "c1"), deployed("d2", 20, artifacts=(artifact,)))
    links = link_all(SHOP, two, World({CODE: LINE}, built={DIGEST: Built(CODE, sha("c3"))}))
    assert (links["d2"].method, subjects(links["d2"]), links["d2"].confidence) == ("artifact", ["c3", "c2"], 1.0)


def test_an_artifact_of_a_change_is_what_that_change_merged():
    two = (deployed("d1", 10, "c1"), deployed("d2", 20, artifacts=(f"shop@{DIGEST}",)))
    merged = requests_of([Change("7", merge=sha("c3"))])
    links = link_all(SHOP, two, World({CODE: LINE}, {CODE: merged}, {DIGEST: Built(CODE, change="7")}))
    assert subjects(links["d2"]) == ["c3", "c2"]


def test_a_tag_that_names_a_commit_is_believed_less_than_a_digest():
    two = (deployed("d1", 10, "c1"), deployed("d2", 20, artifacts=(f"registry:5000/shop:main-{sha('c3')[:12]}",)))
    links = link_all(SHOP, two, World({CODE: LINE}))
    assert (links["d2"].method, subjects(links["d2"]), links["d2"].confidence) == ("artifact", ["c3", "c2"], 0.9)


def test_a_bump_in_a_configuration_repository_leads_to_the_code():
    bumps = graph(
        commit("g1", 5, subject=f"Bump shop to {sha('c1')[:10]}"),
        commit("g2", 15, "g1", subject=f"Bump shop to {sha('c3')[:10]}"),
        commit("g3", 16, "g2", subject="Raise replicas"),
    )
    two = (deployed("d1", 10, "g1", repository=CONFIG), deployed("d2", 20, "g3", repository=CONFIG))
    links = link_all(SHOP, two, World({CODE: LINE}, configuration={CONFIG: bumps}))
    assert (links["d2"].method, subjects(links["d2"]), links["d2"].confidence) == ("gitops", ["c3", "c2"], 0.8)


def test_a_service_of_a_monorepo_carries_what_touches_its_own_paths():
    tree = graph(
        commit("c1", 1), commit("c2", 2, "c1", paths=("cart/x.py",)), commit("c3", 3, "c2", paths=("search/y.py",))
    )
    cart, search = Owned("s-1", "cart", paths={CODE: ("cart/",)}), Owned("s-2", "search", paths={CODE: ("search/",)})
    assert subjects(link_all(cart, TWO, World({CODE: tree}))["d2"]) == ["c2"]
    assert subjects(link_all(search, TWO, World({CODE: tree}))["d2"]) == ["c3"]
    nothing = Owned("s-3", "mail", paths={CODE: ("mail/",)})
    assert subjects(link_all(nothing, TWO, World({CODE: tree}))["d2"]) == []


def test_a_commit_whose_files_nobody_told_is_kept_with_less_confidence():
    tree = graph(commit("c1", 1), commit("c2", 2, "c1", paths=None), commit("c3", 3, "c2", paths=("search/y.py",)))
    link = link_all(Owned("s-1", "cart", paths={CODE: ("cart/",)}), TWO, World({CODE: tree}))["d2"]
    assert (subjects(link), link.confidence) == (["c2"], 0.7)


def test_a_service_of_several_repositories_carries_what_each_brought():
    lib = "github.com/acme/lib"
    other = graph(commit("l1", 1), commit("l2", 5, "l1"))
    both = Owned("s-1", "shop", paths={CODE: (), lib: ()})
    two = (
        Deployed("d1", NOW + timedelta(minutes=10), ((CODE, sha("c1")), (lib, sha("l1")))),
        Deployed("d2", NOW + timedelta(minutes=20), ((CODE, sha("c2")), (lib, sha("l2")))),
    )
    assert subjects(link_all(both, two, World({CODE: LINE, lib: other}))["d2"]) == ["l2", "c2"]


def test_what_cannot_be_linked_says_what_is_missing_and_is_not_zero():
    links = link_all(SHOP, (deployed("d1", 10, "c1"), deployed("d2", 20, "zz")), World({CODE: LINE}))
    assert (links["d2"].commits, links["d2"].confidence, links["d2"].method) == (None, None, "")
    assert "backfill" in links["d2"].evidence[0]
    assert "webhook" in link_all(SHOP, TWO, World())["d2"].evidence[0]
    nothing = link_all(SHOP, (deployed("d1", 10), deployed("d2", 20)), World({CODE: LINE}))
    assert "neither a commit nor an artifact" in nothing["d2"].evidence[0]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(2, 12))
def test_what_lies_between_two_versions_is_what_sets_say(data: st.DataObject, size: int):
    commits = []
    for number in range(size):
        parents = data.draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else set()
        commits.append(commit(f"n{number}", number, *(f"n{one}" for one in parents)))
    tree = graph(*commits)
    old, new = (sha(f"n{data.draw(st.integers(0, size - 1))}") for _ in range(2))
    walk = between(tree, old=old, new=new)
    assert walk is not None
    assert set(walk.shas) == reachable(tree, new) - reachable(tree, old)
    assert walk.back == (old != new and new in reachable(tree, old))


def test_links_do_not_depend_on_the_order_in_which_deployments_were_told():
    three = (*TWO, deployed("d3", 30, "c4"))
    expected = link_all(SHOP, three, World({CODE: LINE}))
    assert all(link_all(SHOP, order, World({CODE: LINE})) == expected for order in permutations(three))


def reachable(tree: Graph, start: str) -> set[str]:
    """A commit and everything before it, the slow way."""
    return {start}.union(*(reachable(tree, parent) for parent in tree.before(start) or ()))


def test_pushes_that_contradict_each_other_end_the_walk_all_the_same():
    told = {one.sha: replace(one, parents=None) for one in LINE.commits.values()}
    circle = {sha(f"c{n}"): frozenset({sha(f"c{n % 4 + 1}")}) for n in (1, 2, 3, 4)}
    walk = between(Graph(told, circle), old=sha("c1"), new=sha("c3"))
    assert walk is not None
    assert set(walk.shas) <= set(told)


MONO = tuple(Owned(f"s-{name}", name, paths={CODE: (f"{name}/",)}) for name in ("cart", "search"))


@pytest.mark.parametrize(
    ("told", "whose"),
    [
        ({"service": "cart"}, "cart"),
        ({"service": "default/CART"}, "cart"),
        ({"environment": "production-cart"}, "cart"),
        ({"environment": "search/production"}, "search"),
        ({"artifacts": ("registry.example/acme/cart:1.2",)}, "cart"),
        ({}, None),
        ({"service": "mail"}, None),
    ],
)
def test_a_deployment_belongs_to_the_service_that_it_names_and_is_never_guessed(told: dict, whose: str | None):
    given = {"service": "", "environment": "production", "artifacts": (), "repositories": [CODE], **told}
    placed = place(MONO, **given)
    assert (placed.service.name if placed.service else None) == whose
    assert (placed.service is None) == bool(placed.problem and placed.remedy)


def test_the_catalogue_says_what_is_whose():
    one = owned_of(
        uid="u",
        name="cart",
        namespace="default",
        location="git@github.com:Acme/Mono.git",
        entity_path="services/cart/catalog-info.yaml",
        annotations={
            "backstage.io/source-location": "url:https://gitlab.com/acme/cart/-/tree/main/",
            "roadbed.dev/repositories": "https://github.com/acme/lib",
            "argocd/app-name": "cart-eu",
            "roadbed.dev/images": "registry.example/acme/cart:latest",
        },
    )
    assert one.paths == {
        "github.com/acme/mono": ("services/cart/",),
        "gitlab.com/acme/cart": ("services/cart/",),
        "github.com/acme/lib": (),
    }
    assert one.images == {"registry.example/acme/cart"}
    assert {"cart", "cart-eu", "default/cart"} <= one.names


@pytest.mark.parametrize(
    ("said", "service", "meant"),
    [
        ("Prod", "", "production"),
        ("production-cart", "cart", "production"),
        ("STG", "", "staging"),
        ("eu west/1", "", "eu-west-1"),
        ("", "", "production"),
    ],
)
def test_environments_have_one_name(said: str, service: str, meant: str):
    assert environment_name(said, service) == meant


def test_digests_and_tags_are_told_apart():
    assert digest_of("a/b:1@" + DIGEST) == DIGEST
    assert (tag_of("host:5000/a/b"), tag_of("host:5000/a/b:v1"), tag_of("pkg:npm/x@1.2.3")) == ("", "v1", "1.2.3")


def test_a_bump_counts_whose_files_are_the_services_own_where_several_services_are_bumped_from_one_repository():
    bumps = graph(
        commit("g1", 5, subject=f"Bump cart to {sha('c1')[:10]}", paths=("apps/cart/values.yaml",)),
        commit("g2", 15, "g1", subject=f"Bump to {sha('c3')[:10]}", paths=("apps/cart/values.yaml",)),
        commit("g3", 16, "g2", subject=f"Bump to {sha('c4')[:10]}", paths=("apps/search/values.yaml",)),
    )
    two = (deployed("d1", 10, "g1", repository=CONFIG), deployed("d2", 20, "g3", repository=CONFIG))
    cart = Owned("s-1", "cart", paths={CODE: ()})
    world = World({CODE: LINE}, configuration={CONFIG: bumps}, others=frozenset({"search"}))
    link = link_all(cart, two, world)["d2"]
    assert (link.method, subjects(link), link.confidence) == ("gitops", ["c3", "c2"], 0.9)
    assert "apps/cart/values.yaml" in link.evidence[0]


def test_deployments_in_portions_are_linked_as_all_at_once():
    four = tuple(deployed(f"d{number}", number * 10, f"c{number}") for number in (1, 2, 3, 4))
    past, found = Past(), {}
    for one in four:
        found |= link_all(SHOP, (one,), World({CODE: LINE}), past=past)
    assert found == link_all(SHOP, four, World({CODE: LINE}))
    assert [found[one.uid].method for one in four] == ["first", "git", "git", "git"]

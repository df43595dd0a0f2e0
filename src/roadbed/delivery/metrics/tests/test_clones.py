"""`metrics git`: deployments from tags, changes from commits, evidence from both, on real repositories."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from roadbed.cli.main import app
from roadbed.delivery.metrics.rules.git.graph import Graph
from roadbed.delivery.metrics.rules.git.log import Logged, commits_of
from roadbed.delivery.metrics.rules.git.tags import Tag, chosen, pattern_of
from roadbed.delivery.metrics.tests.cloning import BEGIN, Recorder, git
from roadbed.ground.errors import Invalid, NotFound

HOUR = 3600.0


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["metrics", "git", *words])


def told(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Versions with a merged branch, a revert, a rollback, a hotfix."""
    made = Recorder()
    made.commit("a", 0)
    made.tag("v1.0", "a", 1)
    made.commit("b", 2, "a", message="Add search (#4)")
    made.commit("c", 3, "b")
    made.commit("m", 6, "a", "c", message="Merge pull request #5 from u/5")
    made.tag("v1.1", "m", 10)
    made.commit("r", 11, "m", message='Revert "Add search (#4)"\n\nIt broke the cart.')
    made.tag("v1.2", "r", 12)
    made.commit("d", 13, "r", author="renovate[bot] <bot@example.org>")
    made.commit("e", 14, "d", message="Sort by price")
    made.tag("v1.3", "e", 20)
    made.tag("v1.2-again", "r", 21)
    made.commit("f", 22, "e", message="Fix prices")
    made.tag("v1.4", "f", 24)
    made.commit("h", 25, "f", message="hotfix: price of nothing\n\nBroken since v1.1.")
    made.tag("v1.5", "h", 26)
    return made.write(tmp_path / "shop.git")


def test_tags_are_deployments_judged_by_the_server_s_rules(shop: Path):
    found = told(str(shop), "--tags", "v*")
    kinds = [(one["tag"], one["kind"], one["failed_by"], one["commits"]) for one in found["deployments"]]
    assert kinds == [
        ("v1.0", "ordinary", "", None),
        ("v1.1", "ordinary", "reverted by v1.2", 2),
        ("v1.2", "revert", "", 1),
        ("v1.3", "ordinary", "rolled back by v1.2-again", 2),
        ("v1.2-again", "rollback", "", None),
        ("v1.4", "ordinary", "", 3),
        ("v1.5", "hotfix", "", 1),
    ]
    (figures,) = found["figures"]
    assert (figures["deployments"], figures["failed_deployments"]) == (7, 2)
    # v1.1 carried b and c, v1.4 what v1.3 had brought and f, v1.5 its hotfix; the machine's change is apart.
    assert figures["lead_time"]["n"] == 5
    assert (figures["lead_time_seconds"]["p50"], figures["lead_time"]["bots"]["n"]) == (7 * HOUR, 1)
    work = found["integration"]
    assert (work["merged_branches"], work["branch_commits"]["p50"], work["branch_age_seconds"]["p50"]) == (
        1,
        2,
        4 * HOUR,
    )
    assert (work["people"], work["bots"]) == (1, 1)


def test_without_patterns_the_usual_tags_are_taken(shop: Path):
    found = told(str(shop))
    assert (found["deployments_by"], len(found["deployments"])) == ("versions", 6)
    git(shop, "tag", "deploy/7", "v1.1^{}")
    assert told(str(shop))["deployments_by"].startswith("deploy/*")


def test_the_report_stands_alone_and_the_words_fit(shop: Path, tmp_path: Path):
    page = tmp_path / "report.html"
    shown = run(str(shop), "-t", "v*", "--html", str(page))
    assert shown.exit_code == 0, shown.output
    assert "rolled back by v1.2-again" in shown.stdout
    assert "The report is in" in shown.stdout
    text = page.read_text()
    assert text.count("<svg") == 2
    assert not any(word in text for word in ("http://", "https://", "<script", "src=", "@import", "url("))
    assert "reverted by v1.2" in text


def test_what_stands_in_a_repository_is_text_in_the_report(tmp_path: Path):
    made = Recorder()
    made.commit("a", 0, message="<script>alert(1)</script>")
    made.tag("v1.0", "a", 1)
    made.commit("b", 2, "a", message='Revert "<img src=x>"')
    made.tag("v1.1", "b", 3)
    page = tmp_path / "report.html"
    run(str(made.write(tmp_path / "x.git")), "--html", str(page))
    assert "<script" not in page.read_text()
    assert "<img" not in page.read_text()


def test_services_of_a_monorepo_by_tag_or_by_path(tmp_path: Path):
    made = Recorder()
    made.commit("a", 0, path="cart/x")
    for service in ("cart", "stock"):
        made.tag(f"{service}/v1", "a", 1)
    made.commit("b", 2, "a", path="cart/x")
    made.commit("c", 3, "b", path="stock/x")
    made.commit("d", 4, "c", path="cart/y")
    made.tag("cart/v2", "d", 5)
    made.tag("stock/v2", "d", 6)
    made.tag("all-1", "a", 1)
    made.tag("all-2", "d", 7)
    mono = str(made.write(tmp_path / "mono.git"))
    by_tag = told(mono, "-t", "{service}/v*")
    carried = {one["tag"]: one["commits"] for one in by_tag["deployments"] if not one["first"]}
    assert carried == {"cart/v2": 2, "stock/v2": 1}
    assert any("Services by the folders of their names" in note for note in by_tag["notes"])
    by_path = told(mono, "-t", "all-*", "-s", "cart=cart", "-s", "both=cart,stock")
    assert {one["service"]: one["commits"] for one in by_path["deployments"] if not one["first"]} == {
        "cart": 2,
        "both": 3,
    }
    assert [one["deployments"] for one in told(mono, "-t", "{service}/v*", "--by", "organization")["figures"]] == [4]


def test_plain_tags_take_their_commit_s_time_and_say_so(tmp_path: Path):
    made = Recorder()
    made.commit("a", 0)
    made.tag("v1.0", "a")
    made.commit("b", 5, "a")
    made.tag("v1.1", "b")
    found = told(str(made.write(tmp_path / "p.git")))
    assert found["deployments"][1]["at"].startswith("2026-03-02T05:00")
    assert any("plain tags" in note for note in found["notes"])


def test_a_shallow_clone_says_what_is_missing(shop: Path, tmp_path: Path):
    git(tmp_path, "clone", "-q", "--depth", "2", "--branch", "v1.5", f"file://{shop}", "shallow")
    found = told(str(tmp_path / "shallow"))
    assert found["shallow"]
    assert any("git fetch --unshallow" in note for note in found["notes"])
    assert found["repository"] == "shop"


def test_without_tags_there_is_no_data_and_still_the_branches(tmp_path: Path):
    made = Recorder()
    made.commit("a", 0)
    folder = made.write(tmp_path / "bare.git")
    found = told(str(folder))
    assert (found["figures"], found["integration"]["direct_commits"]) == ([], 1)
    assert "It has no tags" in found["notes"][0]
    git(folder, "tag", "nightly")
    assert "like nightly; --tags says which" in told(str(folder), "-t", "v*")["notes"][0]
    page = tmp_path / "r.html"
    assert run(str(folder), "--html", str(page)).exit_code == 0
    assert "No data" in page.read_text()


def test_what_is_no_clone_is_refused_with_what_to_do(tmp_path: Path):
    git(tmp_path, "init", "-q", "empty")
    (tmp_path / "file").write_text("")
    for path, word in (("nowhere", "does not exist"), ("", "is no Git repository"), ("file", "is a file")):
        refused = run(str(tmp_path / path)).exception
        assert isinstance(refused, NotFound)
        assert word in refused.detail
        assert refused.remedy
    empty = run(str(tmp_path / "empty")).exception
    assert isinstance(empty, Invalid)
    assert "has no commits yet" in empty.detail


@pytest.mark.parametrize("words", [("--by", "team"), ("--tags", ""), ("-s", "cart"), ("--window", "x"), ("--to", "x")])
def test_options_that_say_nothing_are_refused(shop: Path, words: tuple[str, ...]):
    refused = run(str(shop), *words).exception
    assert isinstance(refused, Invalid)
    assert refused.remedy


def logged(index: int, parents: tuple[str, ...] = ()) -> Logged:
    return Logged(f"{index:040x}", parents, BEGIN, BEGIN, "", "", "")


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 40), st.randoms(use_true_random=False), st.data())
def test_what_a_version_carries_is_what_it_reaches_and_the_other_does_not(
    size: int, dice: random.Random, data: st.DataObject
):
    parents = [tuple(dice.sample(range(at), min(at, dice.choice((0, 1, 1, 1, 2))))) for at in range(size)]
    graph = Graph([logged(at) for at in range(size)], parents, {})
    reach: list[set[int]] = []
    for at in range(size):
        reach.append({at}.union(*(reach[parent] for parent in parents[at])))
    new, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    assert set(graph.carried(new, old) or ()) == reach[new] - reach[old]
    assert graph.carried(new, None) == sorted(reach[new], reverse=True)


@given(st.text(max_size=40), st.integers(1, 7))
def test_a_log_is_read_alike_however_it_arrives(message: str, size: int):
    clean = message.replace("\0", "").replace("\x01", "")
    raw = b"".join(
        f"\x01{sha}\x1f\x1f{BEGIN}\x1f{BEGIN}\x1fAna <a@x.org>\x1f{clean}\0".encode("utf-8", "replace")
        for sha in ("a" * 40, "b" * 40)
    )
    chunks = [raw[at : at + size] for at in range(0, len(raw), size)]
    assert [one.sha for one in commits_of(chunks)] == ["a" * 40, "b" * 40]
    assert list(commits_of(chunks)) == list(commits_of([raw]))


@pytest.mark.parametrize(
    ("tag", "service"),
    [
        ("v1.2.3", ""), ("1.2", ""), ("release-1.2", ""), ("cart/v1.2", "cart"), ("cart@1.2.0", "cart"),
        ("cart-v1.2", "cart"), ("v1.2.3-rc1", None), ("nightly", None),
    ],
)  # fmt: skip
def test_usual_tags_name_versions_and_services_and_no_candidates(tag: str, service: str | None):
    found = chosen([Tag(tag, "a" * 40)], []).matched
    assert [named for _, named in found] == ([] if service is None else [service])


def test_a_pattern_takes_what_it_says():
    assert pattern_of("{service}/v?.*").fullmatch("a/b/v1.2")
    assert not pattern_of("v*").fullmatch("x/v1")
    assert not pattern_of("v1.*").fullmatch("v1x2")

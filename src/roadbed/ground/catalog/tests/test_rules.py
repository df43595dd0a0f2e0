"""Reading catalog-info.yaml: every rule of the format by its edge, and any text at all without a crash."""

from __future__ import annotations

import sys
import textwrap

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.catalog.documents import MAX_BYTES, MAX_DEPTH, decode, read_documents
from roadbed.ground.catalog.references import BadReference, is_key, is_name, is_namespace, is_tag, parse_reference
from roadbed.ground.catalog.rules import Reading, one_refusal, read_entities
from roadbed.ground.catalog.scalars import core_value
from roadbed.ground.errors import Invalid

COMPONENT = {
    "apiVersion": "backstage.io/v1alpha1",
    "kind": "Component",
    "metadata": {"name": "checkout"},
    "spec": {"type": "service", "lifecycle": "production", "owner": "team-payments"},
}


def read(text: str, **options: object) -> Reading:
    return read_entities(textwrap.dedent(text), file="catalog-info.yaml", **options)  # type: ignore[arg-type]


def with_(**changes: object) -> str:
    entity = {**COMPONENT, **{key: value for key, value in changes.items() if key not in ("metadata", "spec")}}
    for part in ("metadata", "spec"):
        merged = {**COMPONENT[part], **changes.get(part, {})}  # type: ignore[dict-item]
        entity[part] = {key: value for key, value in merged.items() if value is not ...}
    return yaml.safe_dump(entity, sort_keys=False)


def faults(text: str) -> list[tuple[int | None, str, str]]:
    return [(fault.place.line, fault.place.field, fault.detail) for fault in read(text).errors]


def fields_at_fault(text: str) -> list[str]:
    return [field for _, field, _ in faults(text)]


def test_a_plain_component_is_read_with_its_relations():
    (entity,) = read(with_(spec={"system": "shop", "dependsOn": ["resource:db"], "providesApis": ["pay/api"]})).entities
    assert str(entity.reference) == "component:default/checkout"
    assert [(link.relation, str(link.target), link.field) for link in entity.links] == [
        ("ownedBy", "group:default/team-payments", "spec.owner"),
        ("partOf", "system:default/shop", "spec.system"),
        ("providesApi", "api:pay/api", "spec.providesApis[0]"),
        ("dependsOn", "resource:default/db", "spec.dependsOn[0]"),
    ]


def test_all_errors_come_at_once_each_with_its_line_field_and_remedy():
    reading = read("""\
        apiVersion: backstage.io/v1alpha1
        kind: Component
        metadata:
          name: check out
          tags: [Python]
        spec:
          type: service
          lifecycle: 5
          dependsOn: [db]
        status: {}
        ---
        apiVersion: v1
        kind: component
        metadata: {name: b}
        spec: {}
        """)
    assert [(fault.place.line, fault.place.field) for fault in reading.errors] == [
        (4, "metadata.name"),
        (5, "metadata.tags[0]"),
        (6, "spec.owner"),
        (8, "spec.lifecycle"),
        (9, "spec.dependsOn[0]"),
        (10, "status"),
        (12, "apiVersion"),
        (13, "kind"),
    ]
    assert all(fault.remedy and fault.place.file == "catalog-info.yaml" for fault in reading.errors)
    assert reading.entities == ()
    assert len(one_refusal(reading.errors).others) == 7


@pytest.mark.parametrize("name", ["relations", "status", "data", "Spec"])
def test_only_four_keys_stand_at_the_root(name: str):
    assert fields_at_fault(with_(**{name: {}})) == [name]


@pytest.mark.parametrize(
    ("kind", "spec", "missing"),
    [
        ("Component", {}, ["spec.type", "spec.lifecycle", "spec.owner"]),
        ("API", {}, ["spec.type", "spec.lifecycle", "spec.owner", "spec.definition"]),
        ("Resource", {}, ["spec.type", "spec.owner"]),
        ("System", {}, ["spec.owner"]),
        ("Domain", {}, ["spec.owner"]),
        ("Group", {}, ["spec.type", "spec.children"]),
        ("User", {}, ["spec.memberOf"]),
        ("Location", {}, []),
    ],
)
def test_each_kind_requires_its_fields(kind: str, spec: dict[str, object], missing: list[str]):
    text = yaml.safe_dump({"apiVersion": "backstage.io/v1beta1", "kind": kind, "metadata": {"name": "x"}, "spec": spec})
    assert fields_at_fault(text) == missing


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"metadata": {"name": ...}}, "metadata.name"),
        ({"metadata": {"name": "-a"}}, "metadata.name"),
        ({"metadata": {"name": "a" * 64}}, "metadata.name"),
        ({"metadata": {"name": 42}}, "metadata.name"),
        ({"metadata": {"namespace": "Team"}}, "metadata.namespace"),
        ({"metadata": {"tags": "python"}}, "metadata.tags"),
        ({"metadata": {"tags": ["a--b"]}}, "metadata.tags[0]"),
        ({"metadata": {"labels": {"a/b/c": "x"}}}, "metadata.labels.a/b/c"),
        ({"metadata": {"labels": {"a": "no spaces"}}}, "metadata.labels.a"),
        ({"metadata": {"annotations": {"a": 1}}}, "metadata.annotations.a"),
        ({"metadata": {"annotations": {"Upper.case/a": "x"}}}, "metadata.annotations.Upper.case/a"),
        ({"metadata": {"annotations": ["a"]}}, "metadata.annotations"),
        ({"metadata": {"links": [{"url": "/relative"}]}}, "metadata.links[0].url"),
        ({"metadata": {"links": [{"url": "javascript:alert(1)"}]}}, "metadata.links[0].url"),
        ({"metadata": {"links": [{"title": "no url"}]}}, "metadata.links[0].url"),
        ({"metadata": {"title": ""}}, "metadata.title"),
        ({"metadata": {"description": ["x"]}}, "metadata.description"),
        ({"spec": {"owner": ""}}, "spec.owner"),
        ({"spec": {"owner": "robot:x"}}, "spec.owner"),
        ({"spec": {"owner": "component:x"}}, "spec.owner"),
        ({"spec": {"owner": ["a"]}}, "spec.owner"),
        ({"spec": {"dependsOn": "component:x"}}, "spec.dependsOn"),
        ({"spec": {"dependencyOf": ["bare"]}}, "spec.dependencyOf[0]"),
        ({"spec": {"providesApis": [5]}}, "spec.providesApis[0]"),
        ({"spec": {"environment": {"PORT": 8080}}}, "spec.environment.PORT"),
        ({"spec": {"environment": []}}, "spec.environment"),
        ({"kind": "Service"}, "kind"),
        ({"kind": "Template"}, "kind"),
        ({"apiVersion": "backstage.io/v2"}, "apiVersion"),
        ({"apiVersion": 1}, "apiVersion"),
    ],
)
def test_a_broken_rule_names_its_field(changes: dict[str, object], field: str):
    assert fields_at_fault(with_(**changes)) == [field]


@pytest.mark.parametrize(
    "metadata",
    [
        {"name": "A_b.c-d0"},
        {"namespace": "team--a"},
        {"tags": ["c++", "c#", "a:b", "9"]},
        {"labels": {"example.com/a": "", "b": "x_y.z"}},
        {"annotations": {"github.com/project-slug": "a/b", "backstage.io/techdocs-ref": "dir:."}},
        {
            "links": [
                {"url": "https://x.example/y?z#w", "title": "T", "icon": "i", "type": "t"},
                {"url": "mailto:a@b.example"},
            ]
        },
        {"anything": {"else": [1]}, "uid": "given"},
        {"description": ""},
    ],
)
def test_what_backstage_reads_is_read(metadata: dict[str, object]):
    assert faults(with_(metadata=metadata)) == []


def test_unknown_fields_of_spec_are_kept():
    (entity,) = read(with_(spec={"mine": {"a": [1, True, None]}})).entities
    assert entity.spec["mine"] == {"a": [1, True, None]}


def test_a_name_stands_once_per_kind_and_namespace_whatever_its_capitals():
    text = "---\n".join([with_(), with_(metadata={"name": "CHECKOUT"}), with_(metadata={"namespace": "other"})])
    ((line, field, detail),) = faults(text)
    assert (line, field) == (10, "metadata.name")
    assert "twice" in detail


def test_a_duplicate_key_names_both_lines():
    ((line, field, detail),) = faults(with_() + "  type: library\n")
    assert (line, field) == (9, "spec.type")
    assert "line 6" in detail


def test_a_tab_is_named_as_a_tab():
    ((line, _, detail),) = faults("apiVersion: backstage.io/v1alpha1\nmetadata:\n\tname: a\n")
    assert line == 3
    assert "tab" in detail


def test_documents_before_a_syntax_error_are_still_checked():
    found = faults(with_(metadata={"name": "no good"}) + "---\na: [\n")
    assert [field for _, field, _ in found] == ["metadata.name", ""]


def test_aliases_are_read_and_a_bomb_of_them_is_refused():
    shared = with_() + "x: &a {k: v}\n"
    assert fields_at_fault(shared) == ["x"]
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (fault,) = read(bomb).errors
    assert "aliases expanded" in fault.detail


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: *nowhere", "&a a: {*a : 1}", "? [x]\n: y", "? {a: b}\n: y"])
def test_odd_aliases_and_keys_are_refused_or_read_never_fatal(text: str):
    assert read(text).errors


def test_deep_nesting_is_refused_without_recursion():
    (fault,) = read("[" * 100_000).errors
    assert str(MAX_DEPTH) in fault.detail


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "a: !Ref x", "a: !!binary eA==", "!!set {a}"])
def test_tags_are_refused(text: str):
    assert any("tag" in fault.detail for fault in read(text).errors)


def test_a_huge_file_is_refused_by_its_size():
    (fault,) = read("#" * (MAX_BYTES + 1)).errors
    assert "limit" in fault.detail
    with pytest.raises(Invalid, match="limit"):
        decode(b"#" * (MAX_BYTES + 1), "f")


def test_bytes_that_are_not_utf8_name_their_line():
    with pytest.raises(Invalid, match="0xff") as refusal:
        decode(b"a: b\nc: \xff\n", "f")
    assert refusal.value.place.line == 2
    assert decode("\ufeffa: é".encode(), "f") == "a: é"


@pytest.mark.parametrize("key", ["name", "x" * 50_000])
def test_a_word_of_a_megabyte_is_not_told_back_whole(key: str):
    text = with_(metadata={"annotations": {key: 1}, "name": "n" * 100_000})
    for fault in read(text).errors:
        assert max(len(fault.detail), len(fault.remedy), len(fault.place.field)) <= 400


@pytest.mark.parametrize("text", ["", "---\n---\n", "# only words\n", "null\n"])
def test_a_file_without_entities_says_so(text: str):
    ((_, _, detail),) = faults(text)
    assert "no entity" in detail


@pytest.mark.parametrize("text", ["5\n", "- a\n", "text\n"])
def test_a_document_that_is_no_mapping_says_so(text: str):
    ((line, _, detail),) = faults(text)
    assert (line, "no mapping" in detail) == (1, True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("on", "on"), ("2026-11-23", "2026-11-23"), ("1_000", "1_000"), ("0o17", 15), ("0x1F", 31),
        ("017", 17), ("1e3", 1000.0), ("true", True), ("~", None), ("", None), (".5", 0.5), ("12:30", "12:30"),
        (".inf", ".inf"), ("1" * 40, float("1" * 40)), ("-7", -7),
    ],
)  # fmt: skip
def test_plain_scalars_mean_what_yaml_1_2_says(text: str, value: object):
    assert core_value(text) == value


def test_quoted_and_explicit_text_stays_text():
    document = read_documents('a: "5"\nb: !!str 5\nc: ! 5\nd: |\n  5\ne: 5\nf: !!int "5"\n', "f").documents[0]
    assert document.value == {"a": "5", "b": "5", "c": "5", "d": "5\n", "e": 5, "f": 5}


@pytest.mark.parametrize("text", ['a: "\\0"', 'a: "\\uD800"', '"\\0": a'])
def test_what_no_database_stores_is_refused(text: str):
    assert any("stored" in fault.detail or "Unicode" in fault.detail for fault in read_documents(text, "f").errors)


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered(text: str):
    reading = read_entities(text, file="f")
    assert bool(reading.entities) != bool(reading.errors)


_JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(metadata=_JSONISH, spec=_JSONISH, kind=st.sampled_from(["Component", "API", "Group", "User", "Location", "x"]))
@settings(max_examples=200, deadline=None)
def test_any_shape_of_entity_is_answered(metadata: object, spec: object, kind: str):
    text = yaml.safe_dump({"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec})
    reading = read_entities(text, file="f")
    assert all(fault.detail and fault.place.file == "f" for fault in reading.errors)
    assert bool(reading.entities) != bool(reading.errors)


@given(st.from_regex(r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]", fullmatch=True))
def test_every_allowed_name_survives_a_reference(name: str):
    reference = parse_reference(name, kind="Group", namespace="shop")
    assert is_name(name)
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    "text", ["", "a b", "a:b:c", "a/b/c", ":x", "/x", "kind:", "group:", "Group:ns/", "x" * 64, "a\n"]
)
def test_what_is_no_reference_says_why(text: str):
    with pytest.raises(BadReference):
        parse_reference(text, kind="Group")


def test_references_ignore_capitals_of_kind_and_name():
    assert parse_reference("GROUP:Default/Team-A").key == parse_reference("team-a", kind="Group").key


@pytest.mark.parametrize("bad", ["a\n", "é", "a ", ""])
def test_no_format_lets_odd_signs_through(bad: str):
    assert not is_name(bad)
    assert not is_namespace(bad)
    assert not is_tag(bad)
    assert not is_key(bad)


def test_the_rules_need_no_django():
    code = "import roadbed.ground.catalog.workload, sys; sys.exit('django' in sys.modules)"
    import subprocess

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

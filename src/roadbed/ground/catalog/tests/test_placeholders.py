"""`$text`, `$json`, `$yaml`: filled from the same repository, never from elsewhere."""

from __future__ import annotations

import pytest

from roadbed.ground.catalog.placeholders import Elsewhere, path_in_repository
from roadbed.ground.catalog.rules import read_entities
from roadbed.ground.catalog.targets import target_of
from roadbed.ground.errors import Invalid

API = """\
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {{name: pay}}
spec:
  type: openapi
  lifecycle: production
  owner: team-payments
  definition:
    {key}: {target}
"""
FILES = {
    "docs/openapi.yaml": b"openapi: 3.1.0\n",
    "docs/a.json": b'{"b": [1]}',
    "docs/bad.json": b"{",
    "docs/nul.json": b'"\\u0000"',
    "docs/two.yaml": b"a: 1\n---\nb: 2\n",
    "docs/latin": b"\xff",
}


def read(key: str, target: str, file: str = "docs/catalog-info.yaml"):
    return read_entities(
        API.format(key=key, target=target), file=file, fetch=FILES.get, location="https://git.example/a/b"
    )


def test_text_stands_where_the_placeholder_stood():
    (entity,) = read("$text", "./openapi.yaml").entities
    assert entity.spec["definition"] == "openapi: 3.1.0\n"


def test_without_a_repository_a_placeholder_counts_as_the_text_it_would_bring():
    assert not read_entities(API.format(key="$text", target="./x"), file="f").errors


@pytest.mark.parametrize("key", ["$json", "$yaml"])
def test_a_structure_stands_where_text_is_wanted_and_is_refused_there(key: str):
    (fault,) = read(key, "./a.json").errors
    assert (fault.place.field, fault.place.line) == ("spec.definition", 8)


@pytest.mark.parametrize(
    ("key", "target"),
    [
        ("$text", "./missing"), ("$text", "../../etc/passwd"), ("$text", "/etc/passwd"),
        ("$text", "https://evil.example/x"), ("$text", "file:///etc/passwd"), ("$text", "../.git/config"),
        ("$text", "[a]"), ("$text", "''"), ("$text", "./latin"),
        ("$json", "./bad.json"), ("$json", "./nul.json"), ("$yaml", "./two.yaml"), ("$text", "a\\b"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_repository_or_not_readable_is_refused(key: str, target: str):
    faults = read(key, target).errors
    assert faults[0].place.field == f"spec.definition.{key}"
    assert faults[0].place.line == 9


def test_a_placeholder_beside_other_keys_is_refused():
    text = API.format(key="$text", target="./openapi.yaml") + "    other: 1\n"
    assert "beside" in read_entities(text, file="docs/c.yaml", fetch=FILES.get).errors[0].detail


def test_the_same_repositorys_address_is_a_path_in_it():
    address = "https://git.example/a/b/blob/main/docs/openapi.yaml"
    assert path_in_repository(address, beside="x", location="https://git.example/a/b.git") == "docs/openapi.yaml"
    with pytest.raises(Elsewhere, match="outside"):
        path_in_repository(address, beside="x", location="https://git.example/a")


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("./sub/catalog-info.yaml", ("/srv/mono", "top/sub/catalog-info.yaml")),
        ("../catalog-info.yaml", ("/srv/mono", "catalog-info.yaml")),
        ("https://git.example/a/b/blob/main/x/c.yaml", ("https://git.example/a/b", "x/c.yaml")),
        ("https://git.example/a/b/-/blob/main/c.yml", ("https://git.example/a/b", "c.yml")),
        ("https://git.example/a/b", ("https://git.example/a/b", "catalog-info.yaml")),
        ("git@git.example:a/b", ("git@git.example:a/b", "catalog-info.yaml")),
        ("/srv/other", ("/srv/other", "catalog-info.yaml")),
    ],
)
def test_a_locations_target_names_a_repository_and_a_file(target: str, meant: tuple[str, str]):
    assert target_of(target, location="/srv/mono", path="top/catalog-info.yaml") == meant


@pytest.mark.parametrize("target", ["./*/catalog-info.yaml", "../../x.yaml", ".git/config", "../."])
def test_patterns_and_escapes_are_no_targets(target: str):
    with pytest.raises(Invalid):
        target_of(target, location="/srv/mono", path="top/catalog-info.yaml")

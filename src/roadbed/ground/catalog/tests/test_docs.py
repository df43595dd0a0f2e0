"""The reference of catalog-info.yaml says what the rules do."""

from __future__ import annotations

import re
from pathlib import Path

from roadbed.ground.catalog.fields import SPEC
from roadbed.ground.catalog.rules import read_entities
from roadbed.ground.catalog.workload import workload_of

PAGE = (Path(__file__).parents[5] / "docs" / "reference" / "catalog-info.md").read_text()


def example() -> str:
    (found,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    return found


def test_the_example_is_read():
    reading = read_entities(example(), file="catalog-info.yaml", fetch={"openapi.yaml": b"openapi: 3.1.0"}.get)
    assert reading.errors == ()
    assert [str(entity.reference) for entity in reading.entities] == [
        "component:default/checkout",
        "api:default/payments",
        "resource:default/ledger-db",
    ]
    assert workload_of(example(), "checkout").health_path == "/readyz"


def test_each_kind_has_its_required_fields_in_the_table():
    for kind, fields in SPEC.items():
        (row,) = re.findall(rf"^\| {kind} \| (.*?)\|", PAGE, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == {name for name, field in fields.items() if field.required}


def test_every_annotation_of_the_workload_is_in_the_table():
    source = (Path(__file__).parents[1] / "workload.py").read_text()
    for name in set(re.findall(r'said\("([a-z-]+)"', source)):
        assert f"`roadbed.dev/{name}`" in PAGE, name

"""CDEvents' own examples, and the labelled histories of deployments, through the rules of delivery metrics."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from roadbed.delivery.metrics.rules.events.assembling import gather
from roadbed.delivery.metrics.rules.events.reading import heard_of, read

SHARED = Path(__file__).parents[3] / "shared"
EXAMPLES = SHARED / "conformance" / "cdevents"
LABELLED = SHARED / "labelled" / "deployments.jsonl"
BENCH = Path(__file__).parents[2] / "benchmarks" / "bench_judging.py"

examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the examples of CDEvents are not beside the repository")
labelled = pytest.mark.skipif(not LABELLED.is_file(), reason="the labelled histories are not beside the repository")


@examples
@pytest.mark.parametrize("name", [path.stem for path in sorted(EXAMPLES.glob("*_*.json"))])
def test_every_example_is_read_bare_and_as_a_cloudevent(name: str):
    told = json.loads((EXAMPLES / f"{name}.json").read_text())
    context = told["context"]
    cloud = {
        "specversion": "1.0",
        "id": context["id"],
        "source": context["source"],
        "type": context["type"],
        "data": told,
    }
    bare = heard_of(told)
    assert heard_of(cloud) == bare
    wanted = {"change", "service", "incident", "artifact"}
    unused = {"change_abandoned", "service_published", "service_removed", "artifact_deleted", "artifact_downloaded"}
    assert (bare is not None) is (name.partition("_")[0] in wanted and name not in unused)


@examples
def test_the_examples_together_are_a_service_with_its_incident():
    lines = [json.dumps(json.loads(path.read_text())) for path in sorted(EXAMPLES.glob("*_*.json"))]
    found = read(lines)
    assert not found.faults
    gathered = gather(found.heard, environments=("*",))
    assert {one.name for one in gathered.histories} == {"mySubject123", "myApp"}
    assert gather(found.heard).elsewhere == {"test123": 1}


@pytest.fixture(scope="module")
def assessed() -> dict[str, dict[str, Any]]:
    spec = spec_from_file_location("bench_judging", BENCH)
    assert spec is not None
    assert spec.loader is not None
    bench = module_from_spec(spec)
    spec.loader.exec_module(bench)
    cases = [case for case in bench.cases_of(LABELLED) if not case.get("ambiguous")]
    return {
        "as told": bench.assess(cases, whole=True),
        "in other words": bench.assess(bench.reworded(cases), whole=True),
    }


@labelled
@pytest.mark.parametrize("texts", ["as told", "in other words"])
def test_kinds_failures_and_causes_are_right_nine_times_in_ten(assessed: dict[str, dict[str, Any]], texts: str):
    found = assessed[texts]
    assert found["kind accuracy"] >= 0.95
    assert min(one["precision"] for one in found["kinds"].values()) >= 0.9
    assert min(one["recall"] for one in found["kinds"].values()) >= 0.9
    assert found["failed precision"] >= 0.9
    assert found["failed recall"] >= 0.9
    assert found["incidents right"] >= 0.9
    assert found["without a deployment that stay without"] >= 0.9

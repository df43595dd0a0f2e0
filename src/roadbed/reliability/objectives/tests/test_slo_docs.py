"""The pages about SLO files and rules: their examples are sound, and what they say the rules make, the rules make."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from roadbed.reliability.objectives.rules.definitions import OPENSLO, PYRRA, SLO_GENERATOR, SLOTH, SLOTH_KUBERNETES
from roadbed.reliability.objectives.rules.journeys.minutes import Bits, Part, joined
from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read_all
from roadbed.reliability.objectives.tests.promtool import PROMTOOL, promtool, rules_of

DOCS = Path(__file__).parents[5] / "docs"
PAGE = (DOCS / "how-to" / "make-prometheus-rules.md").read_text()
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


def made() -> list[dict[str, str]]:
    return [rule for group in yaml.safe_load(rules_of(EXAMPLE))["groups"] for rule in group["rules"]]


def test_the_example_is_without_fault() -> None:
    found = read_all([Source("slo.yaml", EXAMPLE.encode())], Context(complete=True))
    assert found.findings == ()


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here; `make setup-dev` installs it")
def test_prometheus_takes_its_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(rules_of(EXAMPLE))
    promtool("check", "rules", tmp_path / "rules.yaml")


def test_every_series_and_alert_that_the_pages_name_is_made() -> None:
    pages = PAGE + (DOCS / "explanation" / "prometheus-rules.md").read_text()
    named = set(re.findall(r"`(roadbed(?::|_slo_)[a-z0-9_:]+)`", pages))
    recorded = {rule["record"] for rule in made() if "record" in rule}
    assert len(named) > 6
    assert named - recorded - {"roadbed_service", "roadbed_slo"} == set()
    alerts = {rule["alert"] for rule in made() if "alert" in rule}
    assert set(re.findall(r"`(Roadbed[A-Za-z]+)`", pages)) == alerts


@pytest.mark.parametrize("page", ["how-to/promise-a-journey.md", "reference/journeys.md"])
def test_the_journeys_of_the_pages_are_without_fault(page: str) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), flags=re.DOTALL)
    found = read_all([Source("journey.yaml", example.encode())], Context())
    assert (found.findings, len(found.journeys)) == ((), 1)


def test_the_table_of_minutes_is_what_the_rules_do() -> None:
    page = (DOCS / "explanation" / "journeys.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| **")]
    states = [row[0].strip("*") for row in rows]
    minute = {
        "good": Bits(1),
        "bad": Bits(1, 0, 1),
        "idle": Bits(1, 1),
        "unmeasured": Bits(),
        "excluded": Bits(1, 0, 0, 1),
    }
    for first, row in zip(states, rows, strict=True):
        for second, said in zip(states, row[1:], strict=True):
            made = joined([Part(minute[first]), Part(minute[second])], 1).counts().by_state()
            assert [state for state, number in made.items() if number] == [said]


def test_the_formats_that_the_page_names_are_those_that_are_read() -> None:
    page = (DOCS / "how-to" / "bring-slo-files.md").read_text()
    for version in (OPENSLO, SLOTH, SLOTH_KUBERNETES, PYRRA, SLO_GENERATOR):
        assert version in page

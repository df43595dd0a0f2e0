"""OpenSLO's own files, of the specification, the SDK and the validator, read with their owners' verdicts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from roadbed.reliability.objectives.rules.openslo.findings import Finding
from roadbed.reliability.objectives.rules.specs.reading import Context, Read, Source, read_all

DATA = Path(__file__).parents[3] / "shared" / "conformance" / "openslo"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the conformance data is not beside this repository")

INVALID = {
    # Names with spaces, as oslo's own expected outputs have it; the unknown field besides.
    "oslo/internal_files_testdata_format_invalid-service.yaml": {("name", 4)},
    "oslo/test_inputs_validate_unknown-field.yaml": {("name", 4), ("unknown-field", 6)},
    "oslo/test_inputs_validate_invalid-apiversion.yaml": {("api-version", 1)},
    "oslo/test_inputs_validate_mix_1.yaml": {("name", 4)},
    "oslo/test_inputs_validate_mix_2.yaml": {("name", 4)},
    "oslo/test_inputs_validate_recursive_1.yaml": {("name", 4)},
    "oslo/test_inputs_validate_v1.yaml": {("name", 59)},
    "oslo/test_inputs_validate_v1alpha.yaml": {("name", 4), ("time-slice", 22), ("window", 36)},
    # v2alpha is not read; oslo refuses these files too, for their names.
    "oslo/test_inputs_validate_mix_3.yaml": {("api-version", 1)},
    "oslo/test_inputs_validate_recursive_nested_2.yaml": {("api-version", 1)},
    "oslo/test_inputs_validate_recursive_nested_nested2_nested3_3.yaml": {("api-version", 1)},
    "oslo/test_inputs_validate_v2alpha.yaml": {("api-version", 1), ("api-version", 38), ("api-version", 47)},
    # What the SDK cannot inline.
    "go-sdk/inline/inputs/v1_slo_invalid_sli.yaml": {("reference", 7)},
    "go-sdk/inline/inputs/v1_slo_invalid_policy.yaml": {("reference", 9)},
    "go-sdk/inline/inputs/v1_slo_invalid_target.yaml": {("reference", 32)},
    # What the SDK inlines only because its test supplies the objects in code.
    "go-sdk/inline/inputs/custom_config.yaml": {("reference", 17), ("reference", 18), ("reference", 20)},
    "go-sdk/inline/outputs/custom_config.yaml": {("reference", 17), ("reference", 18), ("reference", 20)},
}
"""Every file that its owners' tools refuse, with the rules and lines that say why; they take all others."""
MISSING_ELSEWHERE = [
    # A policy by itself may name what another file has: the SDK validates it, and cannot inline it.
    ("go-sdk/inline/inputs/v1_alert_policies_invalid_condition.yaml", "cpu-usage-breach"),
    ("go-sdk/inline/inputs/v1_alert_policies_invalid_target.yaml", "devs-email-notification"),
]
FILES = sorted(str(path.relative_to(DATA)) for path in DATA.rglob("*.yaml"))


def reading(name: str) -> Read:
    return read_all([Source(name, (DATA / name).read_bytes())], Context(complete=True))


def test_no_file_is_left_out() -> None:
    assert len(FILES) > 30
    assert set(INVALID) <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_the_verdict_is_its_owners(name: str) -> None:
    errors = reading(name).errors
    assert {(one.rule, one.line) for one in errors} == INVALID.get(name, set())
    assert all(one.remedy for one in errors)


@pytest.mark.parametrize(("name", "missing"), MISSING_ELSEWHERE)
def test_alert_objects_that_are_in_no_file_are_named(name: str, missing: str) -> None:
    named: list[Finding] = [one for one in reading(name).findings if one.rule == "reference"]
    assert any(missing in one.text for one in named)


def test_references_are_followed_across_files() -> None:
    """The SDK's own input, taken apart into one file for each object."""
    whole = (DATA / "go-sdk/inline/inputs/v1_slo.yaml").read_text()
    objects = yaml.safe_load(whole)
    parts = [Source(f"{number}.yaml", yaml.safe_dump([one]).encode()) for number, one in enumerate(objects)]
    found = read_all(reversed(parts), Context(complete=True))
    assert found.errors == ()
    by_name = {one.name: one for one in found.definitions}
    assert {one.name for one in by_name["my-slo-2"].alerting.conditions} == {"cpu-usage-breach", "memory-usage-breach"}
    assert by_name["my-slo-1"].queries == replace(by_name["my-slo-2"].queries, lines=by_name["my-slo-1"].queries.lines)
    alone = read_all(parts[:2], Context(complete=True))
    assert {one.rule for one in alone.errors} == {"reference"}


def test_what_the_sdk_inlines_means_the_same() -> None:
    before, after = reading("go-sdk/inline/inputs/v1_slo.yaml"), reading("go-sdk/inline/outputs/v1_slo.yaml")
    for one, other in zip(before.definitions, after.definitions, strict=True):
        assert (one.name, one.target, one.calendar, one.alerting) == (
            other.name,
            other.target,
            other.calendar,
            other.alerting,
        )


def test_an_operator_beside_a_ratio_is_taken_with_a_warning() -> None:
    found = reading("spec/timeslices-slo.yaml")
    assert "operator" in {one.rule for one in found.findings}
    assert [one.name for one in found.definitions] == ["service-availability"]


def test_windows_and_budgets_are_read_as_they_are_meant() -> None:
    (slices,) = reading("spec/timeslices-slo.yaml").definitions
    assert (slices.budgeting.method, slices.budgeting.slice_minutes, str(slices.budgeting.slice_target)) == (
        "Timeslices", 1, "0.95"
    )  # fmt: skip
    (ratios,) = reading("spec/ratio-timeslices.yaml").definitions
    assert (ratios.budgeting.method, ratios.budgeting.slice_minutes) == ("RatioTimeslices", 1)
    assert not any(one.rule == "not-evaluated-yet" for one in reading("spec/ratio-timeslices.yaml").findings)
    (week,) = reading("go-sdk/v1/slos.yaml").definitions
    assert (week.window.name, week.window.zone) == ("1w", "America/New_York")
    (plain,) = reading("spec/occurences-slo.yaml").definitions
    assert plain.window_minutes == 14 * 1440

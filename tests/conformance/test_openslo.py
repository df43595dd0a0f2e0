"""OpenSLO's own files, of the specification, the SDK and the validator, read with their owners' verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadbed.reliability.objectives.rules.openslo.findings import Finding
from roadbed.reliability.objectives.rules.openslo.reading import Read, read

DATA = Path(__file__).parents[3] / "shared" / "conformance" / "openslo"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the conformance data is not beside this repository")

VALID = [
    "spec/occurences-slo.yaml",
    "spec/ratio-timeslices.yaml",
    "spec/timeslices-slo.yaml",
    "go-sdk/v1/alert_conditions.yaml",
    "go-sdk/v1/alert_notification_targets.yaml",
    "go-sdk/v1/alert_policies.yaml",
    "go-sdk/v1/data_sources.yaml",
    "go-sdk/v1/services.yaml",
    "go-sdk/v1/slis.yaml",
    "go-sdk/v1/slos.yaml",
    "go-sdk/decode/sequence_of_objects.yaml",
    "go-sdk/decode/single_object.yaml",
    "go-sdk/decode/two_documents.yaml",
    "go-sdk/decode/v1_slos.yaml",
    "go-sdk/inline/inputs/v1_slo.yaml",
    "go-sdk/inline/outputs/v1_slo.yaml",
    "go-sdk/inline/inputs/v1_alert_policies_keep_refs.yaml",
    "go-sdk/inline/outputs/v1_alert_policies_remove_refs.yaml",
    "oslo/test_inputs_validate_v1.yaml",
    "oslo/test_inputs_validate_mix_2.yaml",
    "oslo/test_inputs_validate_recursive_1.yaml",
]
INVALID = [
    ("oslo/test_inputs_validate_unknown-field.yaml", "unknown-field", 6),
    ("oslo/test_inputs_validate_invalid-apiversion.yaml", "api-version", 1),
    ("go-sdk/inline/inputs/v1_slo_invalid_sli.yaml", "reference", 7),
]
MISSING_ELSEWHERE = [
    ("go-sdk/inline/inputs/v1_slo_invalid_policy.yaml", "no-policy"),
    ("go-sdk/inline/inputs/v1_alert_policies_invalid_condition.yaml", "cpu-usage-breach"),
    ("go-sdk/inline/inputs/v1_alert_policies_invalid_target.yaml", "devs-email-notification"),
]


def reading(name: str) -> Read:
    return read((DATA / name).read_text(), file=name)


@pytest.mark.parametrize("name", VALID)
def test_what_its_owners_call_valid_is_valid(name: str) -> None:
    assert reading(name).errors == ()


@pytest.mark.parametrize(("name", "rule", "line"), INVALID)
def test_what_its_owners_refuse_is_refused_with_its_place(name: str, rule: str, line: int) -> None:
    (error,) = reading(name).errors
    assert (error.rule, error.line) == (rule, line)
    assert error.remedy


@pytest.mark.parametrize(("name", "missing"), MISSING_ELSEWHERE)
def test_alert_objects_that_are_in_no_file_are_named(name: str, missing: str) -> None:
    named: list[Finding] = [one for one in reading(name).findings if one.rule == "reference"]
    assert any(missing in one.text for one in named)


def test_versions_that_are_not_read_say_which_one_is() -> None:
    for path in sorted(DATA.rglob("*.yaml")):
        if "v1alpha" in path.read_text() or "v2alpha" in path.read_text():
            remedies = [one.remedy for one in reading(str(path.relative_to(DATA))).errors if one.rule == "api-version"]
            assert remedies
            assert all("openslo/v1" in remedy for remedy in remedies)


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
    assert "by the server not yet" in ratios.indicator.reason
    (week,) = reading("go-sdk/v1/slos.yaml").definitions
    assert (week.window.name, week.window.zone) == ("1w", "America/New_York")
    (plain,) = reading("spec/occurences-slo.yaml").definitions
    assert plain.window_minutes == 14 * 1440

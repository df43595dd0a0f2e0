"""`metrics events`: each edge rule by itself on events as pipelines tell them, and every order alike."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.delivery.metrics.rules.events.assembling import gather
from roadbed.delivery.metrics.rules.events.environments import is_production
from roadbed.delivery.metrics.rules.events.lines import Fault, items_of
from roadbed.delivery.metrics.rules.events.reading import read
from roadbed.delivery.metrics.tests.telling_events import (
    MONDAY,
    Event,
    at,
    cdevent,
    change,
    deployed,
    incident,
    purl,
    row,
    rows,
    rows_of_lines,
)

HOUR = 3600.0
TWO = [*change("c1", 0, 1), deployed("c1", 10), *change("c2", 20, 22), deployed("c2", 30)]


def test_a_change_s_lead_time_runs_from_the_first_that_was_heard_of_it_to_its_deployment():
    told = row(TWO)
    assert (told["service"], told["deployments"]) == ("shop", 2)
    assert told["lead_time_seconds"] == {"p50": 10 * HOUR, "p75": 10 * HOUR, "p90": 10 * HOUR}
    first = [*change("c1", 0, 1), deployed("c1", 10), *change("c2", 20, 22)]
    earlier = [*first, deployed("c2", 30, first_commit_at=at(1)), cdevent("change.updated", "u", 21, "c2", {})]
    assert row(earlier)["lead_time_seconds"]["p50"] == 10 * HOUR
    commits = [*first[:-3], *change("c2", 20, 22), deployed("c2", 30)]
    commits[-4]["data"]["customData"] = {"commits": [{"sha": "a" * 40, "authored_at": at(12)}]}
    assert row(commits)["lead_time_seconds"]["p50"] == 18 * HOUR


def test_no_deployments_is_no_data_and_never_zero():
    told = row([*incident("i1", 5, 7), deployed("c1", 3, where="staging")])
    assert (told["deployments"], told["deployment_frequency_per_week"], told["rework_rate"]) == (0, None, None)
    assert told["lead_time_seconds"] == {"p50": None, "p75": None, "p90": None}
    assert told["change_fail_rate"] == {"value": None, "low": None, "high": None, "n": 0}
    assert told["failed_deployment_recovery_seconds"] is None
    assert told["time_to_restore"]["p50"] == 2 * HOUR
    assert rows([deployed("c1", 3, where="staging")]) == rows([]) == []


def test_the_first_deployment_counts_for_frequency_and_has_no_lead_time():
    told = row(TWO[:4])
    assert (told["deployments"], told["deployment_frequency_per_week"]) == (1, 1.0)
    assert told["lead_time_seconds"]["p50"] is None


def test_weeks_count_from_the_day_of_onboarding_with_the_empty_ones():
    four = [deployed("c1", 10), deployed("c2", 34), deployed("c3", 24 * 27 + 1)]
    told = row(four)
    assert (told["window"]["start"], told["window"]["end"]) == ("2026-03-02T00:00:00Z", "2026-03-30T00:00:00Z")
    assert (told["weeks"], told["deployment_frequency_per_week"]) == (4.0, 0.75)
    wider = row(four, since=MONDAY - timedelta(weeks=10), until=MONDAY + timedelta(weeks=8))
    assert (wider["weeks"], wider["deployment_frequency_per_week"]) == (8.0, 0.375)


def test_one_change_in_two_services_is_two_pairs_and_the_organization_counts_it_once_at_the_latest():
    both = [
        *change("c1", 0, 1), deployed("c1", 2), deployed("c1", 3, service="api"),
        *change("c2", 10, 11), deployed("c2", 20), deployed("c2", 40, service="api"),
    ]  # fmt: skip
    found = {one["service"]: one["lead_time_seconds"]["p50"] for one in rows(both)}
    assert found == {"api": 30 * HOUR, "shop": 10 * HOUR}
    whole = row(both, by="organization")
    assert (whole["lead_time"]["n"], whole["lead_time_seconds"]["p50"]) == (1, 30 * HOUR)


def test_a_revert_fails_what_it_undoes_counts_as_rework_and_is_left_out_of_lead_time():
    undo = [*change("c3", 31, 32, 'Revert "Add search"'), deployed("c3", 33)]
    told = row([*TWO, *undo])
    assert told["kinds"] == {"ordinary": 2, "revert": 1}
    assert told["change_fail_rate"]["value"] == pytest.approx(1 / 3)
    assert (told["failed_deployment_recovery_seconds"], told["rework_rate"]) == (3 * HOUR, pytest.approx(1 / 3))
    assert told["lead_time"]["n"] == 1


def test_an_older_version_again_is_a_rollback_of_what_was_live():
    for back in (deployed("c1", 33), deployed("c1", 33, kind="service.rolledback")):
        told = row([*TWO, back])
        assert told["kinds"] == {"ordinary": 2, "rollback": 1}
        assert (told["failed_deployments"], told["failed_deployment_recovery_seconds"]) == (1, 3 * HOUR)
        assert told["lead_time"]["n"] == 1
    again = row([*TWO, deployed("c2", 33)])
    assert (again["kinds"], again["failed_deployments"], again["lead_time"]["n"]) == ({"ordinary": 3}, 0, 1)


def test_a_region_that_lags_behind_is_no_rollback():
    lagging = [
        deployed("c1", 10, where="prod-eu"), deployed("c1", 11, where="prod-us"), *change("c2", 12, 13),
        deployed("c2", 20, where="prod-eu"), *change("c3", 21, 22), deployed("c3", 23, where="prod-eu"),
        deployed("c2", 24, where="prod-us"),
    ]  # fmt: skip
    assert row(lagging)["kinds"] == {"ordinary": 5}
    back = row([*lagging, deployed("c2", 25, where="prod-eu")])
    assert (back["kinds"], back["failed_deployment_recovery_seconds"]) == ({"ordinary": 5, "rollback": 1}, 2 * HOUR)


def test_incidents_are_blamed_by_what_was_said_then_by_artifact_then_by_time():
    later = [*TWO, deployed("c3", 30.5)]
    said = incident("i1", 31, 33, cause="c9", content={"artifactId": purl("c1")})
    by_artifact = incident("i1", 31, 33, content={"artifactId": purl("c2")})
    by_time = incident("i1", 31, 33)
    nobody = incident("i1", 32, 33)
    outside = incident("i1", 31, 33, content={"description": "The carrier cut the fibre"})
    found = [row([*later, *one])["failed_deployment_recovery_seconds"] for one in (said, by_artifact, by_time, nobody)]
    assert found == [None, 3 * HOUR, 2.5 * HOUR, None]
    assert row([*later, *outside])["failed_deployments"] == 0
    explicit = [*TWO, deployed("c3", 30.5, deployment="dep-3"), *incident("i1", 50, 53, cause_deployment="dep-3")]
    assert row(explicit)["failed_deployment_recovery_seconds"] == 22.5 * HOUR


def test_an_incident_without_a_deployment_counts_for_time_to_restore_alone():
    told = row([*TWO, *incident("i1", 60, 65)])
    assert (told["failed_deployments"], told["time_to_restore"]["p50"]) == (0, 5 * HOUR)
    assert told["quality"]["without_deployment"] == 1


def test_two_incidents_of_one_deployment_are_one_failure_until_both_are_over():
    told = row([*TWO, *incident("i1", 30.2, 31), *incident("i2", 30.4, 35)])
    assert (told["failed_deployments"], told["failed_deployment_recovery_seconds"]) == (1, 5 * HOUR)


def test_an_open_incident_is_counted_and_censored_never_dropped():
    events = [deployed("c0", 0)]
    for number, ended in enumerate((1, 2, 3, None, None), 1):
        began = 24.0 * number
        events += [deployed(f"c{number}", began), *incident(f"i{number}", began, ended and began + ended)]
    events += incident("over", 200, 201)
    told = row(events)
    # Without the two that are open the median would be 2 hours.
    assert (told["failed_deployment_recovery_seconds"], told["recovery"]["n"], told["recovery"]["open"]) == (
        3 * HOUR, 5, 2,
    )  # fmt: skip
    assert told["open_incidents"] == 2


def test_an_incident_detected_again_after_its_end_is_open_again():
    again = cdevent("incident.detected", "i1-again", 36, "i1", {"environment": {"id": "production"}})
    assert row([*TWO, *incident("i1", 30.5, 31), again])["open_incidents"] == 1


def test_a_failed_pipeline_is_no_failed_change():
    broke = deployed("c3", 40, outcome="failure")
    told = row([*TWO, broke, cdevent("pipelinerun.finished", "p", 40, "p", {"outcome": "failure"})])
    assert (told["deployments"], told["failed_deployments"]) == (2, 0)


def test_few_observations_have_wilson_s_interval():
    told = row([*TWO, *incident("i1", 30.5, 31)])["change_fail_rate"]
    assert (told["value"], told["n"]) == (0.5, 2)
    assert (told["low"], told["high"]) == pytest.approx((0.0945, 0.9055), abs=1e-4)


def test_percentiles_lie_between_neighbours():
    events = [deployed("c0", 0)]
    for hours in range(1, 11):
        events += [*change(f"c{hours}", 100 - hours, 100), deployed(f"c{hours}", 100 + hours / 1000)]
    found = row(events)["lead_time_seconds"]
    assert [round(found[one] / HOUR, 1) for one in ("p50", "p75", "p90")] == [5.5, 7.8, 9.1]


def test_changes_packaged_since_the_last_deployment_go_live_together():
    told = row([*TWO, *change("c3", 31, 32), *change("c4", 33, 34), deployed("c4", 40)])
    assert told["lead_time"]["n"] == 3


@pytest.mark.parametrize("how", ["chain", "links", "changes", "commit", "commits"])
def test_changes_are_found_whichever_way_a_deployment_leads_to_them(how: str):
    told = change("c2", 20, 22)[:2]
    told[0]["data"]["context"]["chainId"] = "chain-2"
    sha = "c2c2c2c2c2c2"
    more: dict[str, Any] = {
        "chain": {"chainId": "chain-2"},
        "links": {"links": [{"linkType": "PATH", "from": {"contextId": "c2-m"}}]},
        "changes": {"changes": ["c2"]},
        "commit": {"commit": sha},
        "commits": {"commits": [{"sha": sha, "message": "Add search"}]},
    }
    told[1]["data"]["customData"] = {"commit": sha}
    live = deployed("c9", 30, **more[how])
    found = row([deployed("c1", 10), *told, live])
    assert found["lead_time_seconds"]["p50"] == 10 * HOUR


def test_lead_time_is_told_by_stage_as_far_as_it_is_known():
    review = cdevent("change.reviewed", "rv", 21, "c2", {})
    told = row([*TWO[:-1], review, deployed("c2", 30, started_at=at(29))])
    stages = {one["name"]: one["p50"] / HOUR for one in told["lead_time"]["stages"]}
    assert stages == {"coding": 1, "review": 1, "waiting": 7, "deploying": 1}


def test_machines_changes_are_kept_apart():
    mine = change("c2", 20, 22)
    mine[1]["data"]["customData"] = {"author": "renovate[bot]"}
    told = row([deployed("c1", 10), *mine, deployed("c2", 30)])["lead_time"]
    assert (told["n"], told["bots"]["n"], told["bots"]["p50"]) == (0, 1, 10 * HOUR)


FACTS: list[Event] = [
    {"uid": "f1", "kind": "service.deployed", "subject": "s-1", "environment": "production", "occurred_at": at(1),
     "data": {"service": "shop", "commit": "a" * 12, "deployment": "d1", "version": "v1"}},
    {"uid": "f2", "kind": "service.upgraded", "subject": "s-1", "environment": "production", "occurred_at": at(30),
     "data": {"service": "shop", "commit": "b" * 12, "deployment": "d2",
              "commits": [{"sha": "b" * 12, "subject": "Add search", "authored_at": at(20)}]}},
    {"uid": "f3", "kind": "incident.detected", "subject": "i-1", "environment": "production", "occurred_at": at(31),
     "data": {"service_uid": "s-1", "deployment": "d2"}},
    {"uid": "f4", "kind": "incident.resolved", "subject": "i-1", "environment": "", "occurred_at": at(32),
     "data": {"service_uid": "s-1", "cause_deployment": "d2"}},
]  # fmt: skip


def test_facts_count_like_events_and_corrections_supersede():
    told = row(FACTS)
    assert (told["service"], told["deployments"], told["failed_deployments"]) == ("shop", 2, 1)
    assert (told["lead_time_seconds"]["p50"], told["failed_deployment_recovery_seconds"]) == (10 * HOUR, 2 * HOUR)
    corrected = {**FACTS[3], "uid": "f5", "supersedes": "f4", "data": {"service_uid": "s-1", "cause_deployment": ""}}
    assert row([*FACTS, corrected])["failed_deployments"] == 0
    assert rows_of_lines([json.dumps({"items": FACTS})]) == rows_of_lines(json.dumps(FACTS, indent=1).splitlines())


def test_our_own_cdevents_are_read_by_the_whole_fact_that_they_carry():
    wrapped = []
    for fact in FACTS:
        told = {"schema": "roadbed.fact/1", "id": fact["uid"], **{k: v for k, v in fact.items() if k != "uid"}}
        one = cdevent(fact["kind"], fact["uid"], 0, fact["subject"], {})
        one["data"]["customData"] = told
        wrapped.append(one)
    assert row(wrapped) == row(FACTS)


ALL = [
    *TWO, *FACTS, *incident("i1", 30.4, 33), *change("c3", 31, 32, 'Revert "Add search"'), deployed("c3", 34),
    deployed("c1", 35), deployed("c3", 36), *incident("i2", 60), deployed("x", 41, service="api", commits=["a1", "a2"]),
    deployed("y", 45, service="api", commits=[{"sha": "a3", "date": at(40)}]), deployed("z", 46, where="staging"),
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(0, len(ALL) - 1), max_size=12))
def test_neither_the_order_of_lines_nor_repeated_ones_change_anything(draw: random.Random, again: list[int]):
    lines = [json.dumps(one) for one in ALL]
    shuffled = [*lines, *(lines[index] for index in again)]
    draw.shuffle(shuffled)
    for by in ("service", "organization"):
        assert rows_of_lines(shuffled, by=by) == rows_of_lines(lines, by=by)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ALL), max_size=20), st.data())
def test_whatever_is_left_out_no_figure_is_impossible(events: list[Event], data: st.DataObject):
    length = data.draw(st.sampled_from([None, timedelta(days=1), timedelta(days=7)]))
    for one in rows(events, since=MONDAY, until=MONDAY + timedelta(days=8), length=length):
        text = json.dumps(one, allow_nan=False)
        assert "-0.0" not in text
        rate = one["change_fail_rate"]
        assert rate["value"] is None if one["deployments"] == 0 else 0 <= rate["low"] <= rate["value"] <= rate["high"]
        assert one["failed_deployments"] is None or one["failed_deployments"] <= one["deployments"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{not json", "no JSON"),
        ('{"a": NaN}', "NaN is no number"),
        ("[1]", "item 1 of the array: a number in place of an event"),
        ("null", "null in place of an event"),
        ("[" * 3000, "nested too deeply"),
        ('{"kind": "service.deployed", "occurred_at": "yesterday", "subject": "s"}', "occurred_at is no instant"),
        ('{"kind": "service.deployed", "occurred_at": "2026-03-02T10:00:00", "subject": "s"}', "is no instant"),
        ('{"kind": "service.deployed", "occurred_at": "2026-03-02T10:00:00Z"}', "has no subject"),
        ('{"hello": 1}', "neither a CDEvent nor a fact; it has hello"),
        ('{"context": {"type": "dev.other.x"}, "subject": {}}', "is no type of CDEvents"),
        (json.dumps({"specversion": "1.0", "type": "dev.cdevents.service.deployed.0.1.0", "data": {}}), "no CDEvent"),
        (json.dumps({"specversion": "1.0", "type": "dev.cdevents.x.y.0.1.0", "data_base64": "%"}), "base64"),
        (json.dumps(cdevent("service.deployed", "u", 1, "", {})), "no subject.id"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_number_and_a_remedy(line: str, said: str):
    found = read(["", json.dumps(TWO[3]), line, json.dumps(TWO[-1])])
    (fault,) = found.faults
    assert (fault.line, said in fault.text, bool(fault.remedy)) == (3, True, True), fault
    assert len(found.heard) == 2


@given(st.text(max_size=30) | st.recursive(st.none() | st.booleans() | st.text(max_size=4), st.lists).map(json.dumps))
def test_no_line_whatever_it_holds_stops_the_others(line: str):
    lines = [json.dumps(TWO[3]), *line.splitlines(keepends=True), json.dumps(TWO[-1])]
    assert {"shop-c1-10", "shop-c2-30"} <= {one.context for one in read(lines).heard}


def test_an_unclosed_array_is_one_fault():
    assert [type(one) for one in items_of(["[\n", '{"a": 1},\n', '{"b": \n'])] == [Fault]


def test_values_printed_over_many_lines_one_after_another_are_read():
    printed = [f"{json.dumps(one, indent=2)}\n" for one in TWO]
    text = "".join([*printed[:3], '{\n  "broken": \n}\n', *printed[3:]])
    found = read(text.splitlines(keepends=True))
    whole = read([json.dumps(one) for one in TWO])
    assert sorted(one.context for one in found.heard) == sorted(one.context for one in whole.heard)
    (fault,) = found.faults
    assert (fault.line, "no JSON" in fault.text) == ("".join(printed[:3]).count("\n") + 3, True)


@pytest.mark.parametrize("first", ["[" * 100_000, '{"a":' * 100_000])
def test_a_first_line_that_is_nested_too_deeply_is_one_fault(first: str):
    found = read([f"{first}\n", json.dumps(TWO[3])])
    assert [fault.line for fault in found.faults] == [1]
    assert len(found.heard) == 1


def test_teams_and_systems_are_told_by_events():
    told = rows([deployed("c1", 1, team="payments", system="checkout"), deployed("c2", 2, service="api")], by="team")
    assert [(one["team"], one["deployments"]) for one in told] == [(None, 1), ("payments", 1)]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("production", True), ("Prod", True), ("eu-prod-1", True), ("prod1", True), ("live", True), ("PRD", True),
        ("pre-prod", False), ("preprod", False), ("non-production", False), ("staging", False), ("", False),
        ("product-test", False), ("delivery", False),
    ],
)  # fmt: skip
def test_production_is_what_is_called_so(name: str, is_one: bool):  # noqa: FBT001 - drawn
    assert is_production(name) is is_one


def test_other_environments_can_be_meant():
    heard = read([json.dumps(deployed("c1", 1, where="blue")), json.dumps(deployed("c2", 2, where="green"))]).heard
    assert len(gather(heard, environments=("BLU*",)).histories[0].judged) == 1
    assert gather(heard).elsewhere == {"blue": 1, "green": 1}

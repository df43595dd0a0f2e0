"""The objective's page beside its chart: burn rates, events, marks, decisions, versions, replay, and words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import Question
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.objectives import burn_chart, decided, queries, usecases
from roadbed.reliability.objectives.burning import burn_rates
from roadbed.reliability.objectives.importing import Counted
from roadbed.reliability.objectives.models import Head
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.policy.conditions import condition_of
from roadbed.reliability.objectives.rules.policy.wording import in_words
from roadbed.reliability.objectives.rules.thresholds import PairStanding
from roadbed.reliability.objectives.rules.versions import Promised, changes
from roadbed.reliability.objectives.rules.words import pair_words
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo

stored = pytest.mark.django_db(databases=["default", "samples"])
ADMIN = Caller(uid="p-ada", name="Ada Moreno", role="admin")
Page = Callable[..., str]
POLICY = """\
apiVersion: roadbed.dev/v1
kind: ErrorBudgetPolicy
metadata: {name: strict}
spec:
  selector: {services: [checkout]}
  rules:
    - {name: low, when: budget.remaining < LIMIT, outcome: deny, says: "{budget.remaining} is left."}
    - {name: rest, when: "true", outcome: allow, says: "Enough is left."}
"""


@pytest.fixture
def page(client: Client, house: House) -> Page:
    client.force_login(Person.objects.create(email="lena@kestrel.example", name="Lena Vogt", created_at=NOW))

    def ask(address: str, status: int = 200) -> str:
        response = client.get(address)
        assert response.status_code == status
        return response.content.decode()

    return ask


@pytest.fixture
def uid(house: House) -> str:
    """Checkout's objective with twenty minutes: ten good, then ten in which half fails."""
    usecases.apply(HANNE, "checkout", text=slo(target="0.9"), now=NOW)
    house.deploy()
    house.tick()
    for minute in range(20):
        house.edge.serve(good=60, bad=60 if minute >= 10 else 0)
        house.tick(60)
    return queries.objectives_of(house.checkout)[0].uid


def chart(html: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', html)[1]
    )
    return found


@stored
def test_burn_rates_over_time_are_those_of_a_recount_and_end_at_the_alerts_own(uid: str):
    rates = burn_rates(uid, pair="Page, fast")
    assert rates is not None
    page = queries.require_objective(uid)
    (pair,) = [one for one, _ in page.pairs if one.name == "Page, fast"]
    assert (rates.points[-1].short, rates.points[-1].long) == (pair.short_burn, pair.long_burn)
    assert (rates.minutes, rates.factor, rates.short, rates.long) == (360, pair.factor, 5, 60)
    asked = {NOW + timedelta(minutes=minute): minute for minute in range(21)}
    for point in rates.points:
        minute = asked.get(point.at)
        if minute is None or minute < 16:
            continue
        # Each of the last minutes has 60 good and 60 bad: half fails, five times what 0.9 allows.
        assert point.short == pytest.approx(5.0)
    assert rates.points[0].short is None, "nothing was counted six hours ago"


@stored
def test_the_api_answers_burn_rates_decisions_and_previews(uid: str, web: Client):
    rates = web.get(f"/api/v1/objectives/{uid}/burn-rates?alert=Page,+slow").json()
    assert (rates["name"], rates["short"], rates["long"]) == ("Page, slow", 30, 360)
    assert web.get(f"/api/v1/objectives/{uid}/burn-rates").json()["name"] == "Page, fast"
    assert "It has Page, fast" in web.get(f"/api/v1/objectives/{uid}/burn-rates?alert=no").json()["remedy"]
    assert web.get(f"/api/v1/objectives/{uid}/decisions").json() == {"items": [], "next_cursor": None}
    wish = {"starts_at": "2026-11-23T09:10:00Z", "ends_at": "2026-11-23T09:20:00Z", "reason": "Disks", "objective": uid}
    where = "/api/v1/services/checkout/exclusions/preview"
    (effect,) = web.post(where, wish, content_type="application/json").json()["effects"]
    assert effect["now"]["remaining"] < effect["then"]["remaining"]
    assert effect["minutes"] == 10
    faulty = web.post(where, wish | {"zone": "Mars", "rrule": "x"}, content_type="application/json")
    assert (faulty.status_code, faulty.json()["field"]) == (422, "zone")
    assert [one["field"] for one in faulty.json()["errors"]] == ["rrule"]
    assert web.get("/api/v1/services/checkout/exclusions").json()["items"] == []


@stored
def test_an_alert_that_the_objective_has_not_is_not_drawn(uid: str):
    assert burn_rates(uid, pair="Page, never") is None
    assert burn_rates("nowhere", pair="Page, fast") is None


@stored
def test_the_charts_carry_threshold_events_incidents_deployments_and_bands(page: Page, uid: str, house: House):
    with unit(ROADBED, now=NOW + timedelta(minutes=9)) as writing:
        writing.record("service.deployed", house.checkout, environment="production", data={"version": "v7"})
        data = {"service_uid": house.checkout, "incident": 4, "title": "Half fails",
                "started_at": (NOW + timedelta(minutes=11)).isoformat()}  # fmt: skip
        writing.record("incident.detected", "inc-4", environment="production", data=data)
    # What was counted before begins the promise, and nobody looked from then on until it was counted here.
    long_ago = minute_of(NOW) - 180
    usecases.import_minutes(ROADBED, uid, [Counted(long_ago, 5, 5)], read_at=instant(long_ago), now=house.now)
    house.tick()
    html = page(f"/objectives/{uid}?alert=Page,+slow")
    rates = chart(html, "burn-rates")
    assert [series["name"] for series in rates["series"]] == ["Over 30 minutes", "Over 6 hours", "Deployments"]
    assert rates["lines"][0]["label"] == "6: fires above"
    for name in ("burn-down", "burn-rates", "events-bad"):
        drawn = chart(html, name)
        assert [event["label"] for event in drawn["events"]] == ["INC-4"]
        assert {band["tone"] for band in drawn["bands"]} == {"unknown-mark"}
    assert html.count("as a table</summary>") == 4, "a table under each chart"
    bad = chart(html, "events-bad")["series"][0]["values"]
    assert sum(value for _, value in bad if value is not None) == queries.require_objective(uid).view.bad
    assert 'href="/incidents/inc-4"' in html
    assert "NaN" not in html
    assert 'aria-current="true">Page, slow' in html


@stored
def test_events_in_parts_add_up_and_unmeasured_parts_are_none(uid: str):
    drawn = queries.burn_down(uid)
    parts = burn_chart.buckets(drawn)
    assert len(parts) <= burn_chart.BARS
    view = queries.require_objective(uid).view
    assert sum(part.total or 0 for part in parts) == view.total
    assert sum(part.bad or 0 for part in parts) == view.bad
    assert parts[0].total is None


@stored
def test_each_decision_by_the_budget_is_listed_with_rule_version_and_link(page: Page, uid: str, house: House):
    for kind in ("feature", "fix"):
        question = Question(house.checkout, "checkout", "production", kind)
        gates.ask_and_keep(ROADBED, question, now=house.now)
    found = decided.decisions_of(uid, house.checkout).items
    assert [(one.kind, one.answer, one.rule, one.own) for one in found] == [
        ("fix", "allow", "repairs", False),
        ("feature", "deny", "budget-spent", True),
    ]
    assert {(one.policy, one.policy_version) for one in found} == {("error-budget", 1)}
    first = decided.decisions_of(uid, house.checkout, limit=1)
    rest = decided.decisions_of(uid, house.checkout, limit=1, cursor=first.next_cursor or "")
    assert (*first.items, *rest.items) == found
    assert rest.next_cursor is None
    assert decided.decisions_of("other", house.checkout).items == found[:1], "the other one is not its own"
    html = page(f"/objectives/{uid}/decisions")
    assert f'href="/gate/{found[1].uid}"' in html
    assert 'href="/objectives/policies/error-budget?version=1"' in html
    assert "budget-spent" in page(f"/objectives/{uid}")


@stored
def test_versions_say_who_changed_what(page: Page, uid: str):
    usecases.apply(HANNE, "checkout", text=slo(target="0.95"), now=NOW + timedelta(days=1))
    usecases.apply(HANNE, "checkout", text=slo(target="0.95", latency=300), now=NOW + timedelta(days=2))
    newest, middle, first = queries.require_objective(uid).versions
    assert first.changes == ()
    assert middle.changes == ("Target from 90% to 95%.",)
    assert len(newest.changes) == 2
    assert "within 300 ms" in newest.changes[0]
    assert "Its counts began anew." in newest.changes[0]
    html = page(f"/objectives/{uid}")
    assert "Target from 90% to 95%." in html
    assert "Hanne Brandt" in html.split("How the promise changed")[1]


@stored
def test_a_replay_from_the_page_lists_what_would_have_been(page: Page, uid: str, house: House, monkeypatch: Any):
    monkeypatch.setattr("django.utils.timezone.now", lambda: house.now)
    assert "30 days take a few seconds" in page(f"/objectives/{uid}/replay")
    html = page(f"/objectives/{uid}/replay?days=1&kind=feature&policy=error-budget/1")
    assert "budget-spent" in html
    assert "What would have been" in html
    assert "cannot be replayed" in page(f"/objectives/{uid}/replay?days=400", 422)
    assert "is no policy" in page(f"/objectives/{uid}/replay?days=1&policy=nonsense", 422)
    assert "There is no objective" in page("/objectives/replay?objective=nothing", 404)


@stored
def test_from_a_policys_page_one_comes_to_the_replay_of_an_objective(client: Client, page: Page, uid: str):
    answer = client.get("/objectives/replay?objective=checkout/answered&policy=error-budget/1")
    assert answer.headers["Location"] == f"/objectives/{uid}/replay?policy=error-budget%2F1"
    assert "checkout/answered" in page("/objectives/policies/error-budget")


@stored
def test_a_policy_says_its_rules_in_words_and_what_its_version_changed(page: Page, house: House):
    for limit in ("0.2", "0.4"):
        usecases.apply_policy(ADMIN, text=POLICY.replace("LIMIT", limit), why="Agreed.", now=NOW)
    html = page("/objectives/policies/strict")
    assert "The budget left is under 40%" in html
    assert "What version 2 changed" in html
    assert re.search(r'<tr class="del">.*?0\.2', html)
    assert re.search(r'<tr class="add">.*?0\.4', html)
    assert "What version" not in page("/objectives/policies/strict?version=1")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ('change.kind in ["fix", "rollback"]', "the change is fix or rollback"),
        ('environment != "production"', "the environment is not production"),
        ("!evaluated", "it was never evaluated"),
        ("!has(budget.remaining)", "there is no budget"),
        ('standing == "spent"', "its state is “budget spent”"),
        ('budget.remaining < 0.25 && burn["1h"] > 6', "the budget left is under 25%, and the burn over 1h is over 6"),
        ('paging || service.tier == "1"', "an alert pages, or its tier is 1"),
        ("true", "always"),
    ],
)
def test_conditions_are_said_in_words(condition: str, said: str):
    assert in_words(condition_of(condition)) == said


@pytest.mark.parametrize(
    "condition",
    ["!(paging || stale)", "budget.remaining * 2.0 < 0.5", 'service.name.startsWith("a") && paging',
     "paging ? stale : true"],
)  # fmt: skip
def test_what_is_no_plain_comparison_stays_as_it_was_written(condition: str):
    assert in_words(condition_of(condition)) == condition


def standing(**changed: Any) -> PairStanding:
    usual = {
        "name": "Page, fast", "severity": "page", "short": 5, "long": 60, "factor": 14.4, "short_burn": 20.0,
        "long_burn": 16.0, "bad": 160, "firing": True, "reachable": True, "held_back": "", "source": "Workbook",
        "total": 10_000, "short_bad": 20, "short_total": 1000,
    }  # fmt: skip
    return PairStanding(**(usual | changed))


def counts(minutes: int, *, measured: int, excluded: int = 0) -> Counts:
    return Counts(minutes, 0, 0, measured, measured, 0, excluded)


@pytest.mark.parametrize(
    ("pair", "windows", "said"),
    [
        (standing(), {}, "It burns 20.0 times too fast over 5 minutes (20 bad of 1,000), 16.0 over 1 hour (160"),
        (standing(), {}, "0 events). Stops when the burn over 5 minutes falls to 14.4."),
        (standing(firing=False, held_back="3 bad events in the long window; it takes 10.", bad=3), {},
         "but nobody is told yet: 3 bad events in the long window; it takes 10. It fires when more of them fail"),
        (standing(firing=False, long_burn=3.0), {}, "both must pass 14.4, and only that over 5 minutes does."),
        (standing(firing=False, short_burn=0.5, long_burn=0.2), {}, "0.5 times as fast as allowed"),
        (standing(firing=False, short_burn=0.0, long_burn=0.0, bad=0, short_bad=0), {},
         "Quiet: nothing of 10,000 events was bad over 1 hour"),
        (standing(firing=False, short_burn=None), {5: counts(5, measured=5)},
         "Quiet: nothing was asked in the last 5 minutes"),
        (standing(firing=False, short_burn=None), {5: counts(5, measured=0)},
         "Nobody can tell: none of the last 5 minutes was measured."),
        (standing(firing=False, short_burn=None), {5: counts(5, measured=0, excluded=5)},
         "Quiet: all of the last 5 minutes is excluded."),
        (standing(firing=False, reachable=False), {}, "the target is too low for this alert"),
    ],
)  # fmt: skip
def test_an_alert_says_which_windows_which_figures_and_what_would_clear_it(pair: Any, windows: Any, said: str):
    assert said in pair_words(pair, windows)


@stored
def test_idle_is_told_from_unmeasured_in_the_table_of_alerts(page: Page, house: House):
    usecases.apply(HANNE, "checkout", text=slo(), now=NOW)
    house.deploy()
    for _ in range(63):
        house.tick(60)
    uid = queries.objectives_of(house.checkout)[0].uid
    table = page(f"/objectives/{uid}").split('aria-label="Burn rates, the table"')[1].split("</table>")[0]
    assert "is-idle" in table, "an hour was measured, and nobody asked"
    assert Head.objects.using("samples").count() == 1


def test_what_changed_between_two_versions_is_said_part_by_part():
    before = Promised("Answered", "99%", "30 days", "Counted in events.", "roadbed", "At the edge.")
    after = Promised("Answered well", "99%", "each month in UTC", "Counted in slices of a minute.", "sloth", "Pushed.")
    assert changes(before, after) == (
        "Window from 30 days to each month in UTC.",
        "Alerts from roadbed to sloth.",
        "Counted in slices of a minute. Before: counted in events.",
        "Pushed. Before: at the edge. Its counts began anew.",
        "Called “Answered well”, before “Answered”.",
    )
    assert changes(before, before) == ("Its description.",)

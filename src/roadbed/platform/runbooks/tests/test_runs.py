"""Steps on their way: shown, confirmed, run once, stopped, lost, ticked off, told from a terminal; each a fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roadbed.ground.errors import Conflict, Forbidden, Invalid
from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.models import Token
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports.steps import STOPPED, TIMED_OUT
from roadbed.platform.runbooks import executing, planning, queries, repository, running, watching
from roadbed.platform.runbooks.models import Run, Runbook
from roadbed.platform.runbooks.running import Told
from roadbed.platform.runbooks.tests.conftest import Stage
from roadbed.platform.runbooks.tests.stage import NOW, Killed

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
LOOKUPS = "checkout/lookups"


@pytest.fixture(autouse=True)
def known(stage: Stage) -> None:
    repository.read_repository(ROADBED, stage.cast.uid, now=NOW)


def facts() -> list[Fact]:
    return list(Fact.objects.filter(kind="runbook.run").order_by("position"))


def test_a_step_is_run_as_it_was_shown_and_its_run_is_a_fact_on_the_incident(stage: Stage):
    stage.incident()
    uid = stage.start(stage.cast.ines, LOOKUPS, 1, given={"minutes": "20"})
    assert Job.objects.filter(name="runbooks.run", payload={"run": uid}).count() == 1
    executing.execute(uid, worker="w1", clock=stage.clock)
    (spec,) = stage.steps.ran
    assert (spec.script, spec.environment["PARAM_MINUTES"], spec.seconds) == ('echo "${PARAM_MINUTES}"', "20", 30)
    assert (spec.workload, spec.environment["ROADBED_INCIDENT"], "API_TOKEN" in spec.environment) == (
        "checkout", "INC-7", False,
    )  # fmt: skip
    view = queries.run_view(queries.require_run(uid))
    assert (view.state, view.exit_code, view.output, view.incident) == ("succeeded", 0, "15\n", "INC-7")
    (fact,) = facts()
    told = {name: fact.data[name] for name in ("runbook", "service", "version", "step", "parameters", "exit_code")}
    assert told == {
        "runbook": "Lookups return 503", "service": "checkout", "version": 1, "step": 1,
        "parameters": {"minutes": "20"}, "exit_code": 0,
    }  # fmt: skip
    who = ("Ines", stage.cast.ines.uid, 1, "INC-7", False, False, "succeeded", "15\n")
    names = ("person_name", "person", "minutes", "incident", "dry_run", "by_hand", "outcome", "output")
    assert (fact.subject, tuple(fact.data[name] for name in names)) == (stage.cast.uid, who)
    # A second attempt of the job finds that it is over, and runs nothing.
    executing.execute(uid, worker="w2", clock=stage.clock)
    assert len(stage.steps.ran) == len(facts()) == 1
    assert Run.objects.get().caller == {}


def test_only_what_was_shown_is_run_and_one_step_at_a_time(stage: Stage):
    shown = planning.plan(stage.cast.ines, LOOKUPS, 1, now=NOW).shown
    with pytest.raises(Conflict, match="not what was confirmed"):
        running.start(stage.cast.ines, LOOKUPS, 1, shown=shown, given={"minutes": "16"}, now=NOW)
    stage.start(stage.cast.ines, LOOKUPS, 1)
    with pytest.raises(Conflict, match="Ines runs step 1"):
        stage.start(stage.cast.hanne, LOOKUPS, 1)
    assert Run.objects.count() == 1


def test_who_is_on_call_or_leads_operates_and_the_platform_does_not(stage: Stage):
    stage.duty = "hanne"
    shard = {"shard": "eu-1"}
    assert planning.plan(stage.cast.hanne, LOOKUPS, 2, given=shard, now=NOW).permission.allowed
    for who in ("ines", "petra", "olga", "rafa"):
        with pytest.raises(Forbidden):
            stage.start(getattr(stage.cast, who), LOOKUPS, 2, given=shard)
    stage.incident(lead=stage.cast.olga)
    assert planning.plan(stage.cast.olga, LOOKUPS, 2, given=shard, now=NOW).permission.allowed
    stage.incident(lead=stage.cast.petra)
    assert "platform" in planning.plan(stage.cast.petra, LOOKUPS, 1, now=NOW).permission.reason
    with pytest.raises(Forbidden, match="scope"):
        stage.start(replace(stage.cast.hanne, scopes=frozenset({"read"})), LOOKUPS, 1)
    # Between looking and running, the shift ended.
    uid = stage.start(stage.cast.hanne, LOOKUPS, 2, given=shard)
    stage.duty = "ines"
    executing.execute(uid, worker="w", clock=stage.clock)
    assert (Run.objects.get().state, stage.steps.ran) == ("failed", [])


def test_it_is_given_the_secrets_that_it_names_and_they_are_hidden_in_what_it_prints(stage: Stage):
    stage.steps.prints, stage.steps.code = b"token hunter2-of-checkout\n", 3
    uid = stage.start(stage.cast.ines, LOOKUPS, 2, given={"shard": "eu-1"})
    executing.execute(uid, worker="w", clock=stage.clock)
    assert stage.steps.ran[0].environment["API_TOKEN"] == "hunter2-of-checkout"
    row = Run.objects.get()
    assert (row.state, row.output) == ("failed", "token ••••••\n")
    assert "hunter2" not in str([fact.data for fact in facts()])
    assert Runbook.objects.get(slug="lookups").run_failed
    stage.secrets = {}
    again = stage.start(stage.cast.ines, LOOKUPS, 2, given={"shard": "eu-1"})
    executing.execute(again, worker="w", clock=stage.clock)
    assert "has no secret API_TOKEN" in queries.require_run(again).note
    assert len(stage.steps.ran) == 1


def test_a_step_that_talks_to_roadbed_has_a_token_for_its_verbs_while_it_runs(stage: Stage):
    text = stage.code.tree["runbooks/lookups.md"].decode().replace("timeout=30s", 'roadbed="flag.write read"')
    stage.code.push(runbooks__lookups=text)
    repository.read_repository(ROADBED, stage.cast.uid, now=NOW)
    seen = []
    stage.steps.meanwhile = lambda: seen.extend(Token.objects.filter(revoked_at=None).values_list("scopes", flat=True))
    uid = stage.start(stage.cast.ines, LOOKUPS, 1)
    executing.execute(uid, worker="w", clock=stage.clock)
    environment = stage.steps.ran[0].environment
    assert seen == [["flag.write", "read"]]
    assert environment["ROADBED_TOKEN"].startswith("rb_")
    assert environment["ROADBED_URL"].startswith("http://")
    assert not Token.objects.filter(revoked_at=None).exists()


def test_a_killed_worker_leaves_an_unknown_outcome_and_nothing_runs_twice(stage: Stage):
    stage.steps.dies = True
    uid = stage.start(stage.cast.ines, LOOKUPS, 2, given={"shard": "eu-1"})
    with pytest.raises(Killed):
        executing.execute(uid, worker="w#1", clock=stage.clock)
    # What really dies settles nothing and cleans nothing up; the next attempt of the job finds this.
    Run.objects.update(state="running", finished_at=None)
    stage.steps.cleaned.clear()
    executing.execute(uid, worker="w#2", clock=stage.clock)
    row = Run.objects.get()
    assert (row.state, len(stage.steps.ran), stage.steps.cleaned) == ("unknown", 1, [uid])
    assert "look before you run it again" in row.note
    assert [fact.data["outcome"] for fact in facts()] == ["unknown"]


def test_a_replica_that_takes_a_living_worker_for_dead_wins_and_the_first_stops(stage: Stage):
    uid = stage.start(stage.cast.ines, LOOKUPS, 1)
    stage.steps.meanwhile = lambda: executing.execute(uid, worker="b#2", clock=stage.clock)
    executing.execute(uid, worker="a#1", clock=stage.clock)
    assert (Run.objects.get().state, len(stage.steps.ran), stage.steps.stops) == ("unknown", 1, [True])
    assert [fact.data["outcome"] for fact in facts()] == ["unknown"]


def test_it_is_stopped_or_runs_out_of_time_and_says_so(stage: Stage):
    uid = stage.start(stage.cast.ines, LOOKUPS, 1)
    stage.steps.how = STOPPED
    stage.steps.meanwhile = lambda: running.kill(stage.cast.hanne, uid, now=NOW)
    executing.execute(uid, worker="w", clock=stage.clock)
    assert stage.steps.stops == [True]
    assert (Run.objects.get().state, Run.objects.get().note[:16]) == ("killed", "Stopped by Hanne")
    with pytest.raises(Conflict, match="over"):
        running.kill(stage.cast.hanne, uid, now=NOW)
    stage.steps.meanwhile, stage.steps.how = lambda: None, TIMED_OUT
    late = stage.start(stage.cast.ines, LOOKUPS, 1)
    executing.execute(late, worker="w", clock=stage.clock)
    assert queries.require_run(late).state == "timed-out"
    waiting = stage.start(stage.cast.ines, LOOKUPS, 1)
    with pytest.raises(Forbidden):
        running.kill(stage.cast.olga, waiting, now=NOW)
    running.kill(stage.cast.hanne, waiting, now=NOW)
    executing.execute(waiting, worker="w", clock=stage.clock)
    assert (queries.require_run(waiting).state, len(stage.steps.ran)) == ("killed", 2)


def test_what_nobody_took_in_time_does_not_begin_later(stage: Stage):
    uid = stage.start(stage.cast.ines, LOOKUPS, 1)
    stage.clock.at += timedelta(minutes=3)
    executing.execute(uid, worker="w", clock=stage.clock)
    assert (Run.objects.get().state, stage.steps.ran) == ("killed", [])
    again = stage.start(stage.cast.ines, LOOKUPS, 1)
    assert watching.end_forgotten(now=stage.clock.at + timedelta(minutes=3)) == 0
    assert watching.end_forgotten(now=stage.clock.at + timedelta(minutes=5)) == 1
    assert queries.require_run(again).state == "killed"
    Run.objects.filter(uid=again).update(state="running", worker="gone", finished_at=None, started_at=NOW)
    assert watching.end_forgotten(now=NOW + timedelta(minutes=14)) == 1
    assert queries.require_run(again).state == "unknown"


def test_a_dry_run_runs_the_variant_of_the_step_or_only_shows_it(stage: Stage):
    stage.duty = "hanne"
    plan = planning.plan(stage.cast.ines, LOOKUPS, 2, given={"shard": "eu-1"}, dry_run=True, now=NOW)
    assert (plan.command, plan.needs) == ("echo would restart eu-1", "read")
    uid = stage.start(stage.cast.ines, LOOKUPS, 2, given={"shard": "eu-1"}, dry_run=True)
    executing.execute(uid, worker="w", clock=stage.clock)
    assert stage.steps.ran[0].script == 'echo would restart "${PARAM_SHARD}"'
    shown = stage.start(stage.cast.ines, LOOKUPS, 1, dry_run=True)
    assert (queries.require_run(shown).state, queries.require_run(shown).command) == ("shown", "echo 15")
    assert [(fact.data["dry_run"], fact.data["outcome"]) for fact in facts()] == [(True, "succeeded"), (True, "shown")]
    assert Runbook.objects.get(slug="lookups").run_at is None


def test_where_it_cannot_run_it_says_so_and_offers_the_terminal(stage: Stage):
    stage.where = None
    plan = planning.plan(stage.cast.ines, LOOKUPS, 1, now=NOW)
    assert (plan.obstacle, plan.command) == ("checkout does not run in production here.", "echo 15")
    with pytest.raises(Conflict) as refused:
        stage.start(stage.cast.ines, LOOKUPS, 1)
    assert "--local" in refused.value.remedy
    told = Told(
        "told-0001", 1, "Group the errors", queries.runbook(LOOKUPS, now=NOW).digest, 2, NOW - timedelta(seconds=70),
        NOW, command="echo 15", output="gh" + "p_0123456789abcdefghijABCDEFGHIJ0123",
    )  # fmt: skip
    uids = {running.tell(stage.cast.ines, LOOKUPS, told, now=NOW) for _ in range(2)}
    (fact,) = facts()
    assert len(uids) == 1
    assert (fact.data["local"], fact.data["outcome"], fact.data["minutes"], fact.data["output"]) == (
        True, "failed", 2, "••••••",
    )  # fmt: skip
    with pytest.raises(Invalid):
        running.tell(
            stage.cast.ines, LOOKUPS, replace(told, id="told-0002", finished_at=NOW - timedelta(days=1)), now=NOW
        )


def test_a_step_by_hand_is_ticked_off_with_its_minutes(stage: Stage):
    with pytest.raises(Conflict, match="by hand"):
        stage.start(stage.cast.ines, LOOKUPS, 3)
    with pytest.raises(Invalid):
        running.tick(stage.cast.ines, LOOKUPS, 3, minutes=0, now=NOW)
    running.tick(stage.cast.ines, LOOKUPS, 3, minutes=12, note="They restart it", now=NOW)
    (fact,) = facts()
    assert (fact.data["by_hand"], fact.data["minutes"], fact.data["outcome"]) == (True, 12, "done")


def test_a_step_with_a_fault_is_not_run_until_it_is_corrected(stage: Stage):
    text = stage.code.tree["runbooks/lookups.md"].decode().replace("echo {{minutes}}", "echo `echo {{minutes}}`")
    stage.code.push(runbooks__lookups=text)
    repository.read_repository(ROADBED, stage.cast.uid, now=NOW)
    with pytest.raises(Conflict, match="has a fault"):
        planning.plan(stage.cast.ines, LOOKUPS, 1, now=NOW)

"""Rolling back: which release comes back, what it does to deployments under way, what dead workers leave."""

from __future__ import annotations

import pytest

from roadbed.ground import asks
from roadbed.ground.errors import Conflict, Forbidden, Invalid, Unavailable
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import DENY, Reason
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.platform.releases import queries, usecases, watching
from roadbed.platform.releases.models import Release, Workload
from roadbed.platform.releases.tests.stage import CHECKOUT, HANNE, NOW, TOMASZ, Killed, Stage
from roadbed.platform.releases.values import DeploymentView

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def deploy(stage: Stage, subject: str = "Change", files: dict[str, str] | None = None) -> DeploymentView:
    stage.code.commit(subject, files)
    uid = usecases.request_deployment(HANNE, "checkout", now=stage.clock())
    stage.work()
    return queries.deployment(uid)


def roll_back(stage: Stage, to: str | None = None) -> DeploymentView:
    uid = usecases.request_rollback(HANNE, "checkout", to=to, reason="It refuses cards", now=stage.clock())
    stage.work()
    return queries.deployment(uid)


def told(kind: str) -> list[Fact]:
    return list(Fact.objects.filter(kind=kind).order_by("position"))


def test_the_release_before_comes_back_and_is_told_once(stage: Stage):
    first, second = deploy(stage), deploy(stage, "Break the till")
    done = roll_back(stage)
    assert (done.state, done.version, done.former, done.commit) == ("succeeded", "v1", "v2", first.commit)
    assert stage.runtime.of("checkout").serving == 1
    (fact,) = told("service.rolledback")
    assert fact.data["reason"] == "It refuses cards"
    assert fact.data["former_commit"] == second.commit
    assert [commit["subject"] for commit in fact.data["taken_out"]] == ["Break the till"]
    watching.reconcile_journal(now=stage.clock())
    assert len(told("service.rolledback")) == 1
    assert len(told("service.upgraded")) == 1


def test_a_release_that_was_withdrawn_comes_back_only_by_name(stage: Stage):
    for _ in range(3):
        deploy(stage)
    assert roll_back(stage).version == "v2"
    assert deploy(stage).version == "v4"
    assert roll_back(stage).version == "v2", "v3 was rolled back from, so it is not good enough unasked"
    assert roll_back(stage, to="v3").version == "v3"


@pytest.mark.parametrize(("to", "why"), [("v9", "not kept"), ("v2", "serves already")])
def test_what_cannot_come_back_is_refused_with_what_can(stage: Stage, to: str, why: str):
    deploy(stage)
    deploy(stage)
    with pytest.raises(Conflict, match=why) as refused:
        usecases.request_rollback(HANNE, "checkout", to=to, now=NOW)
    assert "v1" in refused.value.remedy


def test_nothing_before_the_first_never_live_and_no_release_at_all_are_refused(stage: Stage):
    with pytest.raises(Conflict, match="never been live"):
        usecases.request_rollback(HANNE, "checkout", now=NOW)
    deploy(stage)
    with pytest.raises(Conflict, match="no good release before v1"):
        usecases.request_rollback(HANNE, "checkout", now=NOW)
    with pytest.raises(Invalid):
        usecases.request_rollback(HANNE, "checkout", to="latest", now=NOW)
    with pytest.raises(Forbidden):
        usecases.request_rollback(TOMASZ, "checkout", now=NOW)


def test_no_gate_stands_in_the_way(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    deploy(stage)
    deploy(stage)
    no = Reason(rule="freeze/1", outcome=DENY, text="Nothing goes out.")
    monkeypatch.setattr(gates, "_gates", {"freeze": lambda _question, _now: (no,)})
    assert roll_back(stage).state == "succeeded"


@pytest.mark.parametrize("step", ["build", "start"])
def test_a_deployment_under_way_is_cancelled_and_never_goes_live(stage: Stage, step: str):
    deploy(stage)
    deploy(stage)
    asked = []

    def ask_for_it() -> None:
        if not asked:
            asked.append(usecases.request_rollback(HANNE, "checkout", now=stage.clock()))

    stage.runtime.at[step] = ask_for_it
    cancelled = deploy(stage)
    assert (cancelled.state, stage.runtime.of("checkout").serving) == ("failed", 1)
    assert cancelled.failure is not None
    assert "asked for a rollback" in cancelled.failure.detail
    assert queries.deployment(asked[0]).state == "succeeded"
    assert stage.runtime.of("checkout").folders == {1, 2}
    assert told("deployment.failed")[0].data["deployment"] == cancelled.uid


def test_a_deployment_that_waits_is_cancelled(stage: Stage):
    deploy(stage)
    deploy(stage)
    waiting = usecases.request_deployment(HANNE, "checkout", now=stage.clock())
    assert usecases.preview_rollback(HANNE, "checkout").cancels == waiting
    assert roll_back(stage).version == "v1"
    assert queries.deployment(waiting).state == "failed"
    assert len(told("service.upgraded")) == 1


def test_a_deployment_that_drains_is_undone_and_its_late_word_changes_nothing(stage: Stage):
    deploy(stage)
    asked = []

    def ask_for_it() -> None:
        if not asked:
            asked.append(usecases.request_rollback(HANNE, "checkout", now=stage.clock()))
            stage.work()

    stage.runtime.at["drain"] = ask_for_it
    second = deploy(stage)
    assert second.state == "succeeded"
    assert queries.deployment(asked[0]).version == "v1"
    assert Workload.objects.get().serving == 1
    assert Release.objects.get(number=2).withdrawn


def test_while_it_drains_the_new_release_is_known_to_serve_and_can_be_rolled_back(stage: Stage):
    deploy(stage)
    seen = []

    def look() -> None:
        preview = usecases.preview_rollback(HANNE, "checkout")
        serving = [one.version for one in queries.releases_of(stage.service_uid) if one.serving]
        asked = usecases.request_rollback(HANNE, "checkout", to="v1", now=stage.clock())
        seen.append((preview.serving, preview.target, serving, queries.deployment(asked).state))

    stage.runtime.at["drain"] = lambda: seen or look()
    deploy(stage)
    assert seen == [("v2", "v1", ["v2"], "requested")]
    assert stage.runtime.of("checkout").serving == 1
    assert len(told("service.deployed")) == 1


def test_asking_twice_answers_the_rollback_that_is_under_way(stage: Stage):
    for _ in range(3):
        deploy(stage)
    first = usecases.request_rollback(HANNE, "checkout", now=NOW)
    assert usecases.request_rollback(HANNE, "checkout", now=NOW) == first
    assert usecases.request_rollback(HANNE, "checkout", to="v2", now=NOW) == first
    with pytest.raises(Conflict, match="rolled back to v2 already"):
        usecases.request_rollback(HANNE, "checkout", to="v1", now=NOW)


@pytest.mark.parametrize("step", ["roll_back", "drain"])
def test_a_killed_worker_never_goes_one_release_further_back(stage: Stage, step: str):
    for _ in range(3):
        deploy(stage)
    killed = []

    def die() -> None:
        if not killed:
            killed.append(True)
            raise Killed

    stage.runtime.at[step] = die
    assert roll_back(stage).version == "v2"
    assert stage.runtime.of("checkout").serving == 2
    assert len(told("service.rolledback")) == 1


def test_a_rollback_that_does_not_come_out_says_why(stage: Stage):
    deploy(stage)
    deploy(stage)

    def fail() -> None:
        raise RuntimeFailure("ready", "v1 ended before it was ready", log=("no database",))

    stage.runtime.at["roll_back"] = fail
    done = roll_back(stage)
    assert done.failure is not None
    assert (done.state, done.failure.log) == ("failed", ("no database",))
    assert stage.runtime.of("checkout").serving == 2
    assert told("deployment.failed")[0].data["verb"] == "rollback"


def test_a_failure_after_the_traffic_moved_does_not_hide_the_rollback(stage: Stage):
    deploy(stage)
    deploy(stage)
    broken = [RuntimeFailure("drain", "supervisord does not answer")]

    def fail() -> None:
        if broken:
            raise broken.pop()

    stage.runtime.at["drain"] = fail
    assert (roll_back(stage).state, len(told("service.rolledback"))) == ("succeeded", 1)


def test_the_preview_says_what_changes_and_what_stays(stage: Stage):
    deploy(stage, "Take cards")
    more = CHECKOUT.replace("LOG_LEVEL: INFO", 'LOG_LEVEL: DEBUG\n    LIMIT: "3"')
    deploy(stage, "Log more", {"catalog-info.yaml": more})
    preview = usecases.preview_rollback(HANNE, "checkout")
    assert (preview.serving, preview.target) == ("v2", "v1")
    assert [(change.key, change.how) for change in preview.configuration] == [
        ("LIMIT", "removed"),
        ("LOG_LEVEL", "changed"),
    ]
    assert preview.commits is not None
    assert [line.split(" ", 1)[1] for line in preview.commits] == ["Log more"]
    assert preview.brings_in == ()
    assert stage.runtime.of("checkout").serving == 2
    roll_back(stage)
    forward = usecases.preview_rollback(HANNE, "checkout", to="v2")
    assert (forward.commits, [line.split(" ", 1)[1] for line in forward.brings_in or ()]) == ((), ["Log more"])


def with_token(stage: Stage, value: str, version: int) -> None:
    asks.answer_with(
        asks.ResolveSecrets, lambda _: asks.SecretsResolved({"API_TOKEN": value}, (), {"API_TOKEN": version})
    )


def test_secrets_stay_current_when_a_release_comes_back(stage: Stage):
    needs = {"secrets.yaml": "secrets:\n  - API_TOKEN\n"}
    with_token(stage, "old", 1)
    deploy(stage, files=needs)
    with_token(stage, "rotated", 2)
    deploy(stage, files=needs)
    assert roll_back(stage).version == "v1"
    spec = stage.runtime.of("checkout").specs[1]
    assert (spec.environment["API_TOKEN"], spec.environment["ROADBED_VERSION"]) == ("rotated", "v1")
    assert Release.objects.get(number=1).secret_versions == {"API_TOKEN": 2}


def test_secrets_that_cannot_be_had_stop_no_rollback(stage: Stage):
    needs = {"secrets.yaml": "secrets:\n  - API_TOKEN\n"}
    with_token(stage, "old", 1)
    deploy(stage, files=needs)
    deploy(stage, files=needs)

    def lost(_: object) -> asks.SecretsResolved:
        raise Unavailable("The master key of the secrets is missing.")

    asks.answer_with(asks.ResolveSecrets, lost)
    done = roll_back(stage)
    assert (done.state, done.version) == ("succeeded", "v1")
    assert "v1 keeps the secrets that it had" in str(queries.lines_of(done.uid))


def test_after_a_stop_a_rollback_starts_what_served_last(stage: Stage):
    deploy(stage)
    deploy(stage)
    usecases.request_stop(HANNE, "checkout", now=stage.clock())
    stage.work()
    assert told("service.stopped")
    assert queries.runtime_status(stage.service_uid).workloads[0].desired == "stopped"
    assert roll_back(stage).version == "v2"
    assert queries.runtime_status(stage.service_uid).workloads[0].desired == "running"


def test_what_was_rolled_back_while_roadbed_was_dead_is_told_once(stage: Stage):
    first = deploy(stage)
    deploy(stage)
    stage.runtime.roll_back_locally("checkout", 1)
    assert watching.reconcile_journal(now=stage.clock()) == 1
    assert watching.reconcile_journal(now=stage.clock()) == 0
    (fact,) = told("service.rolledback")
    assert (fact.source, fact.data["local"], fact.actor_name) == ("runtime", True, "mara on the machine")
    newest = queries.newest_deployment(stage.service_uid)
    assert newest is not None
    assert (newest.verb, newest.version, newest.local, newest.commit) == ("rollback", "v1", True, first.commit)
    assert Workload.objects.get().serving == 1
    with pytest.raises(Conflict, match="no good release before v1"):
        usecases.request_rollback(HANNE, "checkout", now=NOW)


def test_the_journal_waits_for_the_job_that_knows_more(stage: Stage):
    deploy(stage)
    stage.runtime.at["drain"] = lambda: watching.reconcile_journal(now=stage.clock()) and None
    deploy(stage)
    del stage.runtime.at["drain"]
    assert watching.reconcile_journal(now=stage.clock()) == 0
    assert [fact.data["commit_count"] for fact in told("service.upgraded")] == [1]

"""Deploying: what goes live, what is refused, what fails, and what a dead worker leaves."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import connection

from roadbed.ground import asks
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import DENY, UNKNOWN, Reason
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.platform.releases import queries, usecases, watching
from roadbed.platform.releases.models import Deployment, Release, Workload
from roadbed.platform.releases.rules import STEPS
from roadbed.platform.releases.tests.stage import CHECKOUT, HANNE, NOW, TOMASZ, Killed, Stage
from roadbed.platform.releases.values import DeploymentView

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def deploy(stage: Stage, **more: object) -> DeploymentView:
    uid = usecases.request_deployment(HANNE, "checkout", now=stage.clock(), **more)
    stage.work()
    return queries.deployment(uid)


ALL = ("service.deployed", "service.upgraded", "service.rolledback", "deployment.started", "deployment.failed")


def facts(*kinds: str) -> list[Fact]:
    return list(Fact.objects.filter(kind__in=kinds or ALL).order_by("position"))


def raising(fault: BaseException):
    def act() -> None:
        raise fault

    return act


def once(fault: BaseException):
    left = [fault]

    def act() -> None:
        if left:
            raise left.pop()

    return act


def deny(stage: Stage, monkeypatch: pytest.MonkeyPatch, outcome: str) -> None:
    reason = Reason(rule="budget/1", outcome=outcome, text="The budget is spent.", clears="It refills on 3 December.")
    monkeypatch.setattr(gates, "_gates", {"budget": lambda _question, _now: (reason,)})


SCORE = """\
apiVersion: score.dev/v1b1
metadata:
  name: checkout
containers:
  web:
    image: "."
    command: ["./serve-by-score"]
    variables:
      GREETING: hello
      LOG_LEVEL: DEBUG
"""


def test_a_score_file_says_how_a_service_runs_where_its_entry_does_not(stage: Stage):
    silent = CHECKOUT.replace("    roadbed.dev/run: ./serve\n", "")
    stage.code.commit("Describe it in Score", {"catalog-info.yaml": silent, "score.yaml": SCORE})
    done = deploy(stage)
    assert done.state == "succeeded"
    spec = stage.runtime.of("checkout").specs[1]
    assert spec.run == "./serve-by-score"
    assert spec.environment["GREETING"] == "hello"
    assert spec.environment["LOG_LEVEL"] == "INFO", "what the entry states comes first"


def test_a_commit_goes_live_with_its_steps_its_log_and_its_facts(stage: Stage):
    done = deploy(stage)
    assert (done.state, done.version, done.exit_code, done.commit) == (
        "succeeded",
        "v1",
        0,
        stage.code.branches["main"],
    )
    assert [step.name for step in done.steps if step.state == "done"] == list(STEPS)
    assert "$ make" in [line.text for line in queries.lines_of(done.uid)]
    started, deployed = facts()
    assert (started.kind, deployed.kind) == ("deployment.started", "service.deployed")
    assert deployed.source == "runtime"
    assert deployed.data["commits"] is None, "a first deployment carries no range of commits"
    assert deployed.actor == HANNE.uid
    spec = stage.runtime.of("checkout").specs[1]
    assert spec.environment == {
        "LOG_LEVEL": "INFO",
        "ROADBED_SERVICE": "checkout",
        "ROADBED_ENVIRONMENT": "production",
        "ROADBED_VERSION": "v1",
        "ROADBED_COMMIT": done.commit,
    }


def test_the_next_commit_is_an_upgrade_that_names_what_it_carried(stage: Stage):
    deploy(stage)
    stage.code.commit("Round to cents")
    stage.code.commit("Round to even")
    assert deploy(stage).former == "v1"
    upgraded = facts("service.upgraded")[0].data
    assert [commit["subject"] for commit in upgraded["commits"]] == ["Round to even", "Round to cents"]
    assert upgraded["commit_count"] == 2
    assert upgraded["former"] == "v1"


def test_another_environment_is_another_workload(stage: Stage):
    assert deploy(stage, environment="staging").workload == "checkout-staging"
    assert deploy(stage).version == "v1"


def test_a_taken_host_name_is_refused(stage: Stage):
    stage.register(CHECKOUT.replace("name: checkout", "name: checkout-staging"))
    usecases.request_deployment(HANNE, "checkout-staging", now=NOW)
    stage.register()
    with pytest.raises(Conflict, match="belongs to another service"):
        usecases.request_deployment(HANNE, "checkout", environment="staging", now=NOW)


def test_a_token_that_may_only_deploy_need_not_be_given_the_gate(stage: Stage):
    token = replace(HANNE, scopes=frozenset({"service.deploy"}))
    uid = usecases.request_deployment(token, "checkout", now=stage.clock())
    stage.work()
    assert queries.deployment(uid).state == "succeeded"


def test_only_the_owners_deploy(stage: Stage):
    with pytest.raises(Forbidden):
        usecases.request_deployment(TOMASZ, "checkout", now=NOW)


@pytest.mark.parametrize("ref", ["", "--upload-pack=x", "a b", "x" * 251])
def test_what_cannot_name_a_commit_is_refused(stage: Stage, ref: str):
    with pytest.raises(Invalid):
        usecases.request_deployment(HANNE, "checkout", ref=ref, now=NOW)


def test_an_unknown_service_an_environment_of_no_name_and_a_declared_rollback_are_refused(stage: Stage):
    with pytest.raises(NotFound):
        usecases.request_deployment(HANNE, "chekout", now=NOW)
    with pytest.raises(Invalid):
        usecases.request_deployment(HANNE, "checkout", environment="Prod!", now=NOW)
    with pytest.raises(Invalid, match="not a kind of change"):
        usecases.request_deployment(HANNE, "checkout", kind="rollback", now=NOW)
    assert not Deployment.objects.exists()


def test_a_second_deployment_waits_for_nobody_and_is_refused(stage: Stage):
    usecases.request_deployment(HANNE, "checkout", now=NOW)
    with pytest.raises(Conflict, match="being changed already"):
        usecases.request_deployment(HANNE, "checkout", now=NOW)


def test_a_service_of_another_cd_is_not_deployed_here(stage: Stage):
    stage.register(CHECKOUT.replace("roadbed.dev/build: make", "roadbed.dev/deployed-by: external"))
    with pytest.raises(Conflict, match="another CD") as refused:
        usecases.request_deployment(HANNE, "checkout", now=NOW)
    assert "roadbed deploy report" in refused.value.remedy


def test_an_unknown_ref_is_refused_with_the_remedy_to_push(stage: Stage):
    done = deploy(stage, ref="mian")
    assert (done.state, done.exit_code) == ("refused", 1)
    assert done.failure is not None
    assert "git push" in done.failure.remedy
    assert facts() == []


def test_a_broken_catalogue_entry_at_that_commit_names_file_and_line(stage: Stage):
    stage.code.commit("Break it", {"catalog-info.yaml": CHECKOUT.replace("kind: Component", "kind: [")})
    done = deploy(stage)
    assert done.failure is not None
    assert (done.state, done.failure.file, done.failure.step) == ("refused", "catalog-info.yaml", "fetch")
    assert done.failure.line
    assert stage.runtime.calls == []


def test_no_run_command_is_refused_before_anything_is_made(stage: Stage):
    stage.code.commit("Forget how", {"catalog-info.yaml": CHECKOUT.replace("    roadbed.dev/run: ./serve\n", "")})
    done = deploy(stage)
    assert done.failure is not None
    assert "roadbed.dev/run" in done.failure.remedy
    assert Release.objects.count() == 0


def test_an_unreachable_repository_is_refused(stage: Stage):
    stage.code.broken = "https://git.example/shop/checkout does not answer"
    assert deploy(stage).state == "refused"


def test_a_denial_changes_nothing_and_exits_10(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    deny(stage, monkeypatch, DENY)
    done = deploy(stage)
    assert (done.state, done.exit_code) == ("refused", 10)
    assert done.failure is not None
    assert "budget is spent" in done.failure.detail
    assert done.failure.remedy == "It refills on 3 December."
    assert done.verdict is not None
    assert done.verdict["outcome"] == "deny"
    assert stage.runtime.calls == []
    assert Release.objects.count() == 0


def test_unknown_passes_with_its_reason_unless_the_service_says_otherwise(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    deny(stage, monkeypatch, UNKNOWN)
    passed = deploy(stage)
    assert (passed.state, passed.verdict and passed.verdict["outcome"]) == ("succeeded", "unknown")
    stage.register(CHECKOUT.replace("    roadbed.dev/run", "    roadbed.dev/gate-unknown: refuse\n    roadbed.dev/run"))
    assert deploy(stage).exit_code == 11


def test_a_required_secret_without_a_value_is_named_with_its_command(stage: Stage):
    stage.code.commit("Need a token", {"secrets.yaml": "secrets:\n  - name: API_TOKEN\n    required: true\n"})
    asks.answer_with(asks.ResolveSecrets, lambda asked: asks.SecretsResolved({}, asked.names, {}))
    done = deploy(stage)
    assert done.failure is not None
    assert "roadbed secrets set checkout API_TOKEN" in done.failure.remedy
    assert (done.state, done.failure.file, done.failure.line) == ("refused", "secrets.yaml", 2)
    assert stage.runtime.calls == []


def test_secrets_reach_the_release_and_nothing_else(stage: Stage):
    stage.code.commit("Need a token", {"secrets.yaml": "secrets:\n  - API_TOKEN\n"})
    asks.answer_with(
        asks.ResolveSecrets, lambda _: asks.SecretsResolved({"API_TOKEN": "s3cr3t-value"}, (), {"API_TOKEN": 3})
    )
    done = deploy(stage)
    assert stage.runtime.of("checkout").specs[1].environment["API_TOKEN"] == "s3cr3t-value"
    assert queries.releases_of(stage.service_uid)[0].secret_versions == {"API_TOKEN": 3}
    told = json.dumps([fact.data for fact in facts()]) + str(done) + str(queries.lines_of(done.uid))
    assert "s3cr3t-value" not in told + str(list(Release.objects.values()))


def test_a_name_that_is_configuration_and_secret_is_refused(stage: Stage):
    stage.code.commit("Twice", {"secrets.yaml": "secrets:\n  - LOG_LEVEL\n"})
    asks.answer_with(asks.ResolveSecrets, lambda _: asks.SecretsResolved({"LOG_LEVEL": "x"}, (), {"LOG_LEVEL": 1}))
    assert deploy(stage).state == "refused"


@pytest.mark.parametrize("step", ["build", "start", "switch", "fresh_folder"])
def test_a_failure_leaves_what_serves_and_says_why_with_the_last_lines(stage: Stage, step: str):
    deploy(stage)
    failure = RuntimeFailure("ready", "v2 listened on no port", remedy="listen on $PORT", log=("cannot find the till",))
    stage.runtime.at[step] = raising(failure)
    done = deploy(stage)
    assert (done.state, done.exit_code) == ("failed", 1)
    assert done.failure is not None
    assert (done.failure.detail, done.failure.log) == ("v2 listened on no port.", ("cannot find the till",))
    assert stage.runtime.of("checkout").serving == 1
    assert stage.runtime.of("checkout").folders == {1}
    assert Release.objects.get(number=2).state == "failed"
    assert [fact.kind for fact in facts()][-1] == "deployment.failed"
    del stage.runtime.at[step]
    assert deploy(stage).version == "v3"


def test_a_failure_after_the_traffic_moved_does_not_hide_that_it_moved(stage: Stage):
    deploy(stage)
    stage.runtime.at["drain"] = once(RuntimeFailure("drain", "supervisord does not answer"))
    done = deploy(stage)
    assert (done.state, done.version) == ("succeeded", "v2")
    assert [fact.kind for fact in facts()][-1] == "service.upgraded"


def test_a_service_that_left_the_catalogue_while_it_switched_is_told_as_live(stage: Stage):
    deploy(stage)

    def leave() -> None:
        catalog.unregister(HANNE, "component:default/checkout", now=NOW)
        raise Killed

    left = [leave]
    stage.runtime.at["drain"] = lambda: left.pop()() if left else None
    done = deploy(stage)
    assert done.state == "succeeded"
    assert facts("service.upgraded")[0].data["commits"] is None


def test_a_full_disk_at_the_export_is_a_failure_in_words(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stage.code, "export", lambda *_: raising(OSError(28, "No space left on device"))())
    done = deploy(stage)
    assert done.failure is not None
    assert "No space left on device" in done.failure.detail
    assert stage.runtime.of("checkout").folders == set()


@pytest.mark.parametrize("step", ["fresh_folder", "build", "start", "switch"])
def test_a_worker_killed_before_the_switch_is_followed_by_one_that_finishes(stage: Stage, step: str):
    stage.runtime.at[step] = once(Killed())
    done = deploy(stage)
    assert (done.state, done.version) == ("succeeded", "v2")
    assert stage.runtime.of("checkout").folders == {2}
    assert Release.objects.get(number=1).state == "failed"
    assert len(facts("service.deployed")) == 1
    assert len(facts("gate.asked")) == 1, "the verdict that was given stays"


def test_a_worker_killed_while_draining_is_followed_by_one_that_only_tells(stage: Stage):
    stage.runtime.at["drain"] = once(Killed())
    done = deploy(stage)
    assert (done.state, done.version) == ("succeeded", "v1")
    assert stage.runtime.calls.count("switch") == 1
    assert "reconcile" in stage.runtime.calls
    assert len(facts("service.deployed")) == 1


def test_a_worker_killed_each_time_leaves_a_failed_deployment_and_a_free_workload(stage: Stage):
    stage.runtime.at["start"] = raising(Killed())
    done = deploy(stage)
    assert done.state == "running"
    stage.clock.at = stage.clock.at.replace(hour=11)
    assert watching.fail_abandoned(clock=stage.clock) == 1
    ended = queries.deployment(done.uid)
    assert (ended.state, ended.exit_code) == ("failed", 1)
    assert stage.runtime.of("checkout").folders == set()
    del stage.runtime.at["start"]
    assert deploy(stage).state == "succeeded"


def test_roadbed_breaking_is_tried_again_and_then_told(stage: Stage):
    stage.runtime.at["build"] = raising(RuntimeError("bug"))
    done = deploy(stage)
    assert done.failure is not None
    assert (done.state, "bug" in done.failure.detail) == ("failed", True)
    assert stage.runtime.calls.count("build") == 3


def test_the_newest_five_good_releases_are_kept(stage: Stage):
    for _ in range(7):
        deploy(stage)
    states = {release.number: release.state for release in queries.releases_of(stage.service_uid)}
    assert states == {7: "good", 6: "good", 5: "good", 4: "good", 3: "good", 2: "pruned", 1: "pruned"}


def test_numbers_go_on_after_the_records_were_restored_from_an_older_backup(stage: Stage):
    deploy(stage)
    deploy(stage)
    Release.objects.all().delete()
    assert deploy(stage).version == "v3"


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_no_transaction_is_open_while_the_runtime_works(stage: Stage):
    seen = []
    for step in ("fresh_folder", "build", "start", "switch", "drain"):
        stage.runtime.at[step] = lambda: seen.append(connection.in_atomic_block)
    assert deploy(stage).state == "succeeded"
    assert seen == [False] * 5


def test_two_runners_of_one_deployment_do_not_both_finish_it(stage: Stage):
    uid = usecases.request_deployment(HANNE, "checkout", now=stage.clock())
    # While the first one starts the release, its lease is lost and another worker takes the deployment over.
    taken = []

    def take_over() -> None:
        if not taken:
            taken.append(True)
            Deployment.objects.filter(uid=uid).update(attempt=9)

    stage.runtime.at["start"] = take_over
    stage.work()
    assert queries.deployment(uid).state == "running"
    assert stage.runtime.of("checkout").serving is None
    assert Workload.objects.get().serving is None

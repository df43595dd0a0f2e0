"""The kind of a deployment: what its commits say, what somebody declares, and who makes that count."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

import pytest

from roadbed.ground import asks
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.overriding import confirm_kind
from roadbed.ground.gates.rules import ALLOW, DENY, Question, Reason
from roadbed.ground.people.rules import Caller
from roadbed.platform.releases import queries, usecases
from roadbed.platform.releases.tests.stage import HANNE, Stage
from roadbed.platform.releases.values import DeploymentView

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
FIX, FEATURE = "Retry the label printer with backoff", "Let drivers choose a locker"


def held(question: Question, _now: datetime) -> tuple[Reason, ...]:
    """A gate that refuses what is no repair."""
    refused = question.kind not in ("fix", "reliability", "security")
    return (Reason(rule="budget/1", outcome=DENY if refused else ALLOW, text="Spent."),)


def deploy(stage: Stage, kind: str = "") -> DeploymentView:
    uid = usecases.request_deployment(HANNE, "checkout", kind=kind, now=stage.clock())
    stage.work()
    return queries.deployment(uid)


@pytest.fixture
def serving(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Checkout serves a first release; from then on the gate holds what is no repair."""
    import_module("roadbed.config.urls")
    monkeypatch.setattr(gates, "_gates", {"budget": lambda *_: (Reason("budget/1", ALLOW, "Left: 90%."),)})
    assert deploy(stage).state == "succeeded"
    monkeypatch.setattr(gates, "_gates", {"budget": held})
    return stage


@pytest.mark.parametrize(
    ("subject", "declared", "state", "kind"),
    [
        (FIX, "", "succeeded", "reliability"),
        (FEATURE, "", "refused", "feature"),
        (FIX, "feature", "refused", "feature"),
        (FEATURE, "fix", "refused", "feature"),
    ],
)
def test_the_commits_since_the_serving_release_say_it(
    serving: Stage, subject: str, declared: str, state: str, kind: str
):
    serving.code.commit(subject, {"app.py": subject})
    done = deploy(serving, declared)
    assert (done.state, done.kind) == (state, kind)
    assert done.verdict is not None
    assert done.verdict["evidence"]
    assert done.verdict["decision"]


def test_a_second_person_makes_a_declared_kind_count(serving: Stage):
    sha = serving.code.commit(FEATURE, {"app.py": "locker"})
    assert deploy(serving, "fix").state == "refused"
    confirm_kind(Caller("second", "Mara", "member"), "checkout", commit=sha, kind="fix", now=serving.clock())
    assert deploy(serving, "fix").state == "succeeded"


def test_where_nobody_derives_the_declared_kind_stands(serving: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asks, "_answerers", {})
    serving.code.commit(FIX, {"app.py": "retry"})
    assert deploy(serving, "").state == "refused"
    assert deploy(serving, "fix").state == "succeeded"

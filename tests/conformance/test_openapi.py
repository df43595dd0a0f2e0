"""The whole API against its own OpenAPI document: whatever is sent, the answer fits it and nothing breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import update_wrapper
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.pytest import _test_builder

from roadbed.config.wsgi import application
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team, create_token, invite_person

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHECKOUT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout, annotations: {roadbed.dev/run: ./serve}}
spec: {type: service, lifecycle: production, owner: team-payments}
"""

REAL = {"name": "checkout", "ref": "component:default/checkout", "email": "mara@kestrel.example"}
"""What is really there: made-up names end at 404, and what lies behind it would never be seen."""

load_all_checks()
ANSWERS = CHECKS.get_by_names(["content_type_conformance", "response_schema_conformance", "status_code_conformance"])
TRIED = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", autouse=True)
def _connections(django_db_setup: None) -> Iterator[None]:
    yield
    connections.close_all()


@pytest.fixture
def token(db: None, wired: None) -> Iterator[str]:
    """A token of an admin, in a house with one team and one service."""
    # The test's transaction must outlive the requests in it, as Django's own test client sees to.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    from roadbed.ground.catalog.usecases import register

    create_team(ROADBED, name="team-payments", now=NOW)
    invite_person(ROADBED, email="mara@kestrel.example", name="Mara", role="admin", now=NOW)
    register(ROADBED, text=CHECKOUT, location="https://git.example/checkout", now=NOW)
    admin = Caller(uid="p-mara", name="Mara", role="admin", teams=frozenset({"team-payments"}))
    yield create_token(admin, name="conformance", now=NOW)[1]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _when_it_runs(build: Callable[..., Any]) -> Callable[..., Any]:
    """Have the cases of an operation made by the worker that sends them, not by every worker while it collects."""

    def prepared(*, test_func: Any, **given: Any) -> Any:
        def test(token: str) -> None:
            made = build(test_func=test_func, explicit_settings=TRIED, **given)
            vars(test).update(vars(made))  # what schemathesis notes on it is asked for after the run
            made(token=token)

        update_wrapper(test, test_func)
        del test.__wrapped__  # its own arguments are what pytest has to give it
        return test

    return prepared


_test_builder.build_operation_test = _when_it_runs(_test_builder.build_operation_test)
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.django_db(databases=["default", "samples"])
@schema.parametrize()
def test_every_operation_answers_as_documented(case: Any, token: str):
    generated = dict(case.path_parameters or {})
    real = {name: value for name, value in REAL.items() if name in generated}
    if "/teams/" in case.path:
        real |= {"name": "team-payments"}
    for named in ({}, real) if real else ({},):
        case.path_parameters = {**generated, **named}
        _answers(case, token)


def _answers(case: Any, token: str) -> None:
    response = case.call(headers={"Authorization": f"Bearer {token}"})
    # 503 is an answer where something outside is not there; every other fault of the server is one.
    assert response.status_code < 500 or response.status_code == 503, (response.status_code, response.text)
    if response.status_code >= 400:
        assert response.headers["content-type"][0] == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= set(response.json())
    case.validate_response(response, checks=ANSWERS)

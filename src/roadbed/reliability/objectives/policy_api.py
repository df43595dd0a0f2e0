"""Budget policies over HTTP: read them and their versions, apply one, take one away."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.people.rules import authorise
from roadbed.reliability.objectives import gate, policies, replaying, usecases
from roadbed.reliability.objectives.policy_schemas import (
    BudgetPolicyList,
    BudgetPolicyOut,
    PolicyApplied,
    PolicyIn,
    PolicyReplayIn,
    PolicyReplayOut,
)

router = Router(tags=["budget policies"])


@router.get("/budget-policies", response=BudgetPolicyList)
def list_budget_policies(request: HttpRequest) -> Any:
    """The policies that decide now, the shipped one among them unless another is the default."""
    authorise(caller(request), "read")
    return {"items": policies.policies()}


@router.post("/budget-policies", response=PolicyApplied)
def apply_budget_policy(request: HttpRequest, body: PolicyIn) -> Any:
    """Apply a policy: a new version, or nothing with every fault named."""
    made, changed = usecases.apply_policy(
        caller(request), text=body.text, why=body.why, file=body.file, now=timezone.now()
    )
    return asdict(made) | {"changed": changed}


@router.get("/budget-policies/{name}", response=BudgetPolicyOut)
def show_budget_policy(
    request: HttpRequest, name: str, version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None
) -> Any:
    """One policy: the version that decides, the last that did, or the one that is named."""
    authorise(caller(request), "read")
    return policies.policy(name, version)


@router.get("/budget-policies/{name}/versions", response=BudgetPolicyList)
def list_policy_versions(request: HttpRequest, name: str) -> Any:
    """All versions of a policy, newest first, with who applied each and why."""
    authorise(caller(request), "read")
    return {"items": policies.history(name)}


@router.delete("/budget-policies/{name}", response={204: None})
def remove_budget_policy(request: HttpRequest, name: str, why: Annotated[str, Query(max_length=500)]) -> Status[None]:
    """Let a policy decide no longer; its versions stay."""
    usecases.remove_policy(caller(request), name, why=why, now=timezone.now())
    return Status(204, None)


@router.get("/services/{name}/budget-policy", response=BudgetPolicyOut)
def show_policy_of_service(request: HttpRequest, name: str) -> Any:
    """The policy that decides for a service."""
    authorise(caller(request), "read")
    service = require_service(name)
    plan = policies.plan_for(gate.service_of(service))
    return policies.policy(plan.policy.name, plan.version)


@router.post("/objectives/{uid}/replay", response=PolicyReplayOut)
def replay_objective(request: HttpRequest, uid: str, body: PolicyReplayIn) -> Any:
    """What an objective and a policy would have paged, ticketed and refused; it changes nothing."""
    authorise(caller(request), "read")
    return replaying.replayed(uid, replaying.Wish(**body.dict()), now=timezone.now())

"""Secrets over HTTP: write, list, remove. No answer holds a value."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field, SecretStr

from roadbed.ground.api.doors import caller
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.rules import authorise
from roadbed.platform.secrets import queries, rotating, usecases

router = Router(tags=["secrets"])


class SecretOut(Schema):
    """A secret without its value."""

    name: str
    environment: str
    version: int
    written_at: datetime
    written_by: str
    used_at: datetime | None
    versions: int


class SecretList(Schema):
    """A service's secrets."""

    items: list[SecretOut]


class SecretIn(Schema):
    """A new value."""

    value: Annotated[SecretStr, Field(description="The value; no answer ever holds it.")]
    environment: str = "production"


class Written(Schema):
    """Which version the value became."""

    name: str
    environment: str
    version: int


class KeyOut(Schema):
    """The master key by its public half; how many former ones still open; how many values were sealed anew, by room."""

    public: str
    former: int
    renewed: dict[str, int]


@router.get("/secrets/key", response=KeyOut, operation_id="show_secrets_key")
def show_key(request: HttpRequest) -> Any:
    """Which key seals now."""
    return rotating.show(caller(request))


@router.post("/secrets/key/rotate", response=KeyOut, operation_id="rotate_secrets_key")
def rotate_key(request: HttpRequest) -> Any:
    """Make a new master key and seal every value to it; the former one still opens."""
    return rotating.rotate(caller(request), now=timezone.now())


@router.delete("/secrets/key/former", response=KeyOut, operation_id="forget_former_secrets_keys")
def forget_keys(request: HttpRequest) -> Any:
    """Keep the newest master key alone, once everything is sealed to it."""
    return rotating.forget(caller(request), now=timezone.now())


@router.get("/services/{name}/secrets", response=SecretList)
def list_secrets(request: HttpRequest, name: str, environment: str | None = None) -> dict[str, object]:
    """Names, versions, who wrote them and when."""
    authorise(caller(request), "read")
    service = catalog.require_service(name)
    return {"items": queries.secrets_of(service.uid, environment=environment)}


@router.put("/services/{name}/secrets/{secret}", response=Written)
def set_secret(request: HttpRequest, name: str, secret: str, body: SecretIn) -> dict[str, object]:
    """Keep a new value, encrypted; the next deployment uses it."""
    version = usecases.set_secret(
        caller(request),
        name,
        secret,
        value=body.value.get_secret_value(),
        environment=body.environment,
        now=timezone.now(),
    )
    return {"name": secret, "environment": body.environment, "version": version}


@router.delete("/services/{name}/secrets/{secret}", response={204: None})
def remove_secret(request: HttpRequest, name: str, secret: str, environment: str = "production") -> None:
    """Forget a secret's values."""
    usecases.remove_secret(caller(request), name, secret, environment=environment, now=timezone.now())

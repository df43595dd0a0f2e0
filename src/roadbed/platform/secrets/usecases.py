"""The verbs of secrets: write a value, remove one, resolve them for a release that starts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from roadbed.ground.asks import ResolveSecrets, SecretsResolved
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import NotFound, Place, Unavailable
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.platform.secrets import keys, rules
from roadbed.platform.secrets.models import Secret, SecretVersion

KEPT_VERSIONS = 10
"""Older values are forgotten: they help nobody roll back, since secrets stay current, and each is a risk."""


def set_secret(
    caller: Caller, service: str, name: str, *, value: str, environment: str = "production", now: datetime
) -> int:
    """Keep a new value, encrypted; the next deployment gives it to the service. Answers its version."""
    known = catalog.require_service(service)
    authorise(caller, "secret.write", team=known.owner)
    name, value = rules.checked_name(name), rules.checked_value(value)
    environment = rules.checked_environment(environment)
    recipient = keys.recipient()
    with unit(caller, now=now) as writing:
        secret, _ = Secret.objects.get_or_create(
            service_uid=known.uid, environment=environment, name=name, defaults={"created_at": now}
        )
        # The increment takes the row's lock, so that of two writers at once each gets a version of its own.
        Secret.objects.filter(pk=secret.pk).update(newest=F("newest") + 1)
        secret.refresh_from_db()
        belonging = rules.Belonging(known.uid, environment, name, secret.newest)
        SecretVersion.objects.create(
            secret=secret,
            number=secret.newest,
            ciphertext=keys.encrypt(rules.sealed(value, belonging)),
            recipient=recipient,
            written_at=now,
            written_by=caller.name[:160],
        )
        Secret.objects.filter(pk=secret.pk).update(current=secret.newest, removed_at=None)
        secret.versions.filter(number__lte=secret.newest - KEPT_VERSIONS).delete()
        writing.record(
            "secret.written",
            known.uid,
            environment=environment,
            data={"service": known.name, "name": name, "version": secret.newest},
        )
    return secret.newest


def remove_secret(caller: Caller, service: str, name: str, *, environment: str = "production", now: datetime) -> None:
    """Forget a secret's values. What runs keeps the value it was started with until it is deployed again."""
    known = catalog.require_service(service)
    authorise(caller, "secret.write", team=known.owner)
    with unit(caller, now=now) as writing:
        secret = Secret.objects.filter(service_uid=known.uid, environment=environment, name=name).first()
        if secret is None or secret.current is None:
            raise NotFound(
                f"{known.name} has no secret {name} in {environment}.",
                remedy=f"`roadbed secrets list {known.name}` shows what it has.",
                place=Place(field="name"),
            )
        secret.versions.all().delete()
        Secret.objects.filter(pk=secret.pk).update(current=None, removed_at=now)
        writing.record(
            "secret.removed",
            known.uid,
            environment=environment,
            data={"service": known.name, "name": name, "version": secret.current},
        )


def resolve(question: ResolveSecrets) -> SecretsResolved:
    """The values for a release that starts now; asked by the room that deploys, never by a door."""
    known = catalog.require_service(question.service_uid)
    authorise(question.asked_by, "service.deploy", team=known.owner)
    rows = Secret.objects.filter(
        service_uid=question.service_uid, environment=question.environment, name__in=question.names
    ).exclude(current=None)
    values: dict[str, str] = {}
    versions: dict[str, int] = {}
    for row in rows:
        version = row.versions.get(number=row.current or 0)
        belonging = rules.Belonging(row.service_uid, row.environment, row.name, version.number)
        value = rules.opened(keys.decrypt(bytes(version.ciphertext)), belonging)
        if value is None:
            raise Unavailable(
                f"The stored value of {row.name} belongs to another secret.",
                remedy=f"Set it anew: `roadbed secrets set {known.name} {row.name}`, and look who changed the records.",
                place=Place(field=row.name),
            )
        values[row.name], versions[row.name] = value, version.number
        row.versions.filter(pk=version.pk).update(used_at=question.now)
    missing = tuple(name for name in question.names if name not in values)
    return SecretsResolved(values=values, missing=missing, versions=versions)

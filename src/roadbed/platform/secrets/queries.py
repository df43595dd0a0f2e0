"""What may be shown of secrets: names, versions, who and when; no query answers a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.platform.secrets.models import Secret, SecretVersion


@dataclass(frozen=True, slots=True)
class SecretView:
    """A secret without its value. `used_at` is when a deployment last took this version; None for not yet."""

    name: str
    environment: str
    version: int
    written_at: datetime
    written_by: str
    used_at: datetime | None
    versions: int


def secrets_of(service_uid: str, *, environment: str | None = None) -> tuple[SecretView, ...]:
    """The secrets of a service that have a value, by environment and name."""
    rows = Secret.objects.filter(service_uid=service_uid).exclude(current=None)
    if environment is not None:
        rows = rows.filter(environment=environment)
    secrets = list(rows.order_by("environment", "name"))
    kept: dict[int, list[SecretVersion]] = {}
    for known in SecretVersion.objects.filter(secret__in=secrets).defer("ciphertext"):
        kept.setdefault(known.secret_id, []).append(known)
    found = []
    for row in secrets:
        # Removed between the two reads: then it has no value any more.
        version = next((version for version in kept.get(row.pk, ()) if version.number == row.current), None)
        if version is None:
            continue
        found.append(
            SecretView(
                name=row.name,
                environment=row.environment,
                version=version.number,
                written_at=version.written_at,
                written_by=version.written_by,
                used_at=version.used_at,
                versions=len(kept[row.pk]),
            )
        )
    return tuple(found)

"""The stage of the tests of runbooks: a service with people around it, a repository and a machine in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.ground.ports.steps import ENDED, StepEnd, StepSpec

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEXT = """\
---
title: Lookups return 503
objectives: [lookups]
alerts: [TooManyErrors]
parameters:
  minutes: {type: integer, default: 15, min: 1, max: 240}
  shard: {description: Which one}
---
# Lookups

## Meaning
More lookups fail than allowed.

## Impact
People see *Try again later*.

## Diagnosis
One path points at a flag; see [the other](slow.md).

```sh step="Group the errors" timeout=30s
echo {{minutes}}
```

## Mitigation
```sh step="Restart a shard" confirm secrets="API_TOKEN" timeout=5s
kill -HUP "{{shard}}"
```
```sh dry-run
echo would restart {{shard}}
```

```by-hand step="Ring the vendor" minutes=10
Call them.
```
"""
OTHER = (
    TEXT.replace("Lookups return 503", "Lookups are slow").replace("[lookups]", "[latency]").replace("slow", "runbook")
)
ENTITY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout, annotations: {roadbed.dev/run: ./serve}}
spec: {type: service, lifecycle: production, owner: team-payments}
"""


class Killed(BaseException):
    """The worker died at this point; nothing after it runs."""


@dataclass
class MemoryCode:
    """A code host with one commit that can be changed."""

    tree: dict[str, bytes] = field(default_factory=dict)
    commit: str = "c1"
    gone: bool = False

    def push(self, **files: str | bytes | None) -> None:
        self.commit = f"c{int(self.commit[1:]) + 1}"
        for name, content in files.items():
            path = name.replace("__", "/") + ".md"
            if content is None:
                del self.tree[path]
            else:
                self.tree[path] = content if isinstance(content, bytes) else content.encode()

    def resolve(self, location: str, ref: str = "HEAD") -> str:  # noqa: ARG002 - the port's signature
        if self.gone:
            raise CodeUnavailable(f"{location} does not answer.")
        return self.commit

    def read(self, location: str, path: str, ref: str = "HEAD") -> bytes | None:  # noqa: ARG002 - the port's signature
        return self.tree.get(path)

    def files(self, location: str, ref: str = "HEAD", **_: object) -> tuple[str, ...]:  # noqa: ARG002 - as the port
        return tuple(sorted(self.tree))

    def hosts(self, location: str) -> bool:  # noqa: ARG002 - the port's signature
        return True

    def export(self, location: str, commit: str, into: Path) -> None:  # noqa: ARG002 - the port's signature
        return None


@dataclass
class MemorySteps:
    """A place where steps run, which does as it is told."""

    folder: Path
    refuses: str = ""
    prints: bytes = b"15\n"
    how: str = ENDED
    code: int | None = 0
    dies: bool = False
    meanwhile: Callable[[], None] = lambda: None
    ran: list[StepSpec] = field(default_factory=list)
    cleaned: list[str] = field(default_factory=list)
    stops: list[bool] = field(default_factory=list)

    def refusal(self) -> str:
        return self.refuses

    def user_of(self, workload: str) -> str:
        return f"rb-{workload}-steps"

    def prepare(self, run: str, workload: str) -> Path:  # noqa: ARG002 - the port's signature
        return self.folder

    def run(self, spec: StepSpec, *, output: Callable[[bytes], None], stop: Callable[[], bool]) -> StepEnd:
        self.ran.append(spec)
        self.meanwhile()
        self.stops.append(stop())
        output(self.prints)
        if self.dies:
            raise Killed
        return StepEnd(self.how, self.code, 0.2)

    def clean(self, run: str, workload: str) -> bool:  # noqa: ARG002 - the port's signature
        self.cleaned.append(run)
        return True


@dataclass
class Clock:
    """A clock that a test moves."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=10)
        return self.at


@dataclass
class Cast:
    """Who there is: Hanne is on call, Ines is of her team, Rafa of the SREs, Petra of the platform, Olga of nobody."""

    hanne: Caller
    ines: Caller
    rafa: Caller
    petra: Caller
    olga: Caller
    uid: str = ""


MEMBERS: Mapping[str, str] = {
    "hanne": "team-payments", "ines": "team-payments", "rafa": "sre", "petra": "platform", "olga": "team-other",
}  # fmt: skip


def cast() -> Cast:
    """The people, their teams and the service checkout."""
    found = {}
    for name, team in MEMBERS.items():
        if name != "ines":
            people.create_team(ROADBED, name=team, now=NOW)
        email = f"{name}@kestrel.example"
        people.invite_person(ROADBED, email=email, name=name.title(), now=NOW)
        people.join_team(ROADBED, team=team, email=email, now=NOW)
        found[name] = caller_of_person(Person.objects.get(email=email))
    people.write_charter(ROADBED, "platform", layer="platform", customers="everybody", measured_on="adoption", now=NOW)
    registered = catalog.register(ROADBED, text=ENTITY, location="memory://shop", now=NOW)
    return Cast(**found, uid=registered.entities[0].uid)

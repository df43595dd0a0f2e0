"""What a service needs to run, read from its catalogue entry or its Score file: values in, values out."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from roadbed.ground.catalog.documents import Document, Documents, read_documents
from roadbed.ground.catalog.rules import EntityRead, one_refusal, read_entities
from roadbed.ground.errors import Invalid, Place

PREFIX: Final = "roadbed.dev/"
BY_ROADBED: Final = "roadbed"
EXTERNAL: Final = "external"
SCORE: Final = "score.dev/v1b1"


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits of one service. Zero means the runtime's default."""

    memory_mb: int = 0


SCORE_PATH = "score.yaml"
"""Beside the entity, as score.dev writes it."""


@dataclass(frozen=True, slots=True)
class Workload:
    """How a service is built, run, watched and measured. An empty path or command means that there is none."""

    run: str
    build: str = ""
    health_path: str = "/healthz"
    metrics_path: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    slo_path: str = "slo.yaml"
    secrets_path: str = ""
    runbook_path: str = ""
    flags_path: str = ""
    resources: Resources = field(default_factory=Resources)
    deployed_by: str = BY_ROADBED


def workload_of(
    text_of_catalog_info: str, component_name: str, *, file: str = "catalog-info.yaml", score: str | None = None
) -> Workload:
    """The workload that a Component's annotations and `spec.environment` state.

    Where they state no command, that of the Score file beside them serves, with its variables and limits.

    Raises:
        Invalid: when the file is faulty, lacks the Component, or states something that cannot be run.
    """
    reading = read_entities(text_of_catalog_info, file=file)
    if reading.errors:
        raise one_refusal(reading.errors)
    wanted = component_name.lower().rpartition("/")[2]
    entity = next(
        (one for one in reading.entities if one.reference.kind == "Component" and one.reference.name.lower() == wanted),
        None,
    )
    if entity is None:
        raise Invalid(
            f"{file} holds no Component {component_name}.",
            remedy="Add it, or deploy the commit that has it.",
            place=Place(file, field="metadata.name"),
        )
    stated = _of_entity(entity, file, elsewhere=score is not None)
    return stated if stated.run or score is None else _with_score(stated, workload_of_score(score))


def _with_score(stated: Workload, score: Workload) -> Workload:
    return replace(
        stated,
        run=score.run,
        environment={**score.environment, **stated.environment},
        resources=score.resources if stated.resources == Resources() else stated.resources,
    )


def _of_entity(entity: EntityRead, file: str, *, elsewhere: bool) -> Workload:
    annotations: Mapping[str, str] = entity.metadata.get("annotations") or {}

    def said(name: str, default: str = "") -> str:
        return annotations.get(PREFIX + name, default).strip()

    def refuse(name: str, detail: str, remedy: str) -> Invalid:
        key = PREFIX + name
        line = entity.lines.get(("metadata", "annotations", key), entity.line)
        return Invalid(detail, remedy=remedy, place=Place(file, line, f"metadata.annotations.{key}"))

    deployed_by = said("deployed-by", BY_ROADBED)
    if deployed_by not in (BY_ROADBED, EXTERNAL):
        raise refuse("deployed-by", f"{deployed_by!r} deploys nothing.", f"Write {BY_ROADBED} or {EXTERNAL}.")
    if deployed_by == BY_ROADBED and not said("run") and not elsewhere:
        raise refuse(
            "run",
            f"{entity.reference.name} does not say how it is run.",
            f"Annotate it with {PREFIX}run, a command that listens on $PORT; or {PREFIX}deployed-by: {EXTERNAL}.",
        )
    for name in ("run", "build"):
        if "\n" in said(name):
            raise refuse(name, f"The {name} command has more than one line.", "Join them with && or call a script.")
    for name in ("health", "metrics"):
        if said(name) and not _is_path(said(name)):
            raise refuse(name, f"{said(name)!r} is not a path.", "Begin it with a slash, like /healthz.")
    memory = said("memory-mb", "0")
    if not memory.isascii() or not memory.isdigit() or len(memory) > 7:  # noqa: PLR2004 - ten terabytes
        raise refuse("memory-mb", f"{memory!r} is not a number of megabytes.", 'Write digits only, quoted: "512".')
    return Workload(
        run=said("run"),
        build=said("build"),
        health_path=said("health") or "/healthz",
        metrics_path=said("metrics"),
        environment=dict(entity.spec.get("environment") or {}),
        slo_path=said("slo") or "slo.yaml",
        secrets_path=said("secrets"),
        runbook_path=said("runbook"),
        flags_path=said("flags"),
        resources=Resources(memory_mb=int(memory)),
        deployed_by=deployed_by,
    )


def _is_path(text: str) -> bool:
    return text.startswith("/") and not text.startswith("//") and not any(sign.isspace() or sign < " " for sign in text)


def workload_of_score(text: str, *, container: str = "", file: str = "score.yaml") -> Workload:
    """The workload that a Score file states: one container's command, arguments and variables.

    Raises:
        Invalid: naming what the file lacks; where it has several containers, name the one that serves.
    """
    document = _score_document(read_documents(text, file), file)
    root: dict[str, Any] = document.value

    def refuse(path: tuple[str, ...], detail: str, remedy: str) -> Invalid:
        return Invalid(detail, remedy=remedy, place=Place(file, document.line_of(path), ".".join(path)))

    containers = root.get("containers")
    if not isinstance(containers, dict) or not containers:
        raise refuse(("containers",), "The file has no containers.", "Add one, with its command.")
    if container and container not in containers:
        raise refuse(("containers",), f"There is no container {container!r}.", f"One of {', '.join(containers)}.")
    if not container and len(containers) > 1:
        raise refuse(("containers",), "There are several containers.", "Say which one serves, with --container.")
    name = container or next(iter(containers))
    body = containers[name]
    words: list[str] = []
    for key in ("command", "args"):
        given = body.get(key, []) if isinstance(body, dict) else None
        if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
            raise refuse(("containers", name, key), f"{key} is no list of texts.", f'Write {key}: ["word", …].')
        words += given
    if not words:
        raise refuse(
            ("containers", name), "The container has no command.", "Add command; an image alone runs nothing here."
        )
    variables = body.get("variables") or {}
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        raise refuse(("containers", name, "variables"), "variables is no map of texts.", "Quote each value.")
    return Workload(run=" ".join(map(_word, words)), environment={**variables, **_score_port(root, refuse)},
                    health_path=_probe(body) or "/healthz", resources=Resources(_memory(body)))  # fmt: skip


def _score_document(read: Documents, file: str) -> Document:
    if read.errors:
        raise one_refusal(read.errors)
    if len(read.documents) != 1 or not isinstance(read.documents[0].value, dict):
        raise Invalid("A Score file holds one mapping.", place=Place(file, 1))
    document = read.documents[0]
    if document.value.get("apiVersion") != SCORE:
        line = document.line_of(("apiVersion",))
        raise Invalid(
            f"This is no {SCORE} file.", remedy=f"Write apiVersion: {SCORE}", place=Place(file, line, "apiVersion")
        )
    return document


def _word(word: str) -> str:
    """Quoted for the shell, except that $PORT and $HOST stay what the runtime sets."""
    return f'"{word}"' if word in ("$PORT", "$HOST", "${PORT}", "${HOST}") else shlex.quote(word)


def _score_port(root: dict[str, Any], refuse: Any) -> dict[str, str]:
    service = root.get("service")
    ports = service.get("ports") if isinstance(service, dict) else None
    if not ports:
        return {}
    if not isinstance(ports, dict):
        raise refuse(("service", "ports"), "ports is no mapping.", "Write a name with its port below it.")
    first = next(iter(ports.values()))
    port = first.get("targetPort", first.get("port")) if isinstance(first, dict) else None
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65536:  # noqa: PLR2004 - the highest port
        raise refuse(("service", "ports"), "The first port has no number.", "Write port: 8080")
    return {"SCORE_SERVICE_PORT": str(port)}


def _probe(body: dict[str, Any]) -> str:
    for name in ("readinessProbe", "livenessProbe"):
        probe = body.get(name)
        get = probe.get("httpGet") if isinstance(probe, dict) else None
        path = get.get("path") if isinstance(get, dict) else None
        if isinstance(path, str) and _is_path(path):
            return path
    return ""


def _memory(body: dict[str, Any]) -> int:
    resources = body.get("resources")
    limits = resources.get("limits") if isinstance(resources, dict) else None
    text = str(limits.get("memory", "")) if isinstance(limits, dict) else ""
    for unit, factor in (("Mi", 1), ("Gi", 1024), ("M", 1), ("G", 1000)):
        number = text.removesuffix(unit)
        if number != text and number.isascii() and number.isdigit() and len(number) < 8:  # noqa: PLR2004 - see memory-mb
            return int(number) * factor
    return 0

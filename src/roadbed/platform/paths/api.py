"""Golden paths over HTTP: list, look, preview, scaffold; and adopting."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.platform.paths import queries, usecases

router = Router(tags=["golden paths"])

Answers = Annotated[
    dict[str, str | int | float | bool],
    Field(
        description="Answers by question; a question with a default may be left out.",
        examples=[{"owner": "team-payments", "description": "Takes payments."}],
        max_length=100,
    ),
]


class ChoiceOut(Schema):
    """One of the answers that a question offers."""

    label: str
    value: Any


class QuestionOut(Schema):
    """Something a path asks. `default` is null where there is none, or where the path works it out itself."""

    name: str
    kind: Annotated[str, Field(description="str, int, float or bool.")]
    help: str
    default: Any
    choices: list[ChoiceOut]
    is_required: bool


class PathOut(Schema):
    """A golden path at its newest version. `services` counts those made from it that are still in the catalogue."""

    name: str
    title: str
    language: str
    description: str
    version: str
    commit: str
    questions: list[QuestionOut]
    services: int


class PathList(Schema):
    """All golden paths."""

    items: list[PathOut]


class PreviewIn(Schema):
    """Answers to preview, the service's name among them as `service_name`."""

    answers: Answers


class FileOut(Schema):
    """A file as it would be; `text` is null where it is not text, `mode` is its Unix mode in octal."""

    path: str
    text: str | None
    size: int
    mode: str


class PathPreviewOut(Schema):
    """Every file that would be made."""

    version: str
    files: list[FileOut]


class ScaffoldIn(Schema):
    """A service to make."""

    name: Annotated[str, Field(description="1 to 40 lower-case letters, digits and hyphens.", examples=["checkout"])]
    answers: Answers


class ScaffoldedOut(Schema):
    """The service that was made."""

    name: str
    owner: str
    path: str
    version: str
    location: Annotated[str, Field(description="Where the repository is; `git clone` takes it.")]
    commit: str
    files: list[str]
    entity_uid: str


@router.get("/paths", response=PathList, operation_id="list_paths")
def list_paths(request: HttpRequest) -> dict[str, object]:
    """Every golden path with its newest version and what it asks."""
    authorise(caller(request), "read")
    return {"items": queries.paths(now=timezone.now())}


@router.get("/paths/{name}", response=PathOut, operation_id="show_path")
def get_path(request: HttpRequest, name: str) -> queries.PathView:
    """One golden path."""
    authorise(caller(request), "read")
    return queries.path(name, now=timezone.now())


@router.post("/paths/{name}/preview", response=PathPreviewOut, operation_id="preview_path")
def preview_path(request: HttpRequest, name: str, body: PreviewIn) -> dict[str, object]:
    """The files that the path would make for these answers. Nothing is made."""
    authorise(caller(request), "read")
    now = timezone.now()
    files = queries.preview(name, body.answers, now=now)
    return {
        "version": queries.path(name, now=now).version,
        "files": [
            {"path": file.path, "text": file.text, "size": file.size, "mode": f"{file.mode:04o}"} for file in files
        ],
    }


@router.post("/paths/{name}/services", response={201: ScaffoldedOut}, operation_id="scaffold_service")
def scaffold_service(request: HttpRequest, name: str, body: ScaffoldIn) -> Status[Any]:
    """Make a repository from the path and register its service: whole, or nothing stays."""
    made = usecases.scaffold_service(
        caller(request), path=name, name=body.name, answers=body.answers, now=timezone.now()
    )
    return Status(201, made)


class AdoptIn(Schema):
    """An existing repository to take in."""

    location: Annotated[str, Field(description="URL of the repository, or its folder on this machine.")]
    path: Annotated[str, Field(description="Its catalogue file.")] = "catalog-info.yaml"


class AdoptedOut(Schema):
    """The service that was taken in."""

    name: str
    owner: str
    location: str
    entity_uid: str
    deployed_by: Annotated[str, Field(description="roadbed, or external where somebody else's pipeline deploys it.")]


@router.post("/adoptions", response={201: AdoptedOut}, operation_id="adopt_service")
def adopt_service(request: HttpRequest, body: AdoptIn) -> Status[Any]:
    """Register an existing repository's service from its catalogue file. Again is harmless."""
    adopted = usecases.adopt_service(caller(request), location=body.location, path=body.path, now=timezone.now())
    return Status(201, adopted)

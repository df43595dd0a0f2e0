"""What the wizard shows of a path's questions and files: its pages, the tree, the lines with the reader's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from roadbed.ground.errors import Refusal
from roadbed.ground.shell.components import Line, Node
from roadbed.platform.paths.rendering import PreviewFile
from roadbed.platform.paths.rules import Question

STEPS: Final = ("Path", "Service", "Promise", "Review", "Create")
SERVICE, PROMISE, REVIEW = 2, 3, 4
PROMISES: Final = frozenset({"availability", "latency_ms", "workers"})
"""Questions of the third page; what else a path asks belongs to the service, the second page."""

TITLES: Final = {
    "service_name": "Name",
    "owner": "Owner",
    "description": "What it is for",
    "system": "System",
    "lifecycle": "Lifecycle",
    "tier": "Tier",
    "code_org": "Organisation on the code host",
    "availability": "Availability",
    "latency_ms": "Latency",
    "workers": "Workers",
}
UNITS: Final = {"availability": "%", "latency_ms": " ms"}
FIRST_SHOWN: Final = ("slo.yaml", "catalog-info.yaml", "README.md")
SHORTEST_MARK: Final = 3
PARTS: Final = (
    ("catalog-info.yaml", "stack-2", "Catalogue entry", "with owner, tier and lifecycle"),
    ("slo.yaml", "target", "Objectives", "for availability and latency"),
    (".github/workflows/", "brand-github", "Pipeline", "that tests, asks the gate, deploys and reports"),
    ("runbook", "book-2", "Runbook", "with the way back"),
    ("secrets", "key", "Secrets manifest", "names only, no values"),
    ("flags", "flag", "Feature flag", "off at first"),
    ("Dockerfile", "package", "Dockerfile", "for where you run containers"),
    ("test", "flask", "Tests", "that run in the pipeline"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A question as a form shows it, with the answer so far and what is wrong with it."""

    name: str
    title: str
    help: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...]
    required: bool
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that comes with the service."""

    icon: str
    name: str
    note: str


def page_of(question: Question) -> int:
    """The page of the wizard that asks it."""
    return PROMISE if question.name in PROMISES else SERVICE


def fields_of(
    questions: Iterable[Question],
    answers: Mapping[str, str],
    *,
    page: int,
    owners: tuple[str, ...],
    faults: Mapping[str, str],
) -> tuple[Field, ...]:
    """The form of one page. The owner is chosen from the teams the reader may scaffold for."""
    return tuple(
        Field(
            name=question.name,
            title=TITLES.get(question.name, question.name.replace("_", " ").capitalize()),
            help=question.help,
            kind="number" if question.kind in ("int", "float") else "text",
            value=answers.get(question.name, _default(question)),
            choices=tuple((owner, owner) for owner in owners) if question.name == "owner" else _choices(question),
            required=question.is_required,
            fault=faults.get(question.name, ""),
        )
        for question in questions
        if page_of(question) == page
    )


def _default(question: Question) -> str:
    return "" if question.default is None else str(question.default)


def _choices(question: Question) -> tuple[tuple[str, str], ...]:
    return tuple((str(choice.value), said(question.name, choice.label)) for choice in question.choices)


def said(name: str, answer: str) -> str:
    """An answer with its unit."""
    return f"{answer}{UNITS.get(name, '')}" if answer.replace(".", "", 1).isdigit() else answer


def answers_of(questions: Iterable[Question], given: Mapping[str, str]) -> dict[str, str]:
    """The answers among what a form sent. An optional one left empty is left out: the path's own default counts."""
    return {
        question.name: given[question.name].strip()
        for question in questions
        if question.name in given and (question.is_required or given[question.name].strip())
    }


def faults_of(refusal: Refusal) -> dict[str, str]:
    """What is wrong, by the question it belongs to."""
    found: dict[str, str] = {}
    for one in (refusal, *refusal.others):
        field = one.place.field.removeprefix("answers.")
        found.setdefault("service_name" if field == "name" else field, f"{one.detail} {one.remedy}".strip())
    return found


def page_with_fault(questions: Iterable[Question], faults: Mapping[str, str]) -> int:
    """The first page that has something to mend; the page of the service where it belongs to no question."""
    pages = [page_of(question) for question in questions if question.name in faults]
    return min(pages, default=SERVICE)


def tree_of(files: Iterable[PreviewFile], *, shown: str, query: Mapping[str, str]) -> tuple[Node, ...]:
    """The files as a tree, folders first; each file links to its content."""
    root: dict[str, Any] = {}
    for file in files:
        *folders, name = file.path.split("/")
        at = root
        for folder in folders:
            at = at.setdefault(folder + "/", {})
        lines = "" if file.text is None else f"+{file.text.count(chr(10)) or 1}"
        url = "?" + urlencode({**query, "file": file.path}) + "#files"
        at[name] = Node(name, url, lines, current=file.path == shown)
    return _nodes(root)


def _nodes(level: Mapping[str, Any]) -> tuple[Node, ...]:
    folders = [
        _joined(name.removesuffix("/"), _nodes(inner))
        for name, inner in sorted(level.items())
        if isinstance(inner, dict)
    ]
    files = [node for _, node in sorted(level.items()) if isinstance(node, Node)]
    return (*folders, *files)


def _joined(name: str, children: tuple[Node, ...]) -> Node:
    # A folder that holds one folder only reads better as one line: .github/workflows.
    if len(children) == 1 and children[0].children:
        return Node(f"{name}/{children[0].name}", children=children[0].children, note=children[0].note)
    count = _count(children)
    return Node(name, children=children, note="1 file" if count == 1 else f"{count} files")


def _count(nodes: Iterable[Node]) -> int:
    return sum(_count(node.children) if node.children else 1 for node in nodes)


def shown_file(files: tuple[PreviewFile, ...], asked: str) -> PreviewFile | None:
    """The file to show: the one asked for, else the one that says most about the service."""
    by_path = {file.path: file for file in files}
    wanted = [asked, *FIRST_SHOWN]
    return next((by_path[path] for path in wanted if path in by_path), files[0] if files else None)


def lines_of(file: PreviewFile, answers: Mapping[str, str]) -> tuple[Line, ...]:
    """A new file's lines, the reader's own answers marked."""
    if file.text is None:
        return (Line("hunk", f"{file.size} bytes that are not text"),)
    mine = {answer for answer in answers.values() if len(answer) >= SHORTEST_MARK and answer not in ("true", "false")}
    return tuple(
        Line("add", text, number, marked=any(answer in text for answer in mine))
        for number, text in enumerate(file.text.splitlines(), 1)
    )


def parts_of(files: Iterable[PreviewFile]) -> tuple[Part, ...]:
    """What comes with the service, told from the files that would be made."""
    paths = [file.path for file in files]
    return tuple(
        Part(icon, name, note)
        for mark, icon, name, note in PARTS
        if any(mark.lower() in path.lower() for path in paths)
    )

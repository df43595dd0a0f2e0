"""The house rules that import-linter cannot see."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from ninja import Schema

import roadbed
from roadbed.config import api as the_api

ROOT = Path(roadbed.__file__).parent
REPOSITORY = ROOT.parents[1]
DISCIPLINES = ("delivery", "reliability", "platform", "organization")
SKIPPED = ("bundled", "migrations", "tests")

SOURCES = sorted(
    path for path in ROOT.rglob("*.py") if not any(part in SKIPPED for part in path.relative_to(ROOT).parts)
)
TEMPLATES = sorted(path for path in ROOT.rglob("*.html") if "bundled" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(module: str) -> str:
    """`roadbed.platform.releases.models` belongs to `roadbed.platform.releases`; ground and portal are one each."""
    parts = module.split(".")
    return ".".join(parts[:3]) if parts[1] in DISCIPLINES else ".".join(parts[:2])


def foreign_keys() -> list[models.ForeignKey]:
    return [
        field
        for model in apps.get_models()
        if model.__module__.startswith("roadbed.")
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    ]


def test_foreign_keys_stay_in_their_room_or_point_at_the_ground():
    astray = [
        str(field)
        for field in foreign_keys()
        if room_of(field.related_model.__module__) not in (room_of(field.model.__module__), "roadbed.ground")
        and field.related_model.__module__.startswith("roadbed.")
    ]
    assert astray == []


def test_foreign_keys_to_the_ground_leave_no_way_back():
    with_way_back = [
        str(field)
        for field in foreign_keys()
        if room_of(field.related_model.__module__) == "roadbed.ground" and field.remote_field.related_name != "+"
    ]
    assert with_way_back == []


def test_foreign_keys_never_cross_the_two_databases():
    crossing = [
        str(field)
        for field in foreign_keys()
        if getattr(field.model, "database", "default") != getattr(field.related_model, "database", "default")
    ]
    assert crossing == []


def test_templates_use_their_own_room_and_the_shell_only():
    astray = {}
    for path in TEMPLATES:
        own = path.relative_to(ROOT).parts
        room = own[own.index("templates") + 1]
        used = re.findall(r"{%\s*(?:extends|include)\s+[\"']([^\"']+)[\"']", path.read_text())
        astray[name_of(path)] = [name for name in used if name.split("/")[0] not in (room, "shell")]
    assert {name: used for name, used in astray.items() if used} == {}


def test_templates_carry_no_inline_style_script_or_handler():
    found = {}
    for path in TEMPLATES:
        text = path.read_text()
        scripts = [
            tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "application/json" not in tag
        ]
        found[name_of(path)] = scripts + re.findall(r"\sstyle=|<style\b|\son[a-z]+=\"|javascript:", text)
    assert {name: inline for name, inline in found.items() if inline} == {}


def test_migrations_depend_on_their_own_room_and_the_ground_only():
    ground = {config.label for config in apps.get_app_configs() if config.name.startswith("roadbed.ground.")}
    astray = []
    for path in ROOT.rglob("migrations/0*.py"):
        label = path.parts[-3]
        text = path.read_text()
        needed = re.findall(r"\(['\"](\w+)['\"], ['\"]\d{4}_\w+['\"]\)", text)
        astray += [
            f"{name_of(path)} needs {app}" for app in needed if app not in {label, "auth", "contenttypes", *ground}
        ]
    assert astray == []


def test_a_file_says_what_it_owns():
    """A file opens with one sentence that says what it owns."""
    silent = []
    for path in SOURCES:
        text = path.read_text()
        first = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
        if (path.name != "__init__.py" or text.strip()) and not first.strip().endswith((".", ":", "?")):
            silent.append(name_of(path))
    assert silent == []


def test_a_file_past_300_lines_is_split():
    lines = {name_of(path): path.read_text().count("\n") for path in SOURCES}
    assert {name: many for name, many in lines.items() if many > 300} == {}


def test_nothing_is_left_unfinished():
    marks = re.compile(r"\bNotImplementedError\b|\bTODO\b|\bFIXME\b|\bXXX\b")
    found = {name_of(path): marks.findall(path.read_text()) for path in SOURCES}
    assert {name: left for name, left in found.items() if left} == {}


def test_nothing_reaches_round_a_door():
    """Rooms meet through facts, gates and asks."""
    others = [path for path in SOURCES if path.name != "databases.py"]
    assert [name_of(path) for path in others if "get_model(" in path.read_text()] == []


RULES = [path for path in SOURCES if path.name == "rules.py" or "rules" in path.relative_to(ROOT).parts[:-1]]


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_rules_read_no_clock_no_chance_and_no_file(path: Path):
    tree = ast.parse(path.read_text())
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    forbidden = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "time.monotonic", "open", "timezone.now"}
    assert calls & forbidden == set()
    imported = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    } | {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported & {"random", "secrets", "django", "socket", "subprocess", "pathlib", "os", "httpx", "time"} == set()


TEXTS = [
    path
    for pattern in ("*.py", "*.md", "*.toml", "*.yml", "*.yaml", "*.sh", "*.html", "*.json", "Makefile", "*.lock")
    for path in REPOSITORY.rglob(pattern)
    if not any(part.startswith(".") and part != ".ci" for part in path.relative_to(REPOSITORY).parts)
    and "node_modules" not in path.parts
]


def test_no_text_carries_a_registry_address_or_a_path_of_a_machine():
    hosts = "|".join(("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian"))
    pattern = re.compile(rf"{hosts}|/ro{''}ot/|(?<![\w.])/wo{''}rk/")
    found = [str(path.relative_to(REPOSITORY)) for path in TEXTS if pattern.search(path.read_text(errors="ignore"))]
    assert found == []


def test_no_two_shapes_of_the_api_share_a_name():
    # OpenAPI names a shape by its class alone, so that of two the second would be documented as the first.
    assert the_api.api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    homes: dict[str, set[str]] = {}
    waiting = [Schema]
    while waiting:
        for shape in waiting.pop().__subclasses__():
            waiting.append(shape)
            if shape.__module__.startswith("roadbed."):
                homes.setdefault(shape.__name__, set()).add(shape.__module__)
    assert {name: sorted(modules) for name, modules in homes.items() if len(modules) > 1} == {}


APIS = [path for path in SOURCES if path.name == "api.py"]


@pytest.mark.parametrize("path", APIS, ids=name_of)
def test_an_endpoint_that_answers_a_list_returns_a_list(path: Path):
    # Ninja takes a tuple of two for (status, body), so a list of exactly two rows would break.
    wrong = []
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef) and any(
            keyword.arg == "response" and ast.unparse(keyword.value).startswith("list[")
            for decorator in function.decorator_list
            if isinstance(decorator, ast.Call)
            for keyword in decorator.keywords
        ):
            returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
            wrong += [
                f"{function.name} returns {ast.unparse(value)}"
                for value in returned
                if not isinstance(value, ast.List | ast.ListComp)
                and not (isinstance(value, ast.Call) and ast.unparse(value.func) == "list")
            ]
    assert wrong == []

"""Renders the common kind of path in memory, as Copier would, in a tenth of its time; leaves the rest to Copier."""

from __future__ import annotations

import posixpath
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import yaml

from roadbed.platform.paths.git import blobs, git
from roadbed.platform.paths.materialise import PathRepository

KNOWN_SETTINGS = frozenset({"_min_copier_version", "_subdirectory", "_answers_file", "_envops", "_templates_suffix"})
KNOWN_KINDS: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
KNOWN_KEYS = frozenset({"type", "help", "default", "choices", "validator", "when", "placeholder", "multiline"})
_KEPT_TEMPLATES = 16


class LeftToCopier(Exception):  # noqa: N818 - not a failure: the slower way is the answer
    """The path, or these answers, need Copier itself: for a feature that is rare, or for its own refusal."""


class MadeTwice(Exception):  # noqa: N818 - becomes a refusal
    """Two files of the template come out at the same path; Copier would let the later one win in silence."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class Rendered:
    """One file in memory."""

    path: str
    content: bytes
    is_executable: bool


@dataclass(frozen=True, slots=True)
class _Template:
    environment: Any
    questions: Mapping[str, Mapping[str, Any]]
    answers_file: str
    suffix: str
    files: tuple[tuple[str, bytes, bool], ...]


_templates: OrderedDict[tuple[str, str], _Template] = OrderedDict()


def render(path: PathRepository, answers: Mapping[str, Any]) -> tuple[Rendered, ...]:
    """The files of the path for these answers, sorted by path.

    Raises:
        LeftToCopier: this way is not sure to give what Copier would.
        MadeTwice: the template contradicts itself.
    """
    from jinja2 import TemplateError

    template = _template(path)
    try:
        context, remembered = _context(template, answers)
        context["_copier_answers"] = {"_commit": path.version, "_src_path": str(path.repository), **remembered}
        context["_copier_conf"] = SimpleNamespace(answers_file=template.answers_file)
        rendered = [_file(template, context, *file) for file in template.files]
    except (TemplateError, ValueError, TypeError) as fault:
        raise LeftToCopier from fault
    files = sorted(filter(None, rendered), key=lambda file: file.path)
    for one, next_one in pairwise(files):
        if one.path == next_one.path:
            raise MadeTwice(one.path)
    return tuple(files)


def _file(
    template: _Template,
    context: Mapping[str, Any],
    path: str,
    content: bytes,
    is_executable: bool,  # noqa: FBT001 - a row
) -> Rendered | None:
    name = path.removesuffix(template.suffix)
    parts = [template.environment.from_string(part).render(**context) for part in name.split("/")]
    if not all(parts):
        return None  # a part that renders to nothing leaves the file out
    target = "/".join(parts)
    if posixpath.normpath(target) != target or target.startswith(("/", "..")):
        raise LeftToCopier
    if name != path:
        content = template.environment.from_string(content.decode()).render(**context).encode()
    return Rendered(target, content, is_executable)


def _context(template: _Template, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    context: dict[str, Any] = {}
    remembered: dict[str, Any] = {}
    if not answers.keys() <= template.questions.keys():
        raise LeftToCopier
    for name, question in template.questions.items():
        is_hidden = question.get("when") is False
        if name in answers and not is_hidden:
            value = answers[name]
        elif "default" in question:
            value = question["default"]
            value = template.environment.from_string(value).render(**context) if isinstance(value, str) else value
        else:
            raise LeftToCopier
        context[name] = _checked(template, question, value, {**context, name: value})
        if not is_hidden:
            remembered[name] = value
    return context, remembered


def _checked(template: _Template, question: Mapping[str, Any], value: Any, context: Mapping[str, Any]) -> Any:
    if type(value) is not KNOWN_KINDS[question["type"]]:
        raise LeftToCopier
    choices = question.get("choices")
    offered = list(choices.values()) if isinstance(choices, Mapping) else choices
    if offered is not None and value not in offered:
        raise LeftToCopier
    validator = question.get("validator")
    if validator and template.environment.from_string(validator).render(**context).strip():
        raise LeftToCopier  # it words the refusal
    return value


def _template(path: PathRepository) -> _Template:
    key = (str(path.repository), path.commit)
    if key not in _templates:
        _templates[key] = _read(path)
        while len(_templates) > _KEPT_TEMPLATES:
            _templates.popitem(last=False)
    return _templates[key]


def _read(path: PathRepository) -> _Template:
    listed = git("ls-tree", "-r", "-z", path.commit, cwd=path.repository).decode().split("\0")
    entries = [(*head.split(), name) for head, _, name in (row.partition("\t") for row in listed if row)]
    contents = blobs(path.repository, [blob for _, _, blob, _ in entries])
    by_path = {name: content for (_, _, _, name), content in zip(entries, contents, strict=True)}
    configured = yaml.safe_load(by_path.get("copier.yml", b"")) or {}
    questions = {key: value for key, value in configured.items() if not key.startswith("_")}
    if not _is_common(configured, questions) or any(mode not in ("100644", "100755") for mode, _, _, _ in entries):
        raise LeftToCopier
    root = configured["_subdirectory"].strip("/") + "/"
    files = tuple(
        (name.removeprefix(root), by_path[name], mode == "100755")
        for mode, _, _, name in entries
        if name.startswith(root)
    )
    return _Template(
        environment=_environment(configured.get("_envops") or {}),
        questions=questions,
        answers_file=configured.get("_answers_file", ".copier-answers.yml"),
        suffix=configured.get("_templates_suffix", ".jinja"),
        files=files,
    )


def _is_common(configured: Mapping[str, Any], questions: Mapping[str, Any]) -> bool:
    return (
        configured.keys() - questions.keys() <= KNOWN_SETTINGS
        and isinstance(configured.get("_subdirectory"), str)
        and all(
            isinstance(question, Mapping)
            and question.get("type") in KNOWN_KINDS
            and question.keys() <= KNOWN_KEYS
            and question.get("when", True) in (True, False)
            and isinstance(question.get("choices", []), list | dict)
            for question in questions.values()
        )
    )


def _environment(options: Mapping[str, Any]) -> Any:
    from jinja2 import StrictUndefined, Undefined
    from jinja2.sandbox import SandboxedEnvironment

    undefined = {"jinja2.StrictUndefined": StrictUndefined}.get(options.get("undefined", ""), Undefined)
    chosen = {"keep_trailing_newline": True, **options, "undefined": undefined}
    return SandboxedEnvironment(extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"], **chosen)

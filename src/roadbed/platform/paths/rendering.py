"""Renders a path: by Copier into a folder, or in memory for a preview of the same files."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadbed.ground.errors import Invalid, Place
from roadbed.platform.paths import fast_rendering
from roadbed.platform.paths.materialise import PathRepository
from roadbed.platform.paths.rules import canonical

_KEPT_RENDERINGS = 32


@dataclass(frozen=True, slots=True)
class PreviewFile:
    """One file that a path would make. `text` is None where it is not text."""

    path: str
    text: str | None
    size: int
    mode: int


_renderings: OrderedDict[tuple[str, str, str], tuple[PreviewFile, ...]] = OrderedDict()
_guard = threading.Lock()


def render(path: PathRepository, answers: Mapping[str, Any], into: Path) -> None:
    """Write the files of the path for these answers into an empty folder. Runs nothing that the template brings.

    Raises:
        Invalid: an answer breaks a rule of the path's own.
    """
    _in_memory(path, answers)
    # Copier takes half a second and 30 MB to import, which only whoever renders should pay.
    from copier import Settings, run_copy
    from copier.errors import CopierError
    from jinja2 import TemplateError

    try:
        run_copy(
            str(path.repository),
            into,
            data=dict(answers),
            vcs_ref=path.version,
            defaults=True,
            overwrite=True,
            quiet=True,
            unsafe=False,
            # Not the ones of whoever started Roadbed: they could trust a template to run commands.
            settings=Settings(),
        )
    except TemplateError as fault:
        raise _broken(path, fault) from fault
    except (CopierError, ValueError, TypeError) as fault:
        raise _as_refusal(fault) from fault


def preview(path: PathRepository, answers: Mapping[str, Any]) -> tuple[PreviewFile, ...]:
    """The files of the path for these answers, sorted by path; the latest previews are kept in memory."""
    # The answers file names the repository, so the same commit in another one renders otherwise.
    key = (str(path.repository), path.commit, canonical(answers))
    with _guard:
        if key in _renderings:
            _renderings.move_to_end(key)
            return _renderings[key]
    files = _rendered(path, answers)
    with _guard:
        _renderings[key] = files
        while len(_renderings) > _KEPT_RENDERINGS:
            _renderings.popitem(last=False)
    return files


def _rendered(path: PathRepository, answers: Mapping[str, Any]) -> tuple[PreviewFile, ...]:
    in_memory = _in_memory(path, answers)
    if in_memory is None:
        with tempfile.TemporaryDirectory(prefix="roadbed-preview-") as folder:
            render(path, answers, Path(folder))
            return read_files(Path(folder))
    return tuple(_shown(file.path, file.content, is_executable=file.is_executable) for file in in_memory)


def _in_memory(path: PathRepository, answers: Mapping[str, Any]) -> tuple[fast_rendering.Rendered, ...] | None:
    """The files in memory, or None where only Copier knows; a template at odds with itself is refused either way."""
    try:
        return fast_rendering.render(path, answers)
    except fast_rendering.LeftToCopier:
        return None
    except fast_rendering.MadeTwice as conflict:
        raise Invalid(
            f"The path {path.name} {path.version} makes {conflict.path} twice.",
            remedy="Take one of the two files out of the template and publish a new version. Nothing was made.",
            place=Place(file=conflict.path, field="path"),
        ) from conflict


def read_files(folder: Path) -> tuple[PreviewFile, ...]:
    """Every file under a folder."""
    found = ((file.relative_to(folder).as_posix(), file) for file in folder.rglob("*"))
    return tuple(
        _shown(path, file.read_bytes(), is_executable=os.access(file, os.X_OK))
        for path, file in sorted(found)
        if file.is_file() and not file.is_symlink()
    )


def _shown(path: str, content: bytes, *, is_executable: bool) -> PreviewFile:
    try:
        text = content.decode("utf-8") if b"\0" not in content else None
    except UnicodeDecodeError:
        text = None
    # Git knows two modes; what else a file has comes from the umask of whoever looks.
    return PreviewFile(path, text, len(content), 0o755 if is_executable else 0o644)


def _broken(path: PathRepository, fault: Exception) -> Invalid:
    file = str(getattr(fault, "name", None) or "")
    line = getattr(fault, "lineno", None)
    return Invalid(
        f"The path {path.name} {path.version} cannot be rendered: {' '.join(str(fault).split())}.",
        remedy="Mend the template and publish a new version. Nothing was made.",
        place=Place(file=file, line=line, field="path"),
    )


def _as_refusal(fault: Exception) -> Invalid:
    # "Validation error for question 'owner': use the name of …" is how Copier words a question's own validator.
    text = " ".join(str(fault).split())
    field = text.split("'")[1] if text.startswith("Validation error for question '") else ""
    detail = text.split(": ", 1)[1] if field and ": " in text else text
    return Invalid(
        f"The path refuses {field or 'these answers'}: {detail}.",
        remedy="Change the answer and try again. Nothing was made.",
        place=Place(field=f"answers.{field}" if field else "answers"),
    )

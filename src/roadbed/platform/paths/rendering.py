"""Renders a path by Copier, from a folder of that version, so that preview and scaffold are the same files."""

from __future__ import annotations

import stat
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadbed.ground.errors import Invalid, Place
from roadbed.platform.paths.materialise import PathRepository, checkout
from roadbed.platform.paths.rules import canonical

_KEPT_RENDERINGS = 32


@dataclass(frozen=True, slots=True)
class PreviewFile:
    """One file that a path would make. `text` is None where it is not text."""

    path: str
    text: str | None
    size: int
    mode: int


_renderings: OrderedDict[tuple[str, str], tuple[PreviewFile, ...]] = OrderedDict()
_guard = threading.Lock()


def render(path: PathRepository, answers: Mapping[str, Any], into: Path) -> None:
    """Write the files of the path for these answers into an empty folder. Runs nothing that the template brings.

    Raises:
        Invalid: an answer breaks a rule of the path's own.
    """
    # Copier takes a third of a second and 30 MB to import, which only whoever renders should pay.
    from copier import Worker
    from copier.errors import CopierError

    worker = Worker(
        src_path=str(path.repository),
        dst_path=into,
        vcs_ref=path.version,
        data=dict(answers),
        defaults=True,
        overwrite=True,
        quiet=True,
        unsafe=False,
    )
    # Tell Copier what it would find out by cloning the repository at this version.
    template = worker.template
    template.vcs = "git"
    template.commit = path.version
    template.commit_hash = path.commit
    template.local_abspath = checkout(path)
    template.git_index_modes = {}
    try:
        with worker:
            worker.run_copy()
    except (CopierError, ValueError, TypeError) as fault:
        raise _as_refusal(fault) from fault


def preview(path: PathRepository, answers: Mapping[str, Any]) -> tuple[PreviewFile, ...]:
    """The files of the path for these answers, sorted by path; the latest previews are kept in memory."""
    key = (path.commit, canonical(answers))
    with _guard:
        if key in _renderings:
            _renderings.move_to_end(key)
            return _renderings[key]
    with tempfile.TemporaryDirectory(prefix="roadbed-preview-") as folder:
        render(path, answers, Path(folder))
        files = read_files(Path(folder))
    with _guard:
        _renderings[key] = files
        while len(_renderings) > _KEPT_RENDERINGS:
            _renderings.popitem(last=False)
    return files


def read_files(folder: Path) -> tuple[PreviewFile, ...]:
    """Every file under a folder."""
    files = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            try:
                text = content.decode("utf-8") if b"\0" not in content else None
            except UnicodeDecodeError:
                text = None
            mode = stat.S_IMODE(file.stat().st_mode)
            files.append(PreviewFile(file.relative_to(folder).as_posix(), text, len(content), mode))
    return tuple(files)


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

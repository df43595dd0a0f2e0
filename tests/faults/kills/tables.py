"""The tables of a fresh SQLite data folder, made once a run: migrating takes longer than most tests."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faults.kills.stage import Stage


@dataclass(frozen=True)
class Tables:
    """A folder in which they are kept for whoever asks, in whichever process of this run."""

    root: Path

    def give(self, stage: Stage) -> None:
        """Put them into a stage's data folder; the first one makes them."""
        self.root.mkdir(exist_ok=True)
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.root / "made").exists():
                stage.house("migrate")
                _copy(stage.folder, self.root)
                (self.root / "made").touch()
                return
        stage.folder.mkdir(mode=0o700, exist_ok=True)
        _copy(self.root, stage.folder)


def _copy(source: Path, target: Path) -> None:
    for file in source.glob("*.db"):
        shutil.copyfile(file, target / file.name)


def kept(base: Path) -> Tables:
    """Those of this run, given pytest's folder for temporary files, of which each worker has one of its own."""
    return Tables((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "tables")

"""What was answered so far, in a file of one's own that has the form of any file of answers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roadbed.ground.errors import Invalid, Place
from roadbed.organization.diagnostic.rules.questions import EDITION
from roadbed.organization.diagnostic.rules.reading import read
from roadbed.organization.diagnostic.rules.scoring import Answer


@dataclass
class Progress:
    """Answers by question, and what was told about the organization; saved after each."""

    path: Path
    answers: dict[str, Answer] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def save(self) -> None:
        """Write it whole or not at all, for nobody else's eyes."""
        data = {"edition": EDITION, "about": self.about, "answers": self.answers}
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(data, file, indent=2, ensure_ascii=False)
            part.replace(self.path)
        except OSError as fault:
            part.unlink(missing_ok=True)
            said = f"The answers cannot be saved: {fault.strerror}."
            raise Invalid(said, remedy="Name another file with --save FILE.", place=Place(str(self.path))) from None

    def forget(self) -> None:
        """Begin again."""
        self.answers.clear()
        self.about.clear()


def default_path() -> Path:
    """Where answers are kept when nothing else is said."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "roadbed" / "diagnostic.json"


def load(path: Path) -> Progress:
    """What was answered before; nothing where there is no file.

    Raises:
        Invalid: when the file is not one of answers.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Progress(path)
    except OSError as fault:
        raise Invalid(f"{path}: {fault.strerror}.", place=Place(str(path))) from None
    found = read({str(path): raw})
    answers: Mapping[str, Answer] = found.sheets[0].answers if found.sheets else {}
    return Progress(path, dict(answers), dict(found.about))

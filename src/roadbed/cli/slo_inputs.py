"""What the offline commands of `roadbed slo` read: files of objectives and of counts."""

from __future__ import annotations

import sys
from pathlib import Path

from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.reliability.objectives.rules.definitions import Definition
from roadbed.reliability.objectives.rules.specs.reading import Read, read


def definitions_of(spec: Path, objective: str) -> list[Definition]:
    """The objectives of a file, or the one that is named.

    Raises:
        Invalid: when the file has faults.
    """
    found = read_spec(spec)
    if found.errors:
        one = found.errors[0]
        raise Invalid(
            f"{one.text} [{one.rule}]", remedy="`roadbed slo lint` names all faults.", place=Place(one.file, one.line)
        )
    wanted = [one for one in found.definitions if objective in ("", one.name)]
    if not wanted:
        raise Invalid(f"{spec} has no objective {objective}.".replace(" .", "."), place=Place(file=str(spec)))
    return wanted


def read_spec(file: Path) -> Read:
    """What a file of objectives says."""
    return read(text_of(file), file=str(file))


def text_of(file: Path) -> str:
    """A file's text, or standard input's for -."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as fault:
        raise NotFound(f"{file}: {fault.strerror}.", place=Place(file=str(file))) from None
    except UnicodeDecodeError:
        raise Invalid(f"{file} is not UTF-8 text.", place=Place(file=str(file))) from None

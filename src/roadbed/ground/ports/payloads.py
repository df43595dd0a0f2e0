"""Reading JSON that strangers wrote: nothing in it is trusted to be there, of its type, or of a size."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from roadbed.ground.ports.events import Unreadable

SHA: Final = re.compile(r"[0-9a-f]{7,64}")
NOTHING: Final = re.compile(r"0{7,64}")
"""Git's name for no commit."""
_SCP: Final = re.compile(r"(?:[\w.-]+@)([\w.-]+):(?!//)(.+)")
_BOT: Final = re.compile(r"\[bot\]$|(^|[-_])bot([-_@]|\d|$)|^(dependabot|renovate|github-actions)\b", re.IGNORECASE)
_DEPTH_WORDS: Final = "It is nested too deeply."


def parsed(body: bytes) -> Any:
    """The JSON of a body, strict: no NaN, no Infinity.

    Raises:
        Unreadable: for anything that is not JSON in UTF-8, or that is made to hurt.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as fault:
        raise Unreadable(f"It is not UTF-8: byte {fault.start} cannot be read.") from None
    except RecursionError:
        raise Unreadable(_DEPTH_WORDS) from None
    except json.JSONDecodeError as fault:
        raise Unreadable(f"It is no JSON: {fault.msg}, line {fault.lineno}, column {fault.colno}.") from None
    except ValueError as fault:
        raise Unreadable(f"It is no JSON: {str(fault)[:200]}.") from None


def _no_number(name: str) -> NoReturn:
    raise Unreadable(f"It holds {name}, which JSON has not.")


def mapping(value: object, field: str = "The payload") -> Mapping[str, Any]:
    """The object.

    Raises:
        Unreadable: naming the field where it is none.
    """
    if not isinstance(value, dict):
        raise Unreadable(f"{field} is {_named(value)}, not an object.")
    return value


def at(payload: object, path: str) -> Any:
    """What stands at a dotted path, None where nothing does or the way there is no object."""
    for part in path.split("."):
        if not isinstance(payload, dict):
            return None
        payload = payload.get(part)
    return payload


def text(payload: object, path: str, *, most: int = 1000) -> str:
    """The text at a path, without what no database can hold; empty where there is none or it is of another type."""
    found = at(payload, path)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    if isinstance(found, int) and abs(found) >= 2**63:
        raise Unreadable(f"{path} is a number beyond all measure.")
    return clean(str(found))[:most]


def clean(found: str) -> str:
    """The text without NUL and lone surrogates."""
    return found.replace("\x00", "").encode("utf-8", "replace").decode()


def needed(payload: object, path: str, *, most: int = 1000) -> str:
    """The text at a path.

    Raises:
        Unreadable: where there is none.
    """
    found = text(payload, path, most=most)
    if not found:
        raise Unreadable(f"{path} is missing, or is no text.")
    return found


def number(payload: object, path: str, *, most: float = 1e9) -> float | None:
    """A number from zero up; None where there is none that is one."""
    found = at(payload, path)
    known = isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found <= most
    return float(found) if known else None


def whole(payload: object, path: str) -> int | None:
    """A count; None where there is none that is one."""
    found = number(payload, path)
    return int(found) if found is not None and found == int(found) else None


def commit(payload: object, path: str) -> str:
    """The commit's name at a path in lower case; empty for none, for Git's zeros and for what cannot be one."""
    found = text(payload, path, most=64).lower()
    return found if SHA.fullmatch(found) and not NOTHING.fullmatch(found) else ""


def items(payload: object, path: str, *, most: int = 10_000) -> list[Any]:
    """The list at a path; empty where there is none."""
    found = at(payload, path)
    return found[:most] if isinstance(found, list) else []


def instant(payload: object, path: str) -> datetime | None:
    """The instant at a path: ISO 8601 with an offset, or seconds since 1970; None where there is none.

    Raises:
        Unreadable: for a date that is none, or that says no offset.
    """
    found = at(payload, path)
    if found is None or found == "":
        return None
    read = instant_of(found)
    if read is None:
        raise Unreadable(f"{path} is no instant with a time zone: {str(found)[:60]!r}.")
    return read


def instant_of(found: object) -> datetime | None:
    """An instant from text or number; milliseconds are told from seconds by their size."""
    try:
        if isinstance(found, int | float) and not isinstance(found, bool):
            return datetime.fromtimestamp(found / 1000 if found > 10**11 else found, UTC)
        said = re.sub(r"^(\S+) (\S+) (?:UTC|([+-]\d\d:?\d\d))$", _spaced, str(found).strip())
        read = datetime.fromisoformat(said)
        return None if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _spaced(match: re.Match[str]) -> str:
    # GitLab writes 2013-12-03 17:23:34 UTC.
    return f"{match[1]}T{match[2]}{match[3] or '+00:00'}"


def moment(payload: object, *paths: str) -> datetime:
    """The first instant that any of the paths has.

    Raises:
        Unreadable: where none has one.
    """
    for path in paths:
        found = instant(payload, path)
        if found is not None:
            return found
    raise Unreadable(f"{' and '.join(paths)} are missing, so nobody knows when it happened.")


def repository_name(location: str) -> str:
    """One name for a repository however its address is written: `github.com/acme/shop`, or a folder's path.

    Hosts and paths are compared in lower case, as the large code hosts do; `.git` and credentials are left out.
    """
    location = location.strip()
    scp = _SCP.fullmatch(location)
    if "://" in location:
        try:
            parts = urlsplit(location)
            port = f":{parts.port}" if parts.port and parts.port not in (22, 80, 443) else ""
            host, path = f"{parts.hostname or ''}{port}", parts.path
        except ValueError:
            return ""
        if parts.scheme == "file":
            return _without_git(path)
        name = f"{host}/{path.strip('/')}"
    elif scp:
        name = f"{scp[1]}/{scp[2].strip('/')}"
    elif location.startswith("/"):
        return _without_git(location)
    else:
        name = location.strip("/")
    return _without_git(name).lower()[:300]


def _without_git(path: str) -> str:
    return path.rstrip("/").removesuffix(".git")[:300]


def is_bot(name: str, *, kind: str = "") -> bool:
    """Whether a program acts under this name: the sender says so, or the name does."""
    return kind.lower() == "bot" or bool(_BOT.search(name))


def parted(message: str) -> tuple[str, str]:
    """A commit message as subject and body."""
    subject, _, body = message.strip().partition("\n")
    return subject.strip()[:1000], body.strip()[:4000]


def _named(value: object) -> str:
    if value is None:
        return "nothing"
    return {"list": "a list", "str": "a text", "bool": "a truth value"}.get(type(value).__name__, "a number")

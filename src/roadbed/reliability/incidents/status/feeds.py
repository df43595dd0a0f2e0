"""The status page for machines: JSON with stable names, and an Atom feed of what was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from roadbed.reliability.incidents.status.values import Board, MaintenanceView, PublicIncident

ATOM = "http://www.w3.org/2005/Atom"


def as_json(board: Board) -> dict[str, Any]:
    """The page as JSON. `uptime` is the share of requests that went well, null where none was counted."""
    return {
        "schema": "roadbed.status/1",
        "organization": board.organization,
        "as_of": _at(board.as_of),
        "state": board.state,
        "components": [
            {
                "id": one.uid, "name": one.name, "description": one.description, "state": one.state,
                "uptime": one.uptime, "unknown_days": one.unknown_days,
                "days": [
                    {
                        "date": day.date.isoformat(), "state": day.state, "bad": day.bad, "total": day.total,
                        "measured_minutes": day.measured_minutes,
                    }
                    for day in one.days
                ],
            }
            for one in board.components
        ],
        "incidents": [_incident(one) for one in (*board.going_on, *board.past)],
        "maintenance": [_maintenance(one) for one in board.maintenance],
    }  # fmt: skip


def _incident(one: PublicIncident) -> dict[str, Any]:
    return {
        "id": one.id, "title": one.title, "stage": one.stage, "state": one.state, "started_at": _at(one.started_at),
        "ended_at": _at(one.ended_at), "resolved_at": _at(one.resolved_at), "components": list(one.components),
        "updates": [{"at": _at(said.at), "stage": said.stage, "text": said.text} for said in one.updates],
    }  # fmt: skip


def _maintenance(one: MaintenanceView) -> dict[str, Any]:
    return {
        "id": one.uid, "title": one.title, "text": one.text, "components": list(one.components),
        "starts_at": _at(one.starts_at), "ends_at": _at(one.ends_at), "running": one.running,
    }  # fmt: skip


def _at(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")


def as_atom(board: Board, *, page: str, feed: str) -> bytes:
    """An entry for each published incident with all that was told of it, newest first. RFC 4287."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    _text(root, "title", f"Status of {board.organization}" if board.organization else "Status")
    _text(root, "id", page)
    ET.SubElement(root, f"{{{ATOM}}}link", href=page)
    ET.SubElement(root, f"{{{ATOM}}}link", href=feed, rel="self")
    ET.SubElement(ET.SubElement(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name").text = board.organization or "Status"
    incidents = (*board.going_on, *board.past)
    _text(root, "updated", _at(max((_changed(one) for one in incidents), default=board.as_of)) or "")
    for one in incidents:
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        _text(entry, "id", f"{page}#{one.id}")
        _text(entry, "title", f"{one.stage.capitalize()}: {one.title}")
        _text(entry, "updated", _at(_changed(one)) or "")
        ET.SubElement(entry, f"{{{ATOM}}}link", href=f"{page}#{one.id}")
        told = [f"{_at(said.at)} {said.stage}: {said.text}" for said in one.updates]
        where = f"Affects {', '.join(one.components)}." if one.components else ""
        _text(entry, "content", _printable("\n\n".join(part for part in (where, *told) if part)))
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _changed(one: PublicIncident) -> datetime:
    return max(at for at in (one.started_at, one.resolved_at, *(said.at for said in one.updates)) if at is not None)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = _printable(text)


def _printable(text: str) -> str:
    # XML has no way to say most control characters, so that one of them would break every reader.
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")

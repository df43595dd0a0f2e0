"""What responders say with `roadbed incident`: stages, roles, tasks, updates, times, merges; and severities."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

Reference = Annotated[str, typer.Argument(help="INC-7, 7 or a uid.")]
At = Annotated[datetime | None, typer.Option(help="In UTC.")]
STAGES: Final = "triggered, investigating, identified, monitoring or resolved"


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _said(one: dict[str, Any], text: str, json: bool) -> None:  # noqa: FBT001 - as every command has it
    show(one, json, say(text))


def status(
    reference: Reference, stage: Annotated[str, typer.Argument(help=f"{STAGES}.")], *, json: Json = False
) -> None:
    """Say what is done about it now: monitoring mitigates, resolved resolves, anything else opens it again."""
    one = api().post(f"/incidents/{reference}/stage", {"stage": stage})
    _said(one, f"{one['name']} is {one['stage']}.", json)


def reopen(reference: Reference, reason: Annotated[str, typer.Option(help="Why.")] = "", *, json: Json = False) -> None:
    """Open it again, because it is not over."""
    one = api().post(f"/incidents/{reference}/reopen", {"reason": reason})
    _said(one, f"{one['name']} is open again.", json)


def role(
    reference: Reference,
    name: Annotated[str, typer.Argument(help="commander, communications, operations or scribe.")],
    person: Annotated[str, typer.Argument(help="A mail address or name; empty takes the role away.")],
    *,
    known: Annotated[str, typer.Option(help="Hand over with notes: what is known.")] = "",
    tried: Annotated[str, typer.Option(help="What was tried.")] = "",
    following: Annotated[str, typer.Option("--next", help="What comes next.")] = "",
    told: Annotated[str, typer.Option(help="Who was told what.")] = "",
    json: Json = False,
) -> None:
    """Give a role, or hand it over with notes."""
    if known:
        body = {"role": name, "to": person, "known": known, "tried": tried, "following": following, "informed": told}
        one = api().post(f"/incidents/{reference}/handover", body)
    else:
        one = api().post(f"/incidents/{reference}/roles", {"role": name, "person": person})
    held = ", ".join(f"{held['title']}: {held['person']}" for held in one["roles"]) or "nobody has a role"
    _said(one, f"{one['name']}: {held}.", json)


def task(
    reference: Reference,
    text: Annotated[str, typer.Argument(help="What is to be done; left out with --done.")] = "",
    owner: Annotated[str, typer.Option(help="By whom.")] = "",
    due: At = None,
    done: Annotated[int | None, typer.Option(help="The number of a task that is done.")] = None,
    *,
    json: Json = False,
) -> None:
    """Add a task, or say that one is done."""
    if done is None and not text:
        raise typer.BadParameter("say what is to be done, or which task is done with --done NUMBER")
    if done is not None:
        one = api().patch(f"/incidents/{reference}/tasks/{done}", {"done": True})
    else:
        body = {"text": text, "owner": owner, "due_at": _instant(due)}
        one = api().post(f"/incidents/{reference}/tasks", body)
    head = ("", "Task", "Owner", "Due", "Done")
    rows = [
        (str(t["number"]), t["text"], t["owner"] or "nobody", (t["due_at"] or "")[:16], (t["done_at"] or "")[:16])
        for t in one["tasks"]
    ]
    show(one, json, table(head, rows, empty="No task."))


def update(
    reference: Reference,
    text: Annotated[str, typer.Argument(help="What people see, what you do, when you write again.")] = "",
    public: Annotated[bool, typer.Option("--public", help="Also on the status page and to its subscribers.")] = False,  # noqa: FBT002 - typer's form
    next_at: Annotated[datetime | None, typer.Option("--next", help="When the next word comes, in UTC.")] = None,
    *,
    json: Json = False,
) -> None:
    """Tell stakeholders. Without a text it prints a draft from what is known and sends nothing."""
    if not text:
        one = api().get(f"/incidents/{reference}")
        show({"draft": one["draft"]}, json, say(one["draft"]))
        return
    body = {"text": text, "public": public, "next_at": _instant(next_at)}
    one = api().post(f"/incidents/{reference}/updates", body)
    _said(one, f"Stakeholders of {one['name']} are told.", json)


def publish(
    reference: Reference, title: Annotated[str, typer.Argument(help="What the public reads.")], *, json: Json = False
) -> None:
    """Put it on the status page under words for the public."""
    one = api().put(f"/incidents/{reference}/publication", {"title": title})
    _said(one, f"{one['name']} is on the status page as “{title}”.", json)


def withdraw(reference: Reference, *, json: Json = False) -> None:
    """Take it off the status page."""
    one = api().delete(f"/incidents/{reference}/publication")
    _said(one, f"{one['name']} is off the status page.", json)


def time(
    reference: Reference,
    which: Annotated[
        str, typer.Argument(help="impact-started, detected, acknowledged, mitigated, impact-ended or resolved.")
    ],
    at: Annotated[datetime, typer.Argument(help="When it really was, in UTC.")],
    evidence: Annotated[str, typer.Option(help="How you know.")],
    *,
    json: Json = False,
) -> None:
    """Correct a time with its evidence; figures follow."""
    body = {"which": which, "at": at.isoformat(), "evidence": evidence}
    one = api().post(f"/incidents/{reference}/times", body)
    _said(one, f"The time of {one['name']} is corrected.", json)


def suspect(
    reference: Reference,
    fact: Annotated[str, typer.Argument(help="The suspect's fact, as `incident show --json` names it.")],
    verdict: Annotated[str, typer.Argument(help="confirmed or dismissed.")],
    reason: Annotated[str, typer.Option(help="How you know.")] = "",
    *,
    json: Json = False,
) -> None:
    """Confirm or dismiss a suspect."""
    body = {"fact": fact, "verdict": verdict, "reason": reason}
    one = api().post(f"/incidents/{reference}/suspects", body)
    _said(one, f"It is on the record of {one['name']}.", json)


def merge(reference: Reference, into: Annotated[str, typer.Argument(help="INC-6.")], *, json: Json = False) -> None:
    """Make it part of another incident; can be undone."""
    one = api().post(f"/incidents/{reference}/merge", {"into": into})
    _said(one, f"It is part of {one['name']} now.", json)


def unmerge(reference: Reference, *, json: Json = False) -> None:
    """Take a merge back."""
    one = api().post(f"/incidents/{reference}/unmerge")
    _said(one, f"{one['name']} is an incident of its own again.", json)


def split(
    reference: Reference,
    title: Annotated[str, typer.Argument(help="What customers see there.")],
    service: Annotated[list[str], typer.Option(help="A further service that goes there; repeat for more.")],
    entry: Annotated[list[str] | None, typer.Option(help="A line that goes there, by its fact; repeat.")] = None,
    *,
    json: Json = False,
) -> None:
    """Make a second incident of some of its services and lines."""
    one = api().post(f"/incidents/{reference}/split", {"title": title, "services": service, "entries": entry or []})
    _said(one, f"{one['name']} is open.", json)


def room(
    reference: Reference,
    pins: Annotated[bool, typer.Option("--pins", help="Bring pinned messages onto the timeline.")] = False,  # noqa: FBT002 - typer's form
    archive: Annotated[bool, typer.Option("--archive", help="Archive it.")] = False,  # noqa: FBT002 - typer's form
    *,
    json: Json = False,
) -> None:
    """Open its chat room, bring pinned messages over, or archive it."""
    path = f"/incidents/{reference}/room"
    one = api().delete(path) if archive else api().post(f"{path}/pins" if pins else path)
    _said(one, f"The chat room of {one['name']} is {one['room'].get('state', 'asked for')}.", json)


def severities(*, json: Json = False) -> None:
    """What each severity means here."""
    rows = api().get("/severities")
    head = ("", "Means", "Word every", "The gate")
    drawn = [
        (
            str(one["number"]),
            one["title"],
            f"{one['update_minutes']} min" if one["update_minutes"] else "not expected",
            "refuses features" if one["holds_features"] else "warns",
        )
        for one in rows
    ]
    show(rows, json, table(head, drawn, empty=""))


def define_severity(
    number: Annotated[int, typer.Argument(min=1, max=4)],
    title: str,
    definition: Annotated[str, typer.Option(help="How one recognises it.")] = "",
    minutes: Annotated[int | None, typer.Option(help="Word to stakeholders every so many minutes.")] = None,
    *,
    json: Json = False,
) -> None:
    """Say what a severity means here."""
    body = {"title": title, "definition": definition, "update_minutes": minutes}
    rows = api().put(f"/severities/{number}", body)
    show(rows, json, say(f"Severity {number} is worded."))


def register(app: typer.Typer) -> None:
    """Add them to `roadbed incident`."""
    for command in (
        status, reopen, role, task, update, publish, withdraw, time, suspect, merge, unmerge, split, room, severities,
        define_severity,
    ):  # fmt: skip
        app.command()(command)

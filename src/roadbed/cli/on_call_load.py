"""`roadbed oncall load`, `pay`, `pay-rules`, `correct`: what being on call costs people, and what it is worth."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from roadbed.cli.client import api
from roadbed.cli.output import EXIT_REFUSED, Json, say, show, table
from roadbed.cli.schedules import File, instant_of, text_of

CLASSES = ("day", "night", "weekend", "holiday")
Begin = Annotated[
    str, typer.Option("--from", help="The instant or day it begins with, in UTC where no offset is said.")
]
End = Annotated[str, typer.Option("--to", help="The instant or day it ends before.")]

rules = typer.Typer(help="What counts as night, weekend and holiday, and what an hour is worth.", no_args_is_help=True)


def register(oncall: typer.Typer) -> None:
    """Add the commands to `roadbed oncall`."""
    for command in (load, pay, correct, corrections, uncorrect):
        oncall.command()(command)
    rules.command("show")(show_rules)
    rules.command("set")(set_rules)
    rules.command("lint")(lint_rules)
    oncall.add_typer(rules, name="pay-rules")


def load(
    team: str,
    *,
    weeks: Annotated[int, typer.Option(help="4, 13 or 52.")] = 4,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when a limit is broken.")] = False,
    json: Json = False,
) -> None:
    """Show what a team's shifts were like: pages, nights, interrupted hours, limits, and how evenly it is shared."""
    found = api().get(f"/teams/{team}/on-call/load", weeks=weeks)
    show(found, json, lambda console: _print_load(found, console))
    if strict and (found["crowded"] or found["over_time"]):
        raise typer.Exit(EXIT_REFUSED)


def _print_load(found: dict[str, Any], console: Console) -> None:
    if found["known"] is None:
        console.print(f"No data. There is no record of who was on call in {found['team']}.")
        return
    median, most = found["per_shift_median"], found["per_shift_most"]
    shifts = sum(found["per_shift"].values())
    console.print(
        f"{found['pages']} pages in {shifts} shifts of {found['people_on_call']} people"
        + (f", {median:g} in the middle shift, {most} in the fullest" if shifts else "")
        + f"; {found['interrupted_hours']} interrupted hours, {found['night_hours']} of them at night."
    )
    console.print(
        f"Limits: {found['crowded']} times more than 2 incidents in 12 h, "
        f"{found['over_time']} people more than 25 % of their time on call."
    )
    rows = [
        (one["name"], _hours(one["seconds"]), f"{one['of_time']:.0%}", _share(one), one["pages"],
         one["interrupted_hours"], one["night_hours"], len(one["crowded"]))
        for one in found["people"]
    ]  # fmt: skip
    head = ("Person", "On call", "Of time", "Share", "Pages", "Hours", "At night", "Over the limit")
    empty = "You were not on call." if found["only_own"] else "Nobody was on call."
    table(head, rows, empty=empty)(console)


def _share(one: dict[str, Any]) -> str | None:
    if one["share"] is None:
        return None
    return f"{one['share']:.0%}, even is {one['equal']:.0%}" + (" (uneven)" if one["uneven"] else "")


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:.2f} h"


def pay(
    team: str,
    *,
    from_: Begin,
    to: End,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a CSV file.")] = False,
    sign: Annotated[bool, typer.Option("--sign", help="Sign the sheet off, as a lead of the team.")] = False,
    json: Json = False,
) -> None:
    """Show time on call by person and class for a span, to the second, and what it is worth."""
    span = {"start": instant_of(from_, "--from").isoformat(), "end": instant_of(to, "--to").isoformat()}
    reach = api()
    if sign:
        reach.post(f"/teams/{team}/on-call/pay/sign", span)
    found = reach.get(f"/teams/{team}/on-call/pay", **span)
    if as_csv:
        _write_csv(found)
        return
    show(found, json, lambda console: _print_sheet(found, console))


def _write_csv(found: dict[str, Any]) -> None:
    from roadbed.reliability.paging.rules.load.printing import rows_of

    columns = ("person", "seconds", "total", "amount", "standby", "standby_total", "standby_amount")
    lines = (tuple(line[name] for name in columns) for line in found["lines"])
    rows = rows_of(
        (found["team"], found["start"], found["end"]), lines, currency=found["currency"],
        version=found["rules_version"], signed_by=found["signed_by"],
    )  # fmt: skip
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows)


def _print_sheet(found: dict[str, Any], console: Console) -> None:
    by = found["standby_nobody"] is not None
    rows = [
        (line["person"], *(_hours(line["seconds"].get(kind, 0)) for kind in CLASSES), _hours(line["total"]),
         _worth(line["amount"], found), *(_stood(line, found) if by else ()))
        for line in found["lines"]
    ]  # fmt: skip
    empty = "You were not on call in it." if found["only_own"] else "Nobody was on call in it."
    head = ("Person", "Day", "Night", "Weekend", "Holiday", "All", "Amount", *(("Stood by", "For it") if by else ()))
    table(head, rows, empty=empty)(console)
    console.print(f"Nobody on call: {_hours(found['nobody'])}. Not known: {_hours(found['unknown'])}.")
    if by:
        unknown = _hours(found["standby_unknown"])
        console.print(f"Nobody stood by: {_hours(found['standby_nobody'])}. Not known: {unknown}.")
    if found["signed_by"]:
        console.print(f"Signed by {found['signed_by']}, rules version {found['rules_version']}.")
        for one in found["differences"]:
            console.print(f"  Changed since: {one['person']} {one['seconds']:+d} s, {one['amount'] or 'no amount'}.")
            if one["standby_seconds"] or one["standby_amount"]:
                worth = one["standby_amount"] or "no amount"
                console.print(f"    standing by: {one['standby_seconds']:+d} s, {worth}.")


def _stood(line: dict[str, Any], found: dict[str, Any]) -> tuple[str, str]:
    return _hours(line["standby_total"]), _worth(line["standby_amount"], found)


def _worth(amount: str | None, found: dict[str, Any]) -> str:
    return "no rates" if amount is None else f"{amount} {found['currency']}"


def correct(
    team: str,
    person: Annotated[str, typer.Argument(help="Who was on call instead: their e-mail address.")],
    *,
    from_: Begin,
    to: End,
    reason: Annotated[str, typer.Option("--reason", help="What happened.")],
    standby: Annotated[bool, typer.Option("--standby", help="It is about standing by as second.")] = False,
    json: Json = False,
) -> None:
    """Say that somebody else was on call than the record has, as a lead of the team."""
    span = {"starts_at": instant_of(from_, "--from").isoformat(), "ends_at": instant_of(to, "--to").isoformat()}
    done = api().post(
        f"/teams/{team}/on-call/corrections", {"person": person, "why": reason, "standby": standby, **span}
    )
    show(done, json, say(f"Corrected. `roadbed oncall uncorrect {done['uid']}` takes it back."))


def corrections(team: str, *, json: Json = False) -> None:
    """List what was said about a team's past."""
    rows = api().get(f"/teams/{team}/on-call/corrections")
    shown = [(row["uid"], row["starts_at"], row["ends_at"], row["person"], row["why"]) for row in rows]
    show(rows, json, table(("Correction", "From (UTC)", "To (UTC)", "Person", "Why"), shown, empty="There is none."))


def uncorrect(uid: str, *, json: Json = False) -> None:
    """Take a correction back."""
    api().delete(f"/on-call/corrections/{uid}")
    show({"uid": uid}, json, say("It is taken back."))


def show_rules(*, json: Json = False) -> None:
    """Show the rules in force."""
    found = api().get("/on-call/pay-rules")
    said = f"Version {found['version']}, by {found['made_by']}." if found["version"] else "Nobody wrote rules yet."
    show(found, json, say(f"{said}\n{found['document']}"))


def set_rules(file: File, *, json: Json = False) -> None:
    """Give the organization the rules of a file, as an admin."""
    done = api().put("/on-call/pay-rules", {"document": text_of(file), "file": str(file)[-300:]})
    show(done, json, say(f"They are in force, version {done['version']}. Signed sheets keep theirs."))


def lint_rules(file: Annotated[Path, typer.Argument(help="A rules file.")], *, json: Json = False) -> None:
    """Check a rules file, offline."""
    from roadbed.reliability.paging.rules.load.reading import read_rules

    found = read_rules(text_of(file), str(file))
    said = f"{file} is right; rates in {found.currency}." if found.rates else f"{file} is right; it has no rates."
    show({"file": str(file), "currency": found.currency, "rates": sorted(found.rates)}, json, say(said))

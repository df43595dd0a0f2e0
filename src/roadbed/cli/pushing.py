"""`roadbed slo push` and `refill`: counts that somebody else made, and counts read again from their source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show
from roadbed.cli.slo_inputs import text_of
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.counts_file import counts_of_text

AT_ONCE: Final = 10_000
File = Annotated[Path, typer.Argument(help="CSV of minutes: timestamp,good,total. - reads standard input.")]
Named = Annotated[str, typer.Option("--objective", "-o", help="An objective's uid, or SERVICE/NAME.")]


def register(app: typer.Typer, uid_of: Callable[[str], str]) -> None:
    """Add both commands; `uid_of` finds an objective by name."""

    @app.command()
    def push(file: File, *, objective: Named, json: Json = False) -> None:
        """Push counted minutes of an objective, in parts; a minute that is there already is replaced."""
        recorded = counts_of_text(text_of(file), file=str(file))
        if recorded.broken is not None:
            raise Invalid(
                "good is more than total.",
                remedy="Count both from the same events. Nothing was pushed.",
                place=Place(file=str(file), line=recorded.broken, field="good"),
            )
        done = _push(uid_of(objective), sorted(recorded.own.items()))
        said = f"{done['rows']:,} minutes: {done['new']:,} new, {done['replaced']:,} replaced, "
        show(done, json, say(said + f"{done['unchanged']:,} as before."))

    @app.command()
    def refill(
        objective: Annotated[str, typer.Argument(help="An objective's uid, or SERVICE/NAME.")], *, json: Json = False
    ) -> None:
        """Read an objective's whole window again from its source of counts."""
        uid = uid_of(objective)
        api().post(f"/objectives/{uid}/refill")
        show({"refilling": uid}, json, say("Its window is being read again; `roadbed slo show` says how far it is."))


def _push(uid: str, minutes: list[tuple[int, tuple[int, int]]]) -> dict[str, int]:
    whole = dict.fromkeys(("rows", "new", "replaced", "unchanged"), 0)
    server = api(timeout=120.0)
    for start in range(0, len(minutes), AT_ONCE):
        rows = [
            {"timestamp": instant(minute).isoformat(), "good": good, "total": total}
            for minute, (good, total) in minutes[start : start + AT_ONCE]
        ]
        done = server.post(f"/objectives/{uid}/counts", rows)
        whole = {name: number + done[name] for name, number in whole.items()}
    return whole


def reached(counts: dict[str, Any] | None) -> str:
    """How far counts were read from their source, in words; nothing where no source has them."""
    if counts is None:
        return ""
    if not counts["filled_at"]:
        return f"Its past is being read: {counts['share']:.0%} of its window so far.\n"
    return f"Read from its source; everything until {counts['until']} stands.\n"

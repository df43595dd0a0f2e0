"""`roadbed review search`, `patterns`, `recurrences`, `similar`, `export`: what all reviews teach."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.ground.errors import Invalid, Place

DAY = ["%Y-%m-%d"]


def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words that it must have; the beginning of one is enough.")
    ] = None,
    *,
    kind: Annotated[str, typer.Option(help="With a factor of this kind: latent-design, capacity, …")] = "",
    lever: Annotated[str, typer.Option(help="With an action by this lever: remove, detect-sooner, …")] = "",
    service: Annotated[str, typer.Option(help="Of one service.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="Harm from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="Harm until this day.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 20,
    json: Json = False,
) -> None:
    """Search all reviews, the best first; with filters alone the newest first."""
    rows = api().get(
        "/review-search", q=" ".join(words or ()) or None, kind=kind or None, lever=lever or None,
        service=service or None, since=since and since.date().isoformat(), until=until and until.date().isoformat(),
        limit=limit,
    )["items"]  # fmt: skip
    drawn = [
        (one["review"]["name"], one["review"]["title"], one["review"]["service"], one["review"]["started_at"][:10],
         f"{one['where']}: {one['excerpt']}" if one["where"] else "")
        for one in rows
    ]  # fmt: skip
    show(rows, json, table(("Review", "Title", "Service", "Day", "Where"), drawn, empty="No review fits."))


def patterns(
    *,
    service: Annotated[str, typer.Option(help="Of one service.")] = "",
    quarters: Annotated[int, typer.Option(min=1, max=40, help="How many, this one included.")] = 8,
    json: Json = False,
) -> None:
    """Count which kinds of factors and which levers come back, by quarter."""
    found = api().get("/review-patterns", service=service or None, quarters=quarters)
    rows = [
        (one["word"], *_seen(one["counts"], found["reviews"]), one["reviews"])
        for one in (*found["kinds"], *found["levers"])
        if one["reviews"]
    ]
    rows += [("No factor named yet", *_seen(found["unnamed"], found["reviews"]), sum(found["unnamed"]))]
    rows += [("Reviews", *found["reviews"], sum(found["reviews"]))]
    show(found, json, table(("Factor or lever", *found["quarters"], "All"), rows, empty="No review."))


def _seen(counts: list[int], reviews: list[int]) -> list[int | str]:
    """Counts of quarters that have reviews; nothing is known of the others."""
    return [count if whole else "" for count, whole in zip(counts, reviews, strict=True)]


def recurrences(
    *,
    verdict: Annotated[str, typer.Option(help="recurred, not or unknown.")] = "",
    json: Json = False,
) -> None:
    """List what 90 days showed: whether it happened again."""
    rows = api().get("/review-recurrences", verdict=verdict or None)
    drawn = [
        (one["review"], one["service"], one["verdict_word"], one["factors"], one["fingerprints"], one["service_again"],
         one["title"])
        for one in rows
    ]  # fmt: skip
    head = ("Review", "Service", "Verdict", "Same factor", "Same alert", "Same service", "Title")
    show(rows, json, table(head, drawn, empty="No review is 90 days old yet."))


def similar(reference: str, *, json: Json = False) -> None:
    """List incidents like this one, with the reasons."""
    rows = api().get(f"/reviews/{reference}/similar")
    drawn = [(one["name"], one["title"], f"{one['score']:.2f}", "; ".join(one["reasons"])) for one in rows]
    show(rows, json, table(("Incident", "Title", "Alike", "Why"), drawn, empty="None is like it."))


def export(
    reference: str,
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; standard output without.")] = None,
    json: Json = False,
) -> None:
    """Write a review as Markdown."""
    found: dict[str, Any] = api().get(f"/reviews/{reference}/export")
    if output is None:
        show(found, json, lambda console: console.print(found["markdown"], markup=False, end=""))
        return
    if output.exists():
        raise Invalid(f"{output} is there already.", remedy="Name another file.", place=Place(file=str(output)))
    output.write_text(found["markdown"], encoding="utf-8")
    show({"name": found["name"], "file": str(output)}, json, say(f"Written to {output}."))

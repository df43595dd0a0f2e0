"""`roadbed catalog` and `roadbed engagement`: what there is, who owns it, and validating a file offline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, print_refusal, say, show, table
from roadbed.ground.catalog.documents import decode
from roadbed.ground.catalog.rules import Reading, one_refusal, read_entities
from roadbed.ground.errors import Invalid, Place, Refusal

app = typer.Typer(help="The catalogue: services, APIs, resources, systems and their owners.", no_args_is_help=True)
engagement = typer.Typer(help="SRE teams engaged on services.", no_args_is_help=True)

Many = Annotated[list[str], typer.Option(help="May be given several times.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="catalog")
    root.add_typer(engagement, name="engagement")


@app.command()
def add(
    location: Annotated[str, typer.Argument(help="A repository: its folder on the server's machine, or its URL.")],
    path: Annotated[str, typer.Option(help="The file in it.")] = "catalog-info.yaml",
    *,
    json: Json = False,
) -> None:
    """Register everything that a repository's catalog-info.yaml holds."""
    done = api().post("/catalog/entities", {"location": absolute(location), "path": path})
    rows = [(entity["change"], entity["ref"]) for entity in done["entities"]]
    show(done, json, table(("", "Entity"), rows, empty="The file holds no entity."))


def absolute(location: str) -> str:
    """A folder's whole path, since the server stands elsewhere; a URL as it is."""
    if "://" in location or ("@" in location and ":" in location):
        return location
    return str(Path(location).expanduser().absolute())


@app.command("list")
def list_entities(
    *,
    kind: Annotated[str, typer.Option(help="Component, API, Resource, System, Domain, Group, User, Location.")] = "",
    owner: Annotated[str, typer.Option(help="The owning team.")] = "",
    lifecycle: str = "",
    type_: Annotated[str, typer.Option("--type")] = "",
    system: str = "",
    tag: str = "",
    q: Annotated[str, typer.Option("--query", "-q", help="Words in name, title, description or tags.")] = "",
    json: Json = False,
) -> None:
    """List entities by name."""
    wanted = {"kind": kind, "owner": owner, "lifecycle": lifecycle, "type": type_, "system": system, "tag": tag, "q": q}
    rows = api().all("/catalog/entities", limit=200, **{name: value or None for name, value in wanted.items()})
    shown = [
        (
            row["name"] + (" (orphaned)" if row["orphaned"] else ""),
            row["kind"],
            row["type"],
            row["owner"],
            row["lifecycle"],
        )
        for row in rows
    ]
    empty = "Nothing is registered that fits. `roadbed catalog add PATH` registers a repository."
    show(rows, json, table(("Name", "Kind", "Type", "Owner", "Lifecycle"), shown, empty=empty))


@app.command("show")
def show_entity(ref: Annotated[str, typer.Argument(help="[kind:][namespace/]name")], *, json: Json = False) -> None:
    """Show an entity with its relations, and what is wrong with its file."""
    found = api().get(f"/catalog/entities/{ref}")
    rows = [
        ("Entity", found["ref"]),
        ("Title", found["title"]),
        ("Owner", found["owner"] or None),
        ("Described in", f"{found['location']} {found['path']}:{found['line']}"),
        ("Orphaned since", found["orphaned_at"]) if found["orphaned_at"] else ("Registered", found["registered_at"]),
        *((relation["type"], _end(relation)) for relation in found["relations"]),
        *(("Error", f"{fault['path']}:{fault['line']} {fault['message']}") for fault in found["errors"]),
    ]
    show(found, json, table(("", ""), rows, empty=""))


def _end(relation: dict[str, Any]) -> str:
    return relation["ref"] if relation["uid"] else f"{relation['ref']} (not registered)"


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(help="catalog-info.yaml files.", metavar="FILE…")],
    *,
    json: Json = False,
) -> None:
    """Check files offline, by the rules that the server uses; exit 1 when one has an error."""
    checked = [(file, _checked(file)) for file in files]
    faults = [fault for _, reading in checked for fault in reading.errors]
    document = {
        "valid": not faults,
        "files": [
            {
                "file": str(file),
                "entities": [str(entity.reference) for entity in reading.entities],
                "errors": [fault.as_problem() for fault in reading.errors],
            }
            for file, reading in checked
        ],
    }
    count = sum(len(reading.entities) for _, reading in checked)
    if not faults:
        show(document, json, say(f"Valid: {count} in {len(files)} {'file' if len(files) == 1 else 'files'}."))
        return
    if json:
        show(document, json, say(""))
    else:
        print_refusal(one_refusal(tuple(faults)), json_mode=False)
    raise typer.Exit(1)


def _checked(file: Path) -> Reading:
    try:
        text = decode(file.read_bytes(), str(file))
    except Invalid as fault:
        return Reading((), (fault,))
    except OSError as fault:
        return Reading((), (Invalid(f"{file} cannot be read: {fault.strerror}.", place=Place(str(file))),))
    top = _top_of(file)
    inside = str(file.absolute().relative_to(top))
    reading = read_entities(text, file=inside, fetch=_fetcher(top))
    # The rules name a file by its path in the repository; whoever stands elsewhere wants the path they gave.
    errors = tuple(
        Invalid(fault.detail, remedy=fault.remedy, place=Place(str(file), fault.place.line, fault.place.field))
        for fault in reading.errors
    )
    return Reading(reading.entities, errors)


def _top_of(file: Path) -> Path:
    folder = file.absolute().parent
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)


def _fetcher(top: Path) -> Callable[[str], bytes | None]:
    def fetch(path: str) -> bytes | None:
        target = (top / path).resolve()
        return target.read_bytes() if target.is_relative_to(top.resolve()) and target.is_file() else None

    return fetch


@app.command()
def errors(*, json: Json = False) -> None:
    """Show what is wrong with registered files now."""
    rows = api().get("/catalog/errors")
    shown = [(row["location"], f"{row['path']}:{row['line'] or ''}", row["message"], row["remedy"]) for row in rows]
    empty = "Every registered file is read without a fault."
    show(rows, json, table(("Location", "Line", "Error", "Remedy"), shown, empty=empty))


@app.command()
def remove(
    ref: Annotated[str, typer.Argument(help="[kind:][namespace/]name")],
    *,
    location: Annotated[bool, typer.Option("--location", help="Remove everything that its file holds.")] = False,
    json: Json = False,
) -> None:
    """Take an entity out of the catalogue; its repository and what runs of it stay."""
    gone = api().delete(f"/catalog/entities/{ref}" + ("?whole_location=true" if location else ""))
    show(gone, json, say(f"Removed {', '.join(gone)}."))


@app.command()
def refresh(
    location: Annotated[str, typer.Argument(help="A registered repository.")],
    path: Annotated[str, typer.Option(help="The file in it.")] = "catalog-info.yaml",
    *,
    json: Json = False,
) -> None:
    """Read a registered file again now; exit 1 when it has errors."""
    done = api().post("/catalog/refresh", {"location": absolute(location), "path": path})
    if done["errors"]:
        refusals = [_refusal(problem) for problem in done["errors"]]
        if json:
            show(done, json, say(""))
        else:
            for refusal in refusals:
                print_refusal(refusal, json_mode=False)
        raise typer.Exit(1)
    show(done, json, say("Read again: changed." if done["changed"] else "Read again: nothing changed."))


def _refusal(problem: dict[str, Any]) -> Refusal:
    place = Place(problem.get("file", ""), problem.get("line"), problem.get("field", ""))
    return Invalid(problem["detail"], remedy=problem.get("remedy", ""), place=place)


@engagement.command("start")
def start(
    service: str,
    *,
    team: Annotated[str, typer.Option(help="The SRE team.")],
    review: Annotated[str, typer.Option(help="What was reviewed on entry, or where that is written.")],
    objective: Many,
    hand_back: Many,
    from_: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Its first day.")] = None,
    kind: Annotated[
        str, typer.Option(help="full: it is paged always; shared: outside the owner's hours; consult: never.")
    ] = "full",
    owner_hours: Annotated[
        str, typer.Option(help="Of a shared one, when the owner is paged: 'Mon-Fri 08:00-18:00 Europe/Berlin'.")
    ] = "",
    json: Json = False,
) -> None:
    """Engage an SRE team on a service."""
    body = {"team": team, "entry_review": review, "objectives": objective, "hand_back": hand_back}
    body |= {"kind": kind, "owner_hours": owner_hours}
    body |= {"started_on": _day(from_)} if from_ else {}
    done = api().post(f"/catalog/services/{service}/engagements", body)
    show(done, json, say(f"{done['team']} is engaged on {done['service']} from {done['started_on']}."))


@engagement.command("end")
def end(
    service: str,
    reason: Annotated[str, typer.Option(help="Which hand-back condition was met.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day.")] = None,
    *,
    json: Json = False,
) -> None:
    """End a service's open engagement; its owner is accountable again."""
    body = {"reason": reason} | ({"ended_on": _day(on)} if on else {})
    done = api().post(f"/catalog/services/{service}/engagements/end", body)
    show(done, json, say(f"The engagement of {done['team']} on {done['service']} ends on {done['ended_on']}."))


@engagement.command("list")
def list_engagements(
    service: Annotated[str, typer.Argument(help="One service; all when left out.")] = "", *, json: Json = False
) -> None:
    """List engagements, newest first."""
    rows = api().get(f"/catalog/services/{service}/engagements" if service else "/catalog/engagements")
    shown = [(row["service"], row["team"], row["kind"], row["started_on"], row["ended_on"] or "open") for row in rows]
    empty = "No SRE team is engaged; owners answer for their services."
    show(rows, json, table(("Service", "Team", "Kind", "From", "To"), shown, empty=empty))


def _day(given: datetime) -> str:
    return date(given.year, given.month, given.day).isoformat()

"""`roadbed slo lint` and `generate`: files of objectives checked, and made into rules and dashboards, offline."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

import roadbed
from roadbed.cli.output import EXIT_REFUSED, Json, err, show
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.reliability.objectives.rules.definitions import Labels
from roadbed.reliability.objectives.rules.openslo.findings import Finding
from roadbed.reliability.objectives.rules.openslo.nodes import LARGEST
from roadbed.reliability.objectives.rules.promql.durations import minutes_in
from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read_all

if TYPE_CHECKING:
    from roadbed.reliability.objectives.rules.generating.making import Made, Output

KINDS = (".yaml", ".yml", ".json")
Files = Annotated[
    list[Path],
    typer.Argument(
        help="Files of OpenSLO, Sloth, Pyrra, slo-generator or journeys, folders of them, or - for standard input."
    ),
]
Period = Annotated[
    str,
    typer.Option(
        "--slo-period",
        "--default-slo-period",
        help="The period of formats that name none (Sloth, OpenSLO v1alpha), like 28d.",
    ),
]


class Format(StrEnum):
    """What is made."""

    PROMETHEUS = "prometheus"
    PROMETHEUS_RULE = "prometheus-rule"
    GRAFANA = "grafana"


class Style(StrEnum):
    """Whose rules are made."""

    ROADBED = "roadbed"
    SLOTH = "sloth"


def register(app: typer.Typer) -> None:
    """Add the commands to `roadbed slo`."""
    app.command()(lint)
    app.command()(generate)


def lint(files: Files, *, slo_period: Period = "30d", json: Json = False) -> None:
    """Check files of objectives offline; exit 1 when one has errors.

    All files are read together, so that one may name what is in another. The rules are in the reference.
    """
    context = _context(files, slo_period)
    sources = list(_sources(files))
    found = read_all(sources, context)
    show([as_data(one) for one in found.findings], json, findings_printer(found.findings, len(sources)))
    if found.errors:
        raise typer.Exit(EXIT_REFUSED)


def generate(
    files: Files,
    *,
    format: Annotated[Format, typer.Option(help="What to make.")] = Format.PROMETHEUS,  # noqa: A002 - the option's name
    style: Annotated[Style, typer.Option(help="Roadbed's exact counts, or Sloth's rules as they are.")] = Style.ROADBED,
    output: Annotated[Path, typer.Option("--output", "-o", help="A folder, or - for standard output.")] = Path("-"),
    slo_period: Period = "30d",
    windows: Annotated[
        list[Path],
        typer.Option("--windows", "--slo-period-windows-path", help="Files or folders of kind AlertWindows."),
    ] = [],  # noqa: B006 - typer makes a new list of it
    label: Annotated[list[str], typer.Option("--label", "-l", "--extra-labels", help="NAME=VALUE on every rule.")] = [],  # noqa: B006
    owner: Annotated[str, typer.Option(help="The owner label of alerts whose file names none.")] = "",
    runbook: Annotated[str, typer.Option(help="The alerts' runbook; {service} and {slo} are filled in.")] = "",
    recordings: Annotated[
        bool, typer.Option("--recordings/--no-recordings", " /--disable-recordings", help="Recording rules.")
    ] = True,
    alerts: Annotated[bool, typer.Option("--alerts/--no-alerts", " /--disable-alerts", help="Alert rules.")] = True,
    full_query: Annotated[
        bool,
        typer.Option(
            "--full-query", "--disable-optimized-rules", help="Sloth's rule of the whole period from the query."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Make Prometheus rules, PrometheusRule resources or Grafana dashboards of files of objectives."""
    from roadbed.reliability.objectives.rules.generating.making import Made, make
    from roadbed.reliability.objectives.rules.generating.values import Wishes

    context = _context(files, slo_period)
    wishes = Wishes(
        labels=_labels(label),
        runbook=runbook,
        owner=owner,
        recordings=recordings,
        alerts=alerts,
        full_query=full_query,
        version=roadbed.__version__,
    )
    found = read_all([*_sources(files), *_sources(windows)], context)
    made = make(found, wishes, kind=format, style=style) if not found.errors else Made((), ())
    # What peers' rules lack, Roadbed's own have.
    told = [one for one in found.findings if style == Style.SLOTH or one.rule != "absent-series"]
    _tell((*told, *made.findings))
    if found.errors or made.errors:
        raise typer.Exit(EXIT_REFUSED)
    if not made.files:
        raise Invalid("No rules can be made of these files.", remedy="Add an objective that Prometheus measures.")
    _write(made, output, format, style, json_mode=json)


def _write(made: Made, output: Path, kind: str, style: str, *, json_mode: bool) -> None:
    from roadbed.reliability.objectives.rules.generating.making import joined

    if str(output) != "-":
        _write_files(made.files, output)
    data = {"files": [{"name": one.name, "text": one.text} for one in made.files]}

    def printing(console: Console) -> None:
        if str(output) != "-":
            for one in made.files:
                console.print(escape(str(output / one.name)))
            return
        sys.stdout.write(joined(made, kind=kind, style=style))
        if style == Style.SLOTH and kind == Format.PROMETHEUS and len(made.files) > 1:
            err.print("Prometheus loads only the first document of a file; --output FOLDER writes one for each.")

    show(data, json_mode, printing)


def _write_files(files: tuple[Output, ...], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in files:
            # Prometheus may load the folder at any moment, and must not find half a file.
            part = folder / f".{one.name}.{os.getpid()}"
            part.write_text(one.text, encoding="utf-8")
            part.replace(folder / one.name)
    except OSError as fault:
        raise Invalid(f"{folder}: {fault.strerror}.", remedy="Name a folder that can be written.") from None


def _labels(given: list[str]) -> Labels:
    from roadbed.reliability.objectives.rules.generating.naming import label_name

    pairs = []
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or label_name(name) != name:
            raise typer.BadParameter(f"{one!r} is not NAME=VALUE", param_hint="--label")
        pairs.append((name, value))
    return tuple(pairs)


def _context(files: list[Path], period: str) -> Context:
    minutes = minutes_in(period)
    if minutes is None:
        raise typer.BadParameter(f"{period!r} is no duration, like 28d or 30d", param_hint="--slo-period")
    return Context(complete=True, period=minutes, lenient=any(file.is_dir() for file in files))


def _sources(files: list[Path]) -> Iterator[Source]:
    seen: set[Path] = set()
    for file in files:
        if str(file) == "-":
            yield Source("-", sys.stdin.buffer.read(LARGEST + 1))
            continue
        for path in _inside(file):
            real = path.resolve()
            if real not in seen:
                seen.add(real)
                yield Source(str(path), _bytes_of(path))


def _inside(file: Path) -> list[Path]:
    if not file.is_dir():
        return [file]
    found = sorted(path for path in file.rglob("*") if path.suffix in KINDS and path.is_file())
    if not found:
        raise NotFound(f"{file} has no YAML or JSON files.", place=Place(file=str(file)))
    return found


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as fault:
        raise NotFound(f"{file}: {fault.strerror}.", place=Place(file=str(file))) from None


def as_data(one: Finding) -> dict[str, object]:
    """A finding as JSON."""
    fields = ("file", "line", "column", "rule", "severity", "text", "remedy")
    return {name: getattr(one, name) or None if name == "column" else getattr(one, name) for name in fields}


def findings_printer(found: tuple[Finding, ...], files: int) -> Callable[[Console], None]:
    """Prints findings with their remedies, or that there are none."""

    def printing(console: Console) -> None:
        if found:
            console.print("\n".join(f"{escape(str(one))}\n  [bold]remedy[/]: {escape(one.remedy)}" for one in found))
        else:
            console.print(f"{files} {'file' if files == 1 else 'files'}, no fault found.")

    return printing


def _tell(found: Iterable[Finding]) -> None:
    if lines := [escape(f"{one} {one.remedy}") for one in found]:
        err.print("\n".join(lines))

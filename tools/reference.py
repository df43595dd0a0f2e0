"""Writes the part of the reference that code knows best: commands, endpoints, facts, settings, verbs and jobs.

`tools/reference.py` writes; `tools/reference.py --check` exits 1 when a page differs from the code.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reference_diagnostic import diagnostic

os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings_test"
os.environ.setdefault("ROADBED_DATA", tempfile.mkdtemp(prefix="roadbed-reference-"))

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
MADE = "<!-- Written by `make docs` from the code; change the code instead. -->\n\n"


def commands() -> str:
    """Every command with its arguments and options."""
    import typer

    from roadbed.cli.main import app

    lines = [f"# Commands\n\n{MADE}Every command takes `--help`. Those that show or change something take `--json`."]
    lines.append(
        "\nExit codes: 0 done; 1 refused or failed; 2 wrong usage; 10 the gate denies; 11 the gate does not know "
        "and its policy refuses; 12 no Roadbed answers.\n"
    )
    for path, command in walk(typer.main.get_command(app), "roadbed"):
        lines.append(f"\n## {path}\n\n{(command.help or '').strip()}\n")
        rows = [row for parameter in command.params if (row := described(parameter))]
        if rows:
            lines += ["| | |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Leaf commands in order."""
    children = getattr(command, "commands", None)
    if not children:
        yield path, command
        return
    if default := getattr(command, "default", ""):
        yield path, children[default]
    for name in sorted(children):
        if not children[name].hidden:
            yield from walk(children[name], f"{path} {name}")


def described(parameter: Any) -> str:
    """One row of a command's table."""
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return ""
    if parameter.param_type_name == "argument":
        return f"| `{parameter.name.upper()}` | {getattr(parameter, 'help', None) or ''} |"
    return f"| `{', '.join([*parameter.opts, *parameter.secondary_opts])}` | {parameter.help or ''} |"


def endpoints() -> str:
    """Every operation of the API."""
    from roadbed.config.api import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    lines = [
        f"# API\n\n{MADE}All under `/api/v1`; the schema is at `/api/v1/openapi.json`. Send `Authorization: Bearer …`. "
        "Errors are `application/problem+json` with `detail`, `remedy` and, where they apply, `file`, `line`, `field` "
        "and `errors`. Lists page by `cursor` and `limit` (at most 200) and answer `items` and `next_cursor`. A write "
        "with an `Idempotency-Key` happens once; reads answer an `ETag`.\n",
        "| | | |",
        "|---|---|---|",
    ]
    for path, operations in sorted(schema["paths"].items()):
        for method, operation in operations.items():
            lines.append(f"| {method.upper()} | `{path.removeprefix('/api/v1')}` | {operation.get('summary', '')} |")
    return "\n".join(lines) + "\n"


def facts() -> str:
    """Every kind of fact, verb, job and setting."""
    from roadbed.config.folder import SETTINGS
    from roadbed.config.wiring import wire
    from roadbed.ground.jobs import registry
    from roadbed.ground.ledger.rules import KINDS
    from roadbed.ground.people.rules import _TABLE
    from roadbed.ground.subscriptions.rules.cdevents import type_of

    wire()
    lines = [f"# Facts, verbs, jobs and settings\n\n{MADE}## Settings\n"]
    lines.append(
        "In `config.toml` of the data folder, or as `ROADBED_…` in the environment, which comes first.\n\n"
        "| setting | environment | default |\n|---|---|---|"
    )
    lines += [f"| `{name}` | `ROADBED_{name.upper()}` | `{value}` |" for name, value in SETTINGS.items()]
    lines.append(
        "\n## Kinds of facts\n\nAs a CloudEvent a fact has the type beside its kind: CDEvents' word "
        "where there is one, else ours.\n\n| kind | type as a CloudEvent |\n|---|---|"
    )
    lines += [f"| `{kind}` | `{type_of(kind)}` |" for kind in sorted(KINDS)]
    lines.append("\n## Verbs\n\nWho may do what: `anywhere`, or only for what the caller's `own team` owns.\n")
    lines.append("| verb | viewer | member | admin |\n|---|---|---|---|")
    for verb, roles in sorted(_TABLE.items()):
        lines.append(
            f"| `{verb}` | " + " | ".join(roles.get(role, "no") for role in ("viewer", "member", "admin")) + " |"
        )
    lines.append("\n## Jobs\n\n| job | attempts | time limit | every |\n|---|---|---|---|")
    every = {schedule.job: f"{schedule.every:g} s" for schedule in registry.schedules()}
    for name in registry.known():
        kind = registry.kind_of(name)
        assert kind is not None
        lines.append(f"| `{name}` | {kind.attempts} | {kind.time_limit:g} s | {every.get(name, 'on demand')} |")
    return "\n".join(lines) + "\n"


def lint_rules() -> str:
    """Every rule of `roadbed slo lint`."""
    from roadbed.reliability.objectives.rules.linting.catalog import RULES

    lines = [
        f"# Lint rules of objectives\n\n{MADE}What `roadbed slo lint` finds in [files of objectives](slo-files.md) of "
        "any format, with file, line, often the column, and a remedy. It exits with 1 when there is an error; warnings "
        "leave it at 0.\n",
        "| rule | severity | finds |\n|---|---|---|",
    ]
    lines += [f"| `{rule.name}` | {rule.severity} | {rule.finds} |" for rule in RULES.values()]
    return "\n".join(lines) + "\n"


def policies() -> str:
    """Everything that a budget policy can say."""
    from roadbed.reliability.objectives.rules.policy.conditions import CALLS, HAS, METHODS
    from roadbed.reliability.objectives.rules.policy.conditions import LONGEST as LONGEST_CONDITION
    from roadbed.reliability.objectives.rules.policy.documents import API_VERSION, BY, KIND, MOST_RULES, OUTCOMES
    from roadbed.reliability.objectives.rules.policy.linting import RULES
    from roadbed.reliability.objectives.rules.policy.texts import LONGEST as LONGEST_TEXT
    from roadbed.reliability.objectives.rules.policy.variables import VARIABLES, shown

    calls = ", ".join(f"`{name}`" for name in (HAS, *sorted(CALLS), *(f".{name}" for name in sorted(METHODS))))
    lines = [
        f"# Budget policies\n\n{MADE}How to write one: [Write a budget policy](../how-to/write-a-budget-policy.md). "
        f"A document is YAML with `apiVersion: {API_VERSION}`, `kind: {KIND}`, `metadata` (`name`, `description`) and "
        f"`spec` (`source`, `selector`, `rules`).\n\n## Selector\n\nEither `default: true`, or some of "
        f"{', '.join(f'`{by}`' for by in BY)}, all of which must fit. Of several policies that fit a service the one "
        "with the narrowest kind of selector decides, in this order; among equals the first by name.\n\n## Rules\n\n"
        f"At most {MOST_RULES}, in order; the first that holds answers. Each has `name`, `when`, `outcome` "
        f"({', '.join(OUTCOMES)}), `says`, and optionally `clears` and `source`. Texts have up to {LONGEST_TEXT} "
        "characters.\n\n## Conditions\n\nThe part of CEL without loops, patterns, maps and division, in up to "
        f"{LONGEST_CONDITION} characters: variables, numbers, quoted texts, lists, `==` `!=` `<` `<=` `>` `>=` `in`, "
        f"`+` `-` `*`, `&&` `||` `!` `? :`, and {calls}. All numbers are of one type. What can be missing is "
        'asked for with `has(budget.remaining)` or `"1h" in burn`.\n\n## Variables\n\n'
        "In texts they stand in braces: `{budget.remaining}`, `{burn[1h]}`.\n",
        "| variable | type | of each objective | can be missing | is |\n|---|---|---|---|---|",
    ]
    for path, one in VARIABLES.items():
        name = shown(f"{path}[{'1h' if path == 'burn' else 'area'}]") if one.keyed else path
        values = f" One of {', '.join(f'`{value}`' for value in one.values)}." if one.values else ""
        kind = f"{one.type}, in texts only" if one.in_texts else one.type
        yes = ["yes" if held else "" for held in (one.of_objective, one.optional)]
        lines.append(f"| `{name}` | {kind} | {yes[0]} | {yes[1]} | {one.says}{values} |")
    lines.append("\n## Lint rules\n\n| rule | severity | finds |\n|---|---|---|")
    lines += [f"| `{name}` | {severity} | {finds} |" for name, severity, finds in RULES]
    return "\n".join(lines) + "\n"


def index() -> str:
    """The list of reference pages."""
    pages = sorted(path for path in REFERENCE.glob("*.md") if path.name != "README.md")
    rows = [f"- [{path.read_text().splitlines()[0].lstrip('# ')}]({path.name})" for path in pages]
    return f"# Reference\n\n{MADE}" + "\n".join(rows) + "\n"


def main() -> int:
    """The command."""
    import django

    django.setup()
    REFERENCE.mkdir(exist_ok=True)
    differing = []
    pages = (
        ("commands", commands),
        ("api", endpoints),
        ("facts", facts),
        ("lint-rules", lint_rules),
        ("budget-policies", policies),
        ("diagnostic", lambda: diagnostic(MADE)),
        ("README", index),
    )
    for name, make in pages:
        path, text = REFERENCE / f"{name}.md", make()
        if "--check" in sys.argv:
            if not path.exists() or path.read_text() != text:
                differing.append(path.name)
        else:
            path.write_text(text)
    for name in differing:
        print(f"docs/reference/{name} differs from the code; remedy: make docs")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())

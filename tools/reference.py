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


def diagnostic() -> str:
    """The diagnostic's questions, scores, files and rules."""
    from roadbed.organization.diagnostic.rules.about import FIELDS
    from roadbed.organization.diagnostic.rules.questions import EDITION, OF_DIMENSION
    from roadbed.organization.diagnostic.rules.scoring import FAILURE_POINTS
    from roadbed.organization.diagnostic.rules.values import NAMES, STEPS
    from roadbed.organization.layers.rules.stages import HYSTERESIS, STAGES

    points = ", ".join(f"{percent}% → {worth:g}" for percent, worth in FAILURE_POINTS)
    lines = [
        f"# The diagnostic\n\n{MADE}Edition {EDITION}. How to take it: [Take the diagnostic](../how-to/"
        "take-the-diagnostic.md); why it is so: [The diagnostic](../explanation/diagnostic.md).\n\n## Questions\n",
        "In a file a question is its number or its key, an answer the key of an option, its step counted from 1 (the "
        "worst), or a percentage; `null` is “don't know”.",
    ]
    for dimension, questions in OF_DIMENSION.items():
        lines.append(
            f"\n### {NAMES[dimension]}\n\n| | key | question | answers, with what each is worth |\n|---|---|---|---|"
        )
        for one in questions:
            last = len(one.options) - 1
            steps = [f"`{each.key}` {10 * at / last:.3g}" for at, each in enumerate(one.options)]
            answers = ", ".join(steps) if one.kind == STEPS else f"a percentage: {one.scoring}"
            lines.append(f"| {one.number} | `{one.key}` | {one.text} | {answers} |")
    lines.append(SCORES.format(points=points))
    lines.append("\n## About the organization\n\nUnder `about` in a file; carries no score.\n")
    lines.append("| field | takes | is |\n|---|---|---|")
    lines += [f"| `{one.key}` | {one.kind} | {one.text} |" for one in FIELDS]
    lines.append(
        f"\n## Stages\n\nWith a previous stage an edge is passed upwards at {HYSTERESIS}% above it, downwards below it "
        f"less {HYSTERESIS}%.\n\n| stage | engineers | rule | |\n|---|---|---|---|"
    )
    lines += [
        f"| `{one.key}` | {one.name} | `stage.{one.key}` | {'interpolated' if one.interpolated else ''} |"
        for one in STAGES
    ]
    lines.append(ADVICE)
    return "\n".join(lines) + "\n"


SCORES = """
## Scores

- A six-step scale is worth (step − 1) × 2, a four-step one (step − 1) × 3⅓.
- A percentage of something good is worth its tenth.
- A percentage of failures is worth {points}, straight in between.
- “Don't know” is null: it changes no score and lowers the confidence.
- A dimension is the mean of its answered questions, and needs 60% of them answered. Its confidence is high where all \
are, medium from three quarters, else low.
- Overall is the mean of the five dimensions, null while one has none. The lowest is named, several where they are \
equal.
- Of many people every value is the median with the quartiles, hidden under five answers; confidence is then the least \
of what was answered, of ten people or more, and of quartiles at most 3 (high) or 5 (medium) points apart.
- First to do are at most three questions under 8 points, by points gained with one step better for the effort; those \
of the weakest dimension count double."""
ADVICE = """
`.shifted` after a rule says that strong signals moved the advice one stage up: all three signals of a missing paved \
road (under 40 engineers), or contractual uptime at consumer scale with promises of 99.9% or more (80 to 150).

## Anti-patterns

| rule | fires when |
|---|---|
| `wall.devops-team` | a team is called DevOps or owns delivery by charter: bad where application teams neither deploy \
nor are on call, a warning otherwise |
| `sre.someone-elses-problem` | there are SREs, and under half of the application teams practise SRE |
| `title.devops` | a DevOps role is open: bad while the golden path covers under half of the services, else a warning |
| `boundary.paged-for-product` | somebody of the platform team alone was paged for a service of another team |
| `imbalance.sre-and-platform` | one of SRE and platform scores 5 or more, the other under 5 |

A rule whose evidence is missing is listed under `undetermined` with what it needs; it never counts as absent.

## Hiring

The first that fires: `hire.unknown`, `hire.too-few`, `hire.platform.instead-of-devops`, `hire.platform.first`, \
`hire.platform.too-few`, `hire.sre.need`, `hire.sre.not-yet`, `hire.sre.coach`, `hire.part-time-owner`, `hire.neither`.

## Report as JSON

`roadbed diagnose --json`, `POST /diagnostic/score`, and `report` of `GET /diagnostic/rounds/{uid}`:

| field | is |
|---|---|
| `edition`, `people` | the questions' edition; how many sheets are in it |
| `overall` | `score`, null while a dimension has none, and `why` |
| `weakest` | `dimensions`, their keys, and `name` |
| `dimensions[]` | `key`, `name`, `score`, `confidence`, `n`, `low`, `high` (quartiles), `why`, `lowest_question` |
| `deployment_frequency`, `change_fail_rate` | those two questions on their own |
| `questions[]` | `number`, `key`, `dimension`, `question`, `scoring`, `value`, `answer` (in words), `score`, `n`, \
`low`, `high` |
| `first[]` | `rule`, `question`, `dimension`, `title`, `how`, `score`, `gain`, `effort` (days, weeks, a quarter) |
| `measured[]` | over the API: `question`, `key`, `measured`, `score`, `answered`, `apart`, `agrees`, `note` |
| `advice` | `engineers`, `stage`, `hiring`, `quadrant`, `patterns[]`, `undetermined[]` |

Exit codes of `roadbed diagnose`: 0 a report was made, 1 a fault in a file or left before the end, 2 wrong usage."""


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
        ("diagnostic", diagnostic),
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

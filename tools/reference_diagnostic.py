"""The reference page of the diagnostic: its questions, scores, files and rules, as the code has them."""

from __future__ import annotations

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


def diagnostic(made: str) -> str:
    """The page; `made` says who writes it."""
    from roadbed.organization.diagnostic.rules.about import FIELDS
    from roadbed.organization.diagnostic.rules.questions import EDITION, OF_DIMENSION
    from roadbed.organization.diagnostic.rules.scoring import FAILURE_POINTS
    from roadbed.organization.diagnostic.rules.values import NAMES, STEPS
    from roadbed.organization.layers.rules.stages import HYSTERESIS, STAGES

    points = ", ".join(f"{percent}% → {worth:g}" for percent, worth in FAILURE_POINTS)
    lines = [
        f"# The diagnostic\n\n{made}Edition {EDITION}. How to take it: [Take the diagnostic](../how-to/"
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

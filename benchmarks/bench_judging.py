"""How well deployments are judged, on the labelled histories: kinds (accuracy, macro F1) and failures (precision, recall).

Commits are given, since the code host says them; which deployment caused an incident is found. `whole` also gives the
bodies and labels of pull requests, `messages` only what Git itself knows. The texts' patterns were written with these
histories in view, so they are judged in other words too, and without the words that say that users met a fault.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import judging_cases

from roadbed.delivery.metrics.rules.causes import Asked, Cause, Flagged, cause_of, suspects_of
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.values import LABELS, Commit, Deployment, Incident

LABELLED = Path(__file__).parents[2] / "shared" / "labelled" / "deployments.jsonl"
NEVER = datetime.min.replace(tzinfo=UTC)


def instant(text: str | None) -> datetime | None:
    """An instant of a history, whatever its offset."""
    return None if not text else datetime.fromisoformat(text).astimezone(UTC)


def commit_of(case: dict[str, Any], sha: str, *, whole: bool) -> Commit:
    """A commit as a source tells it."""
    found = next((one for one in case["commits"] if one["sha"] == sha), None)
    if found is None:
        return Commit(sha, "")
    pulls = case.get("prs") or () if whole else ()
    pull: dict[str, Any] = next((one for one in pulls if one["number"] == found.get("pr")), {})
    subject, _, body = found["message"].partition("\n")
    text = "\n".join(part for part in (body, pull.get("title"), pull.get("body")) if part)
    labels = tuple(pull.get("labels") or ())
    change = str(found.get("pr") or "") if whole else ""
    at, authored = instant(found.get("at")), instant(found.get("author_at"))
    return Commit(sha, subject, authored, at, text, labels, change=change)


def histories(case: dict[str, Any], *, whole: bool) -> Iterable[tuple[list[Deployment], list[Incident]]]:
    """A case's deployments and incidents, one service at a time."""
    expected = case["expected"]
    by_service: dict[str, list[Deployment]] = defaultdict(list)
    for one in case["deployments"]:
        told = expected["deployments"][one["id"]]
        if not told["counted"]:
            continue
        carried = None
        if told["commits"] is not None:
            known = [commit_of(case, sha, whole=whole) for sha in told["commits"]]
            carried = tuple(sorted(known, key=lambda commit: commit.committed_at or NEVER, reverse=True))
        service = one.get("service") or case.get("service") or "service"
        at = instant(one["at"])
        assert at is not None
        # Commits by path are fewer than the graph's, so their number says nothing of ancestors.
        count = None if carried is None or case.get("services") else len(carried)
        by_service[service].append(
            Deployment(one["id"], service, service, at, one["id"], one["sha"], commits=carried, commit_count=count)
        )
    everything = [one for deployments in by_service.values() for one in deployments]
    causes = {one["id"]: cause_found(case, one, everything) for one in case["incidents"]}
    for service, deployments in by_service.items():
        uids = {one.uid for one in deployments}
        yield deployments, list(_incidents(case, causes, uids, service))


def cause_found(case: dict[str, Any], one: dict[str, Any], deployments: list[Deployment]) -> Cause:
    """What the rules make of an incident."""
    began = instant(one["opened"])
    assert began is not None
    flags = [Flagged(each["key"], at) for each in case.get("flags", ()) if (at := instant(each["at"]))]
    service = one.get("service") or ("" if case.get("services") else case.get("service") or "service")
    return cause_of(Asked(began, service, one["text"], one.get("cause") or ""), suspects_of(deployments, flags))


def _incidents(case: dict[str, Any], causes: dict[str, Cause], uids: set[str], service: str) -> Iterable[Incident]:
    for one in case["incidents"]:
        cause, began = causes[one["id"]], instant(one["opened"])
        own = cause.deployment in uids or (not cause.deployment and one.get("service") in (None, service))
        if own and began is not None:
            ended = instant(one["resolved"])
            elsewhere = cause.elsewhere or cause.flag
            yield Incident(one["id"], None, service, service, began, ended, cause.deployment, elsewhere=elsewhere)


def assess(cases: list[dict[str, Any]], *, whole: bool) -> dict[str, Any]:
    """Kinds and failures against the labels."""
    pairs: Counter[tuple[str, str]] = Counter()
    blamed: Counter[tuple[bool, bool]] = Counter()
    failures: Counter[tuple[bool, bool]] = Counter()
    for case in cases:
        for deployments, incidents in histories(case, whole=whole):
            for one in judge(deployments, incidents):
                told = case["expected"]["deployments"][one.uid]
                pairs[told["label"], one.label] += 1
                failures[told["failed"], one.failed] += 1
        for one in case["incidents"] if whole else ():
            told = case["expected"]["incidents"][one["id"]]
            everything = [each for deployments, _ in histories(case, whole=whole) for each in deployments]
            found = cause_found(case, one, everything)
            right = (told["deployment"] or "") == found.deployment and (told["flag"] or "") == found.flag
            blamed[told["deployment"] is None, right] += 1
    right = sum(number for (told, found), number in pairs.items() if told == found)
    hits = failures[True, True]
    return {
        "deployments": sum(pairs.values()),
        "kind accuracy": round(right / sum(pairs.values()), 3),
        "kind macro F1": round(sum(_f1(pairs, label) for label in LABELS) / len(LABELS), 3),
        "kinds": {label: _precision_and_recall(pairs, label) for label in LABELS},
        "failed precision": round(hits / max(1, hits + failures[False, True]), 3),
        "failed recall": round(hits / max(1, hits + failures[True, False]), 3),
        **_blamed(blamed),
        "wrong": {f"{told} as {found}": number for (told, found), number in sorted(pairs.items()) if told != found},
    }


def _blamed(blamed: Counter[tuple[bool, bool]]) -> dict[str, float]:
    total = sum(blamed.values())
    if not total:
        return {}
    without = blamed[True, True] + blamed[True, False]
    return {
        "incidents": total,
        "incidents right": round((blamed[True, True] + blamed[False, True]) / total, 3),
        "without a deployment that stay without": round(blamed[True, True] / max(1, without), 3),
    }


def _precision_and_recall(pairs: Counter[tuple[str, str]], label: str) -> dict[str, float]:
    hits = pairs[label, label]
    told = sum(number for (one, _), number in pairs.items() if one == label)
    found = sum(number for (_, one), number in pairs.items() if one == label)
    return {"of": told, "precision": round(hits / max(1, found), 3), "recall": round(hits / max(1, told), 3)}


def _f1(pairs: Counter[tuple[str, str]], label: str) -> float:
    hits = pairs[label, label]
    told = sum(number for (one, _), number in pairs.items() if one == label)
    found = sum(number for (_, one), number in pairs.items() if one == label)
    return 2 * hits / (told + found) if told + found else 0.0


def cases_of(file: Path) -> list[dict[str, Any]]:
    """The histories of a file."""
    return [json.loads(line) for line in file.read_text().splitlines() if line.strip()]


# How others might put the same. They came after the patterns, and no pattern was changed for their sake.
_REWORK = (
    "Since #{n} totals come out wrong, a customer called.",
    "Bug was introduced in #{n}; several clients are affected.",
    "#{n} broke this. Nobody had planned it.",
    "Follow-up to #{n}, which left the list empty for some tenants.",
    "We traced it to #{n}. Merchants could not check out.",
    "Caused by #{n}; support raised it this morning.",
    "A side effect of #{n} that users ran into.",
    "Due to #{n} people saw errors. Unscheduled.",
)
_PLANNED = (
    "From the backlog, long planned.",
    "Scheduled for this iteration; no user noticed.",
    "Known issue for years, in this sprint.",
    "Tech debt, as planned in the quarter.",
)
_STAGED = ("Found in testing.", "Found by QA before any user.", "Turned up in review; found in CI.")
_INCIDENT = (
    "{s}: error rate climbed, traced to {x}",
    "Checkout fails for a tenth of users. Culprit: {x}",
    "Alert on {s}; {x} is the cause",
    "{s} slow since {x} went out",
)
_PLAIN = ("{s} answers with errors", "Latency of {s} doubled", "Budget of {s} burns fast", "Users of {s} get timeouts")
_OUTSIDE = (
    "Cloud provider lost an availability zone",
    "Power cut in the data centre",
    "Upstream provider rejects requests, their status page is red",
    "DDoS attack from a botnet",
    "Expired certificate at a third party",
)
_NAMED = re.compile(r"#\d+|\b(?=[0-9a-f]*\d)[0-9a-f]{7,12}\b")


def reworded(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same histories in other words: bodies of fixes, texts of incidents, titles of reverts."""
    found = []
    for at, case in enumerate(cases):
        copy = json.loads(json.dumps(case))
        for pull in copy.get("prs") or ():
            pull["body"] = _other_body(pull["body"] or "", at + pull["number"])
        for one in copy["incidents"]:
            one["text"] = _other_text(one, case, at)
        found.append(copy)
    return found


def _other_body(body: str, at: int) -> str:
    number = re.search(r"#(\d+)", body)
    if number and re.match(r"Regression from|Broken since|#\d+ caused", body):
        return _REWORK[at % len(_REWORK)].format(n=number.group(1))
    if body.startswith("Known since"):
        return _PLANNED[at % len(_PLANNED)]
    return _STAGED[at % len(_STAGED)] if body.startswith("Found on staging") else body


def _other_text(one: dict[str, Any], case: dict[str, Any], at: int) -> str:
    text, service = one["text"], one.get("service") or case.get("service") or "service"
    expected = case["expected"]["incidents"][one["id"]]
    if expected["flag"] or "staging" in text.lower() or "Rolled back" in text:
        return str(text)
    if named := _NAMED.search(text):
        return _INCIDENT[at % len(_INCIDENT)].format(s=service, x=named.group(0))
    if expected["deployment"] is None and "no recent change" not in text:
        return _OUTSIDE[at % len(_OUTSIDE)]
    return _PLAIN[at % len(_PLAIN)].format(s=service)


def without_words(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same histories where no fix says that anybody met its fault: what is left is what it names."""
    found = []
    for case in cases:
        copy = json.loads(json.dumps(case))
        for pull in copy.get("prs") or ():
            if number := re.search(r"(?:Regression from|Broken since|#(?=\d+ caused)) ?#?(\d+)", pull["body"] or ""):
                pull["body"] = f"Bug from #{number.group(1)}."
        found.append(copy)
    return found


def run() -> list[dict[str, Any]]:
    """The figures for the run of all benchmarks; without the labelled histories there are our own cases alone."""
    own = own_figures()
    if not LABELLED.exists():
        return [{"name": "kinds of deployments", "value": None, "unit": ""}, *own]
    cases = [case for case in cases_of(LABELLED) if not case.get("ambiguous")]
    figures = []
    for name, of in (
        ("as told", cases),
        ("in other words", reworded(cases)),
        ("without the words", without_words(cases)),
    ):
        found = assess(of, whole=True)
        size = f"{len(of)} histories, {found['deployments']} deployments"
        for what in ("kind accuracy", "kind macro F1", "failed precision", "failed recall", "incidents right"):
            one = {"name": f"{what}, {name}", "value": found[what], "unit": "", "target": 0.9, "at_least": True}
            figures.append(one | {"size": size})
    hotfix = assess(cases, whole=False)["kinds"]["hotfix"]
    told = [
        {"name": f"hotfixes by messages alone, {what}", "value": hotfix[what], "unit": ""}
        for what in ("precision", "recall")
    ]
    return figures + told + own


def own_figures() -> list[dict[str, Any]]:
    """The cases of our own: those that words were made from, and those that were judged once."""
    figures = []
    for part in judging_cases.PARTS:
        found = judging_cases.assess(part)
        for what in ("kind accuracy", "kind macro F1", "failed precision", "failed recall"):
            one = {"name": f"{what}, own, {part}", "value": found[what], "unit": "", "size": f"{found['cases']} cases"}
            figures.append(one | ({"target": 0.9, "at_least": True} if part == "holdout" else {}))
    return figures


def main() -> int:
    """Print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=LABELLED)
    file = parser.parse_args().file
    if not file.exists():
        sys.stderr.write(f"{file} is not there: give the labelled histories with --file.\n")
        return 1
    cases = [case for case in cases_of(file) if not case.get("ambiguous")]
    found = {
        "whole": assess(cases, whole=True),
        "messages": assess(cases, whole=False),
        "in other words": assess(reworded(cases), whole=True),
        "without the words": assess(without_words(cases), whole=True),
    }
    sys.stdout.write(json.dumps({"histories": len(cases), **found}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

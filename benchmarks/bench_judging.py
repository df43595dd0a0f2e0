"""How well deployments are judged, on the labelled histories: kinds (accuracy, macro F1) and failures (precision, recall).

Commits and the deployment of each incident are given, since the code host and the incident say them. `whole` also gives
the bodies and labels of pull requests, `messages` only what Git itself knows. The texts' patterns were written with
these histories in view, so new ones fare worse.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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


def _f1(pairs: Counter[tuple[str, str]], label: str) -> float:
    hits = pairs[label, label]
    told = sum(number for (one, _), number in pairs.items() if one == label)
    found = sum(number for (_, one), number in pairs.items() if one == label)
    return 2 * hits / (told + found) if told + found else 0.0


def main() -> int:
    """Print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=LABELLED)
    file = parser.parse_args().file
    if not file.exists():
        sys.stderr.write(f"{file} is not there: give the labelled histories with --file.\n")
        return 1
    told = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
    cases = [case for case in told if not case.get("ambiguous")]
    found = {"whole": assess(cases, whole=True), "messages": assess(cases, whole=False)}
    sys.stdout.write(json.dumps({"histories": len(cases), **found}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

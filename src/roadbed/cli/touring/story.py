"""The steps of the tour: each does one thing to a running Roadbed and says what it saw, or that it did not see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from roadbed.cli.touring.breaking import break_it
from roadbed.cli.touring.stage import EMAIL, TEAM, Missed, Stage
from roadbed.cli.touring.traffic import drive
from roadbed.platform.paths import work_tree

GOOD_FIRST: Final = 120
BROKEN: Final = 120
AFTER: Final = 1400
"""Enough good requests that the short windows of both paging pairs fall under their factors: 60 of 1640 is 3.7 %."""

SAMPLED: Final = 35.0
METRICS: Final = ("frequency", "lead_time", "fail_rate", "recovery", "rework_rate")


@dataclass(frozen=True, slots=True)
class Saw:
    """What a step observed: a sentence, and its figures."""

    text: str
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A step, and those without which it makes no sense."""

    name: str
    title: str
    run: Callable[[Stage], Saw]
    needs: tuple[str, ...]


def scaffold(stage: Stage) -> Saw:
    """A service with a 99 % objective, and a team whose pages the tour receives."""
    stage.prepare()
    answers = {"owner": TEAM, "availability": "99", "latency_ms": 1000, "lifecycle": "experimental"}
    made = stage.api.post(f"/paths/{stage.path}/services", {"name": stage.service, "answers": answers})
    stage.done.append("registered")
    work_tree.clone(made["location"], stage.folder)
    text = f"{stage.service} is made from {made['path']} {made['version']}, {len(made['files'])} files, owned by {TEAM}"
    return Saw(text, {"service": stage.service, "files": len(made["files"])})


def deploy(stage: Stage) -> Saw:
    """The first release."""
    return _deploy(stage, "good", "HEAD")


def _deploy(stage: Stage, name: str, ref: str) -> Saw:
    stage.done.append("deployed")
    body = {"ref": ref, "environment": "production", "kind": ""}
    asked = stage.api.post(f"/services/{stage.service}/deployments", body)
    one = stage.deployed(asked["uid"])
    stage.found[name] = one
    text = f"{one['version']} ({one['commit'][:8]}) is live at {one['url']}"
    return Saw(text, {"deployment": one["uid"], "version": one["version"], "seconds": one["seconds"]})


def traffic(stage: Stage) -> Saw:
    """Real requests through the edge, until the objective counts them."""
    driven = drive(stage.found["good"]["url"], GOOD_FIRST)
    if driven.bad:
        raise Missed(f"The good release failed: {driven.said()}.")
    one = stage.until(
        "the traffic on the objective",
        lambda: (now := stage.objective())["total"] >= GOOD_FIRST and now,
        seconds=SAMPLED,
    )
    text = f"{driven.said()}; the objective counts {one['total']}, {_share(one['remaining'])} of the budget is left"
    return Saw(text, {"total": one["total"], "remaining": one["remaining"]})


def bad_commit(stage: Stage) -> Saw:
    """A commit that breaks every second request goes live, as bad commits do."""
    stage.found["commit"] = break_it(stage.folder, stage.path)
    saw = _deploy(stage, "bad", stage.found["commit"])
    driven = drive(stage.found["bad"]["url"], BROKEN)
    if not driven.bad:
        raise Missed(f"The bad commit breaks nothing: {driven.said()}.")
    return Saw(f"{saw.text}; {driven.said()}", {**saw.figures, "requests": driven.total, "failed": driven.bad})


def burn(stage: Stage) -> Saw:
    """The objective burns fast enough to page."""
    one = stage.until("a burn that pages", lambda: (now := stage.objective())["paging"] and now, seconds=SAMPLED)
    pair = next(pair for pair in one["pairs"] if pair["firing"] and pair["severity"] == "page")
    text = (
        f"{pair['name']}: {pair['short_burn']:.1f} times too fast in {pair['short']} min and {pair['long_burn']:.1f} "
        f"in {pair['long']} min, its factor is {pair['factor']:g}; {_share(one['remaining'])} of the budget is left"
    )
    return Saw(text, {"pair": pair, "remaining": one["remaining"]})


def page(stage: Stage) -> Saw:
    """The page arrives at the tour's receiver, and is acknowledged."""
    message = stage.receiver.inbox.about(stage.service, seconds=min(30.0, stage.deadline - time.monotonic()))
    if message is None:
        raise Missed(
            f"No page about {stage.service} came by {stage.receiver.kind} within 30 s. {_said_of_pages(stage)}"
        )
    rows = stage.api.get("/pages", service=stage.service)["items"]
    if not rows:
        raise Missed("A message came, but Roadbed lists no page.")
    for row in rows:
        stage.api.post(f"/pages/{row['uid']}/acknowledge")
    first = min(rows, key=lambda row: row["opened_at"])
    opened = datetime.fromisoformat(first["opened_at"]).timestamp()
    started = datetime.fromisoformat(first["started_at"]).timestamp()
    text = (
        f"“{message.subject}” came by {stage.receiver.kind} to {EMAIL}, {message.at - started:.1f} s after the sample "
        f"that shows the burn and {message.at - opened:.1f} s after the page was opened; acknowledged"
    )
    figures = {"channel": stage.receiver.kind, "after_sample_s": message.at - started, "pages": len(rows)}
    return Saw(text, figures)


def _said_of_pages(stage: Stage) -> str:
    rows = stage.api.get("/pages", service=stage.service)["items"]
    if not rows:
        return "Roadbed opened none; does the pager run? `roadbed doctor` says."
    errors = [one["error"] for one in stage.api.get(f"/pages/{rows[0]['uid']}")["deliveries"] if one["error"]]
    return f"Roadbed opened one; its deliveries: {'; '.join(errors) or 'none failed'}."


def incident(stage: Stage) -> Saw:
    """The page opened an incident that suspects the bad release first."""

    def look() -> dict[str, Any] | None:
        rows = stage.api.get("/incidents", service=stage.service)["items"]
        return rows[0] if rows else None

    row = stage.until("an incident", look, seconds=20)
    stage.found["incident"] = row
    one = stage.api.get(f"/incidents/{row['name']}")
    top = one["suspects"][0] if one["suspects"] else None
    if top is None or top["deployment"] != stage.found["bad"]["uid"]:
        raise Missed(f"{one['name']} does not suspect the bad release first, but {top['title'] if top else 'nothing'}.")
    text = f"{one['name']}, severity {one['severity']}: first suspect {top['what']} ({', '.join(top['evidence'])})"
    return Saw(text, {"incident": one["name"], "suspect": top["what"], "timeline": len(one["timeline"])})


def gate(stage: Stage) -> Saw:
    """The gate refuses a feature and lets a fix through."""
    asked = {"service": stage.service, "environment": "production", "commit": stage.found["commit"]}
    feature = stage.api.post("/gate/check", {**asked, "kind": "feature"})
    if feature["passes"] or feature["outcome"] != "deny":
        raise Missed(f"A feature is not denied: the gate says {feature['outcome']}.")
    mending = stage.api.post("/gate/check", {**asked, "commit": "", "kind": "fix"})
    if not mending["passes"]:
        raise Missed(f"A fix is refused: {_denials(mending)}.")
    text = f"A feature is refused: {_denials(feature)} A fix passes."
    return Saw(text, {"decision": feature["decision"], "exit_code": feature["exit_code"]})


def _denials(verdict: dict[str, Any]) -> str:
    return " ".join(reason["text"] for reason in verdict["reasons"] if reason["outcome"] == verdict["outcome"])


def roll_back(stage: Stage) -> Saw:
    """The incident's rollback brings the good release back."""
    asked = stage.api.post(
        f"/incidents/{stage.found['incident']['name']}/rollback", {"reason": "the first suspect of the tour"}
    )
    one = stage.deployed(asked["deployment"])
    good = stage.found["good"]["version"]
    if one["version"] != good:
        raise Missed(f"The rollback brought {one['version']} back and not {good}.")
    driven = drive(stage.found["good"]["url"], 60)
    if driven.bad:
        raise Missed(f"After the rollback requests still fail: {driven.said()}.")
    return Saw(f"{one['version']} serves again; {driven.said()}", {"deployment": one["uid"], "version": one["version"]})


def stopped(stage: Stage) -> Saw:
    """The burn stops, and the budget says what is left of it and when it returns."""
    driven = drive(stage.found["good"]["url"], AFTER)

    def look() -> dict[str, Any] | None:
        one = stage.objective()
        return one if not one["paging"] and one["total"] >= AFTER else None

    one = stage.until("the end of the burn", look, seconds=SAMPLED + 10)
    pair = next(pair for pair in one["pairs"] if pair["severity"] == "page")
    if pair["short_burn"] is None or pair["short_burn"] > pair["factor"]:
        raise Missed(f"Its short window burns {pair['short_burn']} times too fast still.")
    returns = f"; it returns {one['returns_at'][:16].replace('T', ' ')} UTC" if one["returns_at"] else ""
    text = (
        f"{driven.said()}; {pair['short']} min burn {pair['short_burn']:.1f} times too fast, under its factor of "
        f"{pair['factor']:g}; {_share(one['remaining'])} of the budget is left{returns}"
    )
    if one["remaining"] is not None and one["remaining"] <= 0 and not one["returns_at"]:
        raise Missed(f"The budget is spent, and nothing says when it returns. {text}")
    figures = {"short_burn": pair["short_burn"], "factor": pair["factor"]}
    return Saw(text, {**figures, "remaining": one["remaining"], "returns_at": one["returns_at"]})


def review(stage: Stage) -> Saw:
    """Resolving drafts a review."""
    name = stage.found["incident"]["name"]
    stage.api.post(
        f"/incidents/{name}/resolve",
        {"summary": "Rolled back to the good release.", "cause_deployment": stage.found["bad"]["uid"]},
    )

    def look() -> dict[str, Any] | None:
        return next((one for one in stage.api.get("/reviews")["items"] if one["name"] == name), None)

    stage.until("the draft of a review", look, seconds=20)
    one = stage.api.get(f"/reviews/{name}")
    text = (
        f"The review of {name} is drafted: {one['impact_minutes']} min of harm, {len(one['timeline'])} entries, "
        f"{len(one['missing'])} things to fill in, due {one['due']}"
    )
    return Saw(text, {"impact_minutes": one["impact_minutes"], "timeline": len(one["timeline"]), "due": one["due"]})


def metrics(stage: Stage) -> Saw:
    """The five delivery metrics count what has happened."""

    def look() -> dict[str, Any] | None:
        one: dict[str, Any] = stage.api.get("/metrics/delivery", service=stage.service)
        return one if one["fail_rate"]["hits"] and one["recovery"]["n"] else None

    one = stage.until("the failed deployment in the metrics", look, seconds=30)
    told = [_figure(one[name]) for name in METRICS]
    unsaid = [one[name]["name"] for name in METRICS if one[name]["value"] is None and not one[name]["why"]]
    if unsaid:
        raise Missed(f"{', '.join(unsaid)} has neither a value nor a reason why not.")
    figures = {name: {part: one[name][part] for part in ("value", "unit", "n", "hits", "why")} for name in METRICS}
    return Saw("; ".join(told), figures)


def _figure(one: dict[str, Any]) -> str:
    if one["value"] is None:
        return f"{one['name']}: no data ({one['why']})"
    if one["hits"] is not None:
        return f"{one['name']}: {one['hits']} of {one['n']}"
    unit = "s" if one["unit"] in ("seconds", "s") else one["unit"]
    return f"{one['name']}: {one['value']:.1f} {unit}, from {one['n']}"


def _share(value: float | None) -> str:
    return "no data" if value is None else f"{value:.1%}"


STEPS: Final = (
    Step("scaffold", "Scaffold a service", scaffold, ()),
    Step("deploy", "Deploy it", deploy, ("scaffold",)),
    Step("traffic", "Drive real traffic", traffic, ("deploy",)),
    Step("break", "Deploy a commit that breaks requests", bad_commit, ("deploy",)),
    Step("burn", "See the budget burn", burn, ("break",)),
    Step("page", "Get the page", page, ("break",)),
    Step("incident", "Find the suspect", incident, ("break",)),
    Step("gate", "Ask the gate for a feature", gate, ("break",)),
    Step("rollback", "Roll back from the incident", roll_back, ("incident",)),
    Step("stopped", "See the burn stop", stopped, ("rollback", "burn")),
    Step("review", "Resolve and get a review", review, ("incident",)),
    Step("metrics", "Read the five metrics", metrics, ("review",)),
)

"""Puts the readings together: one proposal, its problems, and the files it would write."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from roadbed.ground.errors import Invalid
from roadbed.platform.paths.adopting import documents
from roadbed.platform.paths.adopting.commands import propose_commands
from roadbed.platform.paths.adopting.deployers import propose_deployer
from roadbed.platform.paths.adopting.descriptions import propose_description
from roadbed.platform.paths.adopting.endpoints import propose_health, propose_metrics
from roadbed.platform.paths.adopting.existing import ExistingEntry, read_entry
from roadbed.platform.paths.adopting.findings import (
    HIGH,
    LOW,
    MEDIUM,
    Adoption,
    Evidence,
    Listing,
    Problem,
    Proposal,
    ProposedFile,
)
from roadbed.platform.paths.adopting.owners import propose_owner
from roadbed.platform.paths.adopting.ports import port_problems
from roadbed.platform.paths.rules import NAME_LIMIT, check_name

EXTERNAL = "external"
OBJECTIVES_FILE = "slo.yaml"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller already knows; each comes before anything read."""

    name: str = ""
    owner: str = ""
    build: str = ""
    run: str = ""
    health: str = ""
    is_external: bool | None = None


def propose(listing: Listing, wishes: Wishes | None = None) -> Adoption:
    """How this repository becomes a service."""
    wishes = wishes or Wishes()
    entry = read_entry(listing, wishes.name)
    name = entry.kept("name") or _given("name", wishes.name) or _name_from(listing)
    owner = entry.kept("owner") or _given("owner", wishes.owner) or propose_owner(listing)
    deployer = _deployer(listing, wishes, entry)
    description = entry.kept("description") or propose_description(listing)
    proposals = [name, *filter(None, [owner]), deployer, description]
    problems = [*filter(None, [entry.problem]), *_name_problems(name, wishes), *_owner_problems(owner, wishes, listing)]
    if deployer.value == EXTERNAL:
        health = entry.kept("health") or propose_health(listing)[0]
        proposals += filter(None, [health, entry.kept("metrics") or propose_metrics(listing)])
        problems.append(_unseen_traffic())
    else:
        running, faults = _running(listing, wishes, entry)
        proposals += running
        problems += faults
    adoption = Adoption(name.value, owner.value if owner else "", tuple(proposals), tuple(problems))
    return adoption if adoption.is_blocked else _with_files(listing, adoption, entry)


def _given(field: str, value: str) -> Proposal | None:
    return Proposal(field, value, HIGH, "you said so") if value else None


def _name_from(listing: Listing) -> Proposal:
    label = re.sub(r"[^a-z0-9]+", "-", listing.name.lower()).lstrip("0123456789-")[:NAME_LIMIT].strip("-")
    return Proposal("name", label or "service", MEDIUM if label == listing.name else LOW, "the repository's name")


def _name_problems(name: Proposal, wishes: Wishes) -> list[Problem]:
    if wishes.name and wishes.name != name.value:
        remedy = f"Leave --name out, or rename the Component in {name.evidence[0].file}."
        return [Problem(f"The catalogue entry is named {name.value}.", remedy, name.evidence, is_blocking=True)]
    try:
        check_name(name.value)
    except Invalid as fault:
        return [Problem(fault.detail, "Give another with --name NAME.", name.evidence, is_blocking=True)]
    return []


def _owner_problems(owner: Proposal | None, wishes: Wishes, listing: Listing) -> list[Problem]:
    if owner is None:
        remedy = "Name the team that answers for it with --owner TEAM."
        return [Problem("Neither CODEOWNERS nor the commits say which team owns it.", remedy, is_blocking=True)]
    if wishes.owner and wishes.owner != owner.value:
        remedy = f"Change spec.owner in {owner.evidence[0].file} first, or leave --owner out."
        return [
            Problem(f"The catalogue entry names the owner {owner.value}.", remedy, owner.evidence, is_blocking=True)
        ]
    plain = owner.value.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    if listing.groups and plain.lower() not in {group.name.lower() for group in listing.groups}:
        known = ", ".join(sorted(group.name for group in listing.groups)[:10])
        remedy = f"Name one that it has with --owner TEAM ({known}), or register the team first."
        return [Problem(f"The catalogue has no team {plain}.", remedy, owner.evidence, is_blocking=True)]
    return []


def _deployer(listing: Listing, wishes: Wishes, entry: ExistingEntry) -> Proposal:
    if wishes.is_external is not None:
        return Proposal("deployed-by", EXTERNAL if wishes.is_external else "roadbed", HIGH, "you said so")
    return entry.kept("deployed-by") or propose_deployer(listing)


def _unseen_traffic() -> Problem:
    return Problem(
        "It runs elsewhere, so Roadbed's edge does not see its traffic and no objective is proposed.",
        "Let its pipeline ask `roadbed gate check` before and tell `roadbed deploy report` after each deployment.",
    )


def _running(listing: Listing, wishes: Wishes, entry: ExistingEntry) -> tuple[list[Proposal], list[Problem]]:
    commands = propose_commands(listing)
    read = {proposal.field: proposal for proposal in commands.proposals}
    build = entry.kept("build") or _given("build", wishes.build) or read.get("build")
    run = entry.kept("run") or _given("run", wishes.run) or read.get("run")
    problems = [problem for problem in commands.problems if run is None or not problem.is_blocking]
    health = entry.kept("health") or _given("health", wishes.health)
    if health is None:
        health, faults = propose_health(listing)
        problems += faults
    if run:
        problems += port_problems(listing, run.value)
    metrics = entry.kept("metrics") or propose_metrics(listing)
    return [each for each in (read.get("language"), build, run, health, metrics) if each], problems


def _with_files(listing: Listing, adoption: Adoption, entry: ExistingEntry) -> Adoption:
    is_external = adoption.value("deployed-by") == EXTERNAL
    has_objectives = OBJECTIVES_FILE in listing.files
    annotated = ("health", "metrics") if is_external else ("build", "run", "health", "metrics")
    annotations = {f"roadbed.dev/{key}": value for key in annotated if (value := adoption.value(key))}
    if has_objectives or not is_external:
        annotations["roadbed.dev/slo"] = OBJECTIVES_FILE
    annotations["roadbed.dev/deployed-by"] = adoption.value("deployed-by")
    files, problems = _entry_file(listing, adoption, entry, annotations)
    if not has_objectives and not is_external:
        files.append(ProposedFile(OBJECTIVES_FILE, documents.objectives(adoption.name)))
    return replace(adoption, problems=(*adoption.problems, *problems), files=tuple(files))


def _entry_file(
    listing: Listing, adoption: Adoption, entry: ExistingEntry, annotations: dict[str, str]
) -> tuple[list[ProposedFile], list[Problem]]:
    if not entry.is_there:
        text = documents.catalogue_entry(
            name=adoption.name, description=adoption.value("description"), owner=adoption.owner, annotations=annotations
        )
        return [ProposedFile(entry.path, text)], []
    before = listing.contents[entry.path]
    try:
        after = documents.annotated(before, adoption.name, annotations)
    except documents.CannotAnnotate as fault:
        lines = "; ".join(f"{key}: {value}" for key, value in annotations.items())
        at = (Evidence(entry.path, 0, ""),)
        return [], [Problem(f"{entry.path} is left as it is: {fault}.", f"Add yourself: {lines}.", at)]
    return [ProposedFile(entry.path, after, before)] if after != before else [], []

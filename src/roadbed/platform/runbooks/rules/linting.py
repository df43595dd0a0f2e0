"""What is wrong with a runbook, as `roadbed runbook lint` and every reading of one find it."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from typing import Final
from urllib.parse import unquote, urlsplit

from roadbed.platform.runbooks.rules import commands, reading, secrecy
from roadbed.platform.runbooks.rules.shapes import (
    ERROR,
    OPERATE,
    SECTIONS,
    WARNING,
    Finding,
    Runbook,
    Step,
)

RULES: Final = {
    "size": "A file over 256 KiB, or with more than 60 steps.",
    "front-matter": "Front matter that is no YAML, or has something that is not known or not of its type.",
    "info-string": "A step's info string that cannot be read.",
    "title": "No title: neither a heading of the first level nor `title` in the front matter.",
    "missing-section": "One of Meaning, Impact, Diagnosis and Mitigation is missing, or there twice.",
    "empty-section": "A section with nothing in it.",
    "no-step": "Neither Diagnosis nor Mitigation has a step.",
    "empty-step": "A step without a command.",
    "step-place": "A step above the first section.",
    "nested-step": "A step inside a list or a quotation, where it cannot be run.",
    "same-title": "Two steps with one title.",
    "dry-run": "A dry run that stands below no step, or is in another language than its step.",
    "undeclared-parameter": "A parameter that a step uses and the front matter does not declare.",
    "unused-parameter": "A parameter that is declared and not used.",
    "parameter-place": "A parameter where its value could be read as part of the script.",
    "parameter-read-again": "A parameter with a pattern of its own in a command that a program reads once more.",
    "unconfirmed": "A step that changes something and does not say confirm.",
    "says-read": "A step that says needs=read and changes something.",
    "secret-literal": "Something that looks like a secret, written out.",
    "dead-link": "A link to a file that is not there, or out of the repository.",
    "dead-script": "A script that a command names and the repository has not.",
    "version": "A release that a command names by its number, which is gone one day.",
}
"""Every rule with what it finds; the reference is made of it."""


def lint(text: str, *, path: str = "runbook.md", files: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything wrong with a file, by line.

    Args:
        text: the file.
        path: where it lies in its repository, from which its links lead.
        files: every file of the repository; None where they are not known, so that links are not followed.
    """
    return findings(reading.read(text), text, path=path, files=files)


def findings(
    runbook: Runbook, text: str, *, path: str = "runbook.md", files: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """The same for a file that was read."""
    if any(one.rule == "size" and not runbook.sections for one in runbook.findings):
        return runbook.findings
    found = [
        *runbook.findings,
        *_sections(runbook),
        *(one for step in runbook.steps for one in _step(runbook, step)),
        *_parameters(runbook),
        *_titles(runbook),
        *_secrets(text),
    ]
    if files is not None:
        found += gone(runbook, path=path, files=files)
    return tuple(sorted(found, key=lambda one: (one.line, one.rule)))


def gone(runbook: Runbook, *, path: str, files: Collection[str]) -> tuple[Finding, ...]:
    """Links and scripts that lead nowhere."""
    found = []
    for address, line in runbook.links:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
        if target not in files and not any(one.startswith(f"{target}/") for one in files):
            remedy = "Correct the link, or write the runbook."
            found.append(Finding("dead-link", ERROR, line, f"The link to {address[:200]} leads nowhere.", remedy))
    for script, line in runbook.scripts:
        # A step begins in the root of the repository.
        if posixpath.normpath(script) not in files:
            remedy = "Commit it, or correct its path: a step begins in the root of the repository."
            found.append(Finding("dead-script", ERROR, line, f"The repository has no ./{script}.", remedy))
    return tuple(found)


def _sections(runbook: Runbook) -> list[Finding]:
    found = []
    if not runbook.title:
        found.append(Finding("title", ERROR, 1, "The runbook has no title.", "Begin with a heading: # What is wrong"))
    for key, title in SECTIONS.items():
        same = [section for section in runbook.sections if section.key == key]
        if not same:
            remedy = f"Add a heading: ## {title}"
            found.append(Finding("missing-section", ERROR, 1, f"The section {title} is missing.", remedy))
        found += [
            Finding("missing-section", ERROR, again.line, f"{title} is there twice.", "Join them.")
            for again in same[1:]
        ]
    found += [
        Finding("empty-section", ERROR, section.line, f"{section.title} is empty.", "Write a sentence below it.")
        for section in runbook.sections
        if not section.parts
    ]
    if runbook.sections and not any(step.section for step in runbook.steps):
        remedy = 'Add a block that begins with ```sh step="What it does".'
        found.append(Finding("no-step", WARNING, 1, "It has no step below Diagnosis or Mitigation.", remedy))
    return found


def _step(runbook: Runbook, step: Step) -> list[Finding]:
    found = []
    named = f"Step {step.number}, {step.title},"
    if not step.command.strip():
        found.append(Finding("empty-step", ERROR, step.line, f"{named} has no command.", "Write it, or take it out."))
    for name in step.parameters:
        if runbook.parameter(name) is None:
            remedy = f"Add it to parameters in the front matter: {name}: {{type: text}}"
            found.append(Finding("undeclared-parameter", ERROR, step.line, f"{named} uses {name}, undeclared.", remedy))
    if step.by_hand:
        return found
    what = reading.changes(step.command)
    if what and not step.confirm:
        remedy = "Write confirm after its title."
        found.append(Finding("unconfirmed", ERROR, step.line, f"{named} has `{what}` without confirm.", remedy))
    elif step.needs == OPERATE and not step.confirm:
        remedy = "Write confirm after its title, or needs=read if it only looks."
        found.append(Finding("unconfirmed", WARNING, step.line, f"{named} may change something unconfirmed.", remedy))
    for script, first in ((step.command, step.line + 1), (step.rehearsal, step.line + 1)):
        found += _holes(runbook, script, first)
    if match := release_in(step.command):
        remedy = "Make it a parameter, or leave it out: a rollback knows the last good release."
        found.append(Finding("version", WARNING, step.line, f"{named} names the release {match}.", remedy))
    return found


def release_in(command: str) -> str:
    """The release that a command names, like v41; empty without one."""
    words = command.replace("=", " ").split()
    return next(
        (word for word in words if word[:1] == "v" and word[1:].isdigit() and len(word) <= 7),  # noqa: PLR2004 - v999999
        "",
    )


def _holes(runbook: Runbook, script: str, first: int) -> list[Finding]:
    found = []
    for hole in commands.holes(script):
        if hole.place == "odd":
            remedy = "Put it into a word of its own, like --since \"{{since}}\", outside ` `, ${ }, (( )) and $'…'."
            detail = f"{hole.name} stands where its value could be read as part of the script."
            found.append(Finding("parameter-place", ERROR, first + hole.line, detail, remedy))
    again = commands.reads_again(script)
    for name in commands.names_in(script) if again else ():
        parameter = runbook.parameter(name)
        if parameter is not None and (
            parameter.pattern or any(not commands.SAFE.fullmatch(c) for c in parameter.choices)
        ):
            detail = f"`{again}` reads its arguments once more, and {name} allows more than letters and digits."
            remedy = "Leave out its pattern, or pass the value through the environment: " + commands.variable(name)
            found.append(Finding("parameter-read-again", ERROR, first, detail, remedy))
    return found


def _parameters(runbook: Runbook) -> list[Finding]:
    used = {name for step in runbook.steps for name in step.parameters}
    return [
        Finding("unused-parameter", WARNING, one.line, f"No step uses {one.name}.", "Use it, or take it out.")
        for one in runbook.front.parameters
        if one.name not in used
    ]


def _titles(runbook: Runbook) -> list[Finding]:
    seen: dict[str, int] = {}
    found = []
    for step in runbook.steps:
        if step.title.lower() in seen:
            detail = f"Steps {seen[step.title.lower()]} and {step.number} are both called {step.title}."
            found.append(Finding("same-title", WARNING, step.line, detail, "Say how they differ."))
        seen.setdefault(step.title.lower(), step.number)
    return found


def _secrets(text: str) -> list[Finding]:
    remedy = (
        'Keep it with `roadbed secrets set`, and name it: secrets="API_TOKEN". Then make a new one: this one is known.'
    )
    return [
        Finding("secret-literal", ERROR, line + 1, f"{start} looks like a secret, written out.", remedy)
        for line, start in secrecy.literals_in(text)
    ]

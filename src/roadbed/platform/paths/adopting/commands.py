"""How a repository is built and run: from its Procfile, else from what its language's tools expect."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from roadbed.platform.paths.adopting import ecosystems, python_projects
from roadbed.platform.paths.adopting.findings import HIGH, LOW, Evidence, Listing, Problem, Proposal
from roadbed.platform.paths.adopting.ports import with_port_given

_PROCFILE_WEB = re.compile(r"^web:\s*(.+)$")
_MAKE_TARGET = re.compile(r"^(run|serve|start|build)\s*:(?!=)")
_DOCKER_EXEC = re.compile(r"""^\s*(?:CMD|ENTRYPOINT)\s*\[(.+)\]\s*$""", re.IGNORECASE)
_DOCKER_SHELL = re.compile(r"^\s*(?:CMD|ENTRYPOINT)\s+([^\[].*)$", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Commands:
    """How it is built and run, in which language, and what is in the way."""

    proposals: tuple[Proposal, ...]
    problems: tuple[Problem, ...] = ()


_READERS: tuple[Callable[[Listing], ecosystems.Ecosystem | None], ...] = (
    python_projects.read,
    ecosystems.node,
    ecosystems.go,
    ecosystems.rust,
    ecosystems.maven,
    ecosystems.gradle,
    ecosystems.ruby,
)


def propose_commands(listing: Listing) -> Commands:
    """Language, build and run. A declared web process comes before anything guessed from the language."""
    found = next((ecosystem for reader in _READERS if (ecosystem := reader(listing))), None)
    proposals = [found.language, *filter(None, [found.build])] if found else []
    run = _from_procfile(listing, found) or (found.run if found else None)
    run = run or _from_dockerfile(listing, found) or _from_makefile(listing)
    if run:
        proposals.append(run)
        if found is None and (build := _make_build(listing)):
            proposals.append(build)
    problems = list(found.problems) if found else []
    if run is None:
        problems.append(
            Problem(
                "Nothing says how it is run.",
                "Add a Procfile with a line `web: COMMAND` that listens on $HOST:$PORT, or give --run COMMAND.",
                is_blocking=True,
            )
        )
    return Commands(tuple(proposals), tuple(problems))


def _from_procfile(listing: Listing, found: ecosystems.Ecosystem | None) -> Proposal | None:
    hit = listing.first_line("Procfile", _PROCFILE_WEB)
    if hit is None:
        return None
    evidence, match = hit
    return Proposal("run", _inside(match[1].strip(), found), HIGH, "the Procfile's web process", (evidence,))


def _from_dockerfile(listing: Listing, found: ecosystems.Ecosystem | None) -> Proposal | None:
    last: tuple[str, Evidence] | None = None
    for number, line in listing.lines("Dockerfile"):
        if exec_form := _DOCKER_EXEC.match(line):
            words = [word.replace('\\"', '"') for word in _QUOTED.findall(exec_form[1])]
            last = " ".join(words), Evidence("Dockerfile", number, line.strip())
        elif shell_form := _DOCKER_SHELL.match(line):
            last = shell_form[1].strip(), Evidence("Dockerfile", number, line.strip())
    if last is None:
        return None
    why = "what the image runs; paths inside an image may differ from the repository's"
    return Proposal("run", _inside(last[0], found), LOW, why, (last[1],))


def _from_makefile(listing: Listing) -> Proposal | None:
    for target in ("run", "serve", "start"):
        if evidence := _make_target(listing, target):
            return Proposal("run", f"make {target}", LOW, f"the Makefile's target {target}", (evidence,))
    return None


def _make_build(listing: Listing) -> Proposal | None:
    evidence = _make_target(listing, "build")
    return Proposal("build", "make build", LOW, "the Makefile's target build", (evidence,)) if evidence else None


def _make_target(listing: Listing, target: str) -> Evidence | None:
    for number, line in listing.lines("Makefile"):
        if (found := _MAKE_TARGET.match(line)) and found[1] == target:
            return Evidence("Makefile", number, line.strip())
    return None


def _inside(command: str, found: ecosystems.Ecosystem | None) -> str:
    """The command as it runs here: with its virtual environment, and on the port it is given."""
    given = with_port_given(command)
    if found is None or found.language.value != "python":
        return given
    return python_projects.in_environment(given)

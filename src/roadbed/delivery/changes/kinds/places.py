"""What a path says of a change: which files never run in production, which are dependencies, which say what runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

TEST: Final = re.compile(
    r"(^|/)(tests?|spec|specs|__tests__|testdata|fixtures|e2e)/|(^|/)(test_|conftest)[^/]*$|"
    r"(_test|_spec|\.test|\.spec|Tests?)\.[a-z]+$"
)
DOCS: Final = re.compile(r"(^|/)docs?/|\.(md|rst|adoc)$|(^|/)(LICENSE|CHANGELOG|runbooks?/)", re.IGNORECASE)
PIPELINE: Final = re.compile(r"(^|/)\.(github|circleci|gitlab)/|(^|/)(\.gitlab-ci\.ya?ml|Jenkinsfile|azure-pipelines)")
HOUSEKEEPING: Final = re.compile(
    r"(^|/)(CODEOWNERS|Makefile|justfile|version\.txt|tsconfig\.json|pyproject\.toml|setup\.cfg|tox\.ini|mypy\.ini)$|"
    r"(^|/)\.[a-z][\w.-]*$|(^|/)docker-compose\.(dev|test|override)|"
    r"(^|/)(requirements|constraints)[-_.](dev|test|lint|docs)",
    re.IGNORECASE,
)
WORKSHOP: Final = re.compile(r"(^|/)(tools?|scripts?|bench|benchmarks?|drills?|demos?|dev|examples?|hack)/")
DEPENDENCIES: Final = re.compile(
    r"(^|/)(package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.(toml|lock)|go\.(mod|sum)|Gemfile(\.lock)?|"
    r"requirements[^/]*\.(txt|in)|poetry\.lock|uv\.lock|pom\.xml|build\.gradle(\.kts)?|composer\.(json|lock)|"
    r"mix\.(exs|lock)|[^/]*Dockerfile[^/]*)$"
)
DEPLOYED: Final = re.compile(r"(^|/)(env|envs|apps|deploy|overlays|clusters|k8s|flags|channels|rollouts)/")

_IDLE: Final = {
    "tests": TEST, "docs": DOCS, "pipeline": PIPELINE, "housekeeping": HOUSEKEEPING, "workshop": WORKSHOP
}  # fmt: skip


def idle_class(path: str) -> str:
    """Why a file has no effect at run time in production, empty where it may have one."""
    return next((name for name, pattern in _IDLE.items() if pattern.search(path)), "")


def classes(paths: Iterable[str]) -> frozenset[str]:
    """What all of the paths have in common: idle (none runs), the class of idleness, dependencies, deployed."""
    known = tuple(paths)
    if not known:
        return frozenset()
    found = set()
    idle = {idle_class(path) for path in known}
    if "" not in idle:
        found |= {"idle"} | (idle if len(idle) == 1 else set())
    if all(DEPENDENCIES.search(path) for path in known):
        found.add("dependencies")
    if all(DEPLOYED.search(path) for path in known):
        found.add("deployed")
    return frozenset(found)

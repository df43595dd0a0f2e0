"""What paths and size say: which files never run, what the others are for, and whether lines came or went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

READ: Final = 200
"""The most paths that are looked at, and the most characters of each."""
TEST: Final = re.compile(
    r"(^|/)(tests?|specs?|__tests__|testdata|fixtures|e2e|cypress|loadtests?)/|(^|/)(test_|conftest)[^/]*$|"
    r"(_test|_spec|\.test|\.spec|\.stories|\.story|Tests?|Spec)\.[a-z]+$|(^|/)\.storybook/",
)
DOCS: Final = re.compile(
    r"(^|/)docs?/|\.(md|mdx|rst|adoc)$|(^|/)(LICENSE|NOTICE|CHANGELOG|runbooks?/|adr/)", re.IGNORECASE
)
PIPELINE: Final = re.compile(
    r"(^|/)\.(github|circleci|gitlab|buildkite)/|(^|/)(\.gitlab-ci\.ya?ml|Jenkinsfile|azure-pipelines|\.travis|\.drone)"
)
HOUSEKEEPING: Final = re.compile(
    r"(^|/)(CODEOWNERS|Makefile|justfile|version\.txt|VERSION|tsconfig[^/]*\.json|pyproject\.toml|setup\.cfg|tox\.ini|mypy\.ini|"
    r"renovate\.json5?|jest\.config\.\w+|vitest\.config\.\w+|codecov\.ya?ml|Taskfile\.ya?ml)$|"
    r"(^|/)\.[a-z][\w.-]*$|(^|/)(docker-)?compose\.(dev|test|override|local)|"
    r"(^|/)(requirements|constraints)[-_.](dev|test|lint|docs)",
    re.IGNORECASE,
)
WORKSHOP: Final = re.compile(r"(^|/)(tools?|scripts?|bench|benchmarks?|drills?|demos?|dev|examples?|hack|staging)/")
DEPENDENCIES: Final = re.compile(
    r"(^|/)(package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.(toml|lock)|go\.(mod|sum)|Gemfile(\.lock)?|"
    r"requirements[^/]*\.(txt|in)|poetry\.lock|uv\.lock|pyproject\.toml|pom\.xml|build\.gradle(\.kts)?|composer\.(json|lock)|"
    r"mix\.(exs|lock)|Podfile(\.lock)?|[^/]*Dockerfile[^/]*)$"
)
DEPLOYED: Final = re.compile(r"(^|/)(env|envs|apps|deploy|overlays|clusters|k8s|gitops|channels|rollouts)/")

_IDLE: Final = {
    "tests": TEST, "docs": DOCS, "pipeline": PIPELINE, "housekeeping": HOUSEKEEPING, "workshop": WORKSHOP
}  # fmt: skip

TOUCHED: Final = {
    "files of access and secrets": re.compile(
        r"(^|/)(auth[nz]?|oauth|oidc|saml|iam|opa|rbac|crypto|security|permissions?|policies|secrets?|acl|kyc|privacy|session|login)(/|\.|_)"
    ),
    "files of alerts": re.compile(r"(^|/)(alertmanager|rules|alerts?|monitoring|probes?|grafana|prometheus)/"),
    "files of infrastructure": re.compile(
        r"(^|/)(dns|network|terraform|infra|backup|ops|ansible|nginx|edge|db)/|\.tf$|\.conf$"
    ),
    "files of migrations": re.compile(r"(^|/)(migrations?|db/migrate)/|\.sql$"),
    "files of a screen": re.compile(
        r"(^|/)(templates|pages|views|controllers|components?|screens?|ui|widgets?|resolvers)/|schema\.graphql$|openapi\.ya?ml$|"
        r"\.(tsx|jsx|vue|svelte|html|css|scss|erb|haml|mjml|razor|jsp|xib|storyboard)$"
    ),
    "files of texts": re.compile(r"(^|/)(locales?|i18n|l10n|translations|content|copy)/|copy\.json$|texts?\.json$"),
    "files of prices and offers": re.compile(
        r"(^|/)(catalog|pricing|prices?|tariffs?|billing|plans?|promo\w*|rates?|markets?|offers?|discounts?|experiments?|shop|sales|data)(/|\.)"
    ),
    "files of flags": re.compile(r"(^|/|[._-])(flags?|features?|toggles?|experiments?)(/|\.|\d)"),
    "files of configuration": re.compile(r"\.(ya?ml|toml|json|ini|conf|cfg|env|properties|txt|csv)$"),
    "files of a model": re.compile(r"(^|/)(models|ml|weights|serving)/(?!.*\.(py|ts|go|rb|java|kt)$)"),
}  # fmt: skip


def idle_class(path: str) -> str:
    """Why a file has no effect at run time in production, empty where it may have one."""
    return next((name for name, pattern in _IDLE.items() if pattern.search(path)), "")


def _known(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(path[-READ:] for path in list(paths)[:READ])


def classes(paths: Iterable[str]) -> frozenset[str]:
    """What all of the paths have in common: idle (none runs), the class of idleness, dependencies, deployed."""
    known = _known(paths)
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


def touched(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What the files are for, each with the first path that says so; configuration only where there is nothing else."""
    known = _known(paths)
    for name, pattern in TOUCHED.items():
        hits = [path for path in known if pattern.search(path)]
        if hits and (name != "files of configuration" or len(hits) == len(known)):
            yield name, hits[0]


def shape(added: int | None, removed: int | None) -> str:
    """How the lines of a change moved, empty where that is not known or says nothing."""
    if added is None or removed is None:
        return ""
    if added + removed <= 4:  # noqa: PLR2004 - a line or two
        return "a line or two"
    if added >= 100 and added > 5 * removed:  # noqa: PLR2004 - a page that replaces nothing
        return "mostly new lines"
    if removed >= 20 and removed > 3 * added:  # noqa: PLR2004 - something goes away
        return "mostly lines removed"
    if added >= 4 and abs(added - removed) <= 0.25 * max(added, removed):  # noqa: PLR2004 - one for one
        return "as many lines as before"
    return ""

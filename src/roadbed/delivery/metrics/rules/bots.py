"""Who is a machine: bots' changes arrive by themselves, so their lead times are kept apart from people's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_BOT: Final = re.compile(
    r"\[bot\]|(?:^|[^a-z0-9])(?:bot|robot|automation|ci[-_ ]?user|svc[-_ ]\w+)(?:[^a-z0-9]|$)"
    r"|(?:[-_]bot\b)"
    r"|\b(?:dependabot|renovate|greenkeeper|pyup|snyk|mergify|weblate|imgbot|allcontributors|github[- ]actions?"
    r"|pre-commit-ci|semantic-release|release-please|jenkins|argocd[- ]image[- ]updater|fluxcd|scala[- ]steward"
    r"|gitlab[- ]ci|travis[- ]ci|circleci)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_bot(author: str) -> bool:
    """Whether a name, handle or address is a machine's; nobody named is nobody's."""
    return bool(author) and bool(_BOT.search(author))

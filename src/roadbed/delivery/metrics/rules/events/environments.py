"""Which environments are production: those whose names say so, or those that somebody named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final

_PRODUCTION: Final = re.compile(r"(?:^|[^a-z])(?:prod(?:uction)?|prd|live)(?:[^a-z]|$)")
_BEFORE_IT: Final = re.compile(
    r"(?:^|[^a-z])(?:pre|non|no|not|before|shadow|mirror)[-_. ]?(?:prod(?:uction)?|prd|live)"
)
ANY: Final = "*"


def is_production(name: str, wanted: Sequence[str] = ()) -> bool:
    """Whether an environment is meant: by the patterns that are wanted, else because it is called production.

    production, prod, prd and live are, with whatever stands around them as in prod-eu or eu/production; pre-prod and
    non-prod are not. An environment without a name is nobody's production, unless every one is wanted.
    """
    if wanted:
        return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in wanted)
    folded = name.lower()
    return bool(_PRODUCTION.search(folded)) and not _BEFORE_IT.search(folded)

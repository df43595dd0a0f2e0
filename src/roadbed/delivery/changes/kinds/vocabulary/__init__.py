"""The words of the trade by what they say: each list a concept, each concept written for one kind."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.kinds.reading import Concept
from roadbed.delivery.changes.kinds.values import FEATURE, MAINTENANCE, RELIABILITY, ROLLBACK, SECURITY
from roadbed.delivery.changes.kinds.vocabulary.offers import OFFERS
from roadbed.delivery.changes.kinds.vocabulary.protections import PROTECTIONS
from roadbed.delivery.changes.kinds.vocabulary.remedies import REMEDIES
from roadbed.delivery.changes.kinds.vocabulary.returns import RETURNS
from roadbed.delivery.changes.kinds.vocabulary.trouble import TROUBLE_WORDS
from roadbed.delivery.changes.kinds.vocabulary.upkeep import UPKEEP
from roadbed.delivery.changes.kinds.vocabulary.weaknesses import WEAKNESSES

BY_KIND: Final[dict[str, tuple[Concept, ...]]] = {
    FEATURE: OFFERS,
    RELIABILITY: (*TROUBLE_WORDS, *REMEDIES),
    SECURITY: (*WEAKNESSES, *PROTECTIONS),
    ROLLBACK: RETURNS,
    MAINTENANCE: UPKEEP,
}
CONCEPTS: Final[tuple[Concept, ...]] = tuple(one for listed in BY_KIND.values() for one in listed)
"""Every concept; the kind that it was written for is a first guess, what it really weighs is fitted (weights.py)."""

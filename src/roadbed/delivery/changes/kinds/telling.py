"""How a text tells: whether it speaks of what happened, and what a revert says of the thing that it takes back."""

from __future__ import annotations

import re
from typing import Final

from roadbed.delivery.changes.kinds.reading import read

READ: Final = 1000
PAST: Final = frozenset(
    """
    was were had got did made went came took gave held lost found ran saw said sent kept left fell broke grew wrote
    knew stayed began became led meant stood stuck sat spent could ate rose forgot hung froze woke threw drew flew
    hid shook slid sank stole wore won bought brought caught fought taught thought felt slept swept dealt wurde
    wurden war waren hatte hatten konnte konnten kam fiel ging estaba era fue fueron hacía tenía était étaient avait
    """.split()  # noqa: SIM905 - a list of words
)
NOT_PAST: Final = frozenset(
    """
    asked wanted decided announced requested approved agreed promised voted informed planned based detailed related
    deprecated supported allowed added merged needed shared named typed unused unchanged removed renamed moved
    generated wished demanded speed exceed proceed succeed indeed breed
    """.split()  # noqa: SIM905 - a list of words
)
"""Words in -ed that tell of a wish, a decision or the work itself, not of what happened to anybody."""
_QUOTED: Final = re.compile(r'["“„«][^"”“»]{0,200}["”“»]?')
_TIDY: Final = re.compile(
    r"format|lint|tabs|spaces|whitespace|import|comment|typo|style|rename|prettier|black|docs?\b|readme|tests?\b",
    re.IGNORECASE,
)
_REMOVAL: Final = re.compile(
    r"\W{0,9}(\w{1,20}(\([^)]{0,40}\))?!?:\s)?(remov|drop|delet|hid(e|ing)|disabl|no |freez|stop|clos|deprecat|end |"
    r"cut|ban|suspend|retir|withdraw|take out|kill|switch off|turn off)",
    re.IGNORECASE,
)


def happened_in(body: str) -> str:
    """The words of a body that tell of the past, empty where it does not."""
    words = read(body, READ).words
    past = [word for word in words if word in PAST or (word.endswith("ed") and len(word) > 4 and word not in NOT_PAST)]  # noqa: PLR2004 - not "need"
    return ", ".join(list(dict.fromkeys(past))[:5])


def unquoted(title: str) -> str:
    """A title without what it quotes: a revert quotes what it takes back, which says nothing of its own kind."""
    return _QUOTED.sub(" ", title[:READ])


def taken_back(title: str) -> str:
    """What a revert names."""
    return title[:READ].partition('"')[2] or title[:READ]


def is_tidy(text: str) -> bool:
    """Whether this names work that has no effect at run time."""
    return bool(_TIDY.search(text[:READ]))


def is_removal(name: str) -> bool:
    """Whether this names the taking away of something, whose revert gives it again."""
    return bool(_REMOVAL.match(name))

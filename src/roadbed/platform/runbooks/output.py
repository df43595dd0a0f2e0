"""What a step prints, as it may be kept: 64 KiB of it, without secrets, without what only a terminal understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadbed.platform.runbooks.rules import secrecy

SHOWN: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """The output as it is stored: `size` is of all that was printed."""

    text: str
    size: int
    truncated: bool

    @classmethod
    def of_text(cls, text: str, size: int) -> Kept:
        """What a command line sends, which hides nothing by itself that it does not know."""
        kept = secrecy.hidden(secrecy.printable(text), ())
        return cls(
            kept[:SHOWN], max(size, len(text.encode("utf-8", "replace"))), truncated=len(kept) > SHOWN or size > SHOWN
        )


class Output:
    """Collects what is printed; beyond what is shown it only counts."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._spelt = secrecy.spellings(secrets)
        self._longest = max((len(one.encode()) for one in self._spelt), default=0)
        self._raw = bytearray()
        self.size = 0

    def take(self, data: bytes) -> None:
        """Called with each piece."""
        self.size += len(data)
        room = SHOWN + self._longest - len(self._raw)
        if room > 0:
            self._raw += data[:room]

    def kept(self, *, over: bool) -> Kept:
        """What may be shown now. Until it is over, and where it is cut, the end could be the beginning of a secret."""
        cut = self.size > SHOWN
        text = secrecy.hidden(secrecy.printable(bytes(self._raw).decode("utf-8", "replace")), self._spelt)
        if self._longest and (cut or not over):
            text = text[: -self._longest]
        return Kept(text[:SHOWN], self.size, truncated=cut)

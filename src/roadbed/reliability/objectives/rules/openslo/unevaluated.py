"""The name of what Roadbed reads and does not evaluate yet, said once for all formats."""

from __future__ import annotations

from typing import Final

UNSUPPORTED: Final = "not-evaluated-yet"

"""The reading of files, under the name that it had when OpenSLO was the only format."""

from __future__ import annotations

from roadbed.reliability.objectives.rules.specs.reading import Definition, Read, read

__all__ = ["Definition", "Read", "read"]

"""Small repositories made by one `git fast-import` each, so that tests of clones cost next to nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

BEGIN = 1_772_409_600
"""Monday, 2 March 2026, midnight in UTC."""


class Recorder:
    """Writes a history down: commits by name, tags, branches merged."""

    def __init__(self) -> None:
        self.stream: list[str] = []
        self.marks: dict[str, int] = {}

    def commit(
        self, name: str, hours: float, *parents: str, message: str = "", author: str = "Ana <ana@example.org>",
        path: str = "README",
    ) -> str:  # fmt: skip
        """A commit written and entered so many hours after the beginning."""
        self.marks[name] = len(self.marks) + 1
        when = f"{BEGIN + int(hours * 3600)} +0000"
        text = message or f"Change {name}"
        lines = [f"commit refs/heads/main\nmark :{self.marks[name]}\nauthor {author} {when}\n"]
        lines.append(f"committer Ana <ana@example.org> {when}\n{_data(text)}")
        lines += [
            f"{word} :{self.marks[one]}\n" for word, one in zip(("from", "merge", "merge"), parents, strict=False)
        ]
        lines.append(f"M 100644 inline {path}\n{_data(name)}")
        self.stream.append("".join(lines))
        return name

    def tag(self, name: str, target: str, hours: float | None = None) -> None:
        """An annotated tag made at that hour, or a plain one."""
        mark = self.marks[target]
        if hours is None:
            self.stream.append(f"reset refs/tags/{name}\nfrom :{mark}\n\n")
        else:
            when = f"{BEGIN + int(hours * 3600)} +0000"
            self.stream.append(f"tag {name}\nfrom :{mark}\ntagger Ana <ana@example.org> {when}\n{_data(name)}")

    def write(self, folder: Path) -> Path:
        """The repository, bare."""
        git(folder.parent, "init", "-q", "--bare", "-b", "main", folder.name)
        subprocess.run(
            ["git", "-C", str(folder), "fast-import", "--quiet", "--force"], input="".join(self.stream), text=True,
            check=True,
        )  # fmt: skip
        return folder


def git(folder: Path, *words: str) -> str:
    """Run Git."""
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"

"""A runbook's Markdown into its sections and steps, with every fault that reading finds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from roadbed.platform.runbooks.rules import commands
from roadbed.platform.runbooks.rules.fences import Fence, read_info
from roadbed.platform.runbooks.rules.fronts import read_front, split
from roadbed.platform.runbooks.rules.shapes import (
    BY_HAND,
    DIAGNOSIS,
    ERROR,
    LONGEST_FILE,
    MOST_STEPS,
    OPERATE,
    READ,
    SECTIONS,
    Finding,
    Front,
    Runbook,
    Section,
    Step,
)

if TYPE_CHECKING:
    from markdown_it.token import Token

CHANGES: Final = re.compile(
    r"""(?mx)
      (?:^\s*|[;&|(`{]\s*|\b(?:sudo|then|do|else|exec|xargs(?:\s+-\S+)*|time|nohup|env)\s+)(?:rm|mv|dd|mkfs\S*|truncate|shred|kill|pkill|killall|reboot
        |shutdown|systemctl|service|crontab)\b
    | \broadbed\s+(?:deploy|rollback|stop|flags\s+set|secrets|freezes|restore)\b
    | \bkubectl\s+(?:delete|apply|scale|rollout|patch|drain|cordon|exec|edit|replace|annotate|label)\b
    | \bhelm\s+(?:upgrade|rollback|uninstall|install)\b | \bterraform\s+(?:apply|destroy)\b
    | (?i:\b(?:drop|truncate|delete\s+from|update\s+\w+\s+set|insert\s+into|alter)\s) | (?i:\bflush(?:all|db)\b)
    | \bcurl\b[^\n|;]*\s(?:-X\s*|--request[ =])(?:POST|PUT|PATCH|DELETE) | \bcurl\b[^\n|;]*\s(?:-d|--data\S*|-T|-F)\b
    """
)
"""What changes something. A step that has it needs the right to operate, whatever it says of itself."""

_SCRIPT: Final = re.compile(r"(?:^|[\s;&|(])\./([A-Za-z0-9_./-]{1,200})")
_parser: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def changes(command: str) -> str:
    """The first thing in a script that changes something; empty without one."""
    found = CHANGES.search(command)
    return " ".join(found[0].strip(" \t\n;&|(`").split()) if found else ""


def read(text: str) -> Runbook:
    """Read a file. It always answers; what is wrong stands in `findings`, in the order of lines."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    if len(text.encode("utf-8", "replace")) > LONGEST_FILE:
        fault = Finding("size", ERROR, 1, f"The file is larger than {LONGEST_FILE // 1024} KiB.", "Split it.")
        return Runbook("", Front(), "", (), findings=(fault,))
    front_text, body, offset = split(text)
    front, faults = read_front(front_text)
    reading = _Body(body, offset)
    reading.run()
    found = sorted((*faults, *reading.faults), key=lambda one: one.line)
    title = front.title or reading.title
    return Runbook(
        title, front, reading.lead, tuple(reading.sections), tuple(reading.links), tuple(reading.scripts), tuple(found)
    )


class _Body:
    """One body on its way to sections: stretches of Markdown between steps."""

    def __init__(self, body: str, offset: int) -> None:
        self.lines = body.split("\n")
        self.offset = offset
        self.tokens = _parser.parse(body)
        self.title = ""
        self.lead = ""
        self.sections: list[Section] = []
        self.links: list[tuple[str, int]] = []
        self.scripts: list[tuple[str, int]] = []
        self.faults: list[Finding] = []
        self.number = 0
        self._parts: list[str | Step] = []
        self._from = 0
        self._head: tuple[str, str, int] | None = None

    def run(self) -> None:
        for at, token in enumerate(self.tokens):
            if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2"):
                self._heading(token, self.tokens[at + 1])
            elif token.type == "fence":
                self._fence(token)
            elif token.type == "inline":
                self._links(token)
        self._close(len(self.lines))

    def _line(self, token: Token) -> int:
        return (token.map[0] if token.map else 0) + self.offset + 1

    def _heading(self, token: Token, inline: Token) -> None:
        begin, end = token.map or (0, 0)
        said = "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))
        if token.tag == "h1" and not self.title and self._head is None:
            self.title = " ".join(said.split())[:200]
            self._from = end
            return
        if token.tag == "h2":
            self._close(begin)
            plain = said.strip()
            key = plain.lower() if plain.lower() in SECTIONS else ""
            self._head = (key, plain[:120], begin + self.offset + 1)
            self._from = end

    def _close(self, end: int) -> None:
        self._text(end)
        if self._head is None:
            self.lead = "\n".join(part for part in self._parts if isinstance(part, str))
        else:
            self.sections.append(Section(*self._head, tuple(self._parts)))
        self._parts = []

    def _text(self, end: int) -> None:
        said = "\n".join(self.lines[self._from : end]).strip("\n")
        if said.strip():
            self._parts.append(said)
        self._from = end

    def _fence(self, token: Token) -> None:
        line = self._line(token)
        fence = read_info(token.info, line)
        self.faults += fence.faults
        self.scripts += [
            (match[1], line + 1 + token.content.count("\n", 0, match.start(1)))
            for match in _SCRIPT.finditer(token.content)
        ]
        if not fence.is_step:
            return
        if token.level or token.map is None:
            self._fault("nested-step", line, "A step stands inside a list or a quotation.", "Put it at the margin.")
            return
        if self._head is None:
            self._fault("step-place", line, "A step stands above the first section.", "Put it below Diagnosis.")
            return
        before = self._from
        self._text(token.map[0])
        self._from = token.map[1]
        if fence.rehearses:
            self._rehearse(fence, token.content, line, adjoins=not "".join(self.lines[before : token.map[0]]).strip())
            return
        if self.number == MOST_STEPS:
            self._fault("size", line, f"There are more than {MOST_STEPS} steps.", "Split the runbook.")
        self.number += 1
        if self.number <= MOST_STEPS:
            self._parts.append(self._step(fence, token.content.rstrip("\n"), line))

    def _step(self, fence: Fence, command: str, line: int) -> Step:
        section = self._head[0] if self._head else ""
        usual = READ if section == DIAGNOSIS else OPERATE
        what = "" if fence.language == BY_HAND else changes(command)
        if what and fence.needs == READ:
            self._fault(
                "says-read", line, f"{fence.title} says needs=read and has `{what}`.", "Write needs=operate confirm."
            )
        needs = OPERATE if what else fence.needs or usual
        return Step(
            number=self.number, title=fence.title, section=section, language=fence.language, command=command,
            line=line, needs=needs, confirm=fence.confirm, timeout=fence.timeout, secrets=fence.secrets,
            scopes=fence.scopes, parameters=commands.names_in(command), minutes=fence.minutes,
        )  # fmt: skip

    def _rehearse(self, fence: Fence, command: str, line: int, *, adjoins: bool) -> None:
        last = self._parts[-1] if self._parts else None
        if not adjoins or not isinstance(last, Step) or last.by_hand or last.rehearsal:
            self._fault(
                "dry-run", line, "A dry run belongs to no step.", "Put it straight below the step it rehearses."
            )
            return
        if fence.language != last.language:
            self._fault("dry-run", line, f"The dry run is in {fence.language}.", f"Use {last.language}, as its step.")
            return
        rehearsal = command.rstrip("\n")
        names = tuple(dict.fromkeys((*last.parameters, *commands.names_in(rehearsal))))
        self._parts[-1] = replace(last, rehearsal=rehearsal, parameters=names)

    def _links(self, token: Token) -> None:
        line = self._line(token)
        for child in token.children or ():
            if child.type == "link_open":
                self.links.append((str(child.attrGet("href") or ""), line))

    def _fault(self, rule: str, line: int, detail: str, remedy: str) -> None:
        self.faults.append(Finding(rule, ERROR, line, detail, remedy))

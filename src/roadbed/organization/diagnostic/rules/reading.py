"""Files of answers, YAML or JSON, of one person or many, read with every fault named by file, line and question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from roadbed.ground.catalog.documents import MAX_BYTES, Document, decode, read_documents
from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.organization.diagnostic.rules import about as telling
from roadbed.organization.diagnostic.rules.questions import BY_KEY, BY_NUMBER, EDITION, QUESTIONS
from roadbed.organization.diagnostic.rules.scoring import Answer, Answers
from roadbed.organization.diagnostic.rules.values import STEPS, Question, option_of

UNKNOWN: Final = frozenset({"don't know", "dont know", "don’t know", "unknown", "dont-know", "don't-know"})
TOP: Final = ("edition", "about", "answers", "responses")
MOST_FAULTS: Final = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person answered, in the order in which files were read."""

    answers: Answers
    file: str = ""


@dataclass(frozen=True, slots=True)
class Sheets:
    """Everybody's answers, and what is told about the organization; what is told later counts.

    Attributes:
        many: whether they are of several people, so that single answers are not shown.
    """

    sheets: tuple[Sheet, ...]
    about: Mapping[str, Any]
    many: bool


def read(files: Mapping[str, bytes]) -> Sheets:
    """Read files by name.

    Raises:
        Invalid: with every fault of all files; nothing is scored then.
    """
    faults: list[Invalid] = []
    sheets: list[Sheet] = []
    told: dict[str, Any] = {}
    listed = False
    for name, raw in files.items():
        for document in _documents(name, raw, faults):
            reader = _Reader(document, name, faults)
            sheets += reader.sheets()
            told |= reader.about()
            listed = listed or "responses" in reader.value
    if not faults and not sheets:
        place = Place(next(iter(files), ""))
        faults.append(Invalid("There are no answers.", remedy="Put them under `answers`.", place=place))
    if faults:
        raise Invalid(
            faults[0].detail, remedy=faults[0].remedy, place=faults[0].place, others=tuple(faults[1:MOST_FAULTS])
        )
    return Sheets(tuple(sheets), told, many=listed or len(sheets) > 1)


def _documents(name: str, raw: bytes, faults: list[Invalid]) -> Iterator[Document]:
    if len(raw) > MAX_BYTES:
        said = f"The file has {len(raw):,} bytes; {MAX_BYTES:,} is the limit."
        faults.append(Invalid(said, remedy="Split it: several files are read together.", place=Place(name)))
        return
    try:
        found = read_documents(decode(raw, name), name)
    except Invalid as fault:
        faults.append(fault)
        return
    faults += found.errors
    yield from found.documents


class _Reader:
    """One document."""

    def __init__(self, document: Document, file: str, faults: list[Invalid]) -> None:
        self.document = document
        self.file = file
        self.faults = faults
        self.value = document.value
        if not isinstance(self.value, dict):
            self._fault((), "The file is not a mapping.", "Begin with `answers:`.")
            self.value = {}
        self._top()

    def _top(self) -> None:
        for key in self.value:
            if key not in TOP:
                self._fault((key,), f"{str(key)[:60]!r} is not known here.", f"One of {', '.join(TOP)}.")
        edition = self.value.get("edition")
        if edition is not None and str(edition) != EDITION:
            self._fault(
                ("edition",),
                f"The answers are for the edition {str(edition)[:40]!r}; this Roadbed asks {EDITION}.",
                "Answer again, or use the Roadbed of that edition.",
            )

    def about(self) -> dict[str, Any]:
        """What is told about the organization."""
        found = {}
        for key, value in self._mapping(self.value.get("about"), ("about",)).items():
            try:
                checked = telling.check(str(key), value, self._place(("about", key)))
            except Invalid as fault:
                self.faults.append(fault)
            else:
                if checked is not None:
                    found[str(key)] = checked
        return found

    def sheets(self) -> list[Sheet]:
        """Of `answers` one person's, of `responses` a list of them."""
        found = []
        if "answers" in self.value:
            found.append(self._sheet(self.value["answers"], ("answers",)))
        responses = self.value.get("responses")
        if responses is not None and not isinstance(responses, list):
            self._fault(("responses",), "responses is not a list.", "Write one item for each person.")
        elif responses:
            found += [self._response(one, ("responses", at)) for at, one in enumerate(responses)]
        return found

    def _response(self, value: Any, path: tuple[str | int, ...]) -> Sheet:
        if isinstance(value, dict) and set(value) == {"answers"}:
            return self._sheet(value["answers"], (*path, "answers"))
        return self._sheet(value, path)

    def _sheet(self, value: Any, path: tuple[str | int, ...]) -> Sheet:
        answers: dict[str, Answer] = {}
        for key, given in self._mapping(value, path).items():
            question = question_of(key)
            at = (*path, key)
            if question is None:
                said = f"There is no question {str(key)[:60]!r}."
                self._fault(at, said, f"Questions are 1 to {len(QUESTIONS)}, or {', '.join(BY_KEY)}.")
            elif question.key in answers:
                said = f"Question {question.number}, {question.key}, is answered twice."
                self._fault(at, said, "Keep one of them: by number or by name.")
            else:
                try:
                    answers[question.key] = answer_of(question, given, self._place(at))
                except Invalid as fault:
                    self.faults.append(fault)
        return Sheet(answers, self.file)

    def _mapping(self, value: Any, path: tuple[str | int, ...]) -> dict[Any, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._fault(
                path, f"{path[-1]} is not a mapping of questions to answers.", "Write `lead_time: hour-to-day`."
            )
            return {}
        return value

    def _place(self, path: tuple[Any, ...]) -> Place:
        shown = "".join(f"[{part}]" if isinstance(part, int) and at else f".{part}" for at, part in enumerate(path))
        return Place(self.file, self.document.line_of(path), shown.removeprefix("."))

    def _fault(self, path: tuple[Any, ...], detail: str, remedy: str) -> None:
        self.faults.append(Invalid(detail, remedy=remedy, place=self._place(path)))


def question_of(key: Any) -> Question | None:
    """The question of a number, “3” or “q3”, or of a name."""
    if isinstance(key, bool):
        return None
    if isinstance(key, int):
        return BY_NUMBER.get(key)
    text = str(key).strip().lower().replace("-", "_")
    if text in BY_KEY:
        return BY_KEY[text]
    digits = text.removeprefix("q")
    return BY_NUMBER.get(int(digits)) if digits.isascii() and digits.isdecimal() and len(digits) <= 2 else None  # noqa: PLR2004


def answer_of(question: Question, given: Any, place: Place | None = None) -> Answer:
    """An answer as it is kept: a step by its key or number, a percentage, None for “don't know”.

    Raises:
        Invalid: naming the question and what it takes.
    """
    if given is None or (isinstance(given, str) and given.strip().lower() in UNKNOWN):
        return None
    found = _step(question, given) if question.kind == STEPS else _percentage(given)
    if found is None:
        raise refused(question, given, place)
    return found


def refused(question: Question, given: Any, place: Place | None = None) -> Invalid:
    """The fault of an answer that the question does not take."""
    shown = repr(given)[:60]
    if question.kind == STEPS:
        takes = f"One of {', '.join(one.key for one in question.options)}, or its step 1 to {len(question.options)}"
    else:
        takes = "A percentage from 0 to 100"
    return Invalid(
        f"Question {question.number}, {question.key}: {shown} is no answer to it.",
        remedy=f"{takes}; null for “don't know”.",
        place=place or Place(field=question.key),
    )


def _step(question: Question, given: Any) -> str | None:
    if isinstance(given, str):
        if option_of(question, given.strip()):
            return given.strip()
        given = int(given) if given.isascii() and given.isdecimal() and len(given) == 1 else None
    whole = isinstance(given, int) and not isinstance(given, bool)
    return question.options[given - 1].key if whole and 1 <= given <= len(question.options) else None


def _percentage(given: Any) -> float | None:
    if isinstance(given, str):
        try:
            given = float(given.strip().removesuffix("%").strip())
        except ValueError:
            return None
    number = isinstance(given, int | float) and not isinstance(given, bool)
    # Written so that NaN, which is neither, is refused too.
    return float(given) if number and 0 <= given <= 100 else None  # noqa: PLR2004 - a whole


def faults_of(refusal: Refusal) -> tuple[Refusal, ...]:
    """All faults of one refusal, the first included."""
    return (refusal, *refusal.others)

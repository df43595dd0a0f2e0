"""The refusals every room raises: typed, worded for the reader, mapped to HTTP and exit codes once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input the fault is: a file and line, a field of a request, or both."""

    file: str = ""
    line: int | None = None
    field: str = ""

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ", ".join(part for part in (at, self.field and f"field {self.field}") if part)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a crash
    """Something was asked that cannot be done; nothing was changed.

    Args:
        detail: one sentence that says what is wrong, with the offending value.
        remedy: what the reader does next; a command where there is one.
        place: the file, line or field at fault.
        others: further faults of the same input, so that one run shows them all.
    """

    status = 400
    code = "refused"

    def __init__(
        self, detail: str, *, remedy: str = "", place: Place | None = None, others: tuple[Refusal, ...] = ()
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.place = place or Place()
        self.others = others

    def as_problem(self) -> dict[str, object]:
        """The refusal as an RFC 9457 problem document."""
        problem: dict[str, object] = {
            "type": f"urn:roadbed:problem:{self.code}",
            "title": self.code.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
        }
        if self.remedy:
            problem["remedy"] = self.remedy
        for name in ("file", "line", "field"):
            if value := getattr(self.place, name):
                problem[name] = value
        if self.others:
            problem["errors"] = [other.as_problem() for other in self.others]
        return problem


class Invalid(Refusal):
    """The input breaks a rule of its format or of the house."""

    status = 422
    code = "invalid"


class NotFound(Refusal):
    """What was named does not exist, or the caller may not know that it does."""

    status = 404
    code = "not-found"


class Conflict(Refusal):
    """What was asked contradicts the present state: a taken name, a busy port, a running deployment."""

    status = 409
    code = "conflict"


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    status = 403
    code = "forbidden"


class Unavailable(Refusal):
    """Something outside this process did not answer; the same request may succeed later."""

    status = 503
    code = "unavailable"

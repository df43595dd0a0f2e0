"""What the page draws of the advice: the ladder of stages, the quadrant, the state of a layer's score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadbed.ground.shell.components import Badge
from roadbed.organization.layers.queries import Picture, Strength
from roadbed.organization.layers.rules.quadrant import BOTH, NEITHER, PLATFORM_ALONE, SRE_ALONE
from roadbed.organization.layers.rules.stages import KEYS, STAGES

SOUND, THIN = 6.5, 4.0
APART: Final = 2.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 530.0, 8.0, 298.0
CORNERS: Final = (
    (SRE_ALONE, "Strong SRE, weak platform", "each team rebuilds its own tooling", 40, 8, 52, 30),
    (BOTH, "Both in place", "owning a service is clear and cheap", 287, 8, 299, 30),
    (NEITHER, "Neither yet", "good practice first, titles later", 40, 155, 52, 272),
    (PLATFORM_ALONE, "Strong platform, weak SRE", "fast, and nobody answers when it breaks", 287, 155, 299, 272),
)
WIDE, HIGH = 243, 143
LINES: Final = (22, 117, 70)
NEAR: Final = 40.0


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the quadrant, with the cross of its quartiles where it has one."""

    x: float
    y: float
    kind: str
    word: str
    cross: str

    @property
    def flip(self) -> bool:
        """Whether its word stands to the left, since there is no room to the right."""
        return self.x > RIGHT - 90

    @property
    def word_x(self) -> float:
        return round(self.x + (-12 if self.flip else 12), 1)

    @property
    def word_y(self) -> float:
        return round(self.y + (16 if self.kind == "was" else -9), 1)


@dataclass(frozen=True, slots=True)
class Corner:
    """One of the four, with where its words stand."""

    key: str
    name: str
    says: str
    x: int
    y: int
    text_x: int
    text_y: int
    here: bool


def ladder(picture: Picture) -> list[tuple[str, str, bool]]:
    """The stages with how each is drawn, and whether one is here."""
    stage = picture.advice.stage
    at = KEYS.index(stage.stage) if stage else -1
    found = []
    for number, one in enumerate(STAGES):
        kind = "done" if number < at else "now" if number == at else "next" if at >= 0 and number == at + 1 else ""
        found.append((kind, one.name, number == at))
    return found


def score_badge(score: float | None) -> Badge | None:
    """How a layer stands by the answers; none where nobody answered."""
    if score is None:
        return None
    word = "Sound" if score >= SOUND else "Thin" if score >= THIN else "Weak"
    return Badge("good" if score >= SOUND else "warn" if score >= THIN else "bad", f"{word}, {score:.1f} of 10")


def corners(picture: Picture) -> list[Corner]:
    """The four corners, with the one that it stands in."""
    place, standing = picture.advice.quadrant.place, points(picture)
    return [
        Corner(key, name, says, x, y, text_x, _free_line(x, y, text_y, standing), here=key == place)
        for key, name, says, x, y, text_x, text_y in CORNERS
    ]


def _free_line(x: int, y: int, line: int, standing: list[Point]) -> int:
    """Where a corner's words stand clear of the points in it: at their usual edge, the other one or between."""
    inside = [one.y for one in standing if x <= one.x <= x + WIDE and y <= one.y <= y + HIGH]

    def room(at: int) -> float:
        return min((abs(point - at) for point in inside), default=NEAR)

    return max((line, *(y + offset for offset in LINES)), key=lambda at: min(room(at), NEAR))


def apart(picture: Picture) -> list[tuple[str, float]]:
    """The sides on which answers and measures are more than two points apart."""
    pairs = (("SRE", picture.sre), ("Platform", picture.platform))
    known = [(name, abs(s.measured - s.answered)) for name, s in pairs if None not in (s.measured, s.answered)]  # type: ignore[operator]
    return [(name, between) for name, between in known if between > APART]


def points(picture: Picture) -> list[Point]:
    """As answered, and as measured; the first of them is where it stands."""
    sre, platform = picture.sre, picture.platform
    found = []
    if sre.answered is not None and platform.answered is not None:
        found.append(_point(platform.answered, sre.answered, "now", "Answered", _cross(sre, platform)))
    if sre.measured is not None and platform.measured is not None:
        kind = "was" if found else "now"
        found.append(_point(platform.measured, sre.measured, kind, "Measured", ""))
    return found


def _point(platform: float, sre: float, kind: str, word: str, cross: str) -> Point:
    return Point(round(_x(platform), 1), round(_y(sre), 1), kind, word, cross)


def _x(platform: float) -> float:
    return LEFT + (RIGHT - LEFT) * platform / 10


def _y(sre: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * sre / 10


def _cross(sre: Strength, platform: Strength) -> str:
    if None in (sre.low, sre.high, platform.low, platform.high, sre.answered, platform.answered):
        return ""
    x, y = _x(platform.answered or 0.0), _y(sre.answered or 0.0)
    left, right = _x(platform.low or 0.0), _x(platform.high or 0.0)
    high, low = _y(sre.high or 0.0), _y(sre.low or 0.0)
    return f"M{left:.1f} {y:.1f}H{right:.1f}M{x:.1f} {high:.1f}V{low:.1f}"

"""Where config hangs the adapter behind each port, and where rooms take it from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from roadbed.ground.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from roadbed.ground.ports.addresses import Addresses
    from roadbed.ground.ports.answers import AnswerReader
    from roadbed.ground.ports.calendars import CalendarSource
    from roadbed.ground.ports.chat_rooms import ChatRooms
    from roadbed.ground.ports.code_host import CodeHost
    from roadbed.ground.ports.commands import CommandReader
    from roadbed.ground.ports.counts import CountSources
    from roadbed.ground.ports.events import EventReader
    from roadbed.ground.ports.metrics import EdgeMeter, Scraper
    from roadbed.ground.ports.notifier import Notifier
    from roadbed.ground.ports.past import PastReader
    from roadbed.ground.ports.runtime import Runtime
    from roadbed.ground.ports.steps import StepRunner

_makers: dict[str, Callable[[], Any]] = {}
_made: dict[str, Any] = {}


def provide(port: str, maker: Callable[[], Any]) -> None:
    """Hang an adapter behind a port; it is made at its first use, and again when it is provided anew."""
    _makers[port] = maker
    _made.pop(port, None)


def _take(port: str) -> Any:
    if port not in _made:
        if port not in _makers:
            raise Unavailable(
                f"nothing is connected to the port {port!r}", remedy="start Roadbed with `roadbed up`, which wires it"
            )
        _made[port] = _makers[port]()
    return _made[port]


def runtime() -> Runtime:
    """What runs services."""
    return cast("Runtime", _take("runtime"))


def steps() -> StepRunner:
    """What runs steps of runbooks beside services."""
    return cast("StepRunner", _take("steps"))


def edge_meter() -> EdgeMeter:
    """What counts requests in front of them."""
    return cast("EdgeMeter", _take("edge_meter"))


def scraper() -> Scraper:
    """What reads their /metrics pages."""
    return cast("Scraper", _take("scraper"))


def count_sources() -> CountSources:
    """What counts services elsewhere: Prometheus and its like."""
    return cast("CountSources", _take("count_sources"))


def code_host() -> CodeHost:
    """What keeps their code."""
    return cast("CodeHost", _take("code_host"))


def event_reader(kind: str) -> EventReader:
    """What reads the webhooks of a kind of sender: `github`, `gitlab`, …."""
    return cast("EventReader", _take(f"events.{kind}"))


def past_reader(way: str) -> PastReader:
    """What reads a repository's past from a code host's API: `github`, `gitlab`."""
    return cast("PastReader", _take(f"past.{way}"))


def notifier(channel: str) -> Notifier:
    """What delivers on a channel: `smtp`, `webhook`, `slack`, `ntfy`, `sms`, `voice`, `push`."""
    return cast("Notifier", _take(f"notifier.{channel}"))


def addresses(channel: str = "webhook") -> Addresses:
    """What says whether a channel's address may be called: whoever calls it."""
    return cast("Addresses", _take(f"notifier.{channel}"))


def calendars() -> CalendarSource:
    """What reads calendars by URL."""
    return cast("CalendarSource", _take("calendars"))


def answers(provider: str) -> AnswerReader:
    """What reads people's answers as a provider brings them: `slack`, `twilio`."""
    return cast("AnswerReader", _take(f"answers.{provider}"))


def commands(chat: str) -> CommandReader:
    """What reads the commands that people write in a chat: `slack`."""
    return cast("CommandReader", _take(f"commands.{chat}"))


def chat_rooms() -> ChatRooms:
    """Where incidents get rooms to talk in; not every installation has one."""
    return cast("ChatRooms", _take("chat_rooms"))

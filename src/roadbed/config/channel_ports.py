"""Which adapter stands behind each kind of channel besides mail and webhooks, opened by what `channels.toml` names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from roadbed.ground.ports import board
from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.calendars import CalendarSource
from roadbed.ground.ports.notifier import Delivered, Message, Notifier

if TYPE_CHECKING:
    from roadbed.adapters.ntfy import NtfyNotifier
    from roadbed.config.channel_providers import ChannelProviders


def provide() -> None:
    """Hang the adapters; each is made when it is first used."""
    board.provide("notifier.slack", _slack)
    board.provide("notifier.slack_hook", _slack_hook)
    board.provide("notifier.ntfy", lambda: _demo(_Ntfy()))
    board.provide("notifier.sms", lambda: _demo(_Twilio("sms")))
    board.provide("notifier.voice", lambda: _demo(_Twilio("voice")))
    board.provide("notifier.push", _push)
    board.provide("calendars", _calendars)
    board.provide("answers.slack", _slack_answers)
    board.provide("commands.slack", _slack_commands)
    board.provide("answers.twilio", _twilio_answers)


@cache
def _providers() -> ChannelProviders:
    from roadbed.config.channel_providers import ChannelProviders
    from roadbed.config.source_secrets import secret_of

    return ChannelProviders(settings.FOLDER.root / "channels.toml", secret_of)


def _policy() -> AddressPolicy:
    """For addresses that persons type."""
    return AddressPolicy(private=settings.WEBHOOK_PRIVATE)


def _calendars() -> CalendarSource:
    from roadbed.adapters.ical_url import IcalUrl

    return IcalUrl(_policy())


def _slack() -> Notifier:
    from roadbed.adapters.slack import SlackNotifier
    from roadbed.adapters.slack.notifier import API

    kept = _providers()
    buttons = str(kept.table("slack").get("buttons", True)).lower() != "false"
    api = kept.value("slack", "api", API)
    return _demo(SlackNotifier(lambda: kept.require("slack", "token"), api=api, buttons=buttons))


def _slack_hook() -> Notifier:
    from roadbed.adapters.slack import SlackHookNotifier

    return SlackHookNotifier(_policy())


def _push() -> Notifier:
    from roadbed.adapters.apprise import AppriseNotifier

    return AppriseNotifier(_policy())


class _Ntfy:
    """The server stands in the file, so that it is read at each use."""

    def _made(self) -> NtfyNotifier:
        from roadbed.adapters.ntfy import NtfyNotifier
        from roadbed.adapters.ntfy.notifier import SERVER

        kept = _providers()
        server = kept.value("ntfy", "server", SERVER)
        return NtfyNotifier(server, lambda: kept.value("ntfy", "token"), policy=_policy())

    def fault_of(self, address: str) -> str:
        return self._made().fault_of(address)

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        return self._made().deliver(message, seconds=seconds)


class _Twilio:
    """The account stands in the file, so that it is read at each use."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def fault_of(self, address: str) -> str:
        from roadbed.adapters.twilio import TwilioAccount, TwilioSms

        # A number is looked at alike for texts and calls, whatever the account.
        return TwilioSms(TwilioAccount("", str, "")).fault_of(address)

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        from roadbed.adapters.twilio import TwilioAccount, TwilioSms, TwilioVoice
        from roadbed.adapters.twilio.notifier import API

        kept = _providers()
        sender = kept.value("twilio", "voice_from") if self.kind == "voice" else ""
        account = TwilioAccount(
            kept.require("twilio", "account"),
            lambda: kept.require("twilio", "token"),
            sender or kept.require("twilio", "from"),
            kept.value("twilio", "api", API),
        )
        made = TwilioVoice(account) if self.kind == "voice" else TwilioSms(account)
        return made.deliver(message, seconds=seconds)


def _demo(real: Notifier) -> Notifier:
    from roadbed.config.demo.sending import DemoPost

    return DemoPost(real)


def _slack_answers() -> object:
    from roadbed.adapters.slack import SlackAnswers

    return SlackAnswers(lambda: _providers().value("slack", "signing_secret"))


def _slack_commands() -> object:
    from roadbed.adapters.slack import SlackCommands

    return SlackCommands(lambda: _providers().value("slack", "signing_secret"))


def _twilio_answers() -> object:
    from roadbed.adapters.twilio import TwilioAnswers

    return TwilioAnswers(lambda: _providers().value("twilio", "token"))

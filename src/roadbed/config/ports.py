"""Which adapter stands behind each port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from roadbed.config import channel_ports
from roadbed.ground.ports import board

if TYPE_CHECKING:
    from roadbed.adapters.local_runtime import Layout


def provide() -> None:
    """Hang the adapters of this installation; each is made when it is first used."""
    board.provide("code_host", _code_host)
    board.provide("runtime", _runtime)
    board.provide("steps", _steps)
    board.provide("edge_meter", _runtime_meter)
    board.provide("scraper", _scraper)
    board.provide("count_sources", _count_sources)
    for kind, maker in _EVENT_READERS.items():
        board.provide(f"events.{kind}", maker)
    board.provide("past.github", _github_past)
    board.provide("past.gitlab", _gitlab_past)
    board.provide("notifier.smtp", _smtp)
    board.provide("notifier.webhook", _webhook)
    channel_ports.provide()
    if settings.INCIDENT_ROOMS == "slack":
        board.provide("chat_rooms", _slack_rooms)


def _code_host() -> object:
    from roadbed.adapters.local_git import LocalGit

    return LocalGit(settings.FOLDER.repositories)


def _runtime() -> object:
    from roadbed.adapters.local_runtime import LocalRuntime

    return LocalRuntime(_layout())


def _steps() -> object:
    from roadbed.adapters.local_runtime import LocalSteps

    return LocalSteps(_layout())


def _runtime_meter() -> object:
    from roadbed.adapters.local_runtime import HaproxyMeter

    return HaproxyMeter(_layout())


def _layout() -> Layout:
    from roadbed.adapters.local_runtime import Layout

    host, port = settings.EDGE
    return Layout(data=settings.FOLDER.root, edge_host=host, edge_port=port)


def _scraper() -> object:
    from roadbed.adapters.prometheus_text import HttpScraper
    from roadbed.config.demo.meter import DemoMeter

    return DemoMeter(HttpScraper())


def _count_sources() -> object:
    from roadbed.config.count_sources import ConfiguredSources
    from roadbed.config.source_secrets import secret_of

    return ConfiguredSources(settings.FOLDER.root / "sources.toml", secret_of)


def _smtp() -> object:
    from roadbed.adapters.smtp import SmtpNotifier
    from roadbed.config.demo.sending import DemoPost

    return DemoPost(SmtpNotifier(settings.SMTP_URL, sender=settings.SMTP_SENDER))


def _webhook() -> object:
    from roadbed.adapters.webhook import WebhookNotifier
    from roadbed.ground.ports.addresses import AddressPolicy

    return WebhookNotifier(AddressPolicy(private=settings.WEBHOOK_PRIVATE))


def _slack_rooms() -> object:
    from roadbed.adapters.slack_rooms import SlackRooms
    from roadbed.config.source_secrets import secret_of

    service, _, name = settings.INCIDENT_ROOMS_TOKEN.partition("/")
    return SlackRooms(lambda: secret_of(service, name, named_by="incident_rooms_token of config.toml"))


def _github() -> object:
    from roadbed.adapters.github import GitHubEvents

    return GitHubEvents()


def _gitlab() -> object:
    from roadbed.adapters.gitlab import GitLabEvents

    return GitLabEvents()


def _cdevents() -> object:
    from roadbed.adapters.cdevents import CdEvents

    return CdEvents()


def _argocd() -> object:
    from roadbed.adapters.argocd import ArgoNotifications

    return ArgoNotifications()


def _jenkins() -> object:
    from roadbed.adapters.jenkins import JenkinsNotifications

    return JenkinsNotifications()


def _plain() -> object:
    from roadbed.adapters.plain_events import PlainEvents

    return PlainEvents()


def _github_past() -> object:
    from roadbed.adapters.github import GitHubPast

    return GitHubPast()


def _gitlab_past() -> object:
    from roadbed.adapters.gitlab import GitLabPast

    return GitLabPast()


_EVENT_READERS = {
    "github": _github,
    "gitlab": _gitlab,
    "cdevents": _cdevents,
    "argocd": _argocd,
    "jenkins": _jenkins,
    "plain": _plain,
}

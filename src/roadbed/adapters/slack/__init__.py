"""Slack: messages with a button by a bot or without one by an incoming webhook, and the button's signed answer."""

from roadbed.adapters.slack.answers import SlackAnswers
from roadbed.adapters.slack.notifier import SlackHookNotifier, SlackNotifier

__all__ = ["SlackAnswers", "SlackHookNotifier", "SlackNotifier"]

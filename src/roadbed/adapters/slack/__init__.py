"""Slack: messages by a bot with a button or by an incoming webhook; the signed answers of buttons and commands."""

from roadbed.adapters.slack.answers import SlackAnswers
from roadbed.adapters.slack.commands import SlackCommands
from roadbed.adapters.slack.notifier import SlackHookNotifier, SlackNotifier

__all__ = ["SlackAnswers", "SlackCommands", "SlackHookNotifier", "SlackNotifier"]

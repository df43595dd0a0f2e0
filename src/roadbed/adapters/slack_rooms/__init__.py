"""Rooms in Slack, behind the port chat_rooms."""

from roadbed.adapters.slack_rooms.rooms import SlackRooms

__all__ = ["SlackRooms"]

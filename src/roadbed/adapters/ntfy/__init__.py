"""Pushes through an ntfy server, with a button that acknowledges by a POST."""

from roadbed.adapters.ntfy.notifier import NtfyNotifier

__all__ = ["NtfyNotifier"]

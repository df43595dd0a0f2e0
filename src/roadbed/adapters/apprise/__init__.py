"""Every other push service, through Apprise."""

from roadbed.adapters.apprise.notifier import AppriseNotifier

__all__ = ["AppriseNotifier"]

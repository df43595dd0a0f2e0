"""Jenkins: what its Notification plugin says."""

from roadbed.adapters.jenkins.reader import JenkinsNotifications

__all__ = ["JenkinsNotifications"]

"""GitLab: what its webhooks say, and its API of the past."""

from roadbed.adapters.gitlab.past import GitLabPast
from roadbed.adapters.gitlab.reader import GitLabEvents

__all__ = ["GitLabEvents", "GitLabPast"]

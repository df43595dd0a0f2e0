"""GitHub: what its webhooks say, and its API of the past."""

from roadbed.adapters.github.past import GitHubPast
from roadbed.adapters.github.reader import GitHubEvents

__all__ = ["GitHubEvents", "GitHubPast"]

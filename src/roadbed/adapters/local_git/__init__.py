"""Git repositories at paths and URLs, read by Git itself as a child process that trusts none of them."""

from roadbed.adapters.local_git.host import LocalGit

__all__ = ["LocalGit"]

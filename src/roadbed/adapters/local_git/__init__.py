"""Git repositories on this machine, or fetched to it, behind the code host port."""

from roadbed.adapters.local_git.host import LocalGit

__all__ = ["LocalGit"]

"""Reads an existing repository and proposes how it becomes a service: pure rules over files and authors."""

from roadbed.platform.paths.adopting.findings import (
    Adoption,
    Author,
    Evidence,
    Group,
    Listing,
    Problem,
    Proposal,
    ProposedFile,
)
from roadbed.platform.paths.adopting.proposing import Wishes, propose

__all__ = [
    "Adoption",
    "Author",
    "Evidence",
    "Group",
    "Listing",
    "Problem",
    "Proposal",
    "ProposedFile",
    "Wishes",
    "propose",
]

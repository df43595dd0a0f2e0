"""Who owns a repository: what CODEOWNERS says, else who commits to it."""

from __future__ import annotations

from collections import Counter

from roadbed.platform.paths.adopting.findings import HIGH, LOW, MEDIUM, Author, Evidence, Group, Listing, Proposal

CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""In the order in which code hosts look for it."""

_EVERYTHING = frozenset({"*", "/*", "**", "/**", "/", "/**/*"})
_MACHINES = ("[bot]", "noreply@github.com", "dependabot", "renovate", "github-actions")


def propose_owner(listing: Listing) -> Proposal | None:
    """The owner with its evidence; None when nothing says."""
    return _from_codeowners(listing) or _from_commits(listing)


def _from_codeowners(listing: Listing) -> Proposal | None:
    path = next((each for each in CODEOWNERS if each in listing.contents), None)
    if path is None:
        return None
    rules = [
        (Evidence(path, number, line.strip()), words[0], words[1:])
        for number, line in listing.lines(path)
        if len(words := line.split("#", 1)[0].split()) > 1 and not line.startswith(("[", "^["))
    ]
    # The last rule that matches wins; without one for everything, whoever is named most.
    whole = [rule for rule in rules if rule[1] in _EVERYTHING]
    if whole:
        evidence, _, owners = whole[-1]
        return _named(owners, listing, evidence, HIGH)
    counted = Counter(owner for _, _, owners in rules for owner in owners)
    if not counted:
        return None
    most = counted.most_common(1)[0][0]
    evidence = next(rule[0] for rule in rules if most in rule[2])
    return _named([most], listing, evidence, MEDIUM)


def _named(owners: list[str], listing: Listing, evidence: Evidence, confidence: str) -> Proposal | None:
    for owner in owners:
        if group := _group_called(owner, listing.groups):
            return Proposal("owner", group.name, confidence, f"CODEOWNERS names {owner}", (evidence,))
    teams = [owner for owner in owners if "/" in owner] or [owner for owner in owners if owner.startswith("@")]
    if not teams:
        return None
    name = teams[0].lstrip("@").rsplit("/", 1)[-1]
    why = f"CODEOWNERS names {teams[0]}"
    if listing.groups:
        return Proposal("owner", name, LOW, f"{why}, which is no team of the catalogue", (evidence,))
    # A person's handle is no team, and without the catalogue nobody can tell them apart.
    return Proposal("owner", name, MEDIUM if "/" in teams[0] else LOW, why, (evidence,))


def _group_called(owner: str, groups: tuple[Group, ...]) -> Group | None:
    spelled = owner.lstrip("@").lower()
    last = spelled.rsplit("/", 1)[-1]
    for group in groups:
        known = {group.name.lower(), *(alias.lower() for alias in group.aliases)}
        if spelled in known or last in known or spelled in {email.lower() for email in group.emails}:
            return group
    return None


def _from_commits(listing: Listing) -> Proposal | None:
    people = [author for author in listing.authors if not _is_machine(author)]
    weights: Counter[str] = Counter()
    for author in people:
        for group in listing.groups:
            if author.email.lower() in {email.lower() for email in group.emails}:
                weights[group.name] += author.commits
    if not weights:
        return None
    (name, commits), *others = weights.most_common(2)
    total = sum(author.commits for author in people)
    is_clear = commits * 2 > total and (not others or commits > 2 * others[0][1])
    return Proposal(
        "owner",
        name,
        MEDIUM if is_clear else LOW,
        f"its members wrote {commits} of the latest {total} commits",
        (Evidence("git shortlog", 0, f"{commits} of {total}"),),
    )


def _is_machine(author: Author) -> bool:
    return any(mark in f"{author.name} {author.email}".lower() for mark in _MACHINES)

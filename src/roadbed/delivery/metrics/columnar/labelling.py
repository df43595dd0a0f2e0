"""Labels deployments in columns: most are ordinary at a glance, and the rules decide of all others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roadbed.delivery.metrics.columnar import sifting
from roadbed.delivery.metrics.columnar.taking import Deployments
from roadbed.delivery.metrics.rules import texts
from roadbed.delivery.metrics.rules.labelling import MENDING, TOLD, Remedy, Story, ending, label, undoes
from roadbed.delivery.metrics.rules.past import Named, Past, key_of
from roadbed.delivery.metrics.rules.values import ORDINARY, Incident


@dataclass(frozen=True, slots=True)
class Names:
    """What the deployments of columns are known by."""

    of: Deployments

    def shas(self) -> Named:
        """Each commit."""
        return zip(self.of.owner, self.of.commits.sha, strict=True)

    def subjects(self) -> Named:
        """As they were told."""
        return zip(self.of.owner, self.of.commits.subject, strict=True)

    def numbers(self) -> Named:
        """As the source told it, else as the title ends."""
        change = self.of.commits.change or [""] * len(self.of.commits.sha)
        told = zip(change, self.of.commits.subject, strict=True)
        return zip(self.of.owner, (number or texts.number_of(subject) for number, subject in told), strict=True)

    def versions(self) -> Iterator[str]:
        """As they were told."""
        return (one.version for one in self.of.told)

    def commits(self) -> Iterator[str]:
        """As they were told."""
        return (one.commit for one in self.of.told)


def story_of(deployments: Deployments, incidents: Sequence[Incident]) -> Story:
    """A service's history, labelled from its beginning."""
    known = sorted(incidents, key=lambda one: (one.started_at, one.uid))
    mended = {one.mended_by: one for one in reversed(known) if one.mended_by}
    past = Past(Names(deployments))
    over = ending(deployments.uid, deployments.instants, known) if known else {}
    story = Story(ordered=deployments, incidents=known, past=past, mended=mended, ending=over)
    story.labels.extend([(ORDINARY, "")] * len(deployments))
    for index in sorted(_to_be_asked(deployments, mended) | over.keys()):
        story.labels[index] = label(story, index)
        for failed, words in undoes(story, index):
            story.remedies[failed].append(Remedy(deployments[index].at, words))
    return story


def _to_be_asked(deployments: Deployments, mended: dict[str, Incident] | object) -> set[int]:
    """The places of deployments that may be anything but ordinary."""
    told = deployments.told
    found = {place for place, one in enumerate(told) if one.rolled_back or one.kind in TOLD or one.kind in MENDING}
    if mended:
        found |= {place for place, uid in enumerate(deployments.uid) if uid in mended}  # type: ignore[operator]
    commits = deployments.commits
    found |= {deployments.owner[place] for place in commits.may_take_back}
    found |= {deployments.owner[place] for place in sifting.of_hotfix_branches(commits.subject)}
    return found | _going_back(deployments) | _mending(deployments)


def _mending(deployments: Deployments) -> set[int]:
    """Those whose first commit may mend something, or says nothing of it; the first rules most of them out."""
    commits, edges = deployments.commits, deployments.edges
    firsts = [(place, begin) for place, begin in enumerate(edges[:-1]) if edges[place + 1] > begin]
    begins = [begin for _, begin in firsts]
    subjects = [commits.subject[begin] for begin in begins]
    bodies = [commits.body[begin] for begin in begins] if commits.body else [""] * len(begins)
    found = {firsts[number][0] for number in sifting.may_mend(subjects, bodies)}
    if commits.labels:
        found |= {place for place, begin in firsts if commits.labels[begin]}
    return found


def _going_back(deployments: Deployments) -> set[int]:
    """Those at a commit that is not new, or said to carry none; where several places are, each lags behind others."""
    first: dict[str, int] = {}
    told = deployments.told
    for place, one in enumerate(told):
        if one.commit:
            first.setdefault(key_of(one.commit), place)
    carried: dict[str, int] = {}
    if any(one.commit_count is None for one in told):
        carried = dict(zip(reversed(deployments.commits.keys), reversed(deployments.owner), strict=True))
    found = set()
    for place, one in enumerate(told):
        if not one.commit:
            continue
        if one.commit_count is not None:
            if one.commit_count == 0:
                found.add(place)
            continue
        key = key_of(one.commit)
        if min(first[key], carried.get(key, place)) < place:
            found.add(place)
    return found


def caused_by(incidents: Sequence[Incident]) -> dict[str, list[Incident]]:
    """Incidents by the deployment that caused them."""
    found: dict[str, list[Incident]] = defaultdict(list)
    for one in incidents:
        found[one.deployment].append(one)
    return found

"""Which deployment caused an incident: what was said, the artifact, the text, then time; and never by force."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roadbed.delivery.metrics.rules.causes import Asked, Flagged, cause_of, suspects_of
from roadbed.delivery.metrics.tests.history import at, commit, deployed

OLD = deployed("d1", 90, commit("a1aaaaaaaaaa", "Add search (#12)"), artifact="pkg:oci/shop@1")
NEW = deployed("d2", 80.5, commit("bbbbbbbbbbb1", "Group stops (#31)"), artifact="pkg:oci/shop@2")
OTHER = deployed("e1", 80.2, commit("ccccccccccc1", "Add rooms (#40)"), service="s-2")
KNOWN = suspects_of([NEW, OTHER, OLD], [Flagged("new-ranking", at(81))])
ASKED = Asked(at(80), "s-1", "5xx at 7 %")


@pytest.mark.parametrize(
    ("cause", "deployment", "flag", "elsewhere"),
    [
        ("#12", "d1", "", ""), ("deployment d1", "d1", "", ""), ("a1aaaaaa", "d1", "", ""), ("#40", "e1", "", ""),
        ("flag new-ranking", "", "new-ranking", ""), ("power dip", "", "", "power dip"), ("#999", "", "", "#999"),
    ],
)  # fmt: skip
def test_what_somebody_said_outweighs_all(cause: str, deployment: str, flag: str, elsewhere: str):
    found = cause_of(replace(ASKED, cause=cause, artifact="pkg:oci/shop@2"), KNOWN)
    assert (found.deployment, found.flag, found.elsewhere) == (deployment, flag, elsewhere)


def test_the_artifact_outweighs_time():
    assert cause_of(replace(ASKED, artifact="pkg:oci/shop@1"), KNOWN).deployment == "d1"
    assert cause_of(replace(ASKED, artifact="pkg:oci/shop@9"), KNOWN).deployment == "d2"


@pytest.mark.parametrize(
    ("text", "deployment"),
    [
        ("Totals wrong; bisected to #12", "d1"),
        ("Blank pages – introduced by a1aaaaa", "d1"),
        ("First suspected #31, but it was #12", "d1"),
        ("Errors since v-d1", "d1"),
        ("Not #31: the carrier's DNS failed", ""),
        ("Rolled back as a precaution, no effect: cause was the carrier's DNS.", ""),
        ("Stops for tenants without new-ranking", ""),
        ("Staging answers NaN after #12 (production is not concerned)", ""),
        ("Disk failure on the primary", ""),
        ("5xx at 7 % right after the release", "d2"),
    ],
)
def test_the_text_names_a_cause_or_takes_it_back(text: str, deployment: str):
    assert cause_of(replace(ASKED, text=text), KNOWN).deployment == deployment


def test_time_alone_blames_the_last_within_an_hour_and_nobody_else():
    assert cause_of(ASKED, KNOWN).why == "finished 30 min before"
    assert cause_of(ASKED, KNOWN, burns=[at(80.3)]).why == (
        "finished 30 min before, and the error budget burned from then on"
    )
    assert cause_of(replace(ASKED, started_at=at(79.5)), KNOWN).deployment == "d2"
    assert cause_of(replace(ASKED, started_at=at(79.4)), KNOWN).deployment == ""
    assert cause_of(replace(ASKED, service_uid="s-9"), KNOWN).deployment == ""
    assert cause_of(ASKED, suspects_of([])).deployment == ""

"""DevLake's own tables: reproduced where they are right, and where ours differ the test says why."""

from __future__ import annotations

import csv
import hashlib
import math
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roadbed.delivery.metrics.rules.causes import Asked, cause_of, suspects_of
from roadbed.delivery.metrics.rules.changes import Changes, ChangeTold, Ref, changes_of, commit_of
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.labelling import key_of
from roadbed.delivery.metrics.rules.values import Commit, Deployment, Judged

DATA = Path(__file__).parents[3] / "shared" / "conformance" / "devlake-dora"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="DevLake's tables are not beside the repository")
LEAD = "change_lead_time"
CAUSES = "connect_incident_to_deployment"
Row = dict[str, str]


def table(path: str) -> list[Row]:
    with (DATA / path).open(newline="") as file:
        return list(csv.DictReader(file))


def sha(name: str) -> str:
    """DevLake's tables have names like commit1 in place of Git's, which differ early."""
    return hashlib.sha256(name.encode()).hexdigest()[:40]


def instant(text: str) -> datetime | None:
    if not text:
        return None
    if "T" in text:
        return datetime.fromisoformat(text)
    day, clock = text.split(" ")
    year, month, date = map(int, day.split("-"))
    hour, minute, second = map(int, clock.split(":"))
    return datetime(year, month, date, hour, minute, second, tzinfo=UTC)


def changes() -> Changes:
    commits: dict[str, list[Commit]] = defaultdict(list)
    reviews: dict[str, list[datetime]] = defaultdict(list)
    authors = {one["id"]: one["author_id"] for one in table(f"{LEAD}/pull_requests.csv")}
    for one in table(f"{LEAD}/pull_request_commits.csv"):
        commits[one["pull_request_id"]].append(Commit(sha(one["commit_sha"]), "", instant(one["commit_authored_date"])))
    for one in table(f"{LEAD}/pull_request_comments.csv"):
        at = instant(one["created_date"])
        # An author's own comment is no review.
        if at is not None and one["account_id"] != authors[one["pull_request_id"]]:
            reviews[one["pull_request_id"]].append(at)
    told = [
        ChangeTold(
            Ref(one["id"]), created_at=instant(one["created_date"]), merged_at=instant(one["merged_date"]),
            reviewed_at=min(reviews[one["id"]], default=None), shas=(sha(one["merge_commit_sha"]),),
            commits=tuple(commits[one["id"]]),
        )
        for one in table(f"{LEAD}/pull_requests.csv")
    ]  # fmt: skip
    return changes_of(told)


def judged(rows: list[Row], carried: dict[str, tuple[Commit, ...]]) -> dict[str, Judged]:
    """DevLake's deployment commits as deployments; a service is a scope's repository, as DevLake compares them."""
    by_service: dict[str, list[Deployment]] = defaultdict(list)
    for one in rows:
        finished = instant(one["finished_date"])
        if one["result"] == "SUCCESS" and one["environment"] == "PRODUCTION" and finished is not None:
            service = f"{one['cicd_scope_id']} {one['repo_url']}"
            commits = carried.get(one["commit_sha"])
            by_service[service].append(
                Deployment(one["id"], service, service, finished, commit=sha(one["commit_sha"]), commits=commits)
            )
    return {one.uid: one for of in by_service.values() for one in judge(of, ())}


def leads() -> dict[str, float]:
    """Minutes from the first commit to the deployment, by pull request."""
    known = changes()
    carried: dict[str, tuple[Commit, ...]] = defaultdict(tuple)
    for one in table(f"{LEAD}/commits_diffs.csv"):
        change = known.by_sha.get(key_of(sha(one["commit_sha"])))
        if change is not None:
            carried[one["new_commit_sha"]] += (commit_of(change),)
    found = judged(table(f"{LEAD}/cicd_deployment_commits.csv"), dict(carried))
    of = {each.shas[0]: name for name, (each,) in known.by_name.items()}
    return {
        of[each.sha]: math.ceil(each.seconds / 60)
        for one in found.values()
        for each in one.carried
        if each.seconds is not None
    }


def test_lead_times_are_devlake_s_where_a_change_was_deployed_after_its_merge():
    theirs = {one["id"]: one for one in table(f"{LEAD}/project_pr_metrics.csv")}
    ours = leads()
    assert ours["pr1"] == int(theirs["pr1"]["pr_cycle_time"])
    # Its commits are dated after its merge: it was rebased, so it began with its opening, as DevLake has it too.
    assert ours["pr2"] == int(theirs["pr2"]["pr_cycle_time"])


def test_a_change_that_nobody_deployed_has_no_lead_time_where_devlake_gives_it_one():
    theirs = {one["id"]: one for one in table(f"{LEAD}/project_pr_metrics.csv")}
    for name in ("pr4", "pr5"):
        # DevLake adds up the stages that it has, so the missing deployment counts as nothing, which is 0 minutes.
        assert (theirs[name]["pr_deployed_date"], bool(theirs[name]["pr_cycle_time"])) == ("", True)
        assert name not in leads()


def test_a_first_deployment_s_changes_have_no_lead_time():
    theirs = {one["id"]: one for one in table(f"{LEAD}/project_pr_metrics.csv")}
    assert theirs["pr0"]["pr_cycle_time"] == "44640"
    assert "pr0" not in leads()


def test_lead_time_ends_with_the_deployment_where_devlake_counts_to_a_merge_that_came_later():
    theirs = {one["id"]: one for one in table(f"{LEAD}/project_pr_metrics.csv")}
    # Merged a day after the deployment that carried it, by its dates: DevLake adds 5,883, 5,760 and nothing.
    assert theirs["pr3"]["pr_cycle_time"] == "10203"
    assert leads()["pr3"] == 8799


def test_the_deployment_before_is_devlake_s():
    rows = table("prev_success_deployment_commit/cicd_deployment_commits_after.csv")
    found = judged(rows, {})
    for one in rows:
        if one["id"] in found:
            assert found[one["id"]].first is (one["prev_success_deployment_commit_id"] == "")
    # Those that failed, went to staging or nowhere count for nothing, as they do there.
    assert set(found) == {"1", "2", "3", "4", "5", "6", "9", "10", "12", "13", "15"}


def test_incidents_have_no_deployment_where_devlake_blames_the_last_one_however_old():
    theirs = {
        one["id"]: one["deployment_id"]
        for one in table(f"{CAUSES}/snapshot_tables/project_incident_deployment_relationships.csv")
    }
    rows = [
        one
        for one in table(f"{CAUSES}/prev_success_deployment_commit/cicd_deployment_commits_after.csv")
        if one["result"] == "SUCCESS" and one["environment"] == "PRODUCTION"
    ]
    deployments = [
        Deployment(one["cicd_deployment_id"], "project1", "project1", at)
        for one in rows
        if (at := instant(one["finished_date"])) is not None
    ]
    last = {one.at: one.uid for one in deployments}
    suspects = suspects_of(deployments)
    for one in table(f"{CAUSES}/raw_tables/incidents.csv"):
        began = instant(one["created_date"])
        if began is None or one["id"] not in theirs:
            continue
        before = max(at for at in last if at <= began)
        # DevLake's answer is the last deployment, between 19 hours and two months old: time alone blames no such one.
        assert (began - before).total_seconds() > 3600
        assert cause_of(Asked(began, "project1"), suspects).deployment == ""

"""Jobs: claimed once, tried again with backoff, reaped, keyed, and kept on a schedule whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.errors import Conflict, Forbidden, NotFound
from roadbed.ground.jobs import registry, usecases
from roadbed.ground.jobs.models import Job, ScheduleState
from roadbed.ground.jobs.rules import JobKind, Schedule, next_attempt, next_time
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED, Caller

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NAMES = ("test.work",)


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> JobKind:
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(registry, "_schedules", {})
    registry.job("test.work", attempts=3, backoff=(2.0, 10.0), every=60.0)(lambda *_: None)
    found = registry.kind_of("test.work")
    assert found is not None
    return found


def claim(worker: str = "w1", at: datetime = NOW) -> usecases.JobRun:
    run = usecases.claim(worker, now=at, names=NAMES)
    assert run is not None
    return run


def test_a_job_is_claimed_once_oldest_first():
    later = usecases.enqueue("test.work", {"n": 2}, now=NOW)
    first = usecases.enqueue("test.work", {"n": 1}, now=NOW, run_at=NOW - timedelta(seconds=1))
    usecases.enqueue("test.work", {"n": 3}, now=NOW, run_at=NOW + timedelta(seconds=1))
    usecases.enqueue("test.unknown", {}, now=NOW)
    assert [claim("w1").uid, claim("w2").uid] == [first, later]
    assert usecases.claim("w3", now=NOW, names=NAMES) is None


def test_a_failed_job_waits_longer_each_time_and_fails_for_good_at_its_last(kind: JobKind):
    uid = usecases.enqueue("test.work", {}, now=NOW)
    for wait in (2, 10):
        run = claim(at=NOW + timedelta(minutes=wait))
        assert not run.last_attempt
        usecases.fail(run, kind, error="no", now=NOW)
        assert Job.objects.get(uid=uid).run_at == NOW + timedelta(seconds=wait)
    run = claim(at=NOW + timedelta(hours=1))
    assert run.last_attempt
    usecases.fail(run, kind, error="never", now=NOW)
    job = Job.objects.get(uid=uid)
    assert (job.state, job.error, job.finished_at) == (Job.FAILED, "never", NOW)


def test_a_lost_lease_is_given_back_and_its_late_owner_finishes_nothing(kind: JobKind):
    uid = usecases.enqueue("test.work", {}, now=NOW)
    lost = claim("w1")
    late = NOW + usecases.LEASE + timedelta(seconds=1)
    assert usecases.reap(now=NOW) == 0
    assert usecases.reap(now=late) == 1
    again = claim("w2", at=late)
    assert again.attempt == 2
    assert not usecases.finish(lost, now=late)
    assert not usecases.fail(lost, kind, error="late", now=late)
    assert usecases.finish(again, now=late)
    assert Job.objects.get(uid=uid).state == Job.DONE


def test_a_lease_is_not_believed_to_be_over_because_the_clock_says_so():
    usecases.enqueue("test.work", {}, now=NOW)
    claim("w1")
    late = NOW + timedelta(hours=1)
    assert usecases.reap(now=late, ran_out=lambda *_: False) == 0
    assert usecases.reap(now=late, ran_out=lambda *_: False, dead_workers=["w1"]) == 1


def test_a_clock_set_back_keeps_no_job_waiting():
    at_once = usecases.enqueue("test.work", {}, now=NOW)
    later = usecases.enqueue("test.work", {}, now=NOW, run_at=NOW + timedelta(minutes=2))
    back = NOW - timedelta(hours=1)
    assert usecases.claim("w1", now=back, names=NAMES) is None
    assert usecases.catch_up_with_clock(now=back) == 2
    assert usecases.catch_up_with_clock(now=back) == 0
    assert claim("w1", at=back).uid == at_once
    assert usecases.claim("w1", now=back + timedelta(seconds=119), names=NAMES) is None
    assert claim("w1", at=back + timedelta(minutes=2)).uid == later


def test_a_renewed_lease_is_kept():
    usecases.enqueue("test.work", {}, now=NOW)
    run = claim()
    usecases.renew([run], now=NOW + timedelta(seconds=25))
    assert usecases.reap(now=NOW + timedelta(seconds=40)) == 0


def test_a_job_whose_workers_keep_dying_fails_at_its_last_attempt():
    uid = usecases.enqueue("test.work", {}, now=NOW)
    for attempt in range(3):
        claim(f"w{attempt}")
        assert usecases.leaseholders() == (f"w{attempt}",)
        assert usecases.reap(now=NOW, dead_workers=[f"w{attempt}"]) == 1
    job = Job.objects.get(uid=uid)
    assert job.state == Job.FAILED
    assert "died" in job.error


def test_a_key_stands_for_one_job_until_that_came_out():
    uid = usecases.enqueue("test.work", {}, key="k", now=NOW)
    assert usecases.enqueue("test.work", {"other": 1}, key="k", now=NOW) == uid
    run = claim()
    assert usecases.enqueue("test.work", {}, key="k", now=NOW) == uid
    usecases.finish(run, now=NOW)
    assert usecases.enqueue("test.work", {}, key="k", now=NOW) != uid
    assert usecases.enqueue("test.work", {}, now=NOW) != usecases.enqueue("test.work", {}, now=NOW)


def test_a_schedule_enqueues_once_per_turn_and_never_doubles():
    assert usecases.keep_schedules(now=NOW) == 1
    assert usecases.keep_schedules(now=NOW) == 0
    assert usecases.keep_schedules(now=NOW + timedelta(seconds=60)) == 1
    assert Job.objects.count() == 1
    usecases.finish(claim(at=NOW + timedelta(seconds=61)), now=NOW)
    assert usecases.keep_schedules(now=NOW + timedelta(seconds=120)) == 1
    assert Job.objects.count() == 2


def test_a_schedule_that_is_not_wanted_writes_nothing(monkeypatch: pytest.MonkeyPatch):
    checked: list[datetime] = []
    reasons = Job.objects.filter(name="test.reason")
    schedule = Schedule(
        "test.rare", "test.work", 1.0, lambda now: reasons.filter(run_at__lte=now), lambda now: now in checked
    )
    monkeypatch.setattr(registry, "_schedules", {"test.rare": schedule})
    usecases.keep_schedules(now=NOW)
    state = ScheduleState.objects.get(name="test.rare").next_at
    later = NOW + timedelta(seconds=5)
    assert usecases.keep_schedules(now=later) == 0
    assert ScheduleState.objects.get(name="test.rare").next_at == state
    usecases.enqueue("test.reason", {}, now=later)
    assert usecases.keep_schedules(now=later) == 0
    checked.append(later)
    assert usecases.keep_schedules(now=later, accepts=lambda job: job != "test.work") == 0
    assert usecases.keep_schedules(now=later) == 1


def test_a_clock_set_back_does_not_silence_a_schedule():
    usecases.keep_schedules(now=NOW)
    back = NOW - timedelta(days=30)
    assert usecases.keep_schedules(now=back) == 1
    assert ScheduleState.objects.get().next_at == back + timedelta(seconds=60)


def test_a_failed_job_is_tried_again_on_demand_by_admins_and_that_is_recorded(kind: JobKind):
    uid = usecases.enqueue("test.work", {}, key="k", now=NOW)
    usecases.fail(claim(), kind, error="no", now=NOW, final=True)
    with pytest.raises(Forbidden):
        usecases.retry_job(Caller(uid="m", name="M", role="member"), uid, now=NOW)
    other = usecases.enqueue("test.work", {}, key="k", now=NOW)
    with pytest.raises(Conflict):
        usecases.retry_job(ROADBED, uid, now=NOW)
    Job.objects.filter(uid=other).delete()
    usecases.retry_job(ROADBED, uid, now=NOW)
    assert claim().attempt == 1
    assert Fact.objects.get(kind="job.retried").subject == uid
    with pytest.raises(NotFound):
        usecases.retry_job(ROADBED, uid, now=NOW)


def test_finished_jobs_are_forgotten_and_failed_ones_kept(kind: JobKind):
    done = usecases.enqueue("test.work", {}, now=NOW)
    usecases.finish(claim(), now=NOW)
    failed = usecases.enqueue("test.work", {}, now=NOW)
    usecases.fail(claim(), kind, error="no", now=NOW, final=True)
    assert usecases.forget_finished(before=NOW + timedelta(days=1)) == 1
    assert set(Job.objects.values_list("uid", flat=True)) == {failed} != {done}


@given(st.integers(0, 10**6), st.integers(-(10**6), 10**6), st.floats(0.5, 86_400))
def test_the_next_time_is_after_now_within_a_step_and_on_the_grid(behind: int, jump: int, every: float):
    schedule, due = Schedule("s", "test.work", every), NOW
    now = NOW + timedelta(seconds=behind + jump)
    following = next_time(schedule, due=due, now=now)
    step = timedelta(seconds=every)
    assert following <= max(now, due) + step
    if now >= due:
        assert now < following
        assert (following - due) % step == timedelta(0)


@given(st.integers(1, 20), st.integers(1, 20))
def test_backoff_repeats_its_last_wait_until_attempts_end(attempts: int, allowed: int):
    kind = JobKind("k", print, attempts=allowed, backoff=(1.0, 5.0))
    again = next_attempt(kind, attempts=attempts, now=NOW)
    assert (again is None) == (attempts >= allowed)
    if again is not None:
        assert again - NOW == timedelta(seconds=1.0 if attempts == 1 else 5.0)

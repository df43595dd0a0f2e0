"""The rules of alerts, one by one: reading, matching, placing, silencing, hours, explaining."""

from __future__ import annotations

import base64
import datetime as dt
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.catalog.hours import hours_of, in_words, within
from roadbed.ground.errors import Invalid
from roadbed.ground.ports.events import Unreadable
from roadbed.reliability.paging.alerts import signing
from roadbed.reliability.paging.rules.alerts import explaining, mail, mapping, pagerduty, placing, reading, storming
from roadbed.reliability.paging.rules.alerts.cloudwatch import signed_text
from roadbed.reliability.paging.rules.alerts.explaining import PageAsk
from roadbed.reliability.paging.rules.alerts.matching import fit, matchers_of, pattern_fault
from roadbed.reliability.paging.rules.alerts.naming import environment_in, services_in, severity_in
from roadbed.reliability.paging.rules.alerts.placing import Open
from roadbed.reliability.paging.rules.alerts.silencing import Quiet, silenced
from roadbed.reliability.paging.rules.alerts.values import KINDS
from roadbed.reliability.paging.rules.owning import Side, decide

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["alerts", "status", "labels", "payload", "event_action", "Type", "Message", "a", "startsAt"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(payload=JSON_VALUES, kind=st.sampled_from(sorted(KINDS)))
def test_whatever_a_stranger_posts_is_read_or_refused_in_words(payload: Any, kind: str):
    mapped, said = {"title": "a | labels.a", "status": "status"}, ""
    signals: tuple[Any, ...] = ()
    try:
        signals = reading.read(kind, json.dumps(payload).encode(), {}, mapped=mapped).signals
    except Unreadable as fault:
        said = str(fault)
    assert said or all(one.title or one.action != "trigger" for one in signals)


@pytest.mark.parametrize(
    ("subject", "action", "severity"),
    [
        ("[FIRING:1] Disk full on db-1 (critical)", "trigger", 1),
        ("[RESOLVED] Disk full on db-1", "resolve", None),
        ("Disk full on db-1 recovered", "resolve", None),
        ("PROBLEM: Disk full on db-1", "trigger", None),
        ("OKR review tomorrow", "trigger", None),
    ],
)
def test_a_mails_subject_says_what_it_is_and_whether_it_is_over(subject: str, action: str, severity: int | None):
    one = mail.read(f"Subject: {subject}\r\nFrom: nagios@kestrel.example\r\n\r\nhost db-1".encode(), {}).signals[0]
    assert (one.action, one.severity) == (action, severity)


def test_a_mail_that_ends_an_alert_has_its_key():
    keys = {
        mail.read(f"Subject: {said}\r\n\r\nx".encode(), {}).signals[0].key
        for said in ("PROBLEM: Disk full", "RESOLVED: Disk full", "[FIRING:3] Disk full")
    }
    assert len(keys) == 1


def test_a_mapping_reads_lists_alternatives_and_texts_and_names_each_fault():
    mapped = mapping.checked({
        "alerts": "items", "title": "name | 'unnamed'", "key": "ids[1]", "status": "up", "resolved": ["true"],
        "severity": "level", "severities": {"bad": "critical"}, "labels": "tags",
    })  # fmt: skip
    body = {"items": [{"ids": [1, 2], "up": True, "level": "bad", "tags": {"service": "checkout"}}, {"name": "B"}]}
    first, second = mapping.read(body, mapped).signals
    assert (first.title, first.key, first.action, first.severity) == ("unnamed", "2", "resolve", 1)
    assert (first.service, second.title, second.action) == ("checkout", "B", "trigger")
    with pytest.raises(Invalid) as refused:
        mapping.checked({"titel": "x", "key": "a..[b", "resolved": "ok"})
    fields = [refused.value.place.field, *(one.place.field for one in refused.value.others)]
    assert fields == ["mapping.titel", "mapping.key", "mapping.resolved"]


def test_a_pagerduty_event_names_all_that_is_wrong():
    wrong = pagerduty.faults({"event_action": "trigger", "payload": {"summary": " ", "severity": "page"}})
    assert [fault.split("'")[1] for fault in wrong] == ["payload.summary", "payload.source", "payload.severity"]
    assert pagerduty.faults({"payload": {"summary": "x"}}, change=True) == []


def test_labels_name_service_severity_and_environment():
    assert list(services_in({"job": "api", "pod": "checkout-7d9f6c5b4-x2x9z"})) == ["api", "checkout"]
    assert [severity_in({"severity": said}) for said in ("Page", "P2", "warn", "none", "purple")] == [1, 2, 3, 4, None]
    assert [environment_in({"env": said}) for said in ("prod", "", "QA")] == ["production", "production", "qa"]


@pytest.mark.parametrize("pattern", ["(a+)+", "(a*)*b", r"(.)\1", "(?=a)a", "(a|b*)+", "a(b", ".*.*.*.*"])
def test_a_pattern_that_could_run_for_hours_is_refused(pattern: str):
    assert pattern_fault(pattern)


def test_matchers_fit_as_alertmanagers_do():
    labels = {"service": "checkout", "alertname": "DiskFull"}
    wanted = matchers_of(["service=checkout", 'alertname=~"Disk.*"', "team!=x", "zone!~eu.*"])
    assert fit(wanted, labels)
    assert not fit(matchers_of(["service=check"]), labels)
    assert not fit(matchers_of(["alertname=~Disk"]), labels)
    with pytest.raises(Invalid, match="fit every alert"):
        matchers_of(["team!=x", "zone=~.*"])


def test_a_maintenance_window_keeps_its_time_on_the_wall_when_the_clocks_change():
    start = datetime(2026, 3, 23, 1, 0, tzinfo=UTC)  # 02:00 in Stockholm, a Monday
    window = Quiet("u", matchers_of(["service=checkout"]), start, start + timedelta(hours=1), "weekly", "Hanne",
                   "FREQ=WEEKLY;BYDAY=MO", "Europe/Stockholm")  # fmt: skip
    labels = {"service": "checkout"}
    hours = [
        at
        for at in range(48)
        if silenced(labels, (window,), now=datetime(2026, 3, 30, tzinfo=UTC) + timedelta(minutes=30 * at))
    ]
    assert hours == [0, 1]
    assert window.next_after(datetime(2026, 3, 30, 5, tzinfo=UTC)) == (
        datetime(2026, 4, 6, 0, tzinfo=UTC), datetime(2026, 4, 6, 1, tzinfo=UTC),
    )  # fmt: skip


def held(*, text: str = "", **more: Any) -> placing.Withheld | None:
    given: dict[str, Any] = {
        "service": "web",
        "environment": "production",
        "severity": 2,
        "needs": {"d": "db"},
        "now": AT,
    }
    page = {
        "uid": "p",
        "service_uid": "d",
        "service": "db",
        "environment": "production",
        "severity": 2,
        "title": "down",
    }
    return placing.held_back(**given, others=(Open(**(page | more)),), text=text)


def test_a_dependant_waits_for_what_is_at_least_as_severe_and_a_while_after_it():
    assert held() is not None
    assert held(severity=3) is None
    assert held(environment="staging") is None
    assert held(service_uid="other") is None
    assert held(ended_at=AT - timedelta(seconds=59)) is not None
    assert held(ended_at=AT - placing.GRACE) is None


@pytest.mark.parametrize(
    "text",
    ["Totals are wrong; unrelated to the database", "Parser fails: no relation to db", "Certificate ends in 15 days"],
)
def test_what_no_dependency_brings_about_waits_for_none(text: str):
    assert held(text=text) is None
    assert held(text="Orders time out, related to db") is not None


def test_a_shared_engagement_pages_the_owner_in_its_hours_alone():
    hours = hours_of("Mon-Fri 08:00-18:00 Europe/Berlin")
    assert in_words(hours) == "Mon to Fri 08:00 to 18:00, Europe/Berlin"
    # The same instant of the day lies within in winter and not in summer, when 16:30 UTC is 18:30 in Berlin.
    turns = [
        within(hours, datetime(2026, month, day, 16, 30, tzinfo=UTC)) for month, day in ((11, 23), (6, 22), (11, 22))
    ]
    assert turns == [True, False, False]
    sides = {"owner": Side("payments", "product"), "engaged": Side("sre", "reliability")}
    went = [decide("checkout", **sides, kind="shared", hours="h", owners_turn=turn).team for turn in (True, False)]
    assert went == ["payments", "sre"]
    assert decide("checkout", **sides, kind="consult").team == "payments"
    for wrong in ("Mon 18:00-08:00", "Xyz 08:00-09:00", "Mon-Fri 08:00-18:00 Mars/Base", "always"):
        with pytest.raises(Invalid):
            hours_of(wrong)


def test_who_was_not_paged_is_told_what_came_before():
    steps = (("on call", ("h",)), ("fallback", ("m",)))
    page = PageAsk(why=("w",), opened_at=AT, step_seconds=300, steps=steps, step=0, cycle=0,
                   closed_at=AT + timedelta(minutes=3), closed_for="it stopped by itself")  # fmt: skip
    said = explaining.explain(page, "m", "Mara", {"h": "Hanne", "m": "Mara"}, in_team=False, team="payments")
    assert said.outcome == "not paged"
    assert said.reasons[-1].endswith("It closed before that step came: it stopped by itself.")


def test_only_what_the_certificates_owner_signed_is_believed():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    day = dt.timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(AT - day).not_valid_after(AT + day)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    envelope = {"Type": "Notification", "Message": "m", "MessageId": "1", "TopicArn": "t", "Timestamp": "now"}
    signature = key.sign(signed_text(envelope), padding.PKCS1v15(), hashes.SHA256())
    envelope |= {"SignatureVersion": "2", "Signature": base64.b64encode(signature).decode()}
    signing.prove(envelope, pem)
    for changed in ({"Message": "other"}, {"Signature": "AAAA"}, {"SignatureVersion": "3"}):
        with pytest.raises(Unreadable):
            signing.prove(envelope | changed, pem)
    with pytest.raises(Invalid):
        signing.checked("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----")


ENOUGH = storming.Limit(5, timedelta(minutes=5))


@pytest.mark.parametrize(
    ("severity", "recent", "storms", "among", "joins"),
    [
        (2, 4, False, False, False),
        (2, 5, False, False, True),
        (3, 0, True, False, True),
        (1, 5, True, False, False),
        (1, 19, True, False, False),
        (1, 20, True, False, True),
        (1, 20, False, False, True),
        (1, 0, True, True, True),
    ],
)
def test_a_team_with_enough_pages_gets_one_for_the_rest_but_critical_ones_stand_alone(
    severity: int, recent: int, *, storms: bool, among: bool, joins: bool
):
    found = storming.joining(
        team="team-payments", severity=severity, recent=recent, storms=storms, among=among, limit=ENOUGH
    )
    assert found.joins is joins
    assert bool(found.said) is (joins or storms)
    off = storming.Limit(0, ENOUGH.within)
    assert not storming.joining(
        team="team-payments", severity=severity, recent=recent, storms=storms, among=among, limit=off
    ).joins


def test_a_storm_is_over_when_nothing_joins_and_few_are_left():
    for seconds, services, over in ((299, 1, False), (300, 5, True), (300, 6, False)):
        now = AT + timedelta(seconds=seconds)
        assert storming.is_calm(joined_at=AT, services=services, now=now, limit=ENOUGH) is over


def test_a_storms_page_says_how_large_it_is():
    assert storming.title_of("team-payments", ["cart", "web"]) == "2 services of team-payments are alerting"
    assert storming.title_of("team-payments", ["cart"]) == "cart of team-payments is alerting"
    names = [f"s{number}" for number in range(10)]
    assert storming.text_of(names) == "Alerts of s0, s1, s2, s3, s4, s5, s6, s7 and 2 more."
    assert str(ENOUGH) == "5 pages within 5 min"

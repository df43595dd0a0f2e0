"""Addresses that are secrets: sealed in the database, shown masked, opened for the sending, sealed anew by rotation."""

from __future__ import annotations

import pytest
from django.db import connection

from roadbed.ground.errors import Conflict, Forbidden
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.platform.secrets import keys, rotating
from roadbed.reliability.paging import queries, usecases
from roadbed.reliability.paging.calendars import feeding
from roadbed.reliability.paging.models import CalendarFeed, Channel, Delivery
from roadbed.reliability.paging.reaching import sealing
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
PUSH = "tgram://123456789:AAbbccddeeffgghhiijjkkllmmnnoopp/4242424242/"
HANNE = "hanne@kestrel.example"


def everything(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - the test's own names
        return repr([[bytes(one) if isinstance(one, memoryview) else one for one in row] for row in cursor.fetchall()])


def hook(house: House) -> Channel:
    usecases.add_channel(ROADBED, kind="webhook", address=house.hook.url, email=HANNE, now=house.now)
    Channel.objects.filter(kind="webhook").update(verified_at=house.now)
    return Channel.objects.get(kind="webhook")


def test_no_column_holds_it_and_it_is_shown_masked(house: House):
    made = usecases.add_channel(ROADBED, kind="push", address=PUSH, email=HANNE, now=house.now)
    held = everything("paging_channel") + everything("jobs_job") + everything("ledger_fact")
    assert "AAbbccdd" not in held
    assert "4242424242" not in held
    (shown,) = queries.channels_of(house.person("hanne").uid)
    assert shown.uid == made.uid
    assert shown.address == "tgram://…242/"
    with pytest.raises(Conflict, match="has this channel already"):
        usecases.add_channel(ROADBED, kind="push", address=PUSH, email=HANNE, now=house.now)
    other = PUSH.replace("AAbb", "BBbb")
    usecases.add_channel(ROADBED, kind="push", address=other, email=HANNE, now=house.now)


def test_a_page_reaches_a_sealed_address_and_a_moved_one_opens_nothing(house: House):
    channel = hook(house)
    house.rotate("hanne")
    house.burn()
    house.deliver()
    assert len(house.hook.requests) == 1
    usecases.add_channel(ROADBED, kind="webhook", address=f"{house.hook.url}?two", email=HANNE, now=house.now)
    other = Channel.objects.get(kind="webhook", verified_at=None)
    Channel.objects.filter(pk=other.pk).update(sealed=channel.sealed, verified_at=house.now)
    usecases.send_test(other.uid, now=house.now, last_attempt=True)
    other.refresh_from_db()
    assert "belongs to another place" in other.problem
    assert len(house.hook.requests) == 1


def test_without_the_key_the_next_method_comes_at_once_and_the_reason_is_told(house: House):
    hook(house)
    house.mailbox("hanne")
    house.rotate("hanne")
    path = keys.key_file()
    kept = path.read_bytes()
    path.unlink()
    try:
        house.burn()
        house.deliver()
        assert house.mailed() == ["hanne"]
        failed = Delivery.objects.get(channel__kind="webhook")
        assert (failed.state, "master key of the secrets is missing" in failed.error) == (Delivery.FAILED, True)
        # No new key is made over what only the lost one opens.
        with pytest.raises(Exception, match="missing"):
            keys.encrypt(b"anything")
    finally:
        path.write_bytes(kept)
        path.chmod(0o600)


def test_rows_from_before_are_sealed_once_and_still_lead_there(house: House):
    channel = hook(house)
    clear = {"address": house.hook.url, "mark": "", "sealed": None}
    Channel.objects.filter(pk=channel.pk).update(**clear)
    house.mailbox("ines")
    Channel.objects.filter(kind="smtp").update(mark="")
    with pytest.raises(Conflict):
        usecases.add_channel(ROADBED, kind="webhook", address=house.hook.url, email=HANNE, now=house.now)
    assert sealing.clear()[0].exists()
    assert sealing.seal_clear() == 2
    assert (any(rows.exists() for rows in sealing.clear()), sealing.seal_clear()) == (False, 0)
    assert house.hook.url not in everything("paging_channel")
    assert Channel.objects.get(kind="smtp").address == "ines@kestrel.example"
    house.rotate("hanne")
    house.burn()
    house.deliver()
    assert len(house.hook.requests) == 1


class _AnyCalendar:
    """Takes every address; reads none."""

    def fault_of(self, url: str) -> str:
        assert url
        return ""


def test_a_calendars_address_is_sealed_too(house: House):
    board.provide("calendars", _AnyCalendar)
    url = "https://calendar.example/private-8a7b6c5d/basic.ics"
    feeding.add_feed(ROADBED, "team-payments", kind="leave", url=url, name="Leave", now=house.now)
    assert "private-8a7b6c5d" not in everything("paging_calendarfeed")
    assert sealing.url_of(CalendarFeed.objects.get()) == url
    assert feeding.feeds("team-payments", now=house.now)[0].host == "calendar.example"


def test_a_new_master_key_seals_everything_anew_and_the_former_one_can_go(house: House):
    channel = hook(house)
    admin = house.caller("mara")
    before = rotating.show(admin)
    turned = rotating.rotate(admin, now=house.now)
    assert (turned.public != before.public, turned.former, turned.renewed["paging"]) == (True, 1, 1)
    left = rotating.forget(admin, now=house.now)
    assert (left.former, left.public) == (0, turned.public)
    assert bytes(Channel.objects.get(pk=channel.pk).sealed or b"") != bytes(channel.sealed or b"")
    with pytest.raises(Conflict, match="no former key"):
        rotating.forget(admin, now=house.now)
    with pytest.raises(Forbidden):
        rotating.rotate(house.caller("hanne"), now=house.now)
    house.rotate("hanne")
    house.burn()
    house.deliver()
    assert len(house.hook.requests) == 1
    assert [one["change"] for one in house.facts("secret.key.changed")] == ["rotated", "former forgotten"]

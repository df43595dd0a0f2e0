"""A page that is acknowledged at the very moment at which it is to be sent."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from roadbed.reliability.paging import usecases
from roadbed.reliability.paging.models import Delivery
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)


def somebody_waits() -> bool:
    """Whether a connection waits for a lock that another one has."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_an_acknowledgement_that_is_being_written_is_waited_for_or_comes_after_the_claim(house: House):
    if connections["default"].vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    house.rotate("hanne")
    house.mailbox("hanne")
    alert = house.burn()

    def deliver() -> None:
        try:
            house.deliver()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(using="default"):
            usecases.acknowledge(house.caller("hanne"), alert.uid, now=house.now)
            sending = pool.submit(deliver)
            deadline = time.monotonic() + 120
            while not (sending.done() or somebody_waits()):
                assert time.monotonic() < deadline
        sending.result(30)
    house.deliver()
    assert house.mailed() == []
    assert Delivery.objects.exclude(state=Delivery.DROPPED).count() == 0

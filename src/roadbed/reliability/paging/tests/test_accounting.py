"""What paging tells other rooms: teams with somebody on call, and who was paged for which service."""

from __future__ import annotations

from datetime import timedelta

from roadbed.ground import asks
from roadbed.ground.asks.counted import Paged, PeoplePaged, TeamsOnCall
from roadbed.ground.people.models import Person
from roadbed.reliability.paging.tests.conftest import NOW, House


def test_a_team_is_on_call_while_somebody_active_is_in_its_rotation(house: House):
    assert asks.put(TeamsOnCall(NOW)) == frozenset()
    house.rotate("hanne", "ines")
    house.rotate("dele", team="team-sre")
    Person.objects.filter(email="dele@kestrel.example").update(is_active=False)
    assert asks.put(TeamsOnCall(NOW)) == {"team-payments"}


def test_people_are_counted_by_the_alerts_that_paged_them(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines")
    house.burn()
    told = asks.put(PeoplePaged(NOW - timedelta(days=1), NOW + timedelta(minutes=1)))
    assert told == (Paged(house.checkout, house.person("hanne").uid, 1),)
    assert asks.put(PeoplePaged(NOW - timedelta(days=2), NOW - timedelta(days=1))) == ()

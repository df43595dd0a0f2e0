"""The pages of paging: a link shows and its button acts, the on-call page tells gaps, forms change what they say."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from roadbed.reliability.paging.models import Alert, Channel, Recipient, Rotation
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def link(house: House) -> str:
    """What Hanne got by mail."""
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines")
    house.burn()
    house.deliver()
    text = house.sink.mails[0].get_content()
    return "/" + re.search(r"http://[^/]+/(pages/\S+)", text)[1]


@pytest.fixture
def hanne(client: Client, house: House) -> Client:
    client.force_login(house.person("hanne"))
    return client


def test_a_link_shows_without_signing_in_and_changes_nothing(client: Client, link: str):
    for _ in range(2):
        response = client.get(link)
        html = response.content.decode()
        assert response.status_code == 200
    assert Alert.objects.get().state == Alert.PAGING
    assert "Nobody has it yet" in html
    assert "checkout spends its error budget 100 times too fast" in html
    assert "Ines Carvalho" in html
    assert "no SRE engagement" in html
    assert "of 1,000" in html
    assert "no-store" in response["Cache-Control"]


def test_its_button_acknowledges_once_for_the_person_of_the_link(house: House, link: str):
    client = Client(enforce_csrf_checks=True)
    assert client.post(link).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(link).content.decode())[1]
    assert client.post(link, {"csrfmiddlewaretoken": token}).status_code == 302
    alert = Alert.objects.get()
    assert (alert.state, alert.acknowledged_name) == (Alert.ACKNOWLEDGED, "Hanne Brandt")
    assert "You have it" in client.get(link).content.decode()
    assert house.facts("page.acknowledged")[0]["through"] == "link"


def test_another_recipients_link_says_who_has_it(client: Client, house: House, link: str):
    house.wait(300)
    other = "/" + re.search(r"http://[^/]+/(pages/\S+)", house.sink.mails[1].get_content())[1]
    assert other != link
    client.post(link)
    html = client.get(other).content.decode()
    assert "Hanne Brandt has it" in html
    assert "Acknowledge</button>" not in html


def test_a_link_that_nobody_got_shows_nothing(client: Client, house: House, link: str):
    for wrong in (link[:-1], f"{link}x", "/pages/x", f"/pages/{Recipient.objects.get().uid}"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code == 404
    assert Alert.objects.get().state == Alert.PAGING


def test_links_are_kept_as_digests_only(link: str):
    secret = link.rpartition("/")[2]
    recipient = Recipient.objects.get()
    assert len(secret) >= 40
    assert secret not in str(list(Recipient.objects.values()))
    assert recipient.digest != secret


def test_a_closed_page_says_so(client: Client, house: House, link: str):
    house.record("budget.burn.stopped")
    house.wait(300)
    assert "it stopped by itself" in client.get(link).content.decode()
    assert client.post(link, follow=True).status_code == 200


def test_a_channels_link_confirms_by_its_button(client: Client, house: House):
    from roadbed.reliability.paging import channels

    house.mailbox("hanne", verified=False)
    channels.send_test(Channel.objects.get().uid, now=house.now, last_attempt=True)
    address = "/" + re.search(r"http://[^/]+/(channels/\S+)", house.sink.mails[0].get_content())[1]
    assert "It arrived" in client.get(address).content.decode()
    assert Channel.objects.get().verified_at is None
    client.post(address)
    assert Channel.objects.get().verified_at is not None
    assert "Confirmed" in client.get(address).content.decode()
    assert client.get("/channels/nothing").status_code == 404


def test_the_on_call_page_says_who_answers_and_who_cannot_be_reached(hanne: Client, house: House, link: str):
    html = hanne.get("/on-call").content.decode()
    assert html.index("Hanne Brandt") < html.index("Ines Carvalho")
    assert "Why was I paged" in html
    assert "Dele Akande" in html.split("A page cannot reach them")[1]
    assert "Paged" in html
    assert hanne.get(f"/on-call/pages/{Alert.objects.get().uid}").status_code == 200


def test_a_rotation_is_written_with_the_form(hanne: Client, house: House):
    assert hanne.get("/on-call/teams/team-payments").status_code == 200
    form = {
        "place-ines@kestrel.example": "1", "place-hanne@kestrel.example": "2", "weekday": "friday", "at": "10:30",
        "zone": "Europe/Lisbon", "step_seconds": "120",
    }  # fmt: skip
    assert hanne.post("/on-call/teams/team-payments", form).status_code == 302
    row = Rotation.objects.get()
    assert row.people == [house.person("ines").uid, house.person("hanne").uid]
    assert (row.weekday, f"{row.at:%H:%M}", row.zone, row.step_seconds) == (4, "10:30", "Europe/Lisbon", 120)
    assert "Ines Carvalho is on call" in hanne.get("/on-call/teams/team-payments").content.decode()
    assert hanne.post("/on-call/teams/team-payments", {"end": "1"}).status_code == 302
    assert not Rotation.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zone": "Mars/Olympus"}, "is no time zone"),
        ({"at": "25:99"}, "is no time"),
        ({"step_seconds": "soon"}, "is no number of seconds"),
        ({"place-hanne@kestrel.example": ""}, "at least one person"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(
    hanne: Client, house: House, wrong: dict[str, str], said: str
):
    form = {
        "place-hanne@kestrel.example": "1", "weekday": "monday", "at": "09:00", "zone": "UTC", "step_seconds": "60",
    }  # fmt: skip
    response = hanne.post("/on-call/teams/team-payments", form | wrong)
    html = response.content.decode()
    assert response.status_code == 422
    assert said in html
    assert 'value="60"' in html or "soon" in html
    assert not Rotation.objects.exists()


def test_channels_are_added_tried_and_removed_on_the_page(hanne: Client, house: House):
    assert hanne.post("/on-call/channels", {"kind": "smtp", "address": "nobody"}).status_code == 422
    assert hanne.post("/on-call/channels", {"kind": "smtp", "address": "h@kestrel.example"}).status_code == 302
    shown = hanne.post("/on-call/channels", {"kind": "webhook", "address": house.hook.url}).content.decode()
    assert "rbw_" in shown
    assert "rbw_" not in hanne.get("/on-call").content.decode()
    uid = Channel.objects.get(kind="smtp").uid
    assert hanne.post(f"/on-call/channels/{uid}/test").status_code == 302
    assert hanne.post(f"/on-call/channels/{uid}/remove").status_code == 302
    assert Channel.objects.filter(removed_at=None).count() == 1


def test_an_alert_is_taken_and_closed_on_its_page(hanne: Client, link: str):
    uid = Alert.objects.get().uid
    assert hanne.get(f"/on-call/pages/{uid}/acknowledge").status_code == 405
    assert hanne.post(f"/on-call/pages/{uid}/acknowledge").status_code == 302
    assert hanne.post(f"/on-call/pages/{uid}/close", {"reason": "a drill"}).status_code == 302
    html = hanne.get(f"/on-call/pages/{uid}").content.decode()
    assert "a drill" in html
    assert hanne.get("/on-call/pages/nowhere").status_code == 404


@pytest.mark.usefixtures("house")
def test_a_stranger_sees_links_only(client: Client):
    for address in ("/on-call", "/on-call/teams/team-payments", "/on-call/pages/x"):
        assert client.get(address).status_code == 302


def test_a_page_leads_to_its_service_and_its_team(hanne: Client, link: str):
    html = hanne.get(f"/on-call/pages/{Alert.objects.get().uid}").content.decode()
    assert 'href="/services/checkout"' in html
    assert 'href="/on-call/teams/team-payments"' in html
    assert "pages at 14.4" in html


def test_older_pages_are_behind_the_newest(hanne: Client, house: House):
    policy = house.burn().policy
    closed = {"state": Alert.CLOSED, "started_at": house.now, "opened_at": house.now, "closed_at": house.now}
    of = {"service_uid": "0" * 32, "service": "checkout", "environment": "production", "team": "team-payments"}
    Alert.objects.bulk_create(
        Alert(**of, **closed, what=f"w{number}", fact=f"{number}", fact_position=0, severity=2, policy=policy,
              title=f"Trouble {number}.")
        for number in range(21)
    )  # fmt: skip
    html = hanne.get("/on-call").content.decode()
    assert "Trouble 20." in html
    assert "Trouble 0." not in html
    older = re.search(r'href="(\?cursor=[^"#]+)#h-pages"', html)[1]
    html = hanne.get(f"/on-call{older}").content.decode()
    assert "Trouble 0." in html
    assert "Trouble 20." not in html


def test_the_file_to_begin_with_is_the_rotation_that_stands(hanne: Client, house: House):
    house.rotate("ines", "hanne")
    html = hanne.get("/on-call/teams/team-payments/schedule").content.decode()
    document = html.split("<textarea")[1].split("</textarea>")[0]
    assert "handover: 09:00" in document
    assert re.findall(r"- (\S+)@kestrel", document) == ["ines", "hanne"]

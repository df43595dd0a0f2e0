"""What the company watches: heartbeats of two jobs, a canary of its mail, and one lead who is called after a text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from roadbed.config.demo import company
from roadbed.config.demo.cast import Cast
from roadbed.config.demo.sending import NUMBERS
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.paging import usecases as paging
from roadbed.reliability.paging.links import heartbeat_key
from roadbed.reliability.paging.models import Canary, CanaryRun, Channel
from roadbed.reliability.paging.reaching import wishes
from roadbed.reliability.paging.reaching.verifying import code_of
from roadbed.reliability.paging.rules.beats import Beat
from roadbed.reliability.paging.watching import canaries, heartbeats

JOBS: Final = (("nightly reconciliation", 86_400, 3600), ("weekly export", 7 * 86_400, 86_400))
HEARD: Final = timedelta(hours=6)


def watch(cast: Cast, listed: Mapping[str, str], *, now: datetime) -> None:
    """Make it, over services by name with their uids."""
    lead = next(one for one in company.PEOPLE if one.lead and one.channel)
    _prefer(cast.people[lead.name], now=now)
    _expect(listed, now=now)
    mail = Channel.objects.filter(person__uid=cast.people[lead.name].uid, kind=Channel.SMTP).get()
    began = now - timedelta(hours=2)
    canaries.set_canary(ROADBED, mail.uid, now=began)
    canaries.tend(now=began)
    canary = Canary.objects.get(channel=mail)
    canaries.send(CanaryRun.objects.filter(canary=canary).latest("pk").uid, now=began)


def _prefer(caller: Caller, *, now: datetime) -> None:
    uids = []
    for kind in (Channel.SMS, Channel.VOICE):
        uid = paging.add_channel(caller, kind=kind, address=f"{NUMBERS}111", now=now).uid
        paging.verify_channel(caller, uid, code_of(Channel.objects.get(uid=uid)), now=now)
        uids.append(uid)
    mail = Channel.objects.filter(person__uid=caller.uid, kind=Channel.SMTP).get()
    sms, voice = uids
    wishes.set_wishes(
        caller,
        zone=company.ZONE,
        high=[{"channel": sms, "after": 0}, {"channel": mail.uid, "after": 0}, {"channel": voice, "after": 180}],
        low=[{"channel": mail.uid, "after": 0}],
        quiet=[{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "21:00", "to": "07:00"}],
        now=now,
    )


def _expect(listed: Mapping[str, str], *, now: datetime) -> None:
    owned = [one for one in company.SERVICES if one.name in listed]
    for (name, interval, grace), service in zip(JOBS, owned, strict=False):
        made = heartbeats.new_heartbeat(
            ROADBED, service=service.name, name=name, interval=interval, grace=grace, severity=3, now=now - HEARD
        )
        heartbeats.beat(heartbeat_key(made.uid, 1), Beat(alive=True), now=now - HEARD)

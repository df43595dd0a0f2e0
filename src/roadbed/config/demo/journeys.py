"""What people do over several of the company's services, as promises of the teams that own each way."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from roadbed.config.demo import company
from roadbed.config.demo.cast import Cast
from roadbed.config.demo.catalogue import PROMISED_FOR
from roadbed.reliability.objectives import usecases as objectives

FILE: Final = "journeys.yaml"
SEND: Final = """\
apiVersion: roadbed.dev/v1
kind: Journey
metadata:
  name: send-a-parcel
  displayName: Send a parcel
  description: A sender buys postage, pays, and gets a label.
spec:
  owner: storefront
  target: 0.95
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Minutes
  steps:
    - {name: Check out, service: checkout-web, objective: pages-answered}
    - {name: Pay, service: payment-hooks, objective: events-received}
    - {name: Get the label, service: label-api, objective: labels-created}
    - {name: See the price, service: rate-quote, objective: quotes-answered, required: false}
"""
FOLLOW: Final = """\
apiVersion: roadbed.dev/v1
kind: Journey
metadata:
  name: follow-a-parcel
  displayName: Follow a parcel
  description: A recipient looks where the parcel is, and is told when it comes.
spec:
  owner: tracking
  target: 0.998
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Events
  burnAlerts: ticket 3 2h/1d, ticket 1 6h/3d
  steps:
    - {name: Scan, service: scan-ingest, objective: scans-stored, weight: 1}
    - {name: Look up, service: parcel-tracking, objective: lookups-answered, weight: 3}
    - {name: Be told, service: notify-recipient, objective: messages-sent, weight: 1}
    - {name: See the proof, service: proof-of-delivery, objective: photos-stored, required: false}
"""
JOURNEYS: Final = (("storefront", SEND), ("tracking", FOLLOW))


def bring_in(cast: Cast, *, now: datetime) -> None:
    """Let the leads promise them, as long ago as everything else."""
    for team, text in JOURNEYS:
        lead = next(one.name for one in company.PEOPLE if one.team == team and one.lead)
        objectives.apply_journeys(cast.people[lead], text=text, file=FILE, now=now - PROMISED_FOR)

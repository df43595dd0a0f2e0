"""A journey over the two services of the room's tests."""

from __future__ import annotations

JOURNEY = """\
apiVersion: roadbed.dev/v1
kind: Journey
metadata:
  name: {name}
  displayName: Send a parcel
spec:
  owner: team-payments
  target: {target}
  budgetingMethod: {method}
  steps:
    - {{name: pay, service: checkout, objective: answered{first}}}
    - {{name: label, service: parcels, objective: answered{second}}}
"""


def journey(name: str = "send-a-parcel", *, target: str = "0.99", method: str = "Minutes", first: str = "",
            second: str = "") -> str:  # fmt: skip
    return JOURNEY.format(name=name, target=target, method=method, first=first, second=second)

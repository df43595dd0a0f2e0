"""The company's runbooks, as files of its repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LOOKUPS: Final = """\
---
title: Lookups return 503
objectives: [lookups-answered]
parameters:
  minutes: {type: integer, default: 15, min: 1, max: 240, description: How far back}
  flag: {choices: [eta-v2, depot-names-cache], description: The one that step 1 names}
---
## Meaning

More lookups fail than the objective allows. A 503 is ours: a call to something behind parcel-tracking ran out of time,
and there was no answer to fall back on.

## Impact

People who look for a parcel see *Try again later*. Support gets about one call for every 40 failures. Scans and
deliveries go on; nothing is lost.

## Diagnosis

One path points at a flag. Many paths point at the release, or at what it calls.

```sh step="Group the errors by code path" needs=read timeout=30s
kestrel-logs parcel-tracking --since "{{minutes}}m" --status 503 --count-by path,flag
```

```sh step="Ask the things it calls whether they are well" needs=read timeout=20s
kestrel-health eta-predictor scan-ingest proof-of-delivery
```

## Mitigation

If one path: turn its flag down. Fastest, and nothing is deployed.

```sh step="Turn the flag of that path down" confirm roadbed="flag.write"
roadbed flags set parcel-tracking {{flag}} 0% --reason "503 in its path"
```
```sh dry-run
kestrel-logs parcel-tracking --since 5m --count-by flag
```

If many paths, or the flag changed nothing:

```sh step="Bring the last good release back" confirm
kestrel-cd rollback parcel-tracking
```

```by-hand step="Tell support what to say" minutes=5
In the channel of support: what fails, since when, and when you write again.
```
"""

LOCKERS: Final = """\
---
title: The link to the lockers' vendor is lost
objectives: [lockers-opened]
parameters:
  city: {choices: [aarhus, gent, lyon], description: Where lockers do not answer}
---
## Meaning

The vendor's gateway closed our connection and does not take it up again by itself. Lockers of a city or two are silent.

## Impact

Recipients stand before a locker that does not open. Each of them calls the depot.

## Diagnosis

```sh step="See which cities are silent" needs=read timeout=20s
kestrel-lockers status --silent-for 2m
```

## Mitigation

Restarting helps for minutes to days. Once is right; the third time in a night, go to the vendor.

```sh step="Restart the link of one city" confirm timeout=2m secrets="VENDOR_TOKEN"
kestrel-lockers reconnect "{{city}}"
```

```by-hand step="Ring the vendor's night line" minutes=15
Number and contract are in the depot's binder. Ask for a session reset, and note the ticket.
```
"""

SCANS: Final = """\
---
title: Scans are stored late
objectives: [scans-stored]
reviewed: 2025-11-03
---
## Meaning

Scans wait in the queue longer than five minutes. Nothing is lost while the queue has room.

## Impact

Tracking shows yesterday's depot. Arrival times are guesses.

## Diagnosis

```sh step="Measure the queue of each depot" needs=read
kestrel-queue depth scan-ingest --by depot
```

See also [when the store is slow](scan-store-slow.md).

## Mitigation

```sh step="Let the offline depots wait" confirm
kestrel-queue park scan-ingest --offline
```
"""

FILES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "parcel-tracking": (("runbooks/lookups-return-503.md", LOOKUPS),),
    "locker-gateway": (("runbooks/vendor-link-lost.md", LOCKERS),),
    "scan-ingest": (("runbooks/scans-stored-late.md", SCANS),),
}
"""By service: path and text."""

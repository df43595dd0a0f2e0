#!/usr/bin/env bash
# The default suite: everything on SQLite, then every test that touches a database again on PostgreSQL.
# Two workers take a file at a time. Whole Roadbeds and their faults come apart from the rooms: what they time
# has the machine nearly to itself; the longest files come first, so that neither worker waits for the other at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1

.venv/bin/pytest -n 2 --dist loadfile -m "not soak" src tests/conformance tests/structure "$@"
.venv/bin/pytest -n 2 --dist loadfile -m "not soak" tests/journeys tests/faults "$@"
echo "--- the same rooms on PostgreSQL"
.venv/bin/python tools/postgres.py -- .venv/bin/pytest -n 2 --dist loadfile -m "not soak and not journey" \
  -p no:cacheprovider --ignore=src/roadbed/platform/paths/tests/test_bundled.py \
  src/roadbed/ground src/roadbed/delivery src/roadbed/reliability src/roadbed/platform src/roadbed/organization \
  src/roadbed/portal src/roadbed/config "$@"

#!/usr/bin/env bash
# The default suite: everything on SQLite, then every test that touches a database again on PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1

.venv/bin/pytest -m "not soak" "$@"
echo "--- the same rooms on PostgreSQL"
.venv/bin/python tools/postgres.py -- .venv/bin/pytest -m "not soak and not journey" -p no:cacheprovider \
  --ignore=src/roadbed/platform/paths/tests/test_bundled.py \
  src/roadbed/ground src/roadbed/delivery src/roadbed/reliability src/roadbed/platform src/roadbed/organization \
  src/roadbed/portal src/roadbed/config "$@"

#!/usr/bin/env bash
# Everything that this checkout needs on a Debian machine: system packages, uv, the virtual environment from its lock.
# Usage: tools/setup.sh server|dev
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?server or dev}

sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)

packages=(haproxy git util-linux python3-venv ca-certificates)
# Prometheus brings promtool, with which generated rules are checked; a real Alertmanager sends alerts in a test.
[ "$kind" = dev ] && packages+=(chromium libatomic1 postgresql nodejs npm prometheus prometheus-alertmanager)
missing=()
for package in "${packages[@]}"; do
  case "$package" in
    # Node.js and promtool often come from elsewhere than Debian's packages; the command is what counts.
    nodejs) command -v node >/dev/null 2>&1 && continue ;;
    npm) command -v npm >/dev/null 2>&1 && continue ;;
    prometheus) command -v promtool >/dev/null 2>&1 && continue ;;
    prometheus-alertmanager) command -v prometheus-alertmanager alertmanager >/dev/null 2>&1 && continue ;;
  esac
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  # The installed HAProxy and PostgreSQL are started by Roadbed and the tests themselves, not by the system; Prometheus
  # would take port 9090, so it is not started either where nothing else says what may be.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
    "${sudo[@]}" chmod 755 "$policy"
    trap '"${sudo[@]}" rm -f "$policy"' EXIT
  fi
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  case " ${missing[*]} " in
    *" prometheus "*) "${sudo[@]}" systemctl disable --quiet prometheus 2>/dev/null || true ;;
  esac
  case " ${missing[*]} " in
    *" prometheus-alertmanager "*)
      "${sudo[@]}" systemctl disable --quiet prometheus-alertmanager 2>/dev/null || true ;;
  esac
fi

python=/usr/bin/python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || python=$(command -v python3.11 || command -v python3)

if [ ! -x .tools/bin/uv ]; then
  "$python" -m venv .tools
  .tools/bin/pip install --quiet --disable-pip-version-check 'uv==0.13.9'
fi
[ -x .venv/bin/python ] || .tools/bin/uv venv --quiet --python "$python" .venv

# A development environment serves `make up` as well, so it is never shrunk to the server's.
lock=requirements/$kind.lock
[ "$kind" = server ] && [ -f .venv/.dev ] && lock=requirements/dev.lock
stamp=$(sha256sum "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/.stamp 2>/dev/null)" != "$stamp" ]; then
  echo "Installing Python packages from $lock"
  .tools/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes "$lock"
  .tools/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable .
  [ "$kind" = dev ] && touch .venv/.dev
  echo "$stamp" > .venv/.stamp
fi
# Compiled once here, and not by each of the processes that start at the same moment. What golden paths hand out and what
# tests copy stays as it is.
.venv/bin/python -m compileall -q -j 2 -x '/(bundled|tests)/' src

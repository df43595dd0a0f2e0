"""Run a command with ROADBED_TEST_DATABASE naming a fresh PostgreSQL on loopback, which is ended afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def binaries() -> Path:
    """Where the newest installed PostgreSQL keeps its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        sys.exit("PostgreSQL is not installed; remedy: apt-get install -y postgresql")
    return found[-1].parent


def main() -> int:
    """The command."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    root = Path(tempfile.mkdtemp(prefix="roadbed-pg-"))
    data = root / "data"
    # PostgreSQL refuses to run as root, so it runs as the user that its package made.
    become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    if become:
        shutil.chown(root, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tools = binaries()
    subprocess.run(
        [*become, tools / "initdb", "-D", data, "-U", "roadbed", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=root,
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={root} -c fsync=off"
    control = [*become, tools / "pg_ctl", "-D", data, "-s", "-w"]
    subprocess.run([*control, "-l", root / "log", "-o", options, "start"], check=True, cwd=root)
    try:
        url = f"postgresql://roadbed@127.0.0.1:{port}/postgres"
        return subprocess.call(command, env={**os.environ, "ROADBED_TEST_DATABASE": url})
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd=root)
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

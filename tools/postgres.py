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


class Server:
    """A PostgreSQL of one's own on loopback, which can be stopped and started again."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="roadbed-pg-"))
        data = self.root / "data"
        # PostgreSQL refuses to run as root, so it runs as the user that its package made.
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        if become:
            shutil.chown(self.root, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        tools = binaries()
        self._run([*become, tools / "initdb", "-D", data, "-U", "roadbed", "-A", "trust", "-E", "UTF8", "--no-sync"])
        self.control = [*become, tools / "pg_ctl", "-D", data, "-s", "-w"]
        self.url = f"postgresql://roadbed@127.0.0.1:{self.port}/postgres"

    def _run(self, command: list[str | Path], *, check: bool = True) -> None:
        subprocess.run(command, check=check, stdout=subprocess.DEVNULL, cwd=self.root)

    def start(self) -> None:
        """Start it; returns when it answers."""
        # A crash of the server loses nothing without these two, only one of the machine would.
        unsafe = "-c fsync=off -c full_page_writes=off"
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.root} {unsafe}"
        self._run([*self.control, "-l", self.root / "log", "-o", options, "start"])

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self._run([*self.control, "-m", "immediate", "stop"], check=False)

    def close(self) -> None:
        """Stop it and leave nothing."""
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)


def main() -> int:
    """The command."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    server = Server()
    try:
        server.start()
        return subprocess.call(command, env={**os.environ, "ROADBED_TEST_DATABASE": server.url})
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())

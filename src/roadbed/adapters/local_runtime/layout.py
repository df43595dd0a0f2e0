"""Owns where everything of the local runtime lies in the data folder, and where its edge listens."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from roadbed.adapters.local_runtime import disk
from roadbed.ground.ports.runtime import RuntimeFailure

LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
PASSABLE = 0o011
KEPT = ("edge_host", "edge_port", "domain", "isolate", "server_timeout_ms")


@dataclass(frozen=True, slots=True)
class Layout:
    """The runtime's folders and addresses.

    Attributes:
        data: Roadbed's data folder; all of the runtime is in `runtime/` below it.
        edge_host: where HAProxy listens.
        edge_port: the port of that.
        domain: a workload `checkout` answers at `checkout.<domain>`.
        isolate: give each workload a Unix user of its own where we are root.
        server_timeout_ms: how long a service may be silent before the edge answers 504 in its place.
        slots: empty backends kept ready for new workloads; doubled by a reload when they run out.
        ports: first and last port that services are given.
    """

    data: Path
    edge_host: str = "127.0.0.1"
    edge_port: int = 8080
    domain: str = "localhost"
    isolate: bool = True
    server_timeout_ms: int = 30_000
    slots: int = 64
    ports: tuple[int, int] = (20_000, 29_999)

    @classmethod
    def load(cls, data: Path) -> Layout:
        """The layout that this data folder was last run with."""
        known = disk.load(data / "runtime" / "layout.json") or {}
        return cls(data.absolute(), **{name: known[name] for name in KEPT if name in known})

    def keep(self) -> None:
        """Remember the layout for commands that are given the data folder alone."""
        value = {name: getattr(self, name) for name in KEPT}
        if disk.load(self.root / "layout.json") != value:
            disk.save(self.root / "layout.json", value)

    @property
    def root(self) -> Path:
        return self.data / "runtime"

    @property
    def daemon(self) -> Path:
        return self.root / "daemon"

    @property
    def programs(self) -> Path:
        return self.daemon / "programs"

    @property
    def edge(self) -> Path:
        return self.root / "edge"

    @property
    def workloads(self) -> Path:
        return self.root / "workloads"

    @property
    def journal(self) -> Path:
        return self.root / "journal.jsonl"

    @property
    def isolates(self) -> bool:
        """Whether workloads get users of their own: asked for, and we have the rights."""
        return self.isolate and os.geteuid() == 0

    def lock(self, name: str) -> Path:
        return self.root / "locks" / f"{name}.lock"

    def workload(self, workload: str) -> Path:
        """The folder of a workload; the only place where a name becomes a path."""
        if not LABEL.fullmatch(workload):
            raise RuntimeFailure(
                "start",
                f"{workload!r} is not a name that a host can have",
                remedy="use at most 63 lower-case letters, digits and hyphens, with no hyphen at either end",
            )
        return self.workloads / workload

    def release(self, workload: str, number: int) -> Path:
        return self.workload(workload) / "releases" / str(int(number))

    def home(self, workload: str) -> Path:
        """The workload's own folder for what it keeps between releases."""
        return self.workload(workload) / "home"

    def host_of(self, workload: str) -> str:
        return f"{workload}.{self.domain}"

    def url_of(self, workload: str) -> str:
        port = "" if self.edge_port == 80 else f":{self.edge_port}"  # noqa: PLR2004 - the port that a URL leaves out
        return f"http://{self.host_of(workload)}{port}/"

    def prepare(self) -> None:
        """Make the folders. Services pass through ours by their execute bit and can list none of them."""
        for folder in (self.root, self.workloads):
            disk.make_folder(folder, 0o711)
        for folder in (self.daemon, self.programs, self.root / "locks"):
            disk.make_folder(folder, 0o700)
        disk.make_folder(self.edge, 0o710)
        if self.isolates:
            self._open_the_way()
        self.keep()

    def _open_the_way(self) -> None:
        data = self.data.absolute()
        mode = data.stat().st_mode
        if mode & PASSABLE != PASSABLE:
            data.chmod((mode | PASSABLE) & 0o7777)
        for folder in data.parents:
            if not folder.stat().st_mode & 0o001:
                raise RuntimeFailure(
                    "start",
                    f"{folder} lets no other user through, so services with users of their own cannot run below it",
                    remedy=f"use a data folder elsewhere (--data /var/lib/roadbed), or run `chmod o+x {folder}`",
                )

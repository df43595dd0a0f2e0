"""Owns the edge: which release each host's traffic goes to, on disk and in the HAProxy that runs."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import accounts, disk, haproxy, processes
from roadbed.adapters.local_runtime.haproxy import Admin, Plan, Route
from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from roadbed.adapters.local_runtime.daemon import Daemon
    from roadbed.adapters.local_runtime.layout import Layout

BINARIES = ("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy")
MOST_CONNECTIONS = 10_000
MOST_THREADS = 4
SPARE_FILES = 600
UP_SECONDS = 10.0
POLL_SECONDS = 0.01


class Edge:
    """HAProxy, and the plan it serves."""

    def __init__(self, layout: Layout, daemon: Daemon) -> None:
        self.layout = layout
        self.daemon = daemon
        self.admin = Admin(layout.edge)
        self.folder = layout.edge

    # --- the process

    def ensure(self) -> tuple[str, ...]:
        """Have HAProxy and its attendant running with the plan; what had to be done, in words."""
        done: list[str] = []
        with self._changing():
            running = processes.look(self.folder)
            if running.pid is None or not self._is_bound():
                self._refuse_taken_port()
            with disk.writing("start", self.folder):
                changed = self._write(self.plan())
                self._describe_programs()
            watched = all(self.daemon.pid_of(name) for name in ("attendant", "edge"))
            if not watched:
                self.daemon.add("attendant", self.folder / "attendant")
            if running.pid is None:
                done.append("started HAProxy")
            if not watched:
                self.daemon.add("edge", self.folder)
            if running.pid is not None and not self.admin.answers():
                # It runs and is deaf, so no traffic is lost by ending it; supervisord starts another.
                processes.end(self.folder, grace=0.5)
                done.append("ended a HAProxy that did not answer")
            self._await(self.admin.answers, "HAProxy did not answer")
            if changed and running.pid is not None:
                self._reload()
                done.append("reloaded HAProxy with a new configuration")
            done += self._apply(self.plan())
        return tuple(done)

    def _describe_programs(self) -> None:
        common = {"uid": None, "gid": None, "privileged": True, "folder": str(self.folder), "grace": 5}
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        identity = str(self.folder.absolute())
        attend = [str(self.daemon.folder / "python"), "-I", "-S", str(self.daemon.folder / "attendant.py")]
        programs = {
            self.folder: ([binary(), "-W", "-f", "haproxy.cfg"], "edge.log", f"{identity}#edge"),
            self.folder / "attendant": (
                [*attend, str(self.folder), str(self.layout.root)],
                "attendant.log",
                f"{identity}#attendant",
            ),
        }
        for folder, (argv, log, marker) in programs.items():
            disk.make_folder(folder, 0o710 if folder == self.folder else 0o700)
            disk.save(
                folder / "program.json",
                common
                | {"argv": argv, "log": str(self.layout.daemon / log), "marker": marker, "limits": {"core": 0}}
                | {"environment": environment | {"ROADBED_RELEASE": marker}},
            )

    def _is_bound(self) -> bool:
        """Whether the HAProxy that runs was told to listen where we are told to."""
        present = self.folder / "haproxy.cfg"
        line = haproxy.BIND.format(bind=haproxy.address(self.layout))
        return present.exists() and line in present.read_text(encoding="utf-8").splitlines()

    def _refuse_taken_port(self) -> None:
        host, port = self.layout.edge_host, self.layout.edge_port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with contextlib.closing(socket.socket(family)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen()
            except OSError as error:
                raise RuntimeFailure(
                    "start",
                    f"the edge cannot listen on {host}:{port}: {error.strerror}; {processes.who_listens(port)} has it"
                    if error.errno == 98  # noqa: PLR2004 - EADDRINUSE
                    else f"the edge cannot listen on {host}:{port}: {error.strerror}",
                    remedy=f"end that process, or give the edge another port: roadbed up --edge {host}:{port + 1}",
                ) from error

    def _await(self, condition: Callable[[], bool], detail: str) -> None:
        deadline = time.monotonic() + UP_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                log = self.layout.daemon / "edge.log"
                tail = log.read_text(errors="replace").splitlines()[-10:] if log.exists() else []
                raise RuntimeFailure(
                    "start", f"{detail} within {UP_SECONDS:.0f} s", remedy=f"read {log}", log=tuple(tail)
                )
            time.sleep(POLL_SECONDS)

    def _reload(self) -> None:
        """Hand over to a new worker of the same master, listening sockets included."""
        running = processes.look(self.folder)
        if running.pid is None:
            return
        before = self.admin.info().get("Pid")
        os.kill(running.pid, signal.SIGUSR2)
        self._await(
            lambda: self.admin.answers() and self.admin.info().get("Pid") != before,
            "HAProxy did not take the new configuration",
        )

    # --- the plan

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        with disk.locked(self.layout.lock("edge"), step="switch", what="the edge"):
            yield

    def plan(self) -> Plan:
        """What is to be served, read from disk."""
        kept = disk.load(self.folder / "plan.json")
        if kept is None:
            return Plan(self.layout.slots)
        return Plan(kept["slots"], {name: Route(**route) for name, route in kept["routes"].items()})

    def _write(self, plan: Plan) -> bool:
        """Put the plan on disk with the configuration for a HAProxy that starts; whether a running one must reload."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        room = MOST_CONNECTIONS if hard == resource.RLIM_INFINITY else (hard - SPARE_FILES) // 2
        lowered = accounts.edge_group() if os.geteuid() == 0 else None
        files = haproxy.render(
            self.layout,
            plan,
            identity=f"  user {lowered[0]}\n  group {lowered[1]}\n" if lowered else "",
            maxconn=max(100, min(MOST_CONNECTIONS, room)),
            threads=min(MOST_THREADS, os.cpu_count() or 1),
        )
        if lowered:
            shutil.chown(self.folder, group=lowered[1])
        present = self.folder / "haproxy.cfg"
        before = _without_servers(present.read_text(encoding="utf-8")) if present.exists() else ""
        for name, text in files.items():
            disk.replace_if_other(self.folder / name, text.encode())
        disk.save(self.folder / "plan.json", asdict(plan))
        return before != _without_servers(files["haproxy.cfg"])

    def serve(self, workload: str, server: str, port: int, *, timeout_ms: int) -> None:
        """Send the workload's traffic to that server: on disk first, then in HAProxy; put back when that fails."""
        with self._changing():
            former = self.plan()
            route = former.routes.get(workload)
            slots = former.slots
            slot = route.slot if route else _free_slot(former)
            while slot > slots:
                slots *= 2
            wanted = Plan(slots, former.routes | {workload: Route(slot, server, port, timeout_ms)})
            self._change(former, wanted)

    def forget(self, workload: str) -> Route | None:
        """Take the workload's host off the edge; where it was."""
        with self._changing():
            former = self.plan()
            route = former.routes.get(workload)
            if route:
                rest = {name: kept for name, kept in former.routes.items() if name != workload}
                self._change(former, replace(former, routes=rest))
            return route

    def _change(self, former: Plan, wanted: Plan) -> None:
        with disk.writing("switch", self.folder):
            try:
                reload = self._write(wanted)
            except OSError:
                with contextlib.suppress(OSError):
                    self._write(former)
                raise
        try:
            if reload:
                self._reload()
            self._apply(wanted)
        except RuntimeFailure:
            self._write(former)
            with contextlib.suppress(RuntimeFailure):
                self._apply(former)
            raise

    def _apply(self, plan: Plan) -> list[str]:
        """Make the running HAProxy serve the plan, changing only what differs."""
        done = []
        servers = self.admin.servers()
        for workload, route in plan.routes.items():
            slot = f"slot{route.slot}"
            if servers.get(slot, {}).get(route.server) is None:
                self.admin.do(
                    f"add server {slot}/{route.server} 127.0.0.1:{route.port} weight 100",
                    expect="New server registered",
                )
                done.append(f"gave {workload} its server at the edge")
            self.admin.do(f"set server {slot}/{route.server} state ready")
        for name, entries in haproxy.maps(self.layout, plan).items():
            self.admin.set_entries(name, entries)
        wanted = {(f"slot{route.slot}", route.server) for route in plan.routes.values()}
        for slot, names in servers.items():
            for name in names:
                if (slot, name) not in wanted:
                    self.admin.do(f"set server {slot}/{name} state drain")
        return done

    def leftovers(self) -> tuple[tuple[str, str], ...]:
        """Slot and name of servers that HAProxy has and the plan does not."""
        wanted = {(f"slot{route.slot}", route.server) for route in self.plan().routes.values()}
        present = [(slot, name) for slot, names in self.admin.servers().items() for name in names]
        return tuple(pair for pair in present if pair not in wanted)

    def retire(self, slot: str, server: str, *, seconds: float, wanted_again: Callable[[], bool]) -> bool:
        """Wait until a draining server is idle, then take it out; whether all of its requests could end."""
        deadline = time.monotonic() + seconds
        while (busy := self.admin.sessions(slot, server)) and time.monotonic() < deadline:
            if wanted_again():
                return True
            time.sleep(POLL_SECONDS)
        with self._changing():
            if wanted_again() or server not in self.admin.servers().get(slot, {}):
                return not busy
            self.admin.do(f"set server {slot}/{server} state maint")
            if busy:
                self.admin.do(f"shutdown sessions server {slot}/{server}")
            self._await(
                lambda: self.admin.ask(f"del server {slot}/{server}") in ("", "Server deleted.", "No such server."),
                f"HAProxy did not let go of {server}",
            )
        return not busy


def _free_slot(plan: Plan) -> int:
    taken = {route.slot for route in plan.routes.values()}
    return next(number for number in range(1, plan.slots + 2) if number not in taken)


def _without_servers(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("  server v"))


def binary() -> str:
    """Where HAProxy is installed."""
    found = next((path for path in BINARIES if os.access(path, os.X_OK)), None) or shutil.which("haproxy")
    if not found:
        raise RuntimeFailure("start", "HAProxy is not installed", remedy="apt-get install haproxy")
    return found


def version() -> str:
    """HAProxy's first line about itself."""
    done = subprocess.run([binary(), "-v"], capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0]

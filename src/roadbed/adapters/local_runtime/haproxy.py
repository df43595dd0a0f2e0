"""Owns HAProxy's language: the configuration and maps it starts with, and the commands it takes while it runs."""

from __future__ import annotations

import contextlib
import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime.daemon import connected
from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from pathlib import Path

    from roadbed.adapters.local_runtime.layout import Layout

ANSWER_SECONDS = 3.0
HOSTS, SLOTS, TIMEOUTS = "hosts.map", "slots.map", "timeouts.map"

# Roadbed's own words for it: http-server-close opens a connection per request to the service, so a service may close
# idle connections whenever it likes without breaking a client's request; only a refused connection is tried again,
# because then the service has seen nothing of the request; idle-close-on-response lets a kept connection survive a
# reload until its next answer.
BIND = "  bind {bind}"
CONFIGURATION = """\
# Written by Roadbed at every switch; changes made here are lost.
global
  stats socket unix@admin.sock mode 600 level admin expose-fd listeners
  stats timeout 1m
  log ring@requests local0
  maxconn {maxconn}
  nbthread {threads}
  hard-stop-after 60s
{identity}
ring requests
  format raw
  maxlen 256
  size 8388608
  timeout connect 1s
  timeout server 10s
  server attendant unix@meter.sock

defaults
  mode http
  log global
  option http-server-close
  option forwardfor
  option redispatch
  option idle-close-on-response
  retries 3
  retry-on conn-failure
  timeout client 60s
  timeout http-request 10s
  timeout http-keep-alive 60s
  timeout connect 2s
  timeout queue 10s
  timeout server {server_timeout}ms
  timeout tunnel 1h
  http-error status 502 content-type "text/plain; charset=utf-8" string "The service broke off its answer. Its log says why.\\n"
  http-error status 503 content-type "text/plain; charset=utf-8" string "The service takes no connections just now. Its log says why.\\n"
  http-error status 504 content-type "text/plain; charset=utf-8" string "The service did not answer in time.\\n"

frontend edge
  bind {bind}
  http-request set-var(txn.workload) req.hdr(host),host_only,lower,map_str({hosts})
  log-format "= %[var(txn.workload)] %ST %tsc %TR %Tw %Tc %Tr"
  http-request return status 404 content-type "text/plain; charset=utf-8" lf-string "No service answers at %[req.hdr(host)].\\n" unless {{ var(txn.workload) -m found }}
  http-request set-header X-Forwarded-Proto http
  use_backend %[var(txn.workload),map_str({slots})]
"""  # noqa: E501 - HAProxy reads a directive from one line

SLOT = """
backend slot{number}
  http-request set-timeout server var(txn.workload),map_str_int({timeouts},{server_timeout})
"""
SERVER = "  server {name} 127.0.0.1:{port} weight 100\n"


@dataclass(frozen=True, slots=True)
class Route:
    """Where one workload's traffic goes: its slot, and the server there by name and port."""

    slot: int
    server: str
    port: int
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All that HAProxy is to serve."""

    slots: int
    routes: dict[str, Route] = field(default_factory=dict)


def address(layout: Layout) -> str:
    """Where the edge listens, as HAProxy writes it."""
    host = f"[{layout.edge_host}]" if ":" in layout.edge_host else layout.edge_host
    return f"{host}:{layout.edge_port}"


def render(layout: Layout, plan: Plan, *, identity: str, maxconn: int, threads: int) -> dict[str, str]:
    """The files that make HAProxy serve the plan, by name."""
    text = CONFIGURATION.format(
        maxconn=maxconn,
        threads=threads,
        identity=identity,
        server_timeout=layout.server_timeout_ms,
        bind=address(layout),
        hosts=HOSTS,
        slots=SLOTS,
    )
    by_slot = {route.slot: route for route in plan.routes.values()}
    for number in range(1, plan.slots + 1):
        text += SLOT.format(number=number, timeouts=TIMEOUTS, server_timeout=layout.server_timeout_ms)
        if number in by_slot:
            text += SERVER.format(name=by_slot[number].server, port=by_slot[number].port)
    return {"haproxy.cfg": text} | {name: lines(entries) for name, entries in maps(layout, plan).items()}


def maps(layout: Layout, plan: Plan) -> dict[str, dict[str, str]]:
    """The three maps: host to workload, workload to slot, workload to patience."""
    routes = sorted(plan.routes.items())
    return {
        HOSTS: {layout.host_of(workload): workload for workload, _ in routes},
        SLOTS: {workload: f"slot{route.slot}" for workload, route in routes},
        TIMEOUTS: {workload: str(route.timeout_ms) for workload, route in routes},
    }


def lines(entries: dict[str, str]) -> str:
    """A map file."""
    return "".join(f"{key} {value}\n" for key, value in entries.items())


class Admin:
    """HAProxy's runtime socket. Each command has a connection of its own, since a reload may change who answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ask(self, command: str) -> str:
        """The answer to one command."""
        try:
            with contextlib.closing(connected(self.folder, "admin.sock", seconds=ANSWER_SECONDS)) as link:
                link.sendall(command.encode() + b"\n")
                parts = []
                while part := link.recv(1 << 16):
                    parts.append(part)
        except OSError as error:
            raise RuntimeFailure(
                "switch", f"HAProxy does not answer: {error}", remedy="run `roadbed up`, which starts it again"
            ) from error
        return b"".join(parts).decode("utf-8", "replace").strip()

    def do(self, command: str, *, expect: str = "") -> None:
        """A command that answers nothing, or the expected words, when it came out."""
        answer = self.ask(command)
        if answer and not (expect and expect in answer):
            raise RuntimeFailure("switch", f"HAProxy refused {command!r}: {answer}", remedy="run `roadbed doctor`")

    def answers(self) -> bool:
        try:
            return "Pid:" in self.ask("show info")
        except RuntimeFailure:
            return False

    def info(self) -> dict[str, str]:
        """HAProxy about itself."""
        pairs = (line.split(": ", 1) for line in self.ask("show info").splitlines())
        return {pair[0]: pair[1] for pair in pairs if len(pair) > 1}

    def servers(self) -> dict[str, dict[str, str]]:
        """Servers by slot: name to address and port."""
        found: dict[str, dict[str, str]] = {}
        for line in self.ask("show servers state").splitlines()[1:]:
            columns = line.split()
            if len(columns) > 18 and not line.startswith("#"):  # noqa: PLR2004 - the column of the port
                found.setdefault(columns[1], {})[columns[3]] = columns[18]
        return found

    def entries(self, name: str) -> dict[str, str]:
        """A map as HAProxy has it now."""
        rows = (line.split() for line in self.ask(f"show map {name}").splitlines())
        return {row[1]: row[2] for row in rows if len(row) == 3}  # noqa: PLR2004 - address, key, value

    def set_entries(self, name: str, wanted: dict[str, str]) -> None:
        """Make a map what is wanted; present entries are kept, so no request falls between two commands."""
        present = self.entries(name)
        for key, value in wanted.items():
            if key not in present:
                self.do(f"add map {name} {key} {value}")
            elif present[key] != value:
                self.do(f"set map {name} {key} {value}")
        for key in present.keys() - wanted.keys():
            self.do(f"del map {name} {key}")

    def sessions(self, slot: str, server: str) -> int:
        """Requests that a server is working on; none when it is no longer there."""
        for row in csv.reader(self.ask(f"show stat {slot} 4 -1").splitlines()):
            if len(row) > 4 and row[1] == server:  # noqa: PLR2004 - the column of current sessions
                return int(row[4])
        return 0

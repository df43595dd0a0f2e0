"""What a real Prometheus spends on Sloth's rules: its CPU for one evaluation of all of them, measured while it runs.

The rules are made by `roadbed slo generate --style sloth`, which the conformance tests hold against Sloth's own. A small
page is scraped that has two counters for each SLO. Measured twice: on fresh data, and with 30 days of minutes written
into it before, as it would hold after a month.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FRESH, AGED = 100, 20
"""SLOs in the two measurements; the figures are scaled to ours, since the rules of one do not touch another's."""
MONTH = 30 * 1440
INTERVAL, CYCLES = 5, 4
SPEC = """\
version: prometheus/v1
service: service-{n}
slos:
  - name: answered
    objective: 99.9
    description: Requests answered.
    sli:
      events:
        error_query: sum(rate(http_requests_total{{service="{n}",code="500"}}[{{{{.window}}}}]))
        total_query: sum(rate(http_requests_total{{service="{n}"}}[{{{{.window}}}}]))
    alerting: {{name: Burning, page_alert: {{labels: {{a: b}}}}, ticket_alert: {{labels: {{a: b}}}}}}
"""


@dataclass(frozen=True)
class Cycle:
    """One evaluation of the rules of so many SLOs."""

    name: str
    milliseconds: float
    slos: int
    size: str


def missing() -> str:
    """Why it cannot be measured here; empty when it can."""
    absent = [name for name in ("prometheus", "promtool") if shutil.which(name) is None]
    return f"skipped: no {' and no '.join(absent)} here (Debian's package prometheus)" if absent else ""


def cycles() -> Iterator[Cycle]:
    """The two measurements."""
    version = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    for slos, aged in ((FRESH, False), (AGED, True)):
        with tempfile.TemporaryDirectory(prefix="roadbed-bench-") as name:
            folder = Path(name)
            rules = _rules(folder, slos)
            if aged:
                _age(folder, slos)
            spent = _spent(folder, slos)
        yield Cycle(
            name=f"Prometheus {version}, Sloth's rules, {'30 days of minutes' if aged else 'fresh data'}",
            milliseconds=spent,
            slos=slos,
            size=f"its cycle of {rules // slos} rules for each of {slos} SLOs, scaled to 1,000",
        )


def _rules(folder: Path, slos: int) -> int:
    from roadbed.reliability.objectives.rules.generating.making import make
    from roadbed.reliability.objectives.rules.generating.values import Wishes
    from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read_all

    text = "---\n".join(SPEC.format(n=number) for number in range(slos))
    read = read_all([Source("slo.yaml", text.encode())], Context(complete=True))
    made = make(read, Wishes(version="0"), kind="prometheus", style="sloth")
    (folder / "rules").mkdir()
    for file in made.files:
        (folder / "rules" / file.name).write_text(file.text)
    return sum(file.text.count("expr:") for file in made.files)


def _age(folder: Path, slos: int) -> None:
    """Write 30 days of counters, and of the ratio that Sloth's rule of the whole window averages."""
    last = int(time.time()) // 60 - 5
    first = last - MONTH
    with (folder / "past.txt").open("w") as past:
        past.write("# TYPE http_requests counter\n")
        for number in range(slos):
            for code, share in (("200", 100), ("500", 1)):
                labels = f'http_requests_total{{service="{number}",code="{code}",job="shop",instance="shop"}}'
                past.writelines(
                    f"{labels} {(minute - first) * share // 10} {minute * 60}\n" for minute in range(first, last)
                )
        past.write("# TYPE slo:sli_error:ratio_rate5m gauge\n")
        for number in range(slos):
            labels = (
                f'slo:sli_error:ratio_rate5m{{sloth_id="service-{number}-answered",sloth_service="service-{number}",'
                'sloth_slo="answered",sloth_window="5m"}'
            )
            past.writelines(f"{labels} 0.0009 {minute * 60}\n" for minute in range(first, last))
        past.write("# EOF\n")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", "--max-block-duration=240h"]
    subprocess.run([*command, folder / "past.txt", folder / "data"], check=True, stdout=subprocess.DEVNULL)
    (folder / "past.txt").unlink()


def _spent(folder: Path, slos: int) -> float:
    """CPU of one cycle: what a few of them take, less what the same time takes without any rule."""
    with _page(slos) as target, _prometheus(folder, target) as (process, url):
        _wait(4 * INTERVAL)
        idle = _over(process, 2 * INTERVAL)
        (folder / "prometheus.yml").write_text(_config(folder, target, rules=True))
        urllib.request.urlopen(urllib.request.Request(f"{url}/-/reload", method="POST"), timeout=30).close()
        _wait(2 * INTERVAL)
        busy = _over(process, CYCLES * INTERVAL)
    return max(0.0, busy - idle) * INTERVAL * 1000


def _over(process: int, seconds: float) -> float:
    """CPU seconds a second."""
    before, began = _cpu_of(process), time.monotonic()
    _wait(seconds)
    return (_cpu_of(process) - before) / (time.monotonic() - began)


def _cpu_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def _config(folder: Path, target: int, *, rules: bool) -> str:
    found = f"rule_files: [{folder / 'rules'}/*]\n" if rules else ""
    return (
        f"global: {{scrape_interval: {INTERVAL}s, evaluation_interval: {INTERVAL}s}}\n{found}"
        f'scrape_configs: [{{job_name: shop, static_configs: [{{targets: ["127.0.0.1:{target}"], '
        "labels: {instance: shop}}]}]\n"
    )


@contextmanager
def _prometheus(folder: Path, target: int) -> Iterator[tuple[int, str]]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    (folder / "prometheus.yml").write_text(_config(folder, target, rules=False))
    command = [
        "prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle", "--storage.tsdb.retention.time=60d",
        "--log.level=error",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/-/ready", timeout=2).close()
                break
            except OSError:
                _wait(0.1)
        else:
            raise RuntimeError(f"Prometheus did not start: {(folder / 'log').read_text()[-500:]}")
        yield running.pid, url
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=60)


@contextmanager
def _page(slos: int) -> Iterator[int]:
    """A page with two counters for each SLO, which grow with the clock."""
    began = time.time()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            grown = 4_000_000 + int((time.time() - began) * 100)
            body = "".join(
                f'http_requests_total{{service="{number}",code="{code}"}} {grown // share}\n'
                for number in range(slos) for code, share in (("200", 1), ("500", 1000))
            ).encode()  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    print(missing() or list(cycles()))

"""The same figures of objectives as on SQLite, on a PostgreSQL of its own: CPU of our process and of its server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def run() -> list[dict[str, Any]]:
    """Measure in a process of its own, since a process has one database."""
    command = [sys.executable, str(HERE.parent / "tools" / "postgres.py"), "--", sys.executable, str(Path(__file__))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "ROADBED"))}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    figures: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return [{**figure, "name": f"{figure['name']}, PostgreSQL"} for figure in figures]


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    import bench_objectives

    print(json.dumps(bench_objectives.run()))

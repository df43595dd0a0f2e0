"""How the service runs: four workers that share one set of metrics and finish what they have begun."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from service.settings import SERVICE_NAME


def _fresh_metrics_folder():
    """A folder that is new at every start, so that nothing of an earlier run is counted again."""
    prefix = f"{SERVICE_NAME}-metrics-"
    for left_over in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        pid = left_over.name.removeprefix(prefix).split("-")[0]
        # A run that was killed could not clean up; another that is still alive keeps its folder.
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left_over, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-")


# Workers write their counts into files of one folder, which must be named before prometheus_client is imported.
_FOLDER = _fresh_metrics_folder()
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _FOLDER
os.environ["SERVICE_STARTED_AT"] = str(time.time())

from prometheus_client import multiprocess  # noqa: E402 - after the folder is named

from service import logs  # noqa: E402 - after the folder is named

_host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 4)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 8)
timeout = 30
# On SIGTERM: accept nothing new, finish what has begun within this time.
graceful_timeout = int(os.environ.get("DRAIN_SECONDS") or 20)
# Longer than the proxy in front keeps an idle connection, so that we never close one it is about to use.
keepalive = 75
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
control_socket_disable = True
accesslog = None
logconfig_dict = logs.logging_config()


def child_exit(server, worker):
    """Forget the gauges of a worker that ended; what it counted stays counted."""
    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    """Leave nothing behind in the temporary folder."""
    shutil.rmtree(_FOLDER, ignore_errors=True)

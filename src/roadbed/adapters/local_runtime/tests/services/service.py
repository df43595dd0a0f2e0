"""A small service for tests: its behaviour is chosen by BEHAVIOUR at the start and by the path of each request."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

BEHAVIOUR = os.environ.get("BEHAVIOUR", "")
PORT = int(os.environ["PORT"])


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name, _, argument = urllib.parse.unquote(self.path.strip("/")).partition("/")
        answer = getattr(self, f"on_{name}", self.on_)(argument)
        if answer is not None:
            status, text = answer
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def on_(self, _argument: str):
        return 200, os.environ["ROADBED_VERSION"]

    def on_healthz(self, _argument: str):
        if BEHAVIOUR == "hung":
            time.sleep(3600)
        return (503, "not yet") if BEHAVIOUR == "unready" else (200, "ok")

    def on_pid(self, _argument: str):
        return 200, str(os.getpid())

    def on_status(self, code: str):
        return int(code), code

    def on_sleep(self, seconds: str):
        time.sleep(float(seconds))
        return 200, "slept"

    def on_truncate(self, _argument: str):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"cut short")
        self.close_connection = True

    def on_crash(self, _argument: str):
        os._exit(7)

    def on_say(self, words: str):
        say(words)
        return 200, words

    def on_environment(self, _argument: str):
        return 200, json.dumps(dict(os.environ))

    def on_whoami(self, _argument: str):
        status = Path("/proc/self/status").read_text()
        return 200, json.dumps({"uid": os.getuid(), "groups": os.getgroups(), "cwd": str(Path.cwd()), "status": status})

    def on_read(self, path: str):
        try:
            return 200, Path("/" + path).read_text(errors="replace")
        except OSError as error:
            return 403, str(error.strerror)

    def on_list(self, path: str):
        try:
            return 200, json.dumps(sorted(found.name for found in Path("/" + path).iterdir()))
        except OSError as error:
            return 403, str(error.strerror)

    def on_write(self, path: str):
        try:
            Path("/" + path).write_text("written")
        except OSError as error:
            return 403, str(error.strerror)
        return 200, "written"

    def log_message(self, *arguments: object):
        pass


def main():
    say(f"starting {os.environ['ROADBED_VERSION']}")
    if BEHAVIOUR == "crash":
        say("KeyError: 'DATABASE_URL'")
        sys.exit(3)
    if BEHAVIOUR == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if BEHAVIOUR == "late":
        time.sleep(float(os.environ["LATE_SECONDS"]))
    if BEHAVIOUR == "silent":
        threading.Event().wait()
    if BEHAVIOUR == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if BEHAVIOUR == "family":
        # One child in the group, and one that moved to a session of its own.
        subprocess.Popen(["sleep", "3600"])
        subprocess.Popen(["sleep", "3600"], start_new_session=True)
    port = int(os.environ["OTHER_PORT"]) if BEHAVIOUR == "other-port" else PORT
    http.server.ThreadingHTTPServer.request_queue_size = 128
    http.server.ThreadingHTTPServer((os.environ["HOST"], port), Handler).serve_forever()


main()

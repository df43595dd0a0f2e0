"""What receives the tour's pages on loopback: a small SMTP server and a webhook that checks signatures."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

HOST: Final = "127.0.0.1"
LARGEST: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """One message; `at` is the clock when it was whole."""

    subject: str
    text: str
    at: float


class Inbox:
    """Messages, and waiting for one."""

    def __init__(self) -> None:
        self._messages: list[Received] = []
        self._came = threading.Condition()

    def put(self, subject: str, text: str) -> None:
        """Keep a message that has just arrived."""
        with self._came:
            self._messages.append(Received(subject, text, time.time()))
            self._came.notify_all()

    def about(self, word: str, *, seconds: float) -> Received | None:
        """The first message that says the word, or None when none comes in time."""

        def found() -> Received | None:
            return next((one for one in self._messages if word in one.subject or word in one.text), None)

        with self._came:
            return self._came.wait_for(found, seconds)


class SmtpSink:
    """An SMTP server of the few verbs that a delivery takes; it keeps every mail and forwards none."""

    kind = "smtp"

    def __init__(self) -> None:
        self.inbox = Inbox()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._talk, HOST, 0, limit=LARGEST))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def server(self) -> str:
        """The mail server that the channel is given, for itself alone."""
        return f"smtp://{HOST}:{self._server.sockets[0].getsockname()[1]}"

    def address(self, email: str) -> str:
        """What a channel of this kind is given."""
        return email

    def trust(self, secret: str) -> None:
        """Mail is not signed."""

    def stop(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            with suppress(asyncio.CancelledError):
                self._loop.run_until_complete(task)
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 roadbed tour\r\n")
        with suppress(OSError, ValueError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await writer.drain()
                    self._keep(await _body(reader))
                    writer.write(b"250 kept\r\n")
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    known = verb in {b"HELO", b"EHLO", b"MAIL", b"RCPT", b"RSET", b"NOOP"}
                    writer.write(b"250 roadbed tour\r\n" if known else b"502 not here\r\n")
                await writer.drain()
        writer.close()

    def _keep(self, mail: bytes) -> None:
        parsed = message_from_bytes(mail, policy=policy.default)
        body = parsed.get_body(("plain",))
        self.inbox.put(str(parsed["Subject"] or ""), str(body.get_content()) if body else "")


async def _body(reader: asyncio.StreamReader) -> bytes:
    kept = bytearray()
    while (line := await reader.readline()) not in (b".\r\n", b""):
        kept += line[1:] if line.startswith(b".") else line
        if len(kept) > LARGEST:
            raise ValueError("a mail of more than a megabyte")
    return bytes(kept)


class Webhook:
    """A receiver of signed webhooks; what is not signed with its channel's secret is refused."""

    kind = "webhook"
    server = ""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self._secret = ""
        self._trusted = threading.Event()
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def address(self, email: str) -> str:  # noqa: ARG002 - a mail's receiver takes it
        """What a channel of this kind is given."""
        return f"http://{HOST}:{self._server.server_port}/page"

    def trust(self, secret: str) -> None:
        """Take messages signed with this secret; until it is known, messages wait."""
        self._secret = secret
        self._trusted.set()

    def stop(self) -> None:
        """Stop listening."""
        self._trusted.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
                # The first message may overtake the reply that holds the secret.
                hook._trusted.wait(5)
                at, signature = self.headers.get("Roadbed-Timestamp", ""), self.headers.get("Roadbed-Signature", "")
                signed = hook._is_signed(at, signature, body)
                if signed:
                    said = json.loads(body)
                    hook.inbox.put(str(said.get("subject", "")), str(said.get("text", "")))
                self.send_response(204 if signed else 401)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """The tour prints its steps, not its receiver's requests."""

        return Handler

    def _is_signed(self, at: str, signature: str, body: bytes) -> bool:
        made = hmac.new(self._secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return bool(self._secret) and hmac.compare_digest(f"v1={made}".encode(), signature.encode())

"""Mail servers for tests: one that keeps what it gets, and ones that refuse, hang, drip or die."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass
class Sink:
    """Keeps every mail. `answer` decides what DATA is answered."""

    mails: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 kept as 4711"
    rcpt: str = ""
    came: threading.Condition = field(default_factory=threading.Condition)
    encrypted: list[bool] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's name and arguments
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's name and arguments
        if self.answer.startswith("250"):
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            with self.came:
                self.mails.append(parsed)
                self.encrypted.append(session.ssl is not None)
                self.at.append(time.time())
                self.came.notify_all()
        return self.answer

    def wait_for(self, number: int, seconds: float = 30.0) -> list[EmailMessage]:
        """The mails, once so many have come."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.mails) >= number, seconds), f"{len(self.mails)} mails came"
            return list(self.mails)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def smtp_sink(
    *, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None, port: int = 0
) -> Iterator[Sink]:
    """A real server on a free port."""
    sink = Sink(port=port or free_port())

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=(given.login.decode(), given.password.decode()) == login, handled=False)

    more: dict[str, Any] = {}
    if login is not None:
        more = {"authenticator": authenticate, "auth_require_tls": False}
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, tls_context=tls, **more)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def talking(talk: Callable[[socket.socket, threading.Event], None], *, port: int = 0) -> Iterator[int]:
    """A server that does with every connection what `talk` does; answers its port."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", port))
    listener.settimeout(0.1)
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talk(connection, over)

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            threads.append(threading.Thread(target=one, args=(connection,)))
            threads[-1].start()

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        serving.join()
        for thread in threads:
            thread.join()
        listener.close()


def hang(connection: socket.socket, over: threading.Event) -> None:
    """Take the connection and say nothing."""
    over.wait(30)


def drip(connection: socket.socket, over: threading.Event) -> None:
    """Say a byte at a time, so that no single read times out."""
    connection.sendall(b"220-")
    while not over.wait(0.05):
        connection.sendall(b"x")


def _take_mail(connection: socket.socket) -> bytes:
    """Talk until a whole mail has come; what came, or nothing where the sender went before."""
    connection.sendall(b"220 here\r\n")
    held = b""
    while got := connection.recv(65536):
        held += got
        if held.endswith(b"\r\n.\r\n"):
            return held
        if got.endswith(b"\r\n"):
            connection.sendall(b"354 go on\r\n" if got.lower().startswith(b"data") else b"250 fine\r\n")
    return b""


def hang_after_data(connection: socket.socket, over: threading.Event) -> None:
    """Take a whole mail and never say whether it was kept."""
    if _take_mail(connection):
        over.wait(30)


def die_after_data(connection: socket.socket, over: threading.Event) -> None:
    """Take a whole mail, then hang up."""
    _take_mail(connection)


def keep_after(during: Callable[[bytes], None]) -> Callable[[socket.socket, threading.Event], None]:
    """Take a whole mail, do something, then say that it is kept."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        if mail := _take_mail(connection):
            during(mail)
            connection.sendall(b"250 kept\r\n")
            if connection.recv(4096).lower().startswith(b"quit"):
                connection.sendall(b"221 bye\r\n")

    return talk

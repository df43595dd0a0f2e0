"""Owns the sending of one mail: within its time whatever the server does, encrypted where that is offered."""

from __future__ import annotations

import contextlib
import ipaddress
import smtplib
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from typing import Final
from urllib.parse import unquote, urlsplit

from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered

OK: Final = 250
ACCEPTED: Final = (250, 251)
PERMANENT: Final = 500
SUBJECT_LENGTH: Final = 200
PORTS: Final = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in."""

    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool

    @property
    def is_near(self) -> bool:
        """Whether it is this machine, where a password may go without encryption."""
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return self.host == "localhost"


def server_of(url: str) -> Server | None:
    """The server of smtp://user:password@host:25 or smtps://…; None for an empty or unreadable URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    return Server(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=parts.scheme == "smtps",
    )


class SmtpNotifier:
    """Hands mails to one server, or to a message's own."""

    def __init__(self, url: str, *, sender: str) -> None:
        self.server = server_of(url)
        self.said = url and "the setting smtp is not a URL like smtp://user:password@host:25"
        self.sender = sender

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
        server = server_of(message.server) if message.server else self.server
        if server is None:
            reason = self.said or 'no mail server is set; write smtp = "smtp://host:25" in config.toml'
            raise NotDelivered(reason, permanent=True)
        mail = _mail(message, self.sender)
        attempt = _Attempt(server, time.monotonic() + seconds)
        watch = threading.Timer(seconds, attempt.cut)
        watch.daemon = True
        watch.start()
        try:
            return attempt.send(mail, self.sender, message.address)
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            raise _said(fault, attempt, seconds) from None
        finally:
            watch.cancel()
            attempt.end()


class _Attempt:
    """One connection. `handed_over` is set once the whole mail went out, so that silence after that means unknown."""

    def __init__(self, server: Server, until: float) -> None:
        self.server = server
        self.until = until
        self.handed_over = False
        self.was_cut = False
        self.smtp: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage, sender: str, address: str) -> Delivered:
        smtp = self._connect()
        _expect(smtp.mail(sender), "the sender was refused")
        _expect(smtp.rcpt(address), "the address was refused")
        # From here on silence means that nobody knows.
        self.handed_over = True
        code, text = smtp.data(mail.as_bytes(policy=SMTP))
        if code != OK:
            self.handed_over = False
            _expect((code, text), "the mail was refused")
        return Delivered(provider_id=text.decode("utf-8", "replace").replace("\n", " ")[:200])

    def _connect(self) -> smtplib.SMTP:
        server, left = self.server, max(0.1, self.until - time.monotonic())
        if server.implicit_tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(timeout=left, context=_context(verified=not server.is_near))
        else:
            smtp = smtplib.SMTP(timeout=left)
        self.smtp = smtp
        # smtplib takes the name for its TLS checks from here when it was not given one at once.
        smtp._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001
        _expect(smtp.connect(server.host, server.port), "the server does not take mail", ok=(220,))
        smtp.ehlo_or_helo_if_needed()
        if not server.implicit_tls and smtp.has_extn("starttls"):
            smtp.starttls(context=_context(verified=bool(server.user) and not server.is_near))
            smtp.ehlo()
        elif server.user and not server.implicit_tls and not server.is_near:
            raise NotDelivered("the server offers no encryption, so the password was not sent", permanent=True)
        if server.user:
            smtp.login(server.user, server.password)
        return smtp

    def cut(self) -> None:
        """Break the connection off: a server that answers a byte a second never times out by itself."""
        self.was_cut = True
        held = self.smtp.sock if self.smtp else None
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        if self.smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self.smtp.sock is not None and not self.was_cut:
                    self.smtp.sock.settimeout(0.5)
                    self.smtp.quit()
            self.smtp.close()


def _context(*, verified: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verified:
        # As between mail servers: encryption to a server of unknown name is better than none. Where a password
        # is sent, the name is checked.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _mail(message: Message, sender: str) -> EmailMessage:
    mail = EmailMessage()
    try:
        mail["From"] = sender
        mail["To"] = message.address
        mail["Subject"] = " ".join(message.subject.split())[:SUBJECT_LENGTH]
        mail["Date"] = format_datetime(localtime())
        # The same for every attempt, so that a mailbox which got it twice shows it once.
        mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2] or 'roadbed'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Roadbed-Key"] = message.key
        if message.reply_to:
            mail["Reply-To"] = message.reply_to
        for name, value in message.headers.items():
            mail[name] = value
        mail.set_content(message.text, cte="quoted-printable")
        if message.html:
            mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    except (ValueError, UnicodeError) as fault:
        raise NotDelivered(f"the address cannot be written: {fault}", permanent=True) from None
    return mail


def _expect(answer: tuple[int, bytes], fault: str, *, ok: tuple[int, ...] = ACCEPTED) -> None:
    code, text = answer
    if code not in ok:
        said = text.decode("utf-8", "replace").replace("\n", " ")[:150]
        raise NotDelivered(f"{fault}: {code} {said}", permanent=code >= PERMANENT)


def _said(fault: Exception, attempt: _Attempt, seconds: float) -> NotDelivered:
    unknown = attempt.handed_over
    where = f"{attempt.server.host}:{attempt.server.port}"
    # smtplib tells a read that timed out as a server that hung up, with the time-out as its context.
    if attempt.was_cut or isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError):
        return NotDelivered(f"the mail server {where} took longer than {seconds:g} s", unknown=unknown)
    if isinstance(fault, ConnectionRefusedError):
        return NotDelivered(f"the mail server {where} refuses connections")
    if isinstance(fault, smtplib.SMTPResponseException):
        said = fault.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return NotDelivered(f"the mail server {where} answered {fault.smtp_code} {text[:150]}", unknown=unknown)
    if isinstance(fault, smtplib.SMTPServerDisconnected):
        return NotDelivered(f"the mail server {where} hung up", unknown=unknown)
    return NotDelivered(
        f"the mail server {where} cannot be used ({type(fault).__name__}: {fault})"[:250], unknown=unknown
    )

"""A mail server on aiosmtpd: with TLS or without, with an account, and with every way to fail that real ones have."""

from __future__ import annotations

import asyncio
import datetime as dates
import email
import ipaddress
import logging
import ssl
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USERNAME, PASSWORD = "bridge", "a-password_only-the-server-knows"
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's own, which repeats everything
_DAY = dates.timedelta(days=1)


def certificate(folder: Path, host: str = "127.0.0.1") -> Path:
    """Make a certificate with its key, in one file, for a name or a number."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail in tests")])
    try:
        known_as: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        known_as = x509.DNSName(host)
    now = dates.datetime.now(dates.UTC)  # noqa: TID251 - TLS looks at the real clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.SubjectAlternativeName([known_as]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{host}.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


def trusting(file: Path) -> ssl.SSLContext:
    """A client that believes this certificate, and checks as ours does."""
    return ssl.create_default_context(cafile=str(file))


@dataclass
class Taken:
    """A mail as it was taken."""

    sender: str
    recipients: list[str]
    mail: EmailMessage
    raw: bytes
    was_private: bool  #: came through TLS

    @property
    def text(self) -> str:
        """What the bridge wrote, without the signature below it."""
        return str(self.mail.get_content()).replace("\r\n", "\n").rpartition("\n\n-- \n")[0]


#: What a step answers instead: a line, or nothing for ever, or a cut connection.
HANGS, DROPS = "hangs", "drops"


@dataclass
class MailServer:
    """Takes mail on this machine; ``async with`` runs it."""

    certificate: Path | None = None
    is_tls: bool = False  #: from the first byte; else STARTTLS when there is a certificate
    asks_account: bool = False
    taken: list[Taken] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)  #: by step: MAIL, RCPT, DATA, AUTH
    port: int = 0  #: any free one until it runs
    most_at_once: int = 0
    hanging: int = 0  #: how many wait for an answer that does not come
    on_hang: Callable[[], None] = lambda: None  #: somebody waits for an answer that does not come: let time pass
    slows: Callable[[], Awaitable[object]] | None = None  #: before a mail is taken

    async def __aenter__(self) -> Self:
        self._at_once = 0
        self._clients: set[SMTP] = set()
        context = None
        if self.certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certificate)
        self._starttls = None if self.is_tls else context
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._client, "127.0.0.1", self.port, ssl=context if self.is_tls else None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for client in self._clients:
            _abort(client)
            if client._handler_coroutine is not None:
                client._handler_coroutine.cancel()
        await asyncio.sleep(0)

    def _client(self) -> SMTP:
        with warnings.catch_warnings():  # it cannot know of a TLS that was there before it
            warnings.simplefilter("ignore")
            client = self._make_client()
        self._clients.add(client)
        return client

    def _make_client(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.example",
            ident="fake",
            tls_context=self._starttls,
            require_starttls=self._starttls is not None,
            authenticator=self._authenticate if self.asks_account else None,
            auth_required=self.asks_account,
            auth_require_tls=not self.is_tls,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        if line := self.answers.get("AUTH"):
            return AuthResult(success=False, handled=False, message=line)
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login, data.password) == (USERNAME.encode(), PASSWORD.encode()), handled=False)

    async def _answer(self, step: str, server: SMTP, usual: str) -> str:
        line = self.answers.get(step, usual)
        if line == HANGS:
            self.hanging += 1
            self.on_hang()
            await asyncio.Event().wait()
        if line == DROPS:
            _abort(server)
        return line

    async def handle_MAIL(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._answer("MAIL", server, "250 OK")

    async def handle_RCPT(  # noqa: N802 - likewise
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.slows:
                await self.slows()
            self._take(session, envelope)
            return await self._answer("DATA", server, "250 taken")
        finally:
            self._at_once -= 1

    def _take(self, session: Session, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        if self.answers.get("DATA", "2")[0] in "45":
            return
        mail = email.message_from_bytes(raw, policy=default)
        self.taken.append(
            Taken(
                str(envelope.mail_from),
                list(envelope.rcpt_tos),
                mail,
                raw,
                self.is_tls or session.ssl is not None,
            )
        )


def _abort(client: SMTP) -> None:
    if isinstance(client.transport, asyncio.Transport):
        client.transport.abort()

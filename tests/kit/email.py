"""The e-mail adapter at the fake mail server, and messages for it to send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.email import EmailAdapter, EmailSettings, Security
from bot.domain.messages import Address, Delivery, Outgoing, OutgoingKind
from tests.fakes.mail_server import MailServer, trusting
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox

SENDER = "bridge@mail.example"
DESK = "duty@example.org"


def settings(server: MailServer, **changed: Any) -> EmailSettings:
    security = Security.PLAIN
    if server.certificate:
        security = Security.TLS if server.is_tls else Security.STARTTLS
    chosen: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "sender": SENDER,
        "security": security,
        "public_url": "https://bridge.example",
    }
    return EmailSettings(**chosen | changed)


def make_email(server: MailServer, *, trusts: Path | None = None, **changed: Any) -> EmailAdapter:
    file = trusts or server.certificate
    return EmailAdapter(settings(server, **changed), clock=Clock(), trust=trusting(file) if file else None)


@asynccontextmanager
async def running(adapter: EmailAdapter) -> AsyncIterator[EmailAdapter]:
    await adapter.start(Inbox())
    try:
        yield adapter
    finally:
        await adapter.stop()


def outgoing(text: str = "hello", *, to: str = DESK, key: str = "case:7:alert", **message: Any) -> Delivery:
    return Delivery(Outgoing(1, key, OutgoingKind.ALERT, "desk:cn-duty", Address("email", to), text=text, **message))


async def send(adapter: EmailAdapter, delivery: Delivery) -> str:
    return await adapter.send(delivery, delivery.message.text, is_last=True)

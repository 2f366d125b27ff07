"""What every command needs, and the running bridge too: the wall clock, chance, the rules, the storage."""

from __future__ import annotations

import os
import random
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime

from adapters.calls.node import Node
from bot.app.bridge import Chance, Rules
from bot.app.key_vault import vault_of
from bot.config.model import Settings
from bot.domain.ids import Ids
from bot.ports.storage import Storage
from storage import open_storage


def clock() -> datetime:
    """The wall clock; the only one in the program."""
    return datetime.now(UTC)


def owner() -> str:
    """Name this process among all nodes, for leases."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def node_of(storage: Storage, time: Callable[[], datetime] = clock) -> Node[Storage]:
    """Say which of all nodes this process is, for adapters."""
    return Node(storage, owner(), time, machine=clock)


def chance(time: Callable[[], datetime] = clock) -> Chance:
    """Take randomness from the operating system."""
    return Chance(Ids(time), secrets.choice, lambda: secrets.token_hex(8), random.SystemRandom().random)


def rules_of(settings: Settings) -> Rules:
    """Take from the configuration what decisions need."""
    return Rules(
        agreement=settings.agreement(),
        alert_after=settings.bridge.alert_after,
        pings_per_hour=settings.bridge.pings_per_hour,
        public_url=settings.server.url,
        confirm_every=settings.people.confirm_every,
        exports=settings.bridge.data_dir / "exports",
        identity=settings.bridge.identity_on_messenger,
        digest_at=settings.journal.digest_at,
        evening_report=settings.bridge.evening_report,
        test_ring=settings.bridge.test_ring,
        retention=settings.retention.rules(),
        answer_within=settings.database.answer_within,
    )


def storage_of(settings: Settings, time: Callable[[], datetime] = clock) -> Storage:
    """Make the storage that the configuration names."""
    url = settings.database.url.get_secret_value()
    within = settings.database.answer_within
    return open_storage(url, clock=time, owner=owner(), vault=vault_of(settings), answer_within=within)

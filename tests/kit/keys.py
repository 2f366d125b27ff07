"""Keys for tests: always the same ones, and no secret."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pyrage

from bot.protection.keys import INDEX, Key, KeyRing, KeyText
from bot.protection.sealing import Vault

_MADE = datetime(2026, 4, 1, tzinfo=UTC)


def key(number: int) -> Key:
    """The first, the second key, each of its own."""
    return Key(f"{number:08x}", _MADE, bytes([number]) * 32)


def ring(*numbers: int) -> KeyRing:
    """A ring of these keys, the last one current."""
    return KeyRing(tuple(map(key, numbers)), Key(INDEX, _MADE, bytes(range(32))))


def vault(*numbers: int) -> Vault:
    """A vault with these keys."""
    return Vault(KeyText(ring(*numbers).to_text()))


#: Somebody to encrypt for, and what they alone can open it with.
IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
#: What a bridge in a test is sealed with, unless the test is about keys.
KEYS = ring(1).to_text()
VAULT = vault(1)


def key_file(folder: Path, text: str = KEYS) -> Path:
    """Write a key file as the program wants it, unless it is there."""
    file = folder / "casebridge.key"
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as opened:
            opened.write(text)
    return file


def identity_file(folder: Path) -> Path:
    """The file that `age-keygen` wrote, which is kept elsewhere."""
    file = folder / "identity.txt"
    file.write_text(f"# created: 2026-04-18\n# public key: {RECIPIENT}\n{IDENTITY}\n", "utf-8")
    return file

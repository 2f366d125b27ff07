"""Seals what people wrote, each value to its place, and makes tokens to find it by. The only home of encryption."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from time import monotonic as monotonic_clock

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.errors import KeysUnusable, SealBroken
from bot.protection.keys import KEY_BYTES, KeyRing, KeySource

_VERSION = b"\x01"
#: What a sealed value begins with: the version and the id of its key.
PREFIX_BYTES = 5
_NONCE_BYTES = 12
_HEAD_BYTES = PREFIX_BYTES + _NONCE_BYTES
_TAG_BYTES = 16
_LOOK_EVERY = 1.0  #: seconds between two looks at whether the keys have changed

log = structlog.get_logger(__name__)


def prefix_of(key_id: str) -> bytes:
    """What every value sealed with this key begins with."""
    return _VERSION + bytes.fromhex(key_id)


def key_id(sealed: bytes) -> str:
    """The id of the key that a value, or the beginning of one, was sealed with; empty for what is not sealed."""
    return sealed[1:PREFIX_BYTES].hex() if sealed[:1] == _VERSION and len(sealed) >= PREFIX_BYTES else ""


class _Opened:
    """A key ring ready for use."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self.prefix = prefix_of(ring.current.id)
        self.ciphers = {prefix_of(key.id): AESGCM(key.material) for key in ring.keys}
        self.cipher = self.ciphers[self.prefix]
        self.indexes: dict[str, bytes] = {}


class Vault:
    """Seals with the current key and opens with any key of the ring. Follows the key file while it is in use.

    AES-256-GCM with a random nonce of 96 bits. The place, ``table:row:column``, is authenticated with the value, so
    that a value moved to another row or column does not open. Safe to use from several threads.
    """

    def __init__(self, source: KeySource, *, monotonic: Callable[[], float] = monotonic_clock) -> None:
        """Read the keys. Raises `KeysUnusable`."""
        self.source = source
        self._monotonic = monotonic
        self._stamp = source.stamp()
        self._opened = _Opened(source.read())
        self._look_at = monotonic() + _LOOK_EVERY

    @property
    def ring(self) -> KeyRing:
        """The keys as they were last read."""
        return self._opened.ring

    @property
    def current(self) -> str:
        """The id of the key that seals now."""
        return self._fresh().ring.current.id

    def seal(self, plain: bytes, place: str) -> bytes:
        """Seal a value to its place."""
        opened = self._fresh()
        nonce = os.urandom(_NONCE_BYTES)
        return opened.prefix + nonce + opened.cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Open the value of a place. Raises `SealBroken`, which names the place and never the value."""
        if len(sealed) < _HEAD_BYTES + _TAG_BYTES or sealed[:1] != _VERSION:
            raise SealBroken(f"{place} holds nothing that was sealed.")
        cipher = self._cipher(sealed, place)
        nonce, rest = sealed[PREFIX_BYTES:_HEAD_BYTES], sealed[_HEAD_BYTES:]
        try:
            return cipher.decrypt(nonce, rest, place.encode())
        except InvalidTag:
            raise SealBroken(f"The seal of {place} is broken: it was changed, or belongs to another place.") from None

    def token(self, kind: str, text: str) -> bytes:
        """Make the 32 bytes by which a text of a kind is found again; nobody without the index key can guess it."""
        indexes, index = self._opened.indexes, self.ring.index
        if kind not in indexes:
            info = f"casebridge index {kind}".encode()
            indexes[kind] = HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(index.material)
        return hmac.digest(indexes[kind], text.encode(), "sha256")

    def refresh(self) -> None:
        """Read the keys again now. Keeps those it has when they cannot be read."""
        self._stamp = self.source.stamp()
        self._look_at = self._monotonic() + _LOOK_EVERY
        try:
            self._opened = _Opened(self.source.read())
        except KeysUnusable as error:
            log.error("The keys cannot be read again; those read before are used.", problem=error.problem)  # noqa: TRY400

    def _fresh(self) -> _Opened:
        """The ring, read again within a second when its file was written anew."""
        now = self._monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY
            if self.source.stamp() != self._stamp:
                self.refresh()
        return self._opened

    def _cipher(self, sealed: bytes, place: str) -> AESGCM:
        prefix = sealed[:PREFIX_BYTES]
        if prefix not in self._opened.ciphers and self.source.stamp() != self._stamp:
            self.refresh()
        cipher = self._opened.ciphers.get(prefix)
        if cipher is None:
            raise SealBroken(f"{place} is sealed with key {key_id(prefix)}, which is not in {self.source.name}.")
        return cipher

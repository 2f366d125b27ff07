"""How WeChat and WeCom call us and are answered: signed, dated, encrypted. The only home of wechatpy.

wechatpy compares signatures with ``!=``, has no replay window, trusts the padding and raises a dozen unrelated errors;
this takes from it the signature and the cipher, and lets none of its errors out.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from wechatpy.crypto import PrpCrypto
from wechatpy.utils import WeChatSigner

from adapters.tencent import xml

BODY_LIMIT = 64 << 10  #: bytes; their longest message has a tenth of it
CLOCK_WINDOW = timedelta(minutes=10)  #: either way, between their clock and ours
_QUERY_LIMIT = 512  #: characters of anything in the address but `echostr`
_BLOCK = 32  #: bytes; padding goes up to a whole one


class Status(IntEnum):
    """What a refusal is answered with."""

    UNVERIFIED = 401  #: not signed, or not with our token, or long ago
    NOT_FOR_US = 403  #: signed, but encrypted with another key or meant for another account
    TOO_LARGE = 413


class CallRefused(Exception):
    """This call is not what it claims to be. Its reason holds nothing of the call."""

    def __init__(self, status: Status, reason: str) -> None:
        """Keep what it is answered with and why."""
        self.status = status
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Signed:
    """What signs a call: it stands in the address, beside what it signs."""

    signature: str = field(repr=False)
    timestamp: str
    nonce: str

    @classmethod
    def of(cls, query: Mapping[str, str], name: str = "msg_signature") -> Signed:
        """Read it from an address; `name` is where the signature stands. Raises `CallRefused`."""
        signed = cls(query.get(name, ""), query.get("timestamp", ""), query.get("nonce", ""))
        if not signed.signature or max(map(len, (signed.signature, signed.timestamp, signed.nonce))) > _QUERY_LIMIT:
            raise CallRefused(Status.UNVERIFIED, "It is not signed.")
        return signed


class Callback:
    """Verifies and opens the calls for one account, and seals the answers."""

    def __init__(
        self, token: str, aes_key: str, receiver_id: str, machine: Callable[[], datetime] | None = None
    ) -> None:
        """Take the token and the key (43 characters) of the account's page, and the id that messages must end with.

        The id is the AppID at WeChat and the CorpID at WeCom. `machine` tells this machine's clock, which may be right
        where the bridge's time is not. Raises ValueError for a key of another length.
        """
        self._machine = machine
        self._token = token
        self._receiver_id = receiver_id
        key = base64.b64decode(f"{aes_key}=".encode())
        if len(key) != 32:
            raise ValueError("an AES key has 43 characters")
        self._crypto = _Crypto(key)

    def verify(self, signed: Signed, now: datetime, *also: str) -> None:
        """Raise `CallRefused` unless our token signed this, `also` within, a short while ago.

        A nonce may come again: a message that we did not answer comes with the one of the first try.
        """
        try:
            ours = self._sign(signed.timestamp, signed.nonce, *also).encode()
            is_ours = hmac.compare_digest(ours, signed.signature.encode())
        except UnicodeEncodeError:
            is_ours = False
        if not is_ours:
            raise CallRefused(Status.UNVERIFIED, "The signature is not ours.")
        clocks = (now, self._machine()) if self._machine else (now,)
        if not any(_is_recent(signed.timestamp, clock) for clock in clocks):
            raise CallRefused(Status.UNVERIFIED, "It was signed long ago, or the clock of this machine is wrong.")

    def open(self, signed: Signed, ciphertext: str, now: datetime) -> str:
        """Verify what is encrypted and decrypt it. Raises `CallRefused`."""
        self.verify(signed, now, ciphertext)
        try:
            return self._crypto.decrypt_whole(ciphertext, self._receiver_id)
        except Exception:  # noqa: BLE001 - broken padding, lengths, letters or another account: a dozen types, lazily
            reason = "It is encrypted with another key, or for another account."
            raise CallRefused(Status.NOT_FOR_US, reason) from None

    def open_body(self, signed: Signed, body: bytes, now: datetime) -> str:
        """Open the body of a call: XML with the encrypted message in it. Raises `CallRefused`."""
        return self.open(signed, xml.text_of(envelope(body), "Encrypt").strip(), now)

    def seal(self, text: str, nonce: str, timestamp: str) -> str:
        """Encrypt an answer and sign it: the body that goes back."""
        ciphertext = self._crypto.encrypt(text, self._receiver_id).decode()
        signature = self._sign(timestamp, nonce, ciphertext)
        return xml.write(
            {"Encrypt": ciphertext, "MsgSignature": signature, "TimeStamp": int(timestamp), "Nonce": nonce}
        )

    def _sign(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._token, *parts)
        return str(signer.signature)


def envelope(body: bytes) -> xml.Fields:
    """Read the outside of a call, which nobody has verified yet. Raises `CallRefused`."""
    if len(body) > BODY_LIMIT:
        raise CallRefused(Status.TOO_LARGE, "It is too long.")
    try:
        return xml.parse(body.decode())
    except (UnicodeDecodeError, xml.Unreadable):
        raise CallRefused(Status.UNVERIFIED, "It cannot be read.") from None


def _is_recent(timestamp: str, now: datetime) -> bool:
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12
    return is_number and abs(now.timestamp() - int(timestamp)) <= CLOCK_WINDOW.total_seconds()


class _Crypto(PrpCrypto):  # type: ignore[misc]
    """The cipher, with padding that is looked at and random letters that nobody foresees."""

    def get_random_string(self) -> str:
        return secrets.token_urlsafe(12)  # the one of the library is not made for secrets

    def decrypt_whole(self, ciphertext: str, receiver_id: str) -> str:
        """Decrypt; raises anything when one byte of it is not as it must be."""
        plain: bytes = self.cipher.decrypt(base64.b64decode(ciphertext.encode("ascii"), validate=True))
        padding = plain[-1]
        if not 1 <= padding <= _BLOCK or plain[-padding:] != bytes([padding]) * padding:
            raise ValueError("padding")
        length = int.from_bytes(plain[16:20], "big")
        text, receiver = plain[20 : 20 + length], plain[20 + length : -padding]
        if len(text) != length or not hmac.compare_digest(receiver, receiver_id.encode()):
            raise ValueError("length or receiver")
        return text.decode()

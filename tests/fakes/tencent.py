"""Encrypts calls and opens answers as the servers of WeChat and WeCom do, written from the vendor's description.

It shares no line with the adapters: what both get wrong would go unseen.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from dataclasses import dataclass
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "a-token-that-only-Tencent-knows"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
APP_ID = "wx5823bf96d3bd56c7"


@dataclass(frozen=True)
class Vendor:
    """One account at the vendor."""

    token: str = TOKEN
    aes_key: str = AES_KEY
    receiver_id: str = APP_ID
    prefix: bytes = b"0123456789abcdef"  #: the sixteen letters before every message

    def sign(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted((self.token, *parts))).encode()).hexdigest()

    def encrypt(self, text: str | bytes) -> str:
        content = text.encode() if isinstance(text, str) else text
        plain = self.prefix + struct.pack(">I", len(content)) + content + self.receiver_id.encode()
        padding = 32 - len(plain) % 32
        return self.encrypt_raw(plain + bytes([padding]) * padding)

    def encrypt_raw(self, plain: bytes) -> str:
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()

    def decrypt(self, ciphertext: str) -> str:
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(base64.b64decode(ciphertext)) + decryptor.finalize()
        (length,) = struct.unpack(">I", plain[16:20])
        assert plain[20 + length : -plain[-1]].decode() == self.receiver_id
        return plain[20 : 20 + length].decode()

    def query(self, ciphertext: str, timestamp: int | str, nonce: str = "886472") -> dict[str, str]:
        """What stands in the address of a call."""
        at = str(timestamp)
        return {
            "signature": self.sign(at, nonce),
            "timestamp": at,
            "nonce": nonce,
            "encrypt_type": "aes",
            "msg_signature": self.sign(at, nonce, ciphertext),
        }

    def call(self, text: str, timestamp: int, nonce: str = "886472") -> tuple[dict[str, str], bytes]:
        """Address and body of a call in safe mode."""
        ciphertext = self.encrypt(text)
        body = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>"
        return self.query(ciphertext, timestamp, nonce), body.encode()

    def open_answer(self, body: str) -> dict[str, str]:
        """Check and open an answer; its fields."""
        outside = {each.tag: each.text or "" for each in ElementTree.fromstring(body)}
        sealed = outside["Encrypt"]
        assert outside["MsgSignature"] == self.sign(outside["TimeStamp"], outside["Nonce"], sealed)
        assert re.fullmatch(r"\d{10}", outside["TimeStamp"])
        return {each.tag: each.text or "" for each in ElementTree.fromstring(self.decrypt(sealed))}

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

"""Browsers and their push service, over real HTTP: it looks at each signature, and they decrypt what they get."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.calls.http_client import Answer, HttpClient, Json
from adapters.push.settings import WAY
from bot.domain.push import Subscription
from tests.fakes.wire import Asked, Reply, Server

ORIGIN = "https://fcm.googleapis.com"
CONTACT = "mailto:it@bridge.example"
KEY = bytes(range(1, 33))  #: a private key of P-256, made up


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class PushedBrowser:
    """A browser whose page may be closed."""

    name: str
    is_gone: bool = False
    heard: list[dict[str, str]] = field(default_factory=list)  #: what it decrypted, oldest first

    def __post_init__(self) -> None:
        self.key = ec.derive_private_key(int.from_bytes(self.name.encode(), "big") + 7, ec.SECP256R1())
        self.secret = self.name.encode().ljust(16, b".")[:16]

    @property
    def path(self) -> str:
        return f"/fcm/send/{self.name}"

    @property
    def form(self) -> dict[str, str]:
        """What its page sends to the bridge."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": ORIGIN + self.path, "public_key": packed(point), "secret": packed(self.secret)}

    def of(self, person_id: int, at: datetime, session: str = "cookie") -> Subscription:
        form = self.form
        return Subscription(person_id, session, at, form["endpoint"], form["public_key"], form["secret"])

    def hears(self, body: bytes) -> str:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        self.heard.append(json.loads(plain))
        return str(plain.decode())


class Rerouted(HttpClient):
    """Goes to a push service of tests in place of the one that a browser named."""

    def __init__(self, service: PushService) -> None:
        super().__init__(WAY, answer_within=2.0)
        self._service = service

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Json | bytes | None = None,
    ) -> Answer:
        assert path.startswith(f"{ORIGIN}/"), "nothing else is called"
        return await super().call(
            method, path.replace(ORIGIN, self._service.url), query=query, headers=headers, body=body
        )


@dataclass
class PushService:
    """Takes what is signed with the key that its browsers were told of."""

    clock: Any
    browsers: list[PushedBrowser] = field(default_factory=list)
    plans: list[Reply] = field(default_factory=list)  #: what it does first
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = Server(self._answer)
        point = ec.derive_private_key(int.from_bytes(KEY, "big"), ec.SECP256R1()).public_key()
        self._believed = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def url(self) -> str:
        return self._server.url

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.__aexit__()

    def browser(self, name: str) -> PushedBrowser:
        self.browsers.append(PushedBrowser(name))
        return self.browsers[-1]

    def _answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.plans:
            return self.plans.pop(0)
        browser = next((b for b in self.browsers if b.path == urlsplit(asked.target).path and not b.is_gone), None)
        if browser is None:
            return Reply(410)
        if not self._is_signed(asked.headers.get("authorization", "")):
            return Reply(403)
        if asked.headers.get("content-encoding") != "aes128gcm" or not asked.headers.get("ttl", "").isdigit():
            return Reply(400)
        browser.hears(asked.body)
        return Reply(201)

    def _is_signed(self, said: str) -> bool:
        """Look at a token of VAPID as RFC 8292 has it."""
        scheme, _, rest = said.partition(" ")
        parts = dict(each.strip().split("=", 1) for each in rest.split(","))
        if scheme != "vapid" or unpacked(parts["k"]) != self._believed:
            return False
        signed, _, signature = parts["t"].rpartition(".")
        raw = unpacked(signature)
        numbers = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self._believed)
        known.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(SHA256()))
        claims = json.loads(unpacked(signed.partition(".")[2]))
        left = claims["exp"] - self.clock().timestamp()
        return bool(claims["aud"] == ORIGIN and claims["sub"] == CONTACT and 0 < left <= 86400)

"""Encrypts what a browser is told, and signs who says it. The only home of pywebpush; nothing here is sent.

The library can send too, which is not used: our own way of calling has the limits, and follows nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.push import Subscription
from bot.protection.keys import KEY_BYTES

_SIGNED_FOR = timedelta(hours=2)  #: at most a day is allowed
#: One waits at the push service, the newest: the others say the same.
_TOPIC = "due"
_WAITS = timedelta(hours=4)  #: for a browser that is not there; later its person sees the page first


@dataclass(frozen=True, slots=True)
class SealedPush:
    """One push, ready to be sent."""

    body: bytes
    headers: Mapping[str, str]


def seal_push(subscription: Subscription, text: bytes, key: bytes, contact: str, now: datetime) -> SealedPush:
    """Encrypt a text for one browser and sign it for its push service. Raises ValueError when its keys are none."""
    from py_vapid import Vapid02  # loads slowly, and is needed only where somebody is pushed to
    from pywebpush import WebPusher, WebPushException

    keys = {"p256dh": subscription.public_key, "auth": subscription.secret}
    try:
        body = WebPusher({"endpoint": subscription.endpoint, "keys": keys}).encode(text)["body"]
    except WebPushException:
        raise ValueError("no browser has such keys") from None
    parts = urlsplit(subscription.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _SIGNED_FOR).timestamp()),
        "sub": contact,
    }
    signed = Vapid02.from_raw(base64.urlsafe_b64encode(key)).sign(claims)
    return SealedPush(
        body,
        {
            **signed,
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(int(_WAITS.total_seconds())),
            "Urgency": "high",
            "Topic": _TOPIC,
        },
    )


def public_key(key: bytes) -> str:
    """The public half of our key, as a browser wants it to subscribe."""
    from py_vapid import Vapid02

    point = Vapid02.from_raw(base64.urlsafe_b64encode(key)).public_key.public_numbers()
    raw = b"\x04" + point.x.to_bytes(KEY_BYTES, "big") + point.y.to_bytes(KEY_BYTES, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

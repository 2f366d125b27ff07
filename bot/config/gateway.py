"""What the gateway for phone calls needs in the configuration. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.config.draft import Draft
from bot.config.hosts import is_loopback
from bot.config.model import Settings
from bot.domain.errors import Mistake

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  #: bytes of a secret, as Standard Webhooks has it


def can_call(settings: Settings) -> bool:
    """Whether anything is set up that makes phone calls."""
    wecom = settings.messengers.wecom
    return bool(settings.gateway.url or (wecom.emergency_calls and wecom.secret.get_secret_value()))


def _gateway(draft: Draft) -> Iterator[Mistake]:
    table = draft.settings.gateway
    url, secret = urlsplit(table.url), table.secret.get_secret_value()
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        remedy = "Write https://, or run the gateway on this machine."
        yield Mistake("gateway.url", "must be https: who is called about which case passes over it.", remedy)
    if secret and not table.url:
        yield Mistake("gateway.secret", "is set, and no gateway.url.", "Set url, or take the secret out.")
    if table.url and not _is_strong(secret):
        remedy = 'Write whsec_ and 24 to 64 random bytes in base64, the same at the gateway: "whsec_...".'
        yield Mistake("gateway.secret", "is no secret of Standard Webhooks.", remedy)


def _wecom(draft: Draft) -> Iterator[Mistake]:
    table = draft.settings.messengers.wecom
    if table.emergency_calls and not table.secret.get_secret_value():
        remedy = "Write the app's keys, or set emergency_calls = false."
        yield Mistake("messengers.wecom.emergency_calls", "needs an app, and there is none.", remedy)


def _is_strong(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (ValueError, binascii.Error):
        return False
    return secret.startswith(_PREFIX) and _SHORTEST <= len(key) <= _LONGEST


GATEWAY_CHECKS = (
    (frozenset({"gateway"}), _gateway),
    (frozenset({"messengers"}), _wecom),
)

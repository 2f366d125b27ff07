"""Reply windows, access tokens and browsers that are pushed to, to rows and back."""

from __future__ import annotations

from sqlalchemy import RowMapping

from bot.domain.messages import KNOCK_FAILED
from bot.domain.push import Subscription
from bot.domain.reply_windows import Window
from bot.domain.turn import KnockOutcome
from bot.ports.messenger_state import Token
from bot.protection.sealing import Vault
from storage.rows.cases import RowDict, address
from storage.sealed import seal, unseal

KNOCKED = "knocked"  #: why a message waits whose knock arrived


def window_row(window: Window) -> RowDict:
    """A window that opens; nobody asks about it yet."""
    return {
        "address": str(window.address),
        "by_tap": window.by_tap,
        "opened_at": window.opened_at,
        "closes_at": window.closes_at,
        "left": window.left,
        "asked": window.asked,
        "leased_until": None,
    }


def window_of(row: RowMapping) -> Window:
    """A window."""
    values = {name: value for name, value in row.items() if name != "leased_until"}
    return Window(**{**values, "address": address(row["address"])})


def waking_row(window: Window) -> RowDict:
    """What waited for a window is due since it opened."""
    return {"place": str(window.address), "due_at": window.opened_at}


def asked_row(window: Window) -> RowDict:
    """The window whose person was asked, and no later one."""
    return {"place": str(window.address), "is_short": window.by_tap, "since": window.opened_at}


def knock_row(outcome: KnockOutcome) -> RowDict:
    """The message that the knock was for."""
    return {"place": str(outcome.address), "sent_as": outcome.knock, "why": why_of(outcome), "becomes": KNOCK_FAILED}


def why_of(outcome: KnockOutcome) -> str:
    """What the row says of its knock."""
    return f"knock failed: {outcome.failure}" if outcome.failure else KNOCKED


def token_row(vault: Vault, name: str, token: Token) -> RowDict:
    """A token; what opens the messenger's API is sealed."""
    return {"name": name, "sealed": seal(vault, "tokens", name, {"value": token.value}), "expires_at": token.expires_at}


def token_of(vault: Vault, row: RowMapping) -> Token:
    """A token."""
    return Token(unseal(vault, "tokens", row["name"], row["sealed"])["value"], row["expires_at"])


_BROWSERS_OWN = ("endpoint", "public_key", "secret")


def subscription_row(vault: Vault, subscription: Subscription) -> RowDict:
    """A browser; whoever knows its endpoint could call it, so that is sealed with its keys."""
    key = subscription.endpoint_hash
    return {
        "endpoint_hash": key,
        "person_id": subscription.person_id,
        "session_hash": subscription.session_hash,
        "sealed": seal(vault, "push_subscriptions", key, {name: getattr(subscription, name) for name in _BROWSERS_OWN}),
        "created_at": subscription.created_at,
        "last_ok_at": subscription.last_ok_at,
    }


def subscription_of(vault: Vault, row: RowMapping) -> Subscription:
    """A browser. Raises `SealBroken`."""
    opened = unseal(vault, "push_subscriptions", row["endpoint_hash"], row["sealed"])
    kept = {name: row[name] for name in ("person_id", "session_hash", "created_at", "last_ok_at")}
    return Subscription(**kept, **{name: opened[name] for name in _BROWSERS_OWN})

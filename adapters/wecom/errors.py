"""WeCom's error codes as our errors, and what mends those of the set-up. Repeats nothing that WeCom says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.domain.errors import Refused, SendError, Throttled, Unavailable, Unreachable

log = structlog.get_logger()

_IP = re.compile(r"from ip: ?([0-9a-fA-F.:]{7,45})")


class CardExists(Refused):
    """There is a card with this id already: an earlier try arrived."""


def _busy() -> SendError:
    return Unavailable("WeCom is busy.")


def _nobody() -> SendError:
    return Unreachable("WeCom knows no such member, or the member may not see the app.")


def _no_robot() -> SendError:
    return Unreachable("There is no such robot, or it was taken out of the group.")


def _too_many() -> SendError:
    return Throttled("WeCom asks to wait before the next message.", retry_after=timedelta(minutes=1))


def _too_many_at_once() -> SendError:
    return Throttled("WeCom asks to wait before the next message.", retry_after=timedelta(seconds=5))


def _no_media() -> SendError:
    return Refused("WeCom does not have this file, or not any more.")


def _bad_message() -> SendError:
    return Refused("WeCom refused the message.")


#: https://developer.work.weixin.qq.com/document/path/90313
_MEANINGS: dict[int, Callable[[], SendError]] = {
    -1: _busy,
    40003: _nobody,
    40004: _no_media,
    40007: _no_media,
    40008: _bad_message,
    40058: _bad_message,
    42014: lambda: CardExists("There is a card with this id already."),
    43004: _nobody,
    44004: _bad_message,  # empty
    45002: _bad_message,  # too long
    45009: _too_many,
    45033: _too_many_at_once,
    50002: _nobody,
    60011: _nobody,
    60111: _nobody,
    81013: _nobody,
    82001: _nobody,
    93000: _no_robot,
    93004: _no_robot,
    93008: _no_robot,
}

#: What is wrong with the set-up and who mends it; until then everything waits.
_REMEDIES = {
    40001: "WeCom does not know the secret: check messengers.wecom.secret.",
    40013: "WeCom does not know the company: check messengers.wecom.corp_id.",
    40056: "WeCom does not know the app: check messengers.wecom.agent_id.",
    48002: "The app may not do this: give it the right in WeCom's administration.",
    60020: "This machine's address is not trusted: add it to the app's trusted addresses in WeCom's administration.",
    301049: "The app may not call members: add it to those of the emergency notice in WeCom's administration.",
    301050: "The emergency notice is not switched on: do so in WeCom's administration, or set emergency_calls = false.",
    301051: "The emergency notice has no balance left: members are not called until it is paid for.",
    301002: "The app may not do this: check that messengers.wecom.secret belongs to messengers.wecom.agent_id.",
}


class Meanings:
    """Says what an error code means; of what the set-up needs it logs the remedy once, until something works again."""

    def __init__(self) -> None:
        self._told: set[int] = set()

    def __call__(self, code: int, said: str) -> SendError:
        if code in _REMEDIES:
            self._tell(code, said)
            return Unavailable(_REMEDIES[code])
        meaning = _MEANINGS.get(code)
        return meaning() if meaning else Unavailable(f"WeCom answered with error {code}.")

    def works(self) -> None:
        """Note that a call went well."""
        self._told.clear()

    def _tell(self, code: int, said: str) -> None:
        if code not in self._told:
            self._told.add(code)
            ours = _IP.search(said)
            log.warning("WeCom refuses us.", errcode=code, remedy=_REMEDIES[code], our_ip=ours[1] if ours else "")

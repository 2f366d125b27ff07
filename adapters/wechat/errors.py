"""WeChat's error codes as our errors. No reason here ever holds a token, a name or a text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.domain.errors import Refused, SendError, Throttled, Unavailable, Unreachable, WindowClosed

_log = structlog.get_logger()

_A_MINUTE = timedelta(minutes=1)
_AN_HOUR = timedelta(hours=1)

#: No choices as links with this account: it is for tests, not verified, or they were too many. Texts still go.
CHOICES_REFUSED = frozenset({40200, 45098})


class NoChoices(Refused):
    """This account or this message may have no choices as links."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("WeChat shows no choices as links here.")


def meaning(code: int, _said: str) -> SendError:
    """Say what an error code of a call means; https://developers.weixin.qq.com/doc/oplatform/developers/errCode/."""
    if code == 40164:
        # The address that it names is ours; an admin needs no more than what to do.
        _log.error("WeChat does not know this machine's address: put it on the account's IP whitelist.", errcode=code)
    make = _MEANINGS.get(code)
    return make() if make else Unavailable(f"WeChat answered with error {code}.")


def _refused(reason: str) -> Callable[[], SendError]:
    return lambda: Refused(f"WeChat refused the message: {reason}.")


def _gone() -> SendError:
    return Unreachable("The person does not follow the account, blocked it, or never did.")


def _too_fast() -> SendError:
    return Throttled("WeChat asks to wait before the next message.", retry_after=_A_MINUTE)


def _used_up() -> SendError:
    return Throttled("The account has used up its calls of today.", retry_after=_AN_HOUR)


def _closed() -> SendError:
    return WindowClosed("WeChat takes nothing for this person until they write.")


def wrong_account() -> SendError:
    """Say that the account's id or its secret is not right."""
    return Unavailable("WeChat does not know this account: check app_id and app_secret.")


#: Whatever is not here may pass: it is tried again.
_MEANINGS: dict[int, Callable[[], SendError]] = {
    -1: lambda: Unavailable("WeChat is busy."),
    40003: _gone,  # invalid openid
    40013: wrong_account,
    40125: wrong_account,
    40164: lambda: Unavailable("WeChat does not know this machine's address: put it on the account's IP whitelist."),
    43004: _gone,  # require subscribe
    43019: _gone,  # the person is on the account's blacklist
    46004: _gone,  # no such user
    45009: _used_up,
    45011: _too_fast,
    45015: _closed,  # response out of time limit or subscription is canceled
    45047: _closed,  # out of response count limit
    45002: _refused("the text is too long"),
    44004: _refused("the text is empty"),
    40037: _refused("there is no such template, check template_id"),
    40036: _refused("there is no such template, check template_id"),
    47003: _refused("the template does not take these words"),
    40007: lambda: Refused("WeChat has no such file, or has it no more."),
    48001: _refused("this account has not the right to do that"),
    48004: lambda: Unavailable("WeChat has suspended the account's interface."),
    **dict.fromkeys(CHOICES_REFUSED, NoChoices),
}

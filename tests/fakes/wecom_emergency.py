"""WeCom's emergency notice: voice calls to members and their state, as the vendor's pages say.

Pages 91623, 91627, 91628 (97116 for the meaning of `reason`) of https://developer.work.weixin.qq.com/document.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

NOT_LINKED, NOT_OPEN, NO_BALANCE = 301049, 301050, 301051
RINGS, TALKED, NOT_TAKEN, REFUSED, SWITCHED_OFF, OVER_THE_LIMIT = 1, 0, 12, 7, 8, 13
_KEPT = timedelta(days=7)
_LIMITS = ((3, timedelta(minutes=8)), (8, timedelta(hours=24)))


@dataclass(slots=True)
class VoiceCall:
    """A call, and what became of it so far."""

    member: str
    at: datetime
    talked: bool = False
    seconds: int = 0
    reason: int = RINGS


@dataclass
class EmergencyNotice:
    """The part of the company's administration that calls members."""

    clock: Callable[[], datetime]
    refuses: int = 0  #: an errcode for every call
    calls: dict[str, VoiceCall] = field(default_factory=dict)  #: by callid
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def call(self, members: set[str], body: Any) -> dict[str, Any] | int:
        """Call members; an errcode when nobody is called at all."""
        called = body.get("callee_userid")
        if not isinstance(called, list) or not called:
            return 40058
        return self.refuses or {"states": [self._called(member, members) for member in called]}

    def state(self, body: Any) -> dict[str, Any] | int:
        """Say how a call went, within seven days."""
        call = self.calls.get(str(body.get("callid")))
        if call is None or call.member.lower() != str(body.get("callee_userid")).lower():
            return 40058
        if self.clock() - call.at > _KEPT:
            return 40058
        return {
            "istalked": int(call.talked),
            "calltime": int(call.at.timestamp()),
            "talktime": call.seconds,
            "reason": call.reason,
        }

    def newest(self, member: str) -> VoiceCall:
        return [call for call in self.calls.values() if call.member.lower() == member.lower()][-1]

    def answers(self, member: str) -> None:
        """The member takes the newest call, listens and hangs up."""
        call = self.newest(member)
        call.talked, call.seconds, call.reason = True, 2, TALKED

    def lets_ring(self, member: str, reason: int = NOT_TAKEN) -> None:
        """The newest call ends, and nobody has taken it."""
        self.newest(member).reason = reason

    def _called(self, member: str, members: set[str]) -> dict[str, Any]:
        if member.lower() not in members:
            return {"code": 60111, "callid": "", "userid": member}
        at = self.clock()
        callid = f"6-{at:%Y%m%d%H%M%S}{next(self.numbers):06}-4d0251082406000-out"
        mine = [call.at for call in self.calls.values() if call.member.lower() == member.lower()]
        is_too_much = any(sum(at - each < span for each in mine) >= most for most, span in _LIMITS)
        self.calls[callid] = VoiceCall(member, at, reason=OVER_THE_LIMIT if is_too_much else RINGS)
        return {"code": 0, "callid": callid, "userid": member}

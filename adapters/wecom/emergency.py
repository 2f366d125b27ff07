"""WeCom's emergency notice: an automatic voice call to one member, and a look at whether it was answered.

The call says what WeCom says, that the member shall look at the app: nothing of the case. The fields:
https://developer.work.weixin.qq.com/document/path/91627 (the call) and path/91628 (its state).
"""

from __future__ import annotations

from adapters.calls.entrance import Entrance
from adapters.calls.follow_ups import FollowUps
from adapters.calls.http_client import Json
from adapters.calls.node import Leases, Node
from adapters.tencent.client import Client
from adapters.wecom.outgoing import to_member
from adapters.wecom.settings import MESSENGER, WecomSettings
from bot.domain.errors import Refused, SendError, StorageError
from bot.domain.messages import Delivery, Inbound, Kind
from bot.domain.phone_calls import CallResult, PhoneCall
from bot.ports.messengers import Receive

_CALL, _STATE = "/cgi-bin/pstncc/call", "/cgi-bin/pstncc/getstates"
_LOOK_EVERY = 15.0  #: seconds
_LOOKS = 12  #: after three minutes a call that was not answered never will be
#: By `reason`, while `istalked` is 0: it may still be answered (0 is what stands there before anything happened).
_GOES_ON = frozenset({0, 1, 2, 3})
#: The member let it ring, or hung up. Any other reason says that nothing rang: switched off, no such number, no line.
_NOT_TAKEN = frozenset({4, 7, 12, 20})


class EmergencyCalls:
    """Calls members, and tells what became of it. Raises only `SendError`."""

    def __init__(self, settings: WecomSettings, client: Client, node: Node[Leases]) -> None:
        self._account = settings.account
        self._client = client
        self._node = node
        self._entrance = Entrance(MESSENGER)
        self._watched = FollowUps()

    def open(self, receive: Receive) -> None:
        """Tell what becomes of calls from now on."""
        self._entrance.open(receive)

    async def stop(self) -> None:
        """End what is under way; of calls that still ring nothing more is told."""
        self._entrance.close()
        await self._watched.stop()

    async def call(self, delivery: Delivery) -> str:
        """Call a member; returns WeCom's id of the call."""
        member = to_member(delivery.message.address)
        answer = await self._client.call("POST", _CALL, json={"callee_userid": [member]})
        callid = _begun(answer, member)
        self._watched.begin(self._watch(member, callid, PhoneCall.of(delivery.message)))
        return callid

    async def _watch(self, member: str, callid: str, call: PhoneCall) -> None:
        for look in range(1, _LOOKS + 1):
            await self._node.sleep(_LOOK_EVERY)
            result = await self._look(member, callid, is_last=look == _LOOKS)
            if result is not None and await self._told(callid, call, result):
                return

    async def _look(self, member: str, callid: str, *, is_last: bool) -> CallResult | None:
        try:
            state = await self._client.call("POST", _STATE, json={"callee_userid": member, "callid": callid})
        except SendError:
            return None  # nobody knows; it is asked again, and at last nothing is said
        result = result_of(state)
        return CallResult.UNANSWERED if result is None and is_last else result

    async def _told(self, callid: str, call: PhoneCall, result: CallResult) -> bool:
        now = self._node.clock()
        name = f"call:{callid}"
        told = Inbound(MESSENGER, self._account, name, Kind.CALLED, now, text=result.value, message_id=call.name)
        try:
            await self._entrance.take(told)
        except StorageError:
            return False  # told again at the next look
        return True


def result_of(state: Json) -> CallResult | None:
    """Read what became of a call; None while it may still be answered."""
    if state.get("istalked") == 1:
        return CallResult.ANSWERED
    reason = state.get("reason")
    if reason in _GOES_ON:
        return None
    return CallResult.UNANSWERED if reason in _NOT_TAKEN else CallResult.FAILED


def _begun(answer: Json, member: str) -> str:
    """Find the id of the call to a member; WeCom answers that all went well and says of each what did not."""
    states = answer.get("states")
    for state in states if isinstance(states, list) else []:
        if isinstance(state, dict) and str(state.get("userid", "")).lower() == member.lower():
            if state.get("code") == 0 and state.get("callid"):
                return str(state["callid"])
            raise Refused(f"WeCom does not call the member (code {state.get('code')}).")
    raise Refused("WeCom does not call the member.")

"""What is promised of WeCom's emergency notice: off unless switched on, honest about what became of a call."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import Refused, SendError, Unavailable
from bot.domain.messages import Address, Kind
from bot.domain.phone_calls import CallResult, PhoneCall
from tests.fakes.wecom_emergency import (
    NO_BALANCE,
    NOT_LINKED,
    NOT_OPEN,
    OVER_THE_LIMIT,
    REFUSED,
    SWITCHED_OFF,
)
from tests.kit.calling import SPOKEN, call
from tests.kit.wecom import Company, company

CALL, STATE = "/cgi-bin/pstncc/call", "/cgi-bin/pstncc/getstates"
ZHANG = call("person:12", Address("wecom", "ZhangSan"))


@pytest.fixture
async def wecom() -> AsyncIterator[Company]:
    async with company(emergency_calls=True) as found:
        found.member()
        yield found


async def became(wecom: Company) -> CallResult:
    """What the bridge is told of the call, once it is known."""
    await wecom.inbox.until(lambda: wecom.inbox.taken)
    (told,) = wecom.inbox.taken
    assert (told.kind, told.message_id, told.sender) == (Kind.CALLED, PhoneCall.of(ZHANG.message).name, None)
    return CallResult(told.text)


async def test_a_member_is_called_and_wecom_learns_nothing_of_the_case(wecom: Company) -> None:
    callid = await wecom.wecom.phone(ZHANG, SPOKEN)
    asked = [each.body for each in wecom.api.calls if each.path == CALL]
    assert asked == [{"callee_userid": ["ZhangSan"]}]
    assert list(wecom.api.emergency.calls) == [callid]


async def test_it_is_told_when_the_member_answers(wecom: Company) -> None:
    callid = await wecom.wecom.phone(ZHANG, SPOKEN)
    await wecom.api.until(lambda: wecom.api.count("getstates") >= 2)  # it rings
    assert wecom.inbox.taken == []
    wecom.api.emergency.answers("ZhangSan")
    assert await became(wecom) is CallResult.ANSWERED
    asked = next(each.body for each in wecom.api.calls if each.path == STATE)
    assert asked == {"callee_userid": "ZhangSan", "callid": callid}


async def test_a_call_that_goes_on_ringing_was_not_answered(wecom: Company) -> None:
    await wecom.wecom.phone(ZHANG, SPOKEN)
    assert await became(wecom) is CallResult.UNANSWERED


@pytest.mark.parametrize(
    ("reason", "result"),
    [
        (REFUSED, CallResult.UNANSWERED),
        (SWITCHED_OFF, CallResult.FAILED),
        (OVER_THE_LIMIT, CallResult.FAILED),
        (99, CallResult.FAILED),
    ],
)
async def test_a_call_that_ends_says_whether_anything_rang(wecom: Company, reason: int, result: CallResult) -> None:
    await wecom.wecom.phone(ZHANG, SPOKEN)
    wecom.api.emergency.lets_ring("ZhangSan", reason)
    assert await became(wecom) is result


async def test_wecom_itself_rings_three_times_in_eight_minutes_and_no_more(wecom: Company) -> None:
    for _ in range(4):
        await wecom.wecom.phone(ZHANG, SPOKEN)
    assert [each.reason == OVER_THE_LIMIT for each in wecom.api.emergency.calls.values()] == [False] * 3 + [True]
    limits = [(limit.count, limit.span.total_seconds()) for limit in wecom.wecom.capabilities.phone_limits]
    assert limits == [(3, 8 * 60), (8, 24 * 3600)], "the bridge counts them before it calls"


async def test_a_state_that_cannot_be_asked_for_is_asked_for_again(wecom: Company) -> None:
    wecom.api.fail("reset", path=STATE, times=3)
    await wecom.wecom.phone(ZHANG, SPOKEN)
    wecom.api.emergency.answers("ZhangSan")
    assert await became(wecom) is CallResult.ANSWERED


async def test_what_could_not_be_stored_is_told_again(wecom: Company) -> None:
    wecom.inbox.refuses = lambda _: wecom.inbox.tries < 3
    await wecom.wecom.phone(ZHANG, SPOKEN)
    wecom.api.emergency.answers("ZhangSan")
    assert await became(wecom) is CallResult.ANSWERED


async def test_whoever_may_not_see_the_app_is_not_called(wecom: Company) -> None:
    with pytest.raises(Refused, match="60111"):
        await wecom.wecom.phone(call("person:13", Address("wecom", "WangWu")), SPOKEN)


@pytest.mark.parametrize("peer", ["robot:duty", "@all", "ZhangSan|LiSi"])
async def test_nobody_but_one_member_is_called(wecom: Company, peer: str) -> None:
    with pytest.raises(Refused):
        await wecom.wecom.phone(call("desk:cn-duty", Address("wecom", peer)), SPOKEN)
    assert wecom.api.count("pstncc/call") == 0


@pytest.mark.parametrize(
    ("code", "remedy"), [(NOT_LINKED, "add it to those"), (NOT_OPEN, "switched on"), (NO_BALANCE, "balance")]
)
async def test_what_the_company_must_mend_is_said_once(wecom: Company, code: int, remedy: str) -> None:
    wecom.api.emergency.refuses = code
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(Unavailable, match=remedy):
                await wecom.wecom.phone(ZHANG, SPOKEN)
    assert [log["errcode"] for log in logs] == [code]


@pytest.mark.parametrize("answer", ["garbage", "list"])
async def test_an_answer_that_is_none_is_no_call(wecom: Company, answer: str) -> None:
    wecom.api.fail(answer, path=CALL)
    with pytest.raises(SendError):
        await wecom.wecom.phone(ZHANG, SPOKEN)


async def test_it_is_off_unless_the_configuration_switches_it_on() -> None:
    async with company() as plain:
        assert not plain.wecom.capabilities.phones

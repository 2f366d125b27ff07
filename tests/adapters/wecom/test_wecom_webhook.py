"""WeCom calls us: who is believed, what each kind of message becomes, and what is promised by the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.domain.messages import Contact, Inbound, Kind
from bot.ports.messengers import Receipt, Request
from tests.fakes.memory_state import MemoryState
from tests.fakes.tencent import APP_ID, OTHER_KEY, Vendor
from tests.fakes.wecom_api import AGENT, CORP, WecomApi
from tests.fakes.wecom_member import as_xml
from tests.kit.inbox import Inbox
from tests.kit.telegram import ROWS
from tests.kit.wecom import Company, company, make_wecom

HELLO = {"ToUserName": CORP, "FromUserName": "ZhangSan", "CreateTime": 1, "MsgType": "text", "MsgId": 77}


@pytest.fixture
async def wecom() -> AsyncIterator[Company]:
    async with company() as found:
        yield found


def call(wecom: Company, text: str | None = None, *, vendor: Vendor | None = None, age: int = 0) -> Request:
    """A call as WeCom makes it."""
    at = int(wecom.clock().timestamp()) - age
    query, body = (vendor or wecom.api.vendor).call(text or as_xml(HELLO | {"Content": "urgent"}), at)
    return Request("POST", query, {}, body)


async def status(wecom: Company, request: Request) -> int:
    return (await wecom.wecom.handle(request)).status


async def test_the_address_is_proved_with_exactly_what_was_encrypted(wecom: Company) -> None:
    assert await wecom.line.proves()
    assert wecom.inbox.tries == 0


async def test_a_verified_message_is_stored_and_then_acknowledged(wecom: Company) -> None:
    assert (await wecom.wecom.handle(call(wecom))).body == ""
    (message,) = wecom.inbox.taken
    assert (message.kind, message.text, message.message_id) == (Kind.TEXT, "urgent", "77")
    assert (str(message.sender), str(message.place)) == ("wecom:ZhangSan", "wecom:ZhangSan")
    assert message.account == f"{CORP}:{AGENT}"
    assert message.contact is Contact.NONE, "members may be written to at any time"


async def test_whoever_has_not_our_token_key_and_company_is_not_believed(wecom: Company) -> None:
    honest = call(wecom)
    forged = {
        "another token": (call(wecom, vendor=Vendor(token="guessed", receiver_id=CORP)), 401),
        "another key": (call(wecom, vendor=Vendor(aes_key=OTHER_KEY, receiver_id=CORP)), 403),
        "another company": (call(wecom, vendor=Vendor(receiver_id=APP_ID)), 403),
        "long ago": (call(wecom, age=601), 401),
        "from tomorrow": (call(wecom, age=-86400), 401),
        "unsigned": (Request("POST", {}, {}, honest.body), 401),
        "another body": (Request("POST", honest.query, {}, call(wecom, as_xml(HELLO)).body), 401),
        "no XML": (Request("POST", honest.query, {}, b"urgent"), 401),
        "plain": (Request("POST", honest.query, {}, as_xml(HELLO | {"Content": "urgent"}).encode()), 401),
        "empty": (Request("POST", honest.query, {}, b""), 401),
        "endless": (Request("POST", honest.query, {}, b"x" * (65 << 10)), 413),
        "no echo": (Request("GET", honest.query, {}, b""), 401),
        "another way": (Request("PUT", honest.query, {}, honest.body), 405),
    }
    assert {name: await status(wecom, request) for name, (request, _) in forged.items()} == {
        name: expected for name, (_, expected) in forged.items()
    }
    assert wecom.inbox.tries == 0


async def test_what_is_verified_but_makes_no_sense_is_kept_as_it_came(wecom: Company) -> None:
    for text in ("no XML at all", "<xml></xml>", as_xml({"MsgType": "text", "Content": "from nobody"})):
        assert await status(wecom, call(wecom, text)) == 200
    assert [message.kind for message in wecom.inbox.taken] == [Kind.UNREADABLE] * 3
    assert wecom.inbox.taken[0].raw == b"no XML at all"
    await wecom.wecom.handle(call(wecom, "no XML at all"))
    assert len(wecom.inbox.taken) == 3, "and once only"


async def test_what_could_not_be_stored_is_asked_for_again(wecom: Company) -> None:
    wecom.inbox.refuses = lambda _: wecom.inbox.tries < 3
    await wecom.member().says("urgent")
    assert [code for code, _ in wecom.line.calls] == [503, 503, 200]
    assert wecom.inbox.texts == ["urgent"]


async def test_a_bug_behind_it_loses_no_message_either(wecom: Company) -> None:
    async def broken(_: Inbound) -> Receipt:
        raise RuntimeError("her name")

    await wecom.wecom.start(broken)
    assert await status(wecom, call(wecom)) == 503


async def test_whoever_calls_and_calls_fills_no_log(wecom: Company) -> None:
    with capture_logs() as logs:
        for _ in range(50):
            assert await status(wecom, Request("POST", {}, {}, b"")) == 401
            assert await status(wecom, call(wecom, age=601)) == 401
        wecom.clock.forward(seconds=60)
        assert await status(wecom, Request("POST", {}, {}, b"")) == 401
    told = [line["reason"] for line in logs]
    assert told == [
        "It is not signed.",
        "It was signed long ago, or the clock of this machine is wrong.",
        "It is not signed.",
    ]


async def test_before_the_start_and_after_the_stop_nothing_is_acknowledged(wecom: Company) -> None:
    await wecom.wecom.stop()
    assert await status(wecom, call(wecom)) == 503
    assert wecom.inbox.tries == 0


async def test_a_message_that_comes_again_has_the_key_of_the_first(wecom: Company) -> None:
    zhang = wecom.member()
    wecom.line.loses = 2
    await zhang.says("urgent")
    assert (wecom.inbox.tries, wecom.inbox.texts) == (3, ["urgent"])
    await wecom.send("ZhangSan", "In danger?", buttons=ROWS)
    wecom.line.loses = 2
    await zhang.taps("Yes")
    assert wecom.inbox.tries == 6
    assert [message.kind for message in wecom.inbox.taken] == [Kind.TEXT, Kind.BUTTON]


async def test_two_events_within_a_second_are_two(wecom: Company) -> None:
    zhang = wecom.member()
    for number in (1, 2):
        await wecom.send("ZhangSan", "In danger?", number=number, buttons=ROWS)
    await zhang.taps("Yes")
    zhang.shown[-1].used = "done"
    await zhang.taps("Yes")
    await zhang.taps("No")
    await wecom.member("LiSi").is_let_in()
    assert len(wecom.inbox.taken) == 4


async def test_each_kind_of_message_becomes_what_it_is(wecom: Company) -> None:
    zhang = wecom.member()
    await zhang.sends_photo()
    await zhang.sends_voice()
    await zhang.sends_video()
    await zhang.shares_location(11.5564, 104.9282, "Phnom Penh, riverside")
    await zhang.shares_link("Somewhere", "https://example.org/x")
    photo, voice, video, place, link = wecom.inbox.taken
    assert [m.kind for m in (photo, voice, video)] == [Kind.PHOTO, Kind.VOICE, Kind.FILE]
    assert all(m.attachment and m.attachment.file_id.startswith("media-") for m in (photo, voice, video))
    assert (place.kind, place.latitude, place.longitude) == (Kind.LOCATION, 11.5564, 104.9282)
    assert place.text == "Phnom Penh, riverside"
    assert (link.kind, link.text) == (Kind.TEXT, "Somewhere\nhttps://example.org/x")


async def test_who_is_let_in_or_shut_out_is_noted_and_what_a_phone_does_by_itself_says_nothing(wecom: Company) -> None:
    zhang = wecom.member()
    await zhang.is_let_in()
    await zhang.is_shut_out()
    await zhang.opens_app()
    await zhang.is_somewhere(11.5, 104.9)
    assert [m.kind for m in wecom.inbox.taken] == [Kind.REACHED, Kind.LEFT, Kind.OTHER, Kind.OTHER]
    assert all(m.latitude is None for m in wecom.inbox.taken)


async def test_a_message_for_another_app_is_none_of_ours(wecom: Company) -> None:
    await wecom.wecom.handle(call(wecom, as_xml(HELLO | {"AgentID": 7, "Content": "urgent"})))
    (message,) = wecom.inbox.taken
    assert (message.kind, message.sender, message.text) == (Kind.OTHER, None, "")


@pytest.mark.parametrize("name", ["robot:duty", "@all", "a b", "张三", "x" * 65])
async def test_nobody_speaks_as_a_group_or_as_everybody(wecom: Company, name: str) -> None:
    await wecom.wecom.handle(call(wecom, as_xml(HELLO | {"FromUserName": name, "Content": "urgent"})))
    assert [(m.kind, m.sender) for m in wecom.inbox.taken] == [(Kind.UNREADABLE, None)]


@pytest.mark.parametrize(
    "fields",
    [
        {"EventKey": "x" * 65},
        {"EventKey": ""},
        {"EventKey": " label"},
        {"EventKey": "ຍ" * 30},
    ],
)
async def test_a_tap_that_no_button_of_ours_can_make_is_unreadable(wecom: Company, fields: dict[str, str]) -> None:
    tap = HELLO | {"MsgType": "event", "Event": "template_card_event", "TaskId": "t"} | fields
    await wecom.wecom.handle(call(wecom, as_xml(tap)))
    assert [m.kind for m in wecom.inbox.taken] == [Kind.UNREADABLE]


@pytest.mark.parametrize("where", [("91", "0"), ("nan", "0"), ("inf", "0"), ("0", "-181"), ("north", "0"), ("", "")])
async def test_a_place_that_is_nowhere_is_unreadable(wecom: Company, where: tuple[str, str]) -> None:
    fields = {"MsgType": "location", "Location_X": where[0], "Location_Y": where[1]}
    await wecom.wecom.handle(call(wecom, as_xml(HELLO | fields)))
    assert [m.kind for m in wecom.inbox.taken] == [Kind.UNREADABLE]


_WELL = as_xml(HELLO | {"Content": "girl 16 at the river"}).encode()


def _mutated(body: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for start, length, put in changes:
        at = start % (len(body) + 1)
        body = body[:at] + put + body[at + length :]
    return body


_CHANGES = st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 40), st.binary(max_size=20)), min_size=1, max_size=6)


@settings(max_examples=2000, suppress_health_check=list(HealthCheck))
@given(_CHANGES, st.booleans())
def test_two_thousand_mutated_bodies_cause_no_error_and_no_row_from_an_unverified_one(
    changes: list[tuple[int, int, bytes]], is_signed: bool
) -> None:
    asyncio.run(_try(changes, is_signed=is_signed))


async def _try(changes: list[tuple[int, int, bytes]], *, is_signed: bool) -> None:
    state, inbox = MemoryState(), Inbox()
    api = WecomApi(clock=state.clock)
    wecom = make_wecom(api, state)
    wecom._door.open(inbox)
    at = int(state.clock().timestamp())
    if is_signed:
        sealed = api.vendor.encrypt(_mutated(_WELL, changes))
        body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
        response = await wecom.handle(Request("POST", api.vendor.query(sealed, at), {}, body))
        assert response.status in {200, 403}
        assert len(inbox.taken) == (response.status == 200)
    else:
        query, whole = api.vendor.call(_WELL.decode(), at)
        body = _mutated(whole, changes)
        response = await wecom.handle(Request("POST", query, {}, body))
        assert response.status in {200, 401, 413}
        if response.status == 200:  # only what lies around the sealed part was changed
            assert inbox.texts == ["girl 16 at the river"]
        else:
            assert inbox.tries == 0

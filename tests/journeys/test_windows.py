"""A desk on WeChat, which lets us write only after its people did: who is asked to tap, who is told instead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.case import Case
from bot.domain.errors import Refused, SealBroken, Unavailable, Unreachable
from bot.domain.messages import Address, Delivery, DeliveryState
from bot.domain.people import Role
from bot.domain.turn import InboxState
from bot.line import message_work
from bot.ports.reads import Scope
from tests.fakes.memory_windows import Knocked
from tests.journeys.gated import WILLING, adult_case
from tests.kit.database import KeptStorage
from tests.kit.played import PlayedBridge
from tests.kit.world import WINDOWED, WINDOWS, Somebody

SENT = ("no", "locked in", "15", "send", "send")
XU, ELSEWHERE = "wechat:xu", "telegram:xu"
ASKED = "this messenger lets me write to you until"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """Xu Hong is alone on duty: on WeChat, and on Telegram when that does not reach her."""
    played = PlayedBridge(tmp_path, messengers=WINDOWED)
    await played.start()
    await played.enrol(Somebody("Xu Hong", "CN", Role.DUTY, (XU, ELSEWHERE), "cn-duty"))
    await played.change("wechat:duty", on_duty=False)
    yield played
    await played.stop()


async def waiting_at(bridge: PlayedBridge, case: Case, address: str) -> list[Delivery]:
    rows = await bridge.deliveries(case)
    return [d for d in rows if str(d.message.address) == address and d.state is DeliveryState.WINDOW_CLOSED]


def told(bridge: PlayedBridge) -> list[str]:
    """What she was told besides the answers in the call: of a note its words, else the first line."""
    texts = [shown.text.split("\n") for shown in bridge.phones.at(XU) if not shown.in_call]
    return [next((line for line in lines if "floor" in line), lines[0]) for lines in texts]


def knocks(bridge: PlayedBridge) -> list[Knocked]:
    return bridge.adapters["wechat"].knocked("xu")


async def test_the_window_closes_during_an_urgent_case(bridge: PlayedBridge) -> None:
    await bridge.says(XU, "/cases")
    case = await bridge.report_case(*SENT)
    for floor in (1, 2, 3, 4):
        await bridge.says("telegram:clerk", f"/note {case.reference} she is on floor {floor} now")
    bridge.expect(XU, "U1 immediate", case.reference)
    bridge.expect(XU, "on floor 1 now")
    bridge.expect(XU, "on floor 2 now", "Until you write, only pings can reach you here")
    assert [k.headline for k in knocks(bridge)] == [f"{case.reference} U1: a message waits for you"]
    bridge.expect_nothing(ELSEWHERE)
    await bridge.fast_forward(seconds=31)
    assert [line for text in bridge.heard(ELSEWHERE) for line in text.split("\n") if "floor" in line] == [
        "she is on floor 3 now",
        "she is on floor 4 now",
    ]
    await bridge.fast_forward(minutes=26)
    bridge.expect(XU, "ping 1")
    bridge.expect(XU, "ping 2", "Until you write, nothing more can reach you here")
    bridge.expect_nothing(ELSEWHERE)
    await bridge.fast_forward(minutes=9)
    bridge.expect(ELSEWHERE, "ping 3")
    bridge.expect_nothing(XU)
    assert [k.headline for k in knocks(bridge)][1:] == [f"{case.reference} U1: please acknowledge"]


async def test_she_taps_and_then_writes_and_what_waited_arrives_in_order_and_once(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    for floor in (1, 2, 3):
        await bridge.says("telegram:clerk", f"/note {case.reference} she is on floor {floor} now")
    assert len(knocks(bridge)) == 1
    await bridge.fast_forward(minutes=20)
    bridge.expect_nothing(XU)
    await bridge.adapters["wechat"].taps_menu("xu", "/help")
    await bridge.fast_forward(seconds=90)
    alert = f"U1 immediate · {case.reference}"
    assert told(bridge) == [alert, alert, "she is on floor 1 now"]
    assert len(await waiting_at(bridge, case, XU)) == 2
    await bridge.says(XU, "cases")
    await bridge.fast_forward(seconds=2)
    assert told(bridge)[3:] == ["she is on floor 2 now", "she is on floor 3 now"]
    await bridge.fast_forward(minutes=3)
    assert len(told(bridge)) == 5, "nothing comes twice"


async def test_an_act_of_hers_meanwhile_makes_the_pings_that_wait_needless(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(minutes=26)
    await bridge.says(ELSEWHERE, f"/ack {case.reference}")
    await bridge.says(XU, "cases")
    await bridge.fast_forward(minutes=1)
    assert told(bridge) == [f"U1 immediate · {case.reference}"], "the alert, and no ping about what is done"


async def test_a_knock_that_does_not_arrive_lets_the_next_address_be_told_at_once(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    (knock,) = knocks(bridge)
    bridge.expect_nothing(ELSEWHERE)
    await bridge.adapters["wechat"].outcome(knock, "user block")
    await bridge.fast_forward(seconds=1)
    bridge.expect(ELSEWHERE, "U1 immediate", case.reference)
    assert len(await waiting_at(bridge, case, XU)) == 1
    assert all("user block" not in shown.text for shown in bridge.everything_heard())


async def test_a_knock_that_arrived_gives_her_half_a_minute(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.adapters["wechat"].outcome(knocks(bridge)[0])
    await bridge.fast_forward(seconds=28)
    bridge.expect_nothing(ELSEWHERE)
    await bridge.adapters["wechat"].taps_menu("xu", "/cases")
    await bridge.fast_forward(seconds=1)
    bridge.expect(XU, "U1 immediate", case.reference)
    await bridge.fast_forward(minutes=5)
    bridge.expect_nothing(ELSEWHERE)


async def test_where_nobody_can_be_asked_to_tap_the_next_address_is_told_at_once(bridge: PlayedBridge) -> None:
    bridge.adapters["wechat"].refuses_knocks(Refused("no template"))
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(seconds=1)
    bridge.expect(ELSEWHERE, "U1 immediate", case.reference)


async def test_the_messenger_closed_the_window_though_by_our_count_it_is_open(bridge: PlayedBridge) -> None:
    await bridge.says(XU, "/cases")
    bridge.adapters["wechat"].closes_window("xu")
    case = await bridge.report_case(*SENT)
    assert len(knocks(bridge)) == 1
    assert await bridge.storage.open_windows(Address.parse(XU), bridge.now) == []
    await bridge.fast_forward(seconds=31)
    bridge.expect(ELSEWHERE, "U1 immediate", case.reference)
    await bridge.says(XU, "cases")
    await bridge.fast_forward(seconds=1)
    assert told(bridge) == [f"U1 immediate · {case.reference}"]


async def test_she_blocks_the_account_in_the_middle_and_is_told_elsewhere_at_once(bridge: PlayedBridge) -> None:
    await bridge.says(XU, "/cases")
    case = await bridge.report_case(*SENT)
    bridge.expect(XU, "U1 immediate", case.reference)
    bridge.adapters["wechat"].fail(Unreachable("the person left"), times=None, address="xu")
    await bridge.fast_forward(minutes=15, seconds=2)
    bridge.expect(ELSEWHERE, "ping 1", case.reference)
    assert knocks(bridge) == []
    parked = [d for d in await bridge.deliveries(case) if d.state is DeliveryState.PARKED]
    assert [(d.message.kind, d.reason) for d in parked] == [("ping", "unreachable: the person left")]


async def test_whom_nothing_reaches_is_shown_and_the_ladder_goes_on(bridge: PlayedBridge) -> None:
    await bridge.change(XU, on_duty=False)
    await bridge.change("wechat:duty", on_duty=True)  # Li Wei has no other address
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(minutes=26)
    bridge.expect("wecom:supervisor", "ping 2", case.reference)
    await bridge.says("wecom:supervisor", f"/case {case.reference}")
    bridge.expect("wecom:supervisor", "waits: the messenger allows no message now (wechat)")
    waiting = await bridge.storage.outbox([DeliveryState.WINDOW_CLOSED], 10)
    assert {str(d.message.address) for d in waiting} == {"wechat:duty"}
    assert (await bridge.storage.counts(bridge.now)).outbox["window-closed"] == len(waiting)


async def test_a_restart_forgets_nothing_of_what_waits_nor_of_the_knock(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.down_for(minutes=3)
    await bridge.says("telegram:clerk", f"/note {case.reference} she is on floor 1 now")
    assert len(knocks(bridge)) == 1
    await bridge.says(XU, "cases")
    await bridge.fast_forward(seconds=2)
    assert told(bridge) == [f"U1 immediate · {case.reference}", "she is on floor 1 now"]


async def test_she_is_asked_once_to_write_before_the_window_closes_on_an_open_case(bridge: PlayedBridge) -> None:
    await bridge.says(XU, "/cases")
    await bridge.fast_forward(hours=43, minutes=50)
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(minutes=9)
    bridge.expect_nothing(XU, containing=ASKED)
    await bridge.fast_forward(minutes=2)
    asked = bridge.expect(
        XU, ASKED, "until Mon 20 Apr 14:05 Phnom Penh / 15:05 Beijing", "Please write the word: cases"
    )
    assert asked.text.startswith(case.reference)
    await bridge.fast_forward(minutes=25)
    bridge.expect_nothing(XU, containing=ASKED)
    await bridge.says(XU, "cases")
    bridge.expect(XU, case.reference)
    (window,) = await bridge.storage.open_windows(Address.parse(XU), bridge.now)
    assert window.closes_at == bridge.now + WINDOWS.message.span
    assert "asked_to_write" in [entry.act for entry in await bridge.acts(case)]


async def test_whom_no_open_case_concerns_is_left_alone(bridge: PlayedBridge) -> None:
    for who in (XU, "wechat:night"):
        await bridge.says(who, "/cases")
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(hours=1)
    await bridge.says(ELSEWHERE, f"/ack {case.reference}")
    await bridge.says("wecom:supervisor", f"/close {case.reference} found_safe she is at home")
    await bridge.fast_forward(hours=48)
    for who in (XU, "wechat:night"):
        bridge.expect_nothing(who, containing=ASKED)


async def test_a_case_that_opens_when_the_window_is_about_to_close_concerns_her_too(bridge: PlayedBridge) -> None:
    await bridge.says(XU, "/cases")
    await bridge.fast_forward(hours=46)
    bridge.expect_nothing(XU, containing=ASKED)
    await bridge.report_case(*SENT)
    await bridge.fast_forward(minutes=6)
    bridge.expect(XU, ASKED)


async def test_answers_in_the_call_cost_nothing_of_the_window(bridge: PlayedBridge) -> None:
    await bridge.enrol(Somebody("Sok Nary", "KH", Role.OFFICER, ("wechat:officer",)))
    case = await bridge.report_case("2", "2", "16", from_="wechat:officer")
    (window,) = await bridge.storage.open_windows(Address.parse("wechat:officer"), bridge.now)
    assert window.left == 5
    assert case.reference


async def test_the_telegram_side_is_down_for_an_hour_and_the_wechat_side_goes_on(bridge: PlayedBridge) -> None:
    await bridge.enrol(Somebody("Sok Nary", "KH", Role.OFFICER, ("wechat:officer",)))
    await bridge.says(XU, "/cases")
    bridge.adapters["telegram"].fail(Unavailable("no route"), times=None)
    case = await bridge.report_case("2", "2", "16", from_="wechat:officer")
    bridge.expect(XU, case.reference)
    await bridge.fast_forward(minutes=10)
    before = bridge.now
    await bridge.says("wechat:officer", f"/note {case.reference} she is on floor 1 now")
    bridge.expect(XU, "on floor 1 now")
    await bridge.says(XU, f"/ack {case.reference}")
    bridge.expect("wechat:officer", case.reference, "Acknowledged by CN Duty desk")
    assert bridge.now == before, "at once"
    await bridge.fast_forward(minutes=50)
    bridge.expect_nothing("telegram:kh-group")
    bridge.adapters["telegram"].recover()
    await bridge.fast_forward(minutes=6)
    bridge.expect("telegram:kh-group", "immediate", case.reference)
    bridge.expect("telegram:kh-group", "on floor 1 now")


async def test_a_message_that_could_not_be_worked_on_opens_the_window_once_and_not_again_when_it_is_tried_again(
    bridge: PlayedBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_: object) -> None:
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(message_work, "respond", stumbles)
        await bridge.says(XU, "cases")
    case = await bridge.report_case(*SENT)
    bridge.expect(XU, "U1 immediate", case.reference)
    await bridge.fast_forward(seconds=10)
    assert [row.state for row in bridge.inbox() if str(row.message.place) == XU] == [InboxState.DONE]
    (window,) = await bridge.storage.open_windows(Address.parse(XU), bridge.now)
    assert window.left == 3, "the alert, and the answer that came too late for the call"


async def test_what_waits_for_a_window_when_the_gate_closes_comes_with_the_minimum(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING, citizenship="China")
    await bridge.says("telegram:clerk", f"/note {case.reference} the neighbour HERON saw her")
    await bridge.answers("telegram:officer", "edit 1", "yes")
    waiting = " ".join(d.message.text for d in await waiting_at(bridge, case, XU))
    assert "HERON" in waiting, "else this shows nothing"
    assert "Danger now" in waiting, "else this shows nothing"
    await bridge.says("telegram:officer", f"/consent {case.reference} fears yes")
    await bridge.says(XU, "cases")
    await bridge.fast_forward(minutes=1)
    heard = " ".join(shown.text for shown in bridge.everything_heard([XU, ELSEWHERE]))
    assert case.reference in heard
    assert [word for word in ("HERON", "Danger now", "onsent", "Fear") if word in heard] == []
    assert all(knock.headline.startswith(case.reference) and len(knock.headline) < 50 for knock in knocks(bridge))


async def test_an_alert_that_waited_until_the_case_was_closed_is_no_news_any_more(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says("wecom:supervisor", f"/close {case.reference} found_safe she is at home")
    await bridge.fast_forward(hours=30)
    assert [d.message.kind for d in await waiting_at(bridge, case, XU)] == ["told"]
    await bridge.says(XU, "cases")
    await bridge.fast_forward(minutes=1)
    assert "Closed" in bridge.phones.at(XU)[-1].text
    assert not any("Acknowledge by" in shown.text for shown in bridge.phones.at(XU))


async def test_somebody_whose_cases_cannot_be_read_keeps_nobody_else_from_being_asked(tmp_path: Path) -> None:
    class Spoilt(KeptStorage):
        unreadable_for = 0

        async def list_cases(
            self, scope: Scope, *, open_only: bool, limit: int, before: int | None = None
        ) -> list[Case]:
            if scope.person_id == self.unreadable_for:
                raise SealBroken("A stored value does not open in its place.")
            return await super().list_cases(scope, open_only=open_only, limit=limit, before=before)

    storage = Spoilt()
    bridge = PlayedBridge(tmp_path, messengers=WINDOWED, storage=storage)
    await bridge.start()
    await bridge.change("wechat:night", on_duty=True)
    await bridge.says("wechat:duty", "/cases")
    await bridge.fast_forward(seconds=1)
    await bridge.says("wechat:night", "/cases")
    await bridge.fast_forward(hours=43, minutes=30)
    await bridge.report_case(*SENT)
    storage.unreadable_for = (await bridge.person("wechat:duty")).id
    await bridge.fast_forward(minutes=32)
    bridge.expect("wechat:night", ASKED)
    await bridge.stop()

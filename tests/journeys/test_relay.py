"""One conversation across two messengers: words reach the people of a case on both sides, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.messages import Address
from tests.journeys.relayed import (
    CLERK,
    DETECTIVE,
    DUTY,
    NIGHT,
    NOW,
    OFFICER,
    OWN_GROUP,
    OWN_SUPERVISOR,
    SENT,
    THEIR_GROUP,
    THEIR_SUPERVISOR,
    head,
    new_at,
    turned_round,
    with_desk,
)
from tests.kit.played import PlayedBridge
from tests.kit.world import DUTY as DUTY_ROLE
from tests.kit.world import OFFICER as OFFICER_ROLE
from tests.kit.world import Somebody, agreement


async def test_words_from_telegram_reach_the_desk_on_wechat_and_the_own_desk(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.says(OFFICER, f"/note {case.reference} she has moved to the third floor")
    for place in (DUTY, OWN_GROUP):
        (told,) = new_at(bridge, place)
        assert told == f"{head(case, 'KH officer')}\nshe has moved to the third floor"
    answer = bridge.expect(OFFICER, f"{case.reference}: Sent to KH Duty desk, CN Duty desk.")
    assert "page" not in answer.text.split("Next:")[0]
    bridge.expect_nothing(NIGHT, THEIR_SUPERVISOR, DETECTIVE, CLERK, OWN_SUPERVISOR, containing="third floor")


async def test_words_from_wechat_reach_a_group_on_telegram_and_come_back(tmp_path: Path) -> None:
    async with turned_round(tmp_path) as bridge:
        case = await bridge.report_case(*SENT, from_="wechat:officer")
        bridge.forget()
        await bridge.says("wechat:officer", f"/note {case.reference} she has a phone until six")
        told = bridge.expect(THEIR_GROUP, f"{head(case, 'KH officer')}\nshe has a phone until six")
        await bridge.says("telegram:li", "which floor is it?", at=THEIR_GROUP, reply_to=told.id)
        bridge.expect(THEIR_GROUP, "Sent to KH Duty desk, KH officer.")
        bridge.expect("wechat:officer", f"{head(case, 'CN Duty desk')}\nwhich floor is it?")
        bridge.expect(OWN_GROUP, f"{head(case, 'KH officer')}\nshe has a phone until six")
        bridge.expect(OWN_GROUP, f"{head(case, 'CN Duty desk')}\nwhich floor is it?")


async def test_no_name_of_anybody_goes_with_the_words(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.says(OFFICER, f"/note {case.reference} hello")
    await bridge.says(DUTY, f"/note {case.reference} hello to you")
    told = "\n".join(shown.text for place in (DUTY, OWN_GROUP, OFFICER) for shown in bridge.phones.take(place))
    assert not [name for name in ("Dara", "Li Wei", "Kim Ly") if name in told]


async def test_where_the_days_differ_both_are_told(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(hours=9, minutes=10)
    await bridge.says(OFFICER, f"/note {case.reference} still there")
    bridge.expect(DUTY, head(case, "KH officer", "Sat 18 Apr 23:15 Phnom Penh / Sun 19 Apr 00:15 Beijing"))


# Nobody gets their own message back.


async def test_a_clerk_who_writes_in_private_hears_nothing_of_it_again_though_their_group_does(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.says(CLERK, f"/note {case.reference} the aunt is on her way")
    bridge.expect(OWN_GROUP, f"{head(case, 'KH Duty desk')}\nthe aunt is on her way")
    assert [text.split("\n")[0] for text in bridge.heard(CLERK)] == [
        f"{case.reference}: Sent to KH Duty desk, KH officer, CN Duty desk."
    ]


async def test_what_is_written_in_a_group_is_not_repeated_there_nor_to_its_people(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.enrol(Somebody("Meas Rith", "KH", DUTY_ROLE, ("wecom:rith",), "kh-duty"))
    bridge.forget()
    await bridge.says(CLERK, f"/note {case.reference} the aunt is on her way", at=OWN_GROUP)
    bridge.expect(DUTY, "the aunt is on her way")
    (answer,) = new_at(bridge, OWN_GROUP)
    assert answer.startswith(f"{case.reference}: Sent to KH officer, CN Duty desk.")
    bridge.expect_nothing(CLERK, OWN_SUPERVISOR, "wecom:rith")


async def test_a_desk_with_two_groups_is_not_told_again_in_the_one_where_it_was_written(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path, agreed=with_desk(agreement(), "kh-duty", "telegram:other", f"{OWN_GROUP}/7"))
    await bridge.start()
    try:
        case = await bridge.report_case(*SENT)
        bridge.forget()
        await bridge.says(CLERK, f"/note {case.reference} the aunt is on her way", at=f"{OWN_GROUP}/5")
        bridge.expect("telegram:other", "the aunt is on her way")
        relayed = [d.message for d in await bridge.deliveries(case) if d.message.kind == "relay"]
        (row,) = [message for message in relayed if message.recipient == "desk:kh-duty"]
        assert not [a for a in (row.address, *row.others) if "kh-group" in a.peer]
    finally:
        await bridge.stop()


async def test_a_desk_whose_group_is_down_sends_the_writer_nothing_of_their_own(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.enrol(Somebody("Meas Rith", "KH", DUTY_ROLE, ("wecom:rith",), "kh-duty"))
    bridge.forget()
    await bridge.says(CLERK, f"/note {case.reference} the aunt is on her way")
    relayed = [d.message for d in await bridge.deliveries(case) if d.message.kind == "relay"]
    (row,) = [message for message in relayed if message.recipient == "desk:kh-duty"]
    assert Address.parse(CLERK) not in (row.address, *row.others)
    assert Address.parse("wecom:rith") in row.others, "colleagues are told when the group is down"


async def test_an_officer_hears_nothing_of_their_own_words_on_their_other_messenger(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    both = (Address.parse(OFFICER), Address("wechat", "officer"))
    await bridge.change(OFFICER, addresses=both)
    bridge.forget()
    await bridge.says("wechat:officer", f"/note {case.reference} from my other phone")
    bridge.expect(DUTY, "from my other phone")
    bridge.expect_nothing(OFFICER, containing="from my other phone")
    assert len(bridge.heard("wechat:officer")) == 1, "only the answer"


# Who is addressed.


async def test_somebody_of_the_same_name_gets_nothing(bridge: PlayedBridge) -> None:
    await bridge.enrol(
        Somebody("Sok Dara", "KH", OFFICER_ROLE, ("telegram:namesake",)),
        Somebody("Li Wei", "VN", DUTY_ROLE, ("telegram:vn-li",), "vn-duty"),
    )
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} on our way")
    await bridge.says(OFFICER, f"/note {case.reference} thank you")
    bridge.expect(OFFICER, "on our way")
    bridge.expect_nothing("telegram:namesake", "telegram:vn-li", "telegram:vn-group")


async def test_the_desk_that_a_case_was_handed_to_and_whoever_it_is_assigned_to_are_told_too(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(
        "no", "locked in", "25", "citizenship: Cambodia\nfears: no\nconsent to police: yes", "send", "send"
    )
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    await bridge.says(DUTY, f"/assign {case.reference} zhao min")
    bridge.forget()
    await bridge.says(OFFICER, f"/note {case.reference} she is at the bus station")
    for place in (DUTY, NIGHT, "wecom:police-group", OWN_GROUP):
        bridge.expect(place, f"{head(case, 'KH officer')}\nshe is at the bus station")
    bridge.expect_nothing("wecom:secretariat", "telegram:kh-secretariat", "telegram:kh-police")


async def test_where_both_sides_read_along_only_a_link_is_told(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path, agreed=with_desk(agreement(), "cn-duty", OWN_GROUP))
    await bridge.start()
    try:
        case = await bridge.report_case(*SENT)
        bridge.forget()
        await bridge.says(OFFICER, f"/note {case.reference} she is on the third floor")
        link = f"https://bridge.example/cases/{case.reference}"
        bridge.expect(OWN_GROUP, head(case, "KH officer"), f"A note was added. Read it: {link}")
        bridge.expect_nothing(OWN_GROUP, containing="third floor")
        bridge.expect(OFFICER, "Only the page shows it to KH Duty desk, CN Duty desk.")
    finally:
        await bridge.stop()


# Threads.


async def test_a_reply_stands_under_the_message_that_it_answers_on_the_other_messenger(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    asked = await bridge.says(OFFICER, f"/note {case.reference} which hospital?")
    at_desk = bridge.expect(DUTY, "which hospital?")
    at_own = bridge.expect(OWN_GROUP, "which hospital?")
    await bridge.says(DUTY, "the second one", reply_to=at_desk.id)
    assert bridge.expect(OFFICER, "the second one").reply_to == asked.message_id
    assert bridge.expect(OWN_GROUP, "the second one").reply_to == at_own.id


async def test_words_that_answer_nothing_stand_by_themselves(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, f"/note {case.reference} which hospital?")
    assert bridge.expect(DUTY, "which hospital?").reply_to == ""


async def test_an_officer_in_the_middle_of_the_questions_answers_the_desk_by_a_reply(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says(DUTY, f"/note {case.reference} is she alone?")
    asked = bridge.expect(OFFICER, "is she alone?")
    await bridge.says(OFFICER, "two others", reply_to=asked.id)
    bridge.expect(DUTY, f"{head(case, 'KH officer')}\ntwo others")
    await bridge.says(OFFICER, "China")
    assert (await bridge.case(case)).value("country") == "CN", "the question still waits for its answer"


# The original language.


@pytest.mark.parametrize(
    ("words", "script"),
    [("ចាក់សោក្នុងផ្ទះ", "Khmer"), ("她被锁在房间里", "Chinese"), ("cửa bị khóa từ bên ngoài", "Vietnamese")],
)
async def test_words_in_another_script_go_as_they_are_with_a_mark(
    bridge: PlayedBridge, words: str, script: str
) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, f"/note {case.reference} {words}")
    told = bridge.expect(DUTY, head(case, "KH officer", NOW))
    mark = f"(written in {script}; an English version is needed for the formal channels)"
    assert told.text.split("\n")[1:] == [words, mark]
    assert (await bridge.texts(case))[-1].text == words, "the record keeps the words alone"

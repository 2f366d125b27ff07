"""What once went wrong and was found by looking for it: each promise with the way in which it was broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.web.cases import act_forms, case_history, case_view
from bot.conversation.respond import respond
from bot.domain import button_data
from bot.domain.agreement import Urgency
from bot.domain.case import Case, Channel, DeadlineKind, Status
from bot.domain.case_acts import Act
from bot.domain.errors import StorageError
from bot.domain.guarded import Guarded
from bot.domain.messages import (
    Address,
    Attachment,
    Button,
    DeliveryState,
    Inbound,
    Kind,
    Outgoing,
    OutgoingKind,
)
from bot.domain.people import Invite, Role
from bot.domain.storable import storable
from bot.domain.turn import InboxState, Turn
from bot.line import message_work
from bot.people.enrolment import hash_of
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER, CLERK, DUTY = "telegram:officer", "telegram:clerk", "wechat:duty"
KH_GROUP = "telegram:kh-group"
COMPLETE = ("[No]", "[Locked in or held]", "16", "send", "send")


async def page_of(bridge: PlayedBridge, who: str, case: Case) -> dict[str, object]:
    directory = await bridge.storage.directory()
    reader = case_view.Reader(await bridge.person(who), bridge.rules.agreement, directory, bridge.now)
    return case_history.page(await bridge.case(case), await bridge.storage.history(case.id), reader)


async def invite(bridge: PlayedBridge, code: str, role: Role) -> None:
    made = Invite(1, hash_of(code), "KH", role, "Sok Dara", "", "", bridge.now, bridge.now + timedelta(hours=1))
    await bridge.storage.apply([Turn(invites=(made,))])


# Nobody sees what they must not.


async def test_fear_of_the_own_authorities_is_on_no_page_of_the_other_side(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.answers(OFFICER, "edit 13c", "yes")
    assert "Fears own authorities" in str((await page_of(bridge, CLERK, case))["facts"])
    theirs = await page_of(bridge, DUTY, case)
    assert "Fears own authorities" not in str(theirs["facts"]) + str(theirs["unanswered"])


async def test_the_state_that_is_feared_reads_only_the_least_on_the_page_too(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.answers(OFFICER, "edit 5", "Nanchang, Jiangxi", "edit 10", "China", "edit 13c", "yes")
    assert (await bridge.case(case)).value("citizenship") == ("CN",)
    assert "Nanchang" in str((await page_of(bridge, CLERK, case))["facts"])
    facts = str((await page_of(bridge, DUTY, case))["facts"])
    assert "Locked in or held" in facts
    assert "Nanchang" not in facts
    assert "China" not in facts


async def test_sending_one_case_twice_does_not_send_another_with_open_questions(bridge: PlayedBridge) -> None:
    one = await bridge.report_case()
    await bridge.says(OFFICER, "summary")
    send_one = bridge.phones.newest_with(OFFICER, "Send to the desks")
    two = await bridge.report_case("[No]", "[Locked in or held]", "9", "send", text="/alert boy of 9")
    await bridge.taps(OFFICER, "Send to the desks", of=send_one)
    bridge.expect(OFFICER, "Still open")
    assert (await bridge.case(one)).sent_at is (await bridge.case(two)).sent_at is None


async def test_a_phone_that_was_cut_off_hears_no_more_of_the_words_it_sent_before(bridge: PlayedBridge) -> None:
    await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "another girl in the same house")
    await bridge.says(OFFICER, "/lost yes")
    bridge.forget()
    await bridge.fast_forward(minutes=7)
    assert len(await bridge.cases()) == 2, "what was written before still opens a case"
    bridge.expect_nothing(OFFICER)
    bridge.expect(KH_GROUP, "U2 urgent")


async def test_the_desk_hears_once_a_day_that_a_lost_phone_writes(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "/lost yes")
    bridge.forget()
    await bridge.says(OFFICER, "hello")
    await bridge.says(OFFICER, "anybody?")
    bridge.expect(KH_GROUP, "who was cut off")
    bridge.expect_nothing(KH_GROUP)
    assert bridge.inbox()[-1].message.text == "" or not bridge.inbox()[-1].keep_content


async def test_an_admin_who_reads_a_case_does_not_prove_that_the_desk_has_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.change("web:admin", desk="kh-duty")
    await bridge.says("web:admin", f"/case {case.reference}")
    assert {d.state for d in await bridge.deliveries(case) if d.message.recipient == "desk:kh-duty"} == {"sent"}


async def test_a_group_that_is_not_of_the_own_side_is_shown_no_answers(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.says(CLERK, f"/case {case.reference}", at="telegram:vn-group")
    shown = bridge.expect("telegram:vn-group", case.reference, "in private and in your own desk's group only")
    assert "Locked in" not in shown.text
    await bridge.says(CLERK, f"/case {case.reference}", at=KH_GROUP)
    bridge.expect(KH_GROUP, "Say: Kilo Charlie", "Locked in or held")


# Words are never lost, and never go to a case that nobody named.


async def test_short_words_while_others_wait_do_not_choose_a_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "another girl, 14, same house")
    bridge.forget()
    await bridge.says(OFFICER, "no phone")
    bridge.expect(OFFICER, "Is this a new alert")
    bridge.expect_nothing(DUTY, containing="KH officer")
    assert len(await bridge.texts(case)) == 1
    await bridge.fast_forward(minutes=4)
    _, opened = await bridge.cases()
    assert [t.text for t in await bridge.texts(opened)] == ["another girl, 14, same house", "no phone"]


async def test_words_held_for_a_case_that_is_closed_meanwhile_wait_on_and_open_a_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "they leave tonight")
    asked = bridge.expect(OFFICER, "Is this a new alert")
    await bridge.says(DUTY, f"/close {case.reference} found_safe she is home")
    await bridge.taps(OFFICER, labels(asked)[1], of=asked)
    bridge.expect(OFFICER, f"{case.reference} is closed", "Your words still wait")
    await bridge.fast_forward(minutes=4)
    _, opened = await bridge.cases()
    assert [t.text for t in await bridge.texts(opened)] == ["they leave tonight"]


async def test_an_officer_who_replies_to_the_news_of_a_closure_opens_a_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.says(DUTY, f"/close {case.reference} found_safe she is home")
    told = bridge.expect(OFFICER, "Closed by")
    await bridge.says(OFFICER, "no, she called again, he beats her", reply_to=told.id)
    _, opened = await bridge.cases()
    bridge.expect(OFFICER, opened.reference, "Your alert is stored")
    assert [t.text for t in await bridge.texts(opened)] == ["no, she called again, he beats her"]


async def test_a_note_to_a_closed_case_says_that_nothing_was_sent_and_what_to_do(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.says(DUTY, f"/close {case.reference} found_safe she is home")
    await bridge.says(OFFICER, f"/note {case.reference} she called again")
    bridge.expect(OFFICER, f"{case.reference} is closed, and nothing was sent", "/alert")


async def test_chatter_in_a_group_completes_no_act(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.says(CLERK, f"/note {case.reference}", at=KH_GROUP)
    bridge.expect(KH_GROUP, "What do you want to tell the other side?")
    bridge.forget()
    await bridge.says(CLERK, "they are slow again over there", at=KH_GROUP)
    bridge.expect_nothing(DUTY, KH_GROUP)
    assert len(await bridge.texts(case)) == 1


# Alerts and pings.


async def test_a_rise_after_a_fall_is_a_new_message_though_that_level_was_told_before(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "a woman asks for help")
    await bridge.fast_forward(minutes=4)
    bridge.expect(DUTY, "U2 urgent")
    await bridge.answers(OFFICER, "[No]", "in a safe place", "18 or over", "send", "send")
    assert (await bridge.only_case()).urgency is Urgency.U3
    await bridge.fast_forward(minutes=1)
    bridge.forget()
    await bridge.answers(OFFICER, "edit 3", "16")
    bridge.expect(DUTY, "U2 urgent", "12 to 17")
    bridge.expect(KH_GROUP, "U2 urgent", "12 to 17")


async def test_a_country_outside_the_corridor_is_flagged_again_when_it_comes_back(bridge: PlayedBridge) -> None:
    await bridge.report_case(*COMPLETE)
    for country in ("Thailand", "Laos", "Thailand"):
        bridge.forget()
        await bridge.answers(OFFICER, "edit 4", country)
        bridge.expect(DUTY, f"the person is in {country}", "outside this corridor")
        bridge.expect(KH_GROUP, f"the person is in {country}", "outside this corridor")


async def test_a_rise_in_urgency_shortens_a_snooze_and_the_wait_for_the_next_ping(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "in a safe place", "16", "send", "send")
    await bridge.fast_forward(minutes=61)
    await bridge.says(DUTY, f"/snooze {case.reference} 60m waiting for the province")
    await bridge.answers(OFFICER, "edit 1", "yes")
    assert (await bridge.case(case)).urgency is Urgency.U1
    bridge.forget()
    await bridge.fast_forward(minutes=15)
    bridge.expect(DUTY, "U1 immediate", "ping 2", "Nobody has acknowledged")


async def test_a_rise_in_urgency_brings_repeats_as_often_as_its_level_asks(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "in a safe place", "18 or over", "send", "send")
    await bridge.fast_forward(hours=4, minutes=1)
    bridge.expect(DUTY, "U3 priority", "ping 1")
    await bridge.answers(OFFICER, "edit 1", "yes")
    assert (await bridge.case(case)).urgency is Urgency.U1
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    bridge.expect(DUTY, "U1 immediate", "ping 2", "Nobody has acknowledged")


async def test_with_nobody_at_the_duty_desk_its_supervisor_is_alerted_at_once(bridge: PlayedBridge) -> None:
    for who in (DUTY, "wechat:night"):
        await bridge.change(who, revoked_at=bridge.now)
    await bridge.report_case(*COMPLETE)
    bridge.expect("wecom:supervisor", "U1 immediate", "Acknowledge by")


async def test_a_block_pasted_before_the_side_is_known_counts_at_once(bridge: PlayedBridge) -> None:
    await bridge.says("wecom:inspector", "danger: yes\nsituation: being moved\nage: 16\ncountry: Cambodia")
    case = await bridge.only_case()
    assert (case.urgency, set(case.answers)) == (Urgency.U1, {"danger_now", "situation", "age_group", "country"})
    bridge.expect(DUTY, "U1 immediate", "Being moved")
    bridge.expect_nothing(KH_GROUP)
    await bridge.says(DUTY, f"/ack {case.reference}")
    bridge.expect(DUTY, "Nobody can acknowledge yet")
    await bridge.taps("wecom:inspector", "Kingdom of Cambodia")
    bridge.expect(KH_GROUP, "U1 immediate", "Being moved")


async def test_the_review_of_a_case_that_is_stood_down_asks_whether_that_is_still_right(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says("telegram:kh-supervisor", f"/standdown {case.reference} it was a drill")
    await bridge.fast_forward(hours=6, minutes=1)
    assert "lapses" not in bridge.expect(DUTY, "Review: due", "It is stood down", "/reopen").text


# Formal channels.


async def test_words_without_a_figure_are_no_formal_reference_and_stop_no_clock(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.answers(OFFICER, "edit 13", "yes", "edit 13c", "no")
    await bridge.says(CLERK, f"/interest {case.reference} she is held")
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    await bridge.says(DUTY, f"/accept {case.reference} police")
    await bridge.says(DUTY, "wait, let me look it up")
    bridge.expect(DUTY, "Under which formal reference?")
    assert (await bridge.due(case, DeadlineKind.POLICE)).is_running
    await bridge.says(DUTY, "MPS-77/26")
    assert (await bridge.case(case)).status is Status.HANDED_OFF


async def test_a_formal_reference_with_spaces_arrives_whole_from_the_page(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.answers(OFFICER, "edit 13", "yes", "edit 13c", "no")
    await bridge.says(CLERK, f"/interest {case.reference} she is held")
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    filled = {"channel": "police", "formal": "GA No. 12/26", "officer": "Col. Chen"}
    await bridge.says(DUTY, act_forms.command(Act.ACCEPT, case.reference, filled))
    handoff = (await bridge.case(case)).handoff(Channel.POLICE)
    assert handoff is not None
    assert (handoff.formal_reference, handoff.accepting_officer) == ("GA No. 12/26", Guarded("Col. Chen"))


# People.


async def test_who_lost_a_phone_enrols_again_from_the_same_address_with_a_new_code(bridge: PlayedBridge) -> None:
    before = await bridge.person(OFFICER)
    await bridge.says(OFFICER, "/lost yes")
    await invite(bridge, "ABCD1234EFGH", Role.OFFICER)
    await bridge.says(OFFICER, "/start ABCD-1234-EFGH")
    bridge.expect(OFFICER, "You are enrolled: Sok Dara, officer, KH")
    person = await bridge.person(OFFICER)
    assert (person.id != before.id, person.is_active) == (True, True)
    await bridge.says(OFFICER, "somebody screams for help")
    assert (await bridge.only_case()).officer == person.id


# What cannot be handled is visible, and holds nobody up.


async def test_what_is_for_a_messenger_that_is_gone_is_parked_and_goes_to_the_next_address(
    bridge: PlayedBridge,
) -> None:
    gone = Outgoing(
        1, "k", OutgoingKind.ALERT, "desk:kh-duty", Address.parse("email:desk@example.org"), text="U1 immediate"
    )
    left = replace(gone, others=(Address.parse(KH_GROUP),), created_at=bridge.now)
    await bridge.storage.apply([Turn(outgoing=(left,))])
    await bridge.fast_forward(seconds=31)
    bridge.expect(KH_GROUP, "U1 immediate")
    (parked,) = await bridge.storage.outbox([DeliveryState.PARKED], 10)
    assert parked.reason == "there is no such messenger here"


async def test_who_writes_what_cannot_be_handled_is_told_while_others_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(message: Inbound, view: View, context: Context, choices: Sequence[Button] = ()) -> Turn:
        if message.text == "stumble":
            raise ValueError(message.text)
        return respond(message, view, context, choices)

    monkeypatch.setattr(message_work, "respond", stumbles)
    bridge = PlayedBridge(tmp_path)
    await bridge.start()
    await bridge.says(OFFICER, "stumble")
    await bridge.says("telegram:colleague", "boy of 9 on a bus")
    bridge.expect("telegram:colleague", "Your alert is stored")
    bridge.expect_nothing(OFFICER)
    await bridge.fast_forward(minutes=1)
    bridge.expect(OFFICER, "Your message is stored, but the bridge cannot handle it")
    await bridge.fast_forward(hours=2)
    bridge.expect_nothing(OFFICER)
    assert [row.state for row in bridge.inbox() if row.message.text == "stumble"] == [InboxState.PARKED]
    await bridge.stop()


async def test_an_order_that_could_not_be_done_is_not_reported_as_done(bridge: PlayedBridge) -> None:
    def stumbles(_c: Composer) -> None:
        raise ValueError("of the order")

    def collides(c: Composer) -> None:
        person = next(p for p in c.view.directory.people.values() if str(p.addresses[0]) == OFFICER)
        c.people.put(replace(person, addresses=(Address.parse(CLERK),)))

    for act in (stumbles, collides):
        with pytest.raises(StorageError, match=r"was not done|belongs to somebody else"):
            await bridge.orders(message_work.Order(act, actor="cli:root"))


async def test_what_no_database_stores_is_taken_out_at_the_door() -> None:
    nasty = "a\0b\ud800c"
    place = Address.parse(OFFICER)
    message = Inbound(
        "telegram", "1", nasty, Kind.PHOTO, START, place, place, nasty, attachment=Attachment(nasty, nasty)
    )
    kept = storable(replace(message, sender_name=nasty, button=nasty, message_id=nasty, reply_to=nasty))
    assert {kept.external_id, kept.text, kept.sender_name, kept.button, kept.message_id, kept.reply_to} == {"abc"}
    assert kept.attachment == Attachment("abc", "abc")


# Whatever is typed or tapped is answered.


@pytest.mark.parametrize("text", ["²", "①", "/lost ²", "/lost " + "9" * 5000, "9" * 5000])
async def test_odd_figures_are_answered(bridge: PlayedBridge, text: str) -> None:
    await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "they leave tonight")
    bridge.forget()
    await bridge.says(OFFICER, text)
    assert bridge.heard(OFFICER)


@pytest.mark.parametrize(
    "data",
    [
        "c.which.²", "c.which.-1", "c.which." + "z" * 40, "c.send.é", "c.side.CN.²", "c.side.KH", "c.yes.x", "c.what",
        "f.1.nofield.x", "f.{case}.nofield.x", "f.{case}.country.ZZ", "f.{case}.summary.done", "f.-1.danger_now.no",
        "f." + "z" * 40 + ".danger_now.yes", "a." + "z" * 50 + ".1.ack", "a.-1.1.ack", "a.1_0.1.ack", "a.{case}.1.",
        "a.{case}.1.close.nocode", "a.{case}.1.assign.²", "a.{case}.1.handoff.x", "a.{case}.1.urgency.U9", "",
        "a", "x.y",
    ],
)  # fmt: skip
async def test_forged_buttons_are_answered_and_change_nothing(bridge: PlayedBridge, data: str) -> None:
    case = await bridge.report_case("[No]")
    data = data.format(case=button_data.to_base36(case.id))
    before = await bridge.case(case)
    for who in (OFFICER, CLERK, "telegram:vn-clerk"):
        bridge.forget()
        await bridge.adapters["telegram"].taps_data(who, data, "m1")
        await bridge.tick()
        assert bridge.heard(who), f"{who} gets an answer to {data!r}"
    after = await bridge.case(case)
    assert (after.status, after.answers, after.assignees) == (before.status, before.answers, before.assignees)


async def test_when_the_officer_is_cut_off_their_desk_answers_what_the_hand_off_waits_for(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "25")
    await bridge.change(OFFICER, revoked_at=bridge.now)
    bridge.forget()
    await bridge.says("wechat:duty", f"/handoff {case.reference} police send")
    bridge.expect("wechat:duty", "drafted", "KH Duty desk is asked now")
    bridge.expect("telegram:kh-group", "agree that we share this with the police")
    await bridge.taps("telegram:stranger", "Yes", at="telegram:kh-group")
    assert (await bridge.case(case)).value("consent_police") is None
    await bridge.taps("telegram:clerk", "Cannot be asked", at="telegram:kh-group")
    await bridge.taps("telegram:clerk", "No", at="telegram:kh-group")
    answered = await bridge.case(case)
    assert (answered.value("consent_police"), answered.value("fears_own_authorities")) == ("cannot_ask", "no")
    await bridge.says("telegram:kh-supervisor", f"/vital {case.reference} nobody can reach her, her life is in danger")
    bridge.expect("wechat:duty", "can be handed to the police channel now")

"""Words that could go astray: to another case, to another side, past the screening, into an act nobody meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.case import TextKind
from bot.domain.messages import Address, Attachment, Inbound, Kind
from tests.journeys.relayed import (
    CLEARED,
    CLERK,
    DUTY,
    NIGHT,
    OFFICER,
    OWN_GROUP,
    SENT,
    THEIR_SUPERVISOR,
    head,
    new_at,
)
from tests.journeys.test_reachability import leaves
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT

PHONE = "+855 10 000 000"


async def shares(bridge: PlayedBridge, label: str) -> None:
    """An officer shares a place, to which the messenger gives a name and an address."""
    here = Address.parse(OFFICER)
    place = Inbound("telegram", "1", f"p-{label}", Kind.LOCATION, bridge.now, here, here, label)
    await bridge.redelivers(replace(place, message_id=f"p-{label}", latitude=28.683123, longitude=115.857456))


# Places.


async def test_the_address_of_a_shared_place_goes_to_the_secure_case_and_not_with_the_words(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*CLEARED)
    await shares(bridge, "Hongdu Road 12, Nanchang")
    await bridge.says(OFFICER, "2")
    bridge.expect(DUTY, "A place was added to the secure case")
    assert [value for _, value in await bridge.secure(case)] == ["28.683123, 115.857456 (Hongdu Road 12, Nanchang)"]
    assert not [shown for shown in bridge.everything_heard() if "Hongdu" in shown.text]
    assert "Hongdu" not in str(await bridge.texts(case))


async def test_the_name_of_a_shared_place_is_no_command(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await shares(bridge, "Urgent Care Clinic")
    assert [known.id for known in await bridge.cases()] == [case.id], "it opened no alert of its own"


# Changes.


@pytest.mark.parametrize("changed", [f"/export her brother {PHONE}", f"/lost {PHONE}", f"start {PHONE}"])
async def test_a_change_is_screened_whatever_command_it_looks_like(bridge: PlayedBridge, changed: str) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(OFFICER, f"/note {case.reference} call her brother")
    await bridge.edits(said, changed)
    assert not [shown for shown in bridge.everything_heard() if PHONE in shown.text]


async def test_a_change_is_screened_also_while_a_formal_reference_is_awaited(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    told = bridge.phones.newest_with(DUTY, "Acknowledge")
    said = await bridge.says(DUTY, "call her brother", reply_to=told.id)
    await bridge.says(DUTY, f"/accept {case.reference} police")
    bridge.expect(DUTY, "Under which formal reference?")
    await bridge.edits(said, f"call her brother {PHONE}")
    bridge.expect(OFFICER, "changed at", "call her brother [phone number]")
    assert not [shown for shown in bridge.everything_heard() if PHONE in shown.text]


async def test_a_caption_is_screened_whatever_command_it_looks_like(bridge: PlayedBridge) -> None:
    await bridge.sends_photo(OFFICER, f"/lost {PHONE} is her phone")
    case = await bridge.only_case()
    assert [t.text for t in await bridge.texts(case) if t.kind is TextKind.FIRST] == [
        "/lost [phone number] is her phone"
    ]


async def test_a_note_that_is_changed_into_a_memo_is_not_sent_to_the_other_side(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(OFFICER, f"/note {case.reference} we come at six")
    bridge.forget()
    await bridge.edits(said, f"/memo {case.reference} do not trust them")
    bridge.expect(OFFICER, "A change does nothing by itself, so nothing was sent. Please write it as a new message.")
    bridge.expect_nothing(DUTY, OWN_GROUP)
    assert "do not trust them" not in str(await bridge.texts(case))


async def test_words_that_wait_are_not_sent_on_with_a_command_that_was_put_before_them(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(OFFICER, "we come at six")
    await bridge.edits(said, f"/memo {case.reference} do not trust them")
    bridge.expect(OFFICER, "A change does nothing by itself")
    await bridge.says(OFFICER, "2")
    bridge.expect(DUTY, f"{head(case, 'KH officer')}\nwe come at six")
    assert not [shown for shown in bridge.phones.at(DUTY) if "trust" in shown.text]


async def test_words_of_a_desk_that_were_changed_while_they_wait_still_find_their_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(DUTY, "the van is gray")
    await bridge.edits(said, "the van is grey")
    await bridge.says(DUTY, "1")
    bridge.expect(OFFICER, f"{head(case, 'CN Duty desk')}\nthe van is grey")


async def test_a_memo_that_is_changed_into_a_note_is_not_taken_for_sent(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(CLERK, f"/memo {case.reference} the aunt comes")
    bridge.forget()
    await bridge.edits(said, f"/note {case.reference} the aunt comes")
    bridge.expect(CLERK, "A change does nothing by itself")
    bridge.expect_nothing(DUTY)


# Another case.


@pytest.mark.parametrize("who", [OFFICER, DUTY])
async def test_a_number_means_what_was_shown_with_it_though_another_case_was_closed_meanwhile(
    bridge: PlayedBridge, who: str
) -> None:
    one = await bridge.report_case(*SENT)
    two = await bridge.report_case(*SENT, text="/alert somebody cries on a bus")
    three = await bridge.report_case(*SENT, text="/alert somebody cries in a hotel")
    await bridge.says(who, "they leave tonight")
    offered = [
        label.split(" ")[0]
        for label in labels(bridge.phones.newest_saying(who, "these words for" if who == DUTY else "Stored."))
    ]
    closed = three if who == DUTY else two
    await bridge.says(CLERK, f"/close {closed.reference} found_safe she is home")
    numbers = {case.reference: str(offered.index(case.reference) + 1) for case in (one, two, three)}
    bridge.forget()
    await bridge.says(who, numbers[closed.reference])
    assert [len(await bridge.texts(case)) for case in (one, two, three) if case is not closed] == [1, 1]
    heard = " ".join(bridge.heard(who))
    assert "is closed" in heard or "That case is not open any more." in heard
    left = [label.split(" ")[0] for label in labels(bridge.phones.at(who)[-1])]
    assert closed.reference not in left
    await bridge.says(who, str(left.index(one.reference) + 1))
    assert [text.text for text in await bridge.texts(one)][-1] == "they leave tonight"


async def test_a_reply_to_a_question_about_one_case_answers_no_question_about_another(bridge: PlayedBridge) -> None:
    one = await bridge.report_case()
    question = bridge.phones.newest_saying(OFFICER, "Which country is the person in now?")
    two = await bridge.report_case(text="/alert somebody cries on a bus")
    await bridge.says(OFFICER, "China", reply_to=question.id)
    assert "country" not in (await bridge.case(two)).answers
    assert [text.text for text in await bridge.texts(one)][-1] == "China"


async def test_a_photo_that_replies_about_one_case_is_kept_with_that_one(bridge: PlayedBridge) -> None:
    one = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {one.reference} do you have a photo of the door?")
    asked = bridge.expect(OFFICER, "photo of the door")
    two = await bridge.report_case(text="/alert somebody cries on a bus")
    place = Address.parse(OFFICER)
    photo = Inbound("telegram", "1", "p1", Kind.PHOTO, bridge.now, place, place, reply_to=asked.id)
    await bridge.redelivers(replace(photo, message_id="p1", attachment=Attachment("f", "", "image/jpeg", 5)))
    bridge.expect(OFFICER, f"Stored in the secure case of {one.reference}")
    assert len((await bridge.storage.history(one.id)).files) == 1
    assert not (await bridge.storage.history(two.id)).files


@pytest.mark.parametrize("how", ["command", "reply", "reply without words"])
async def test_a_photo_in_a_group_about_a_case_is_kept_with_it(bridge: PlayedBridge, how: str) -> None:
    case = await bridge.report_case(*CLEARED)
    alert = bridge.phones.newest_with(OWN_GROUP, "Show case")
    bridge.forget()
    caption = {"command": f"/note {case.reference} the door", "reply": "the door"}.get(how, "")
    place, group = Address.parse(CLERK), Address.parse(OWN_GROUP)
    photo = Inbound("telegram", "1", "p1", Kind.PHOTO, bridge.now, place, group, caption)
    replied = replace(photo, reply_to="" if how == "command" else alert.id)
    await bridge.redelivers(replace(replied, message_id="p1", attachment=Attachment("f", "", "image/jpeg", 5)))
    assert len((await bridge.storage.history(case.id)).files) == 1
    told = "\n".join(bridge.heard(DUTY))
    assert "A photo was added to the secure case" in told
    assert ("\nthe door" in told) is bool(caption)
    if not caption:
        bridge.expect(OWN_GROUP, f"Stored in the secure case of {case.reference}; please delete it here")


async def test_a_photo_in_a_group_that_is_about_no_case_leaves_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    place, group = Address.parse(CLERK), Address.parse(OWN_GROUP)
    photo = Inbound("telegram", "1", "p1", Kind.PHOTO, bridge.now, place, group, "lunch")
    await bridge.redelivers(replace(photo, message_id="p1", attachment=Attachment("f", "", "image/jpeg", 5)))
    assert not (await bridge.storage.history(case.id)).files
    assert bridge.inbox()[-1].message.attachment is None


async def test_the_first_that_a_desk_hears_of_a_case_is_its_alert_and_not_a_note(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    case = await bridge.only_case()
    bridge.expect_nothing(DUTY, OWN_GROUP)
    await bridge.says(OFFICER, f"/note {case.reference} please be quick")
    for place in (DUTY, OWN_GROUP):
        alert, words = new_at(bridge, place)
        assert "Acknowledge by" in alert
        assert words.endswith("please be quick")


# Who is not there.


async def test_nobody_is_said_to_have_it_whom_nothing_reaches(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await leaves(bridge, OFFICER)
    await bridge.says(DUTY, f"/note {case.reference} on our way")
    assert "Sent to KH Duty desk.\n" in bridge.expect(DUTY, f"{case.reference}: Sent to").text
    await bridge.says(OFFICER, "/cases")
    bridge.expect(OFFICER, "on our way")


async def test_who_writes_to_a_side_where_nobody_is_left_is_told_so(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    for who in (DUTY, NIGHT, THEIR_SUPERVISOR):
        await bridge.change(who, revoked_at=bridge.now)
    await bridge.says(OFFICER, f"/note {case.reference} anybody?")
    bridge.expect(OFFICER, "Sent to KH Duty desk. Nobody of CN can be reached at the moment.")


async def test_a_change_by_somebody_who_must_be_confirmed_is_said_not_to_be_sent(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(DUTY, f"/note {case.reference} on our way")
    await bridge.change(DUTY, confirmed_at=bridge.now - timedelta(days=91))
    bridge.forget()
    await bridge.edits(said, f"/note {case.reference} not coming")
    bridge.expect(DUTY, "your change is kept beside the first version. It was not sent on.")
    bridge.expect_nothing(OFFICER, OWN_GROUP)


# Acts.


async def test_a_formal_reference_opens_no_case_after_a_stray_tap_on_the_menu(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    await bridge.says(DUTY, "/alert")
    await bridge.answers(DUTY, f"/accept {case.reference} police", "123/26 Col. Example")
    assert (await bridge.only_case()).handoffs[0].formal_reference == "123/26"


async def test_on_wechat_a_number_after_somebodys_words_is_not_taken_for_an_act(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path, messengers=OFFICIAL_ACCOUNT)
    await bridge.start()
    try:
        case = await bridge.report_case(*SENT)
        await bridge.says(OFFICER, f"/note {case.reference} how many officers do you send?")
        await bridge.fast_forward(seconds=2)
        await bridge.says(DUTY, "2")
        asked = bridge.expect(DUTY, "Your 2 fits more than one question. Which one do you mean?")
        act, words = asked.text.splitlines()[-2:]
        assert act == f"1. U1 immediate · {case.reference}: Assign to me"
        assert words == f"2. {case.reference} · KH officer: answer 2"
        assert not (await bridge.case(case)).assignees
        await bridge.fast_forward(seconds=5)
        await bridge.says(DUTY, "2")
        bridge.expect(OFFICER, f"{head(case, 'CN Duty desk')}\n2")
        assert not (await bridge.case(case)).assignees
    finally:
        await bridge.stop()


async def test_a_forged_button_that_says_more_than_a_number_says_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    for said in (f"her brother {PHONE}", "85510000000"):
        await bridge.adapters["telegram"].taps_data("officer", f"c.typed.{said}", "m1")
    await bridge.tick()
    bridge.expect(OFFICER, "This button is not known any more.")
    assert len(await bridge.texts(case)) == 1
    bridge.expect_nothing(DUTY, OWN_GROUP)


async def test_a_number_that_was_asked_about_waits_for_its_case_like_other_words(bridge: PlayedBridge) -> None:
    await bridge.report_case(*SENT)
    await bridge.adapters["telegram"].taps_data("officer", "c.typed.2", "m1")
    await bridge.tick()
    await bridge.says(OFFICER, "2")
    bridge.expect(DUTY, "KH officer", "\n2")

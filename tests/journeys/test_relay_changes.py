"""Words that are changed, deleted or sent as a photo, gates that close, and how far everything has come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.web.cases.case_view import Row
from bot.domain.case import Case
from bot.domain.errors import Unavailable
from bot.domain.messages import Address, Attachment, Inbound, Kind
from tests.journeys.gated import page_of
from tests.journeys.relayed import (
    CLEARED,
    CLERK,
    DUTY,
    OFFICER,
    OWN_GROUP,
    SENT,
    THEIR_SUPERVISOR,
    head,
    new_at,
)
from tests.kit.played import PlayedBridge

PHONE = "+855 10 000 000"


async def acts(bridge: PlayedBridge, case: Case) -> list[str]:
    return [entry.act for entry in await bridge.acts(case)]


# Changes.


async def test_a_changed_note_goes_on_as_a_change_under_the_first_version_which_stays(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(OFFICER, f"/note {case.reference} third floor")
    first = bridge.expect(DUTY, "third floor")
    await bridge.fast_forward(minutes=15)
    bridge.forget()
    await bridge.edits(said, f"/note {case.reference} fourth floor")
    told = bridge.expect(DUTY, head(case, "KH officer", "changed at 14:20 Phnom Penh / 15:20 Beijing"))
    assert told.text.endswith("\nfourth floor")
    assert told.reply_to == first.id
    assert told.edits == 0, "a message of its own: the first one stays as it was"
    bridge.expect(OWN_GROUP, "changed at 14:20", "fourth floor")
    bridge.expect(OFFICER, "your change is kept beside the first version. Sent to KH Duty desk, CN Duty desk.")
    original, changed = (await bridge.texts(case))[-2:]
    assert [(t.text, t.amends) for t in (original, changed)] == [
        ("third floor", None),
        ("fourth floor", original.id),
    ]


async def test_a_changed_reply_goes_on_too(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    alert = bridge.phones.newest_with(DUTY, "Acknowledge")
    said = await bridge.says(DUTY, "which flor?", reply_to=alert.id)
    await bridge.edits(said, "which floor?")
    bridge.expect(OFFICER, f"{case.reference} · CN Duty desk · changed at", "which floor?")


async def test_a_change_that_is_none_bothers_nobody_and_a_change_back_is_one(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(OFFICER, f"/note {case.reference} third floor")
    bridge.forget()
    await bridge.edits(said, f"/note {case.reference} third floor")
    bridge.expect_nothing(DUTY, OFFICER)
    await bridge.edits(said, f"/note {case.reference} fourth floor")
    await bridge.edits(said, f"/note {case.reference} third floor")
    bridge.expect(DUTY, "changed at", "fourth floor")
    bridge.expect(DUTY, "changed at", "third floor")


async def test_a_changed_memo_or_first_message_goes_to_nobody(bridge: PlayedBridge) -> None:
    first = await bridge.says(OFFICER, "somebody screams for hepl")
    await bridge.answers(OFFICER, *SENT)
    case = await bridge.only_case()
    memo = await bridge.says(CLERK, f"/memo {case.reference} ask the ant")
    bridge.forget()
    await bridge.edits(first, "somebody screams for help")
    await bridge.edits(memo, f"/memo {case.reference} ask the aunt")
    for place in (DUTY, OWN_GROUP):
        assert not [text for text in new_at(bridge, place) if "changed at" in text or "aunt" in text]


async def test_a_change_that_adds_a_number_is_screened_before_it_goes_on(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(OFFICER, f"/note {case.reference} call her brother")
    await bridge.edits(said, f"/note {case.reference} call her brother {PHONE}")
    bridge.expect(DUTY, "changed at", "call her brother [phone number]")
    assert (await bridge.secure(case))[-1][1].endswith(PHONE)
    assert not [shown for shown in bridge.everything_heard() if PHONE in shown.text]


async def test_words_that_waited_for_their_case_are_screened_before_they_go_on(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, f"her brother has {PHONE}")
    await bridge.says(OFFICER, "2")
    bridge.expect(DUTY, f"{head(case, 'KH officer')}\nher brother has [phone number]")
    assert not [shown for shown in bridge.everything_heard() if PHONE in shown.text]


async def test_words_that_waited_can_still_be_changed_once_they_found_their_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    one = await bridge.says(OFFICER, "they leave at six")
    await bridge.says(OFFICER, "by bus")
    await bridge.says(OFFICER, "2")
    bridge.expect(DUTY, f"{head(case, 'KH officer')}\nthey leave at six\nby bus")
    await bridge.edits(one, "they leave at five")
    bridge.expect(DUTY, "changed at", "they leave at five")


async def test_words_changed_while_they_waited_go_on_as_they_are_now_and_the_record_keeps_both(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*SENT)
    one = await bridge.says(OFFICER, "they leave at six")
    await bridge.edits(one, "they leave at five")
    await bridge.says(OFFICER, "by bus")
    await bridge.says(OFFICER, "2")
    (told,) = [text for text in new_at(bridge, DUTY) if text.startswith(head(case, "KH officer"))]
    assert told.split("\n")[1:] == ["they leave at five", "by bus"]
    assert [t.text for t in await bridge.texts(case)][1:] == ["they leave at six", "they leave at five", "by bus"]


async def test_a_change_cannot_move_words_to_another_case(bridge: PlayedBridge) -> None:
    one = await bridge.report_case(*SENT)
    two = await bridge.report_case(*SENT, text="/alert somebody cries on a bus")
    said = await bridge.says(OFFICER, f"/note {one.reference} third floor")
    bridge.forget()
    await bridge.edits(said, f"/note {two.reference} third floor")
    bridge.expect(OFFICER, f"stays with {one.reference}", "Please write it anew")
    bridge.expect_nothing(DUTY, OWN_GROUP, containing="third floor")


async def test_a_deleted_note_is_told_of_and_stays_in_the_record(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(OFFICER, f"/note {case.reference} third floor")
    first = bridge.expect(DUTY, "third floor")
    await bridge.fast_forward(minutes=10)
    bridge.forget()
    await bridge.deletes(said)
    told = bridge.expect(
        DUTY,
        head(case, "KH officer", "14:15 Phnom Penh / 15:15 Beijing"),
        "They deleted their message of Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing",
        "The record keeps it.",
    )
    assert told.reply_to == first.id
    bridge.expect(OFFICER, "you deleted your message; the record keeps it. Told: KH Duty desk, CN Duty desk.")
    assert (await bridge.texts(case))[-1].text == "third floor"
    assert (await acts(bridge, case))[-1] == "deleted_by_writer"


async def test_deleting_what_was_to_be_deleted_is_noted_and_bothers_nobody(bridge: PlayedBridge) -> None:
    said = await bridge.says(OFFICER, f"somebody screams, {PHONE}")
    await bridge.answers(OFFICER, *SENT)
    bridge.forget()
    await bridge.deletes(said)
    bridge.expect_nothing(DUTY, OWN_GROUP, OFFICER)
    assert "deleted_by_writer" in await acts(bridge, await bridge.only_case())


async def test_nobody_deletes_or_changes_what_somebody_else_wrote(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    said = await bridge.says(CLERK, f"/note {case.reference} third floor", at=OWN_GROUP)
    bridge.forget()
    await bridge.deletes(replace(said, sender=Address.parse("telegram:colleague")))
    await bridge.edits(replace(said, sender=Address.parse("telegram:kh-supervisor")), "nowhere")
    bridge.expect_nothing(DUTY, OWN_GROUP)
    assert not {"deleted_by_writer", "amended"} & set(await acts(bridge, case))


# Gates.


async def feared(bridge: PlayedBridge) -> Case:
    """A case whose requested side is the State that the person fears, from now on."""
    case = await bridge.report_case(
        "no", "locked in", "25", "citizenship: China\nconsent to police: yes", "send", "send"
    )
    return await bridge.case(case)


async def test_when_the_gate_closes_changes_and_deletions_stay_on_the_own_side(bridge: PlayedBridge) -> None:
    case = await feared(bridge)
    said = await bridge.says(OFFICER, f"/note {case.reference} third floor")
    bridge.expect(DUTY, "third floor")
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.forget()
    await bridge.edits(said, f"/note {case.reference} fourth floor")
    bridge.expect(OWN_GROUP, "changed at", "fourth floor")
    await bridge.deletes(said)
    bridge.expect(OWN_GROUP, "They deleted their message")
    bridge.expect_nothing(DUTY, THEIR_SUPERVISOR, containing=case.reference)
    assert (await bridge.texts(case))[-1].own_side_only


async def test_a_note_that_still_waits_when_the_gate_closes_is_never_told_to_that_side(bridge: PlayedBridge) -> None:
    case = await feared(bridge)
    bridge.adapters["wechat"].fail(Unavailable("down"), times=None)
    await bridge.says(OFFICER, f"/note {case.reference} she hides at the IBEX")
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.adapters["wechat"].recover()
    await bridge.fast_forward(minutes=10)
    assert not [shown for shown in bridge.phones.at(DUTY) if "IBEX" in shown.text]
    bridge.expect(OWN_GROUP, "she hides at the IBEX")


async def test_the_other_side_reads_in_no_journal_that_words_were_changed_or_deleted_at_a_closed_gate(
    bridge: PlayedBridge,
) -> None:
    case = await feared(bridge)
    said = await bridge.says(OFFICER, f"/note {case.reference} third floor")
    memo = await bridge.says(CLERK, f"/memo {case.reference} ask the ant")
    await bridge.edits(memo, f"/memo {case.reference} ask the aunt")
    await bridge.deletes(memo)
    assert not [row.head for row in await journal_of(bridge, DUTY, case) if "memo" in row.head]
    assert len([row.head for row in await journal_of(bridge, CLERK, case) if "memo" in row.head]) == 3
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    await bridge.edits(said, f"/note {case.reference} fourth floor")
    await bridge.deletes(said)
    theirs = {row.head for row in await journal_of(bridge, DUTY, case)}
    assert not {"noted", "amended", "deleted by writer"} & theirs


async def journal_of(bridge: PlayedBridge, who: str, case: Case) -> list[Row]:
    rows = (await page_of(bridge, who, case))["journal"]
    assert isinstance(rows, list)
    return rows


async def test_who_is_feared_still_reaches_the_other_side(bridge: PlayedBridge) -> None:
    case = await feared(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    await bridge.says(DUTY, f"/note {case.reference} we can send a car")
    bridge.expect(OFFICER, f"{head(case, 'CN Duty desk')}\nwe can send a car")


async def test_the_other_side_does_not_see_that_the_own_side_was_told_at_a_closed_gate(bridge: PlayedBridge) -> None:
    case = await feared(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    await bridge.says(OFFICER, f"/note {case.reference} she hides")
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "relayed message" not in bridge.expect(DUTY, "Say: Kilo").text
    await bridge.says(CLERK, f"/case {case.reference}")
    bridge.expect(CLERK, "KH Duty desk: relayed message sent")


# Photos, voice, places.


async def sends(bridge: PlayedBridge, kind: Kind, caption: str = "", *, number: int = 1) -> None:
    place = Address.parse(OFFICER)
    left = Attachment("file-1", "", "image/jpeg", 48_000)
    message = Inbound("telegram", "1", f"{kind}-{number}", kind, bridge.now, place, place, caption)
    await bridge.redelivers(replace(message, message_id=f"{kind}-{number}", attachment=left))


@pytest.mark.parametrize(
    ("kind", "what"), [(Kind.PHOTO, "A photo"), (Kind.VOICE, "A voice message"), (Kind.FILE, "A file")]
)
async def test_of_a_photo_both_desks_get_a_link_to_the_secure_case_and_not_the_photo(
    bridge: PlayedBridge, kind: Kind, what: str
) -> None:
    case = await bridge.report_case(*CLEARED)
    bridge.forget()
    await sends(bridge, kind)
    await bridge.says(OFFICER, "2")
    page = f"https://bridge.example/cases/{case.reference}/secure"
    for place in (DUTY, OWN_GROUP):
        told = bridge.expect(place, f"{head(case, 'KH officer')}\n{what} was added to the secure case: {page}")
        assert not told.file


async def test_of_a_place_the_desks_hear_that_it_is_in_the_secure_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await bridge.shares_location(OFFICER, 28.683123, 115.857456)
    await bridge.says(OFFICER, "2")
    bridge.expect(DUTY, f"{head(case, 'KH officer')}\nA place was added to the secure case: ")
    assert not [shown for shown in bridge.everything_heard() if "28.68" in shown.text]


async def test_a_photo_under_a_note_is_told_of_beside_its_words(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await sends(bridge, Kind.PHOTO, f"/note {case.reference} the door")
    bridge.expect(DUTY, f"{head(case, 'KH officer')}\nthe door")
    bridge.expect(DUTY, "A photo was added")


@pytest.mark.parametrize("caption", ["", "the door"])
async def test_a_photo_in_reply_to_a_case_message_in_the_group_goes_to_its_secure_case(
    bridge: PlayedBridge, caption: str
) -> None:
    case = await bridge.report_case(*CLEARED)
    alert = bridge.phones.newest_with(OWN_GROUP, "Show case")
    bridge.forget()
    left = Attachment("file-1", "", "image/jpeg", 48_000)
    sender, group = Address.parse(CLERK), Address.parse(OWN_GROUP)
    message = Inbound("telegram", "1", "g1", Kind.PHOTO, bridge.now, sender, group, caption, reply_to=alert.id)
    await bridge.redelivers(replace(message, message_id="g1", attachment=left))
    bridge.expect(DUTY, f"{head(case, 'KH Duty desk')}\nA photo was added to the secure case: ")
    bridge.expect(OWN_GROUP, "Sent to" if caption else f"Stored in the secure case of {case.reference}")
    assert len((await bridge.storage.history(case.id)).files) == 1


async def test_a_photo_in_a_group_that_answers_nothing_is_not_for_us(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    bridge.forget()
    left = Attachment("file-1", "", "image/jpeg", 48_000)
    sender, group = Address.parse(CLERK), Address.parse(OWN_GROUP)
    message = Inbound("telegram", "1", "g1", Kind.PHOTO, bridge.now, sender, group, message_id="g1")
    await bridge.redelivers(replace(message, attachment=left))
    bridge.expect_nothing(DUTY, OWN_GROUP, CLERK)
    assert (await bridge.storage.history(case.id)).files == ()


async def test_photos_sent_together_are_told_of_once(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    bridge.forget()
    for number in range(3):
        await sends(bridge, Kind.PHOTO, f"/note {case.reference} the door", number=number)
    assert len([text for text in bridge.heard(DUTY) if "A photo was added" in text]) == 1


async def test_who_may_not_open_the_secure_case_hears_of_no_photo(bridge: PlayedBridge) -> None:
    case = await feared(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.forget()
    await sends(bridge, Kind.PHOTO)
    await bridge.says(OFFICER, "2")
    bridge.expect(OWN_GROUP, "A photo was added")
    bridge.expect_nothing(DUTY, THEIR_SUPERVISOR, containing=case.reference)


async def test_before_the_alert_nobody_hears_of_a_photo(bridge: PlayedBridge) -> None:
    await sends(bridge, Kind.PHOTO, "somebody screams for help")
    await sends(bridge, Kind.PHOTO, number=2)
    bridge.expect_nothing(DUTY, OWN_GROUP)


# How far it has come.


async def test_a_case_says_for_each_recipient_how_far_the_words_have_come(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, f"/note {case.reference} third floor")
    await bridge.says(OFFICER, f"/case {case.reference}")
    shown = bridge.expect(OFFICER, "Say: Kilo").text
    assert "CN duty: alert sent, not known to be read (wechat)" in shown
    assert "CN duty: relayed message sent, not known to be read (wechat)" in shown
    assert "KH Duty desk: relayed message sent, not known to be read (telegram)" in shown
    await bridge.says(DUTY, f"/case {case.reference}")
    await bridge.says(OFFICER, f"/case {case.reference}")
    bridge.expect(OFFICER, "CN duty: relayed message seen (wechat)")
    bridge.adapters["wechat"].fail(Unavailable("down"), times=None)
    await bridge.says(OFFICER, f"/note {case.reference} fourth floor")
    await bridge.says(OFFICER, f"/case {case.reference}")
    bridge.expect(OFFICER, "CN duty: alert seen (wechat)", "CN duty: relayed message waits to be sent (wechat)")

"""Who may open a photo: said truly as the case stands, and "own side only" for whoever chose it, whatever they tap."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.web.cases import case_view, file_view
from bot.domain.attachments import FilePurpose, StoredFile
from bot.domain.case import Case
from bot.domain.errors import Unavailable
from bot.domain.journal import Entry
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Attachment, DeliveryState, Inbound, Kind
from bot.domain.turn import Turn
from bot.protection.secure_access import may_open_file
from tests.journeys.either_phone import BOTH, Phone, officer_on
from tests.journeys.gated import page_of
from tests.journeys.relayed import CLEARED, CLERK, DETECTIVE, DUTY, OWN_GROUP, OWN_SUPERVISOR, THEIR_SUPERVISOR
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
THEIRS = (DUTY, "wechat:night", THEIR_SUPERVISOR, DETECTIVE, "wecom:police-group", "wecom:secretariat")
CROSSES = "At CN, too, whoever may open the secure case can open it."
NOT_YET = (
    "Only your own side can open it. CN cannot yet: citizenship and fear of own authorities are not known of everybody."
)
CLOSED = "Only your own side can open it: it may show somebody of whom nothing more is told to CN."
OWN = "It is for your own side only: nobody else can open it, or sees that it is there."
FEARED = ("no", "locked in", "25", "citizenship: China\nfears: yes\nconsent to police: yes", "send", "send")


async def files_of(bridge: PlayedBridge, case: Case) -> tuple[StoredFile, ...]:
    return (await bridge.storage.history(case.id)).files


async def only_file(bridge: PlayedBridge, case: Case) -> StoredFile:
    (file,) = await files_of(bridge, case)
    return file


async def opens(bridge: PlayedBridge, who: str, file: StoredFile) -> bool:
    """Whether the link of a file works for somebody."""
    return may_open_file(await bridge.person(who), file, await _case(bridge, file), bridge.rules.agreement)


async def _case(bridge: PlayedBridge, file: StoredFile) -> Case:
    return next(case for case in await bridge.cases() if case.id == file.case_id)


async def listed(bridge: PlayedBridge, who: str, case: Case) -> list[file_view.Shown]:
    """The files that the page of a case lists to somebody."""
    directory = await bridge.storage.directory()
    reader = case_view.Reader(await bridge.person(who), bridge.rules.agreement, directory, bridge.now)
    history = await bridge.storage.history(case.id)
    return file_view.listed(await bridge.case(case), history.files, history.file_reads, reader)


async def reads(bridge: PlayedBridge, who: str, file: StoredFile) -> None:
    """Somebody downloads a file, as the page notes it."""
    person, case = await bridge.person(who), await _case(bridge, file)
    told = {"file": file.id, "sha256": file.sha256, "purpose": FilePurpose.SAFETY.value}
    entry = Entry(bridge._new_id(), case.corridor, bridge.now, f"person:{person.id}", JournalAct.FILE_READ, case.id,
                  details=told, salt=secrets.token_hex(8))  # fmt: skip
    await bridge.storage.apply([Turn(journal=(entry,))])


async def sends_photo(bridge: PlayedBridge, who: str, case: Case, *, about: bool = True) -> StoredFile:
    """A photo for a case that was sent to the desks already; the bridge asks which case it is about."""
    await bridge.sends_photo(who)
    if about:
        await bridge.says(who, "2")
    return (await files_of(bridge, case))[-1]


# What whoever left it is told.


@BOTH
async def test_under_a_photo_it_says_who_may_open_it_as_the_case_stands(messenger: str, tmp_path: Path) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        bridge = phone.bridge
        case = await phone.reports("[No]", "[Locked in or held]", "16")
        await bridge.sends_photo(phone.who)
        bridge.expect(phone.who, NOT_YET, "(4 of 14)")
        assert not await opens(bridge, DUTY, await only_file(bridge, case))
        await phone.does("[Own side only]")
        bridge.expect(phone.who, "is for your own side only")
        await phone.does("[China]")
        bridge.expect(phone.who, "(5 of 14)")
        assert (await only_file(bridge, case)).own_side_only


async def test_with_an_open_border_it_says_that_the_other_side_can_open_it_and_so_it_is(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    file = await sends_photo(bridge, OFFICER, case)
    assert labels(bridge.expect(OFFICER, f"Kept with {case.reference}.\n{CROSSES}")) == ["Own side only"]
    bridge.expect(DUTY, "A photo was added to the secure case")
    told = bridge.expect(OWN_GROUP, "A photo was added to the secure case", CROSSES)
    assert CROSSES in told.text
    for who in (OFFICER, CLERK, OWN_SUPERVISOR, DUTY, THEIR_SUPERVISOR):
        assert await opens(bridge, who, file), who
    for who in (DETECTIVE, "telegram:colleague", "web:admin", "telegram:vn-clerk"):
        assert not await opens(bridge, who, file), who


async def test_with_a_closed_gate_only_the_own_side_opens_it_and_the_other_sees_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*FEARED)
    before = [await page_of(bridge, who, case) for who in (DUTY, THEIR_SUPERVISOR)]
    bridge.forget()
    file = await sends_photo(bridge, OFFICER, case)
    bridge.expect(OFFICER, CLOSED)
    bridge.expect(OWN_GROUP, "A photo was added to the secure case", CLOSED)
    bridge.expect_nothing(*THEIRS)
    assert not await opens(bridge, DUTY, file)
    assert [await page_of(bridge, who, case) for who in (DUTY, THEIR_SUPERVISOR)] == before


async def test_a_note_with_a_photo_crosses_and_a_memo_with_one_does_not(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await bridge.sends_photo(OFFICER, f"/note {case.reference} the door", file_id="one")
    bridge.expect(OFFICER, "Sent to", CROSSES)
    bridge.forget()
    await bridge.sends_photo(OFFICER, f"/memo {case.reference} the back door", file_id="two")
    assert "Own side only" not in labels(bridge.expect(OFFICER, "kept for your side only.", OWN))
    bridge.expect(OWN_GROUP, "A photo was added to the secure case", OWN)
    bridge.expect_nothing(*THEIRS)
    shared, own = await files_of(bridge, case)
    assert (await opens(bridge, DUTY, shared), await opens(bridge, DUTY, own)) == (True, False)
    assert await opens(bridge, CLERK, own)


async def test_a_photo_that_a_memo_waited_for_is_for_the_own_side_too(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await bridge.says(OFFICER, f"/memo {case.reference}")
    bridge.forget()
    await bridge.sends_photo(OFFICER, "the back door")
    bridge.expect(OFFICER, "kept for your side only.", OWN)
    bridge.expect_nothing(*THEIRS)
    assert (await only_file(bridge, case)).own_side_only


@pytest.mark.parametrize("who", [DUTY, THEIR_SUPERVISOR])
async def test_what_the_requested_side_leaves_crosses_too_or_not(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case(*CLEARED)
    await bridge.sends_photo(who, f"/note {case.reference} is this the door?", file_id="one")
    bridge.expect(who, "At KH, too, whoever may open the secure case can open it.")
    bridge.expect(OWN_GROUP, "A photo was added to the secure case")
    own = await page_of(bridge, CLERK, case)
    bridge.forget()
    await bridge.sends_photo(who, f"/memo {case.reference} and this?", file_id="two")
    bridge.expect(who, OWN)
    for place in (OFFICER, CLERK, OWN_GROUP, OWN_SUPERVISOR):
        bridge.expect_nothing(place, containing="added")
    assert await page_of(bridge, CLERK, case) == own
    assert [await opens(bridge, CLERK, file) for file in await files_of(bridge, case)] == [True, False]


# The one tap.


@pytest_asyncio.fixture(params=["telegram", "wechat"])
async def phone(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Phone]:
    async with officer_on(request.param, tmp_path) as phone:
        yield phone


async def test_one_tap_keeps_a_photo_to_the_own_side_and_nothing_of_it_is_left_to_see(phone: Phone) -> None:
    bridge = phone.bridge
    bridge.adapters["wechat"].fail(Unavailable("WeChat is down."), times=None, address="duty")
    case = await phone.reports(*CLEARED)
    nothing = await page_of(bridge, DUTY, case)
    file = await sends_photo(bridge, phone.who, case)
    assert await opens(bridge, DUTY, file)
    await phone.does("[Own side only]")
    bridge.expect(phone.who, "is for your own side only", "Nobody of CN has opened it.")
    file = await only_file(bridge, case)
    assert file.own_side_only
    assert not await opens(bridge, DUTY, file)
    assert await listed(bridge, DUTY, case) == []
    assert await page_of(bridge, DUTY, case) == nothing


async def test_typed_it_does_the_same_and_says_what_the_other_side_had(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    file = await sends_photo(bridge, OFFICER, case)
    bridge.forget()
    await bridge.says(OFFICER, f"/ownside {case.reference}")
    bridge.expect(
        OFFICER, "is for your own side only", "Nobody of CN has opened it.",
        "That something was added was told before to CN Duty desk.",
    )  # fmt: skip
    assert not await opens(bridge, DUTY, replace(file, own_side_only=True))
    acts = [entry.act for entry in await bridge.acts(case)]
    assert acts.count("file_kept_back") == 1
    await bridge.says(OFFICER, f"/ownside {case.reference}")
    assert [entry.act for entry in await bridge.acts(case)] == acts


async def test_what_the_other_side_opened_before_is_said(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    file = await sends_photo(bridge, OFFICER, case)
    await reads(bridge, CLERK, file)
    await reads(bridge, DUTY, file)
    await bridge.taps(OFFICER, "Own side only")
    when = "Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing"
    said = bridge.expect(OFFICER, f"Opened before by CN Duty desk, {when}: what they saw or saved stays with them.")
    assert "KH Duty desk" not in said.text
    (shown,) = await listed(bridge, CLERK, case)
    assert (shown.who, len(shown.opened), shown.keeps_back) == (OWN, 1, "")


async def test_what_waits_for_the_other_side_is_not_sent_when_its_messenger_is_back(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    bridge.forget()
    bridge.adapters["wechat"].fail(Unavailable("WeChat is down."), times=None)
    await sends_photo(bridge, OFFICER, case)
    await bridge.taps(OFFICER, "Own side only")
    bridge.adapters["wechat"].recover()
    await bridge.fast_forward(minutes=10)
    bridge.expect_nothing(DUTY, containing="was added")
    taken = [d for d in await bridge.deliveries(case) if d.reason == "for one side only"]
    assert [d.state for d in taken] == [DeliveryState.DROPPED]
    for who, is_told in ((CLERK, True), (DUTY, False)):
        page = str((await page_of(bridge, who, case))["deliveries"])
        assert ("for one side only" in page) is is_told
        await bridge.says(who, f"/case {case.reference}")
        assert ("relayed message not needed any more" in bridge.expect(who, case.reference).text) is is_told


async def test_what_tells_of_another_photo_too_is_sent_all_the_same(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    bridge.adapters["wechat"].fail(Unavailable("WeChat is down."), times=None)
    for number in ("one", "two"):
        await bridge.sends_photo(OFFICER, f"/note {case.reference} {number}", file_id=number)
    bridge.forget()
    await bridge.taps(OFFICER, "Own side only")
    bridge.adapters["wechat"].recover()
    await bridge.fast_forward(minutes=5)
    bridge.expect(DUTY, "A photo was added to the secure case")
    assert [file.own_side_only for file in await files_of(bridge, case)] == [False, True]


async def test_an_album_is_kept_back_whole_by_its_button_and_one_of_it_by_its_number(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await _album(bridge, f"/note {case.reference} three doors", "a", "b", "c")
    bridge.expect(OFFICER, f"Your 3 files: {CROSSES}")
    await bridge.says(OFFICER, f"/ownside {case.reference} 2")
    assert [file.own_side_only for file in await files_of(bridge, case)] == [False, True, False]
    assert [shown.number for shown in await listed(bridge, OFFICER, case)] == [1, 2, 3]
    assert len(await listed(bridge, DUTY, case)) == 2
    await bridge.taps(OFFICER, "Own side only")
    bridge.expect(OFFICER, "3 files of", "are for your own side only")
    assert all(file.own_side_only for file in await files_of(bridge, case))


async def _album(bridge: PlayedBridge, caption: str, *files: str) -> None:
    place = Address.parse(OFFICER)
    left = [Attachment(file, "", "image/jpeg", 5) for file in files]
    message = Inbound("telegram", "1", "album", Kind.PHOTO, bridge.now, place, place, caption, message_id="album")
    await bridge.redelivers(replace(message, attachment=left[0], more=tuple(left[1:])))


# Who may.


async def test_the_desk_of_the_uploaders_side_may_do_it_and_nobody_else(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await sends_photo(bridge, OFFICER, case)
    for who in (DUTY, THEIR_SUPERVISOR, DETECTIVE, "telegram:colleague", "web:admin", "telegram:vn-clerk"):
        for number in ("", "1"):
            await bridge.says(who, f"/ownside {case.reference} {number}")
        assert not (await only_file(bridge, case)).own_side_only, who
    stolen = bridge.phones.newest_with(OFFICER, "Own side only")
    await bridge._phone(DUTY).taps_data(DUTY, stolen.data("Own side only"), stolen.id)
    assert not (await only_file(bridge, case)).own_side_only
    await bridge.says(CLERK, f"/ownside {case.reference} 1")
    bridge.expect(CLERK, "is for your own side only")
    assert (await only_file(bridge, case)).own_side_only


async def test_also_in_a_closed_case_and_by_an_old_button(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await sends_photo(bridge, OFFICER, case)
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(DUTY, f"/close {case.reference} found_safe She is home.")
    await bridge.taps(OFFICER, "Own side only")
    bridge.expect(OFFICER, "is for your own side only")
    assert not await opens(bridge, DUTY, await only_file(bridge, case))


async def test_it_moves_no_clock_and_tells_the_other_side_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.sends_photo(DUTY, f"/note {case.reference} the door")
    await bridge.fast_forward(minutes=1)
    before = await bridge.case(case)
    bridge.forget()
    await bridge.says(DUTY, f"/ownside {case.reference}")
    assert await bridge.case(case) == before
    bridge.expect_nothing(OFFICER, CLERK, OWN_GROUP, OWN_SUPERVISOR)


async def test_a_photo_that_is_still_being_fetched_stays_with_its_side_when_it_has_come(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    bridge.adapters["telegram"].contents["photo-1"] = Unavailable("Telegram is slow.")
    await bridge.sends_photo(OFFICER, f"/note {case.reference} the door", file_id="photo-1")
    await bridge.tick()
    await bridge.taps(OFFICER, "Own side only")
    bridge.adapters["telegram"].contents["photo-1"] = b"\xff\xd8\xff\xe0 the door"
    await bridge.fast_forward(minutes=5)
    file = await only_file(bridge, case)
    assert (file.own_side_only, bool(file.sha256)) == (True, True)


async def test_whose_enrolment_has_lapsed_leaves_a_photo_for_their_own_side(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*CLEARED)
    person = await bridge.person(OFFICER)
    await bridge.change(OFFICER, confirmed_at=bridge.now - bridge.rules.confirm_every - timedelta(days=1))
    assert person.confirmed_at
    await sends_photo(bridge, OFFICER, case)
    bridge.expect(OFFICER, OWN)
    bridge.expect_nothing(*THEIRS, containing="was added")
    assert not await opens(bridge, DUTY, await only_file(bridge, case))


async def test_what_was_left_for_a_case_that_was_joined_to_another_can_be_kept_back_too(bridge: PlayedBridge) -> None:
    older = await bridge.report_case(*CLEARED)
    younger = await bridge.report_case(*CLEARED, from_="telegram:colleague")
    await bridge.says(CLERK, f"/same {younger.reference} {older.reference}")
    await bridge.sends_photo("telegram:colleague", f"/note {younger.reference} the door")
    assert await opens(bridge, DUTY, await only_file(bridge, older))
    await bridge.taps("telegram:colleague", "Own side only")
    bridge.expect("telegram:colleague", "is for your own side only")
    assert not await opens(bridge, DUTY, await only_file(bridge, older))


async def test_in_a_group_that_both_sides_read_nothing_is_said_of_who_may_open_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*FEARED)
    alert = bridge.phones.newest_with(OWN_GROUP, "Show case")
    shared = "telegram:-100777"
    place = Address.parse(CLERK)
    left = Attachment("file-1", "", "image/jpeg", 5)
    caption = f"/note {case.reference} the door"
    message = Inbound("telegram", "1", "g1", Kind.PHOTO, bridge.now, place, Address.parse(shared), caption)
    await bridge.redelivers(replace(message, message_id="g1", attachment=left, reply_to=alert.id))
    assert len(await files_of(bridge, case)) == 1
    typed = replace(message, external_id="g2", kind=Kind.TEXT, text=f"/ownside {case.reference}")
    await bridge.redelivers(replace(typed, message_id="g2"))
    bridge.expect(shared, f"{case.reference}: recorded.")
    assert (await only_file(bridge, case)).own_side_only
    heard = bridge.everything_heard([shared])
    assert not [shown for shown in heard if "open it" in shown.text or "side only" in str(shown)]

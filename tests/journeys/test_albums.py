"""Several photos that are sent as one message are one message: one answer, one caption, and none is ever lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.albums import GATHERED_FOR
from bot.domain.case import Case
from bot.domain.messages import Attachment, Inbound, Kind
from bot.domain.turn import InboxState
from tests.kit.played import PlayedBridge

OFFICER, CLERK = "telegram:officer", "telegram:clerk"
COMPLETE = ("[No]", "[Locked in or held]", "16", "send", "send")
SECONDS = GATHERED_FOR.total_seconds()


async def sends_album(
    bridge: PlayedBridge, *captions: str, who: str = OFFICER, album: str = "album-1", first: int = 1, at: str = ""
) -> list[Inbound]:
    """Somebody sends several photos as one message, each with its own caption or none."""
    sent = []
    for number, caption in enumerate(captions, start=first):
        photo = Attachment(f"{album}-photo-{number}", media_type="image/jpeg")
        sent.append(await bridge.sends(who, Kind.PHOTO, text=caption, attachment=photo, album=album, at=at))
    return sent


async def files(bridge: PlayedBridge, case: Case) -> list[str]:
    return [file.file_id for file in (await bridge.storage.history(case.id)).files]


async def test_an_album_with_one_caption_opens_one_case_and_gets_one_answer(bridge: PlayedBridge) -> None:
    await sends_album(bridge, "somebody screams here", "", "")
    assert bridge.heard(OFFICER) == []
    await bridge.fast_forward(seconds=SECONDS)
    (answer,) = bridge.heard(OFFICER)
    case = await bridge.only_case()
    assert case.reference in answer
    assert (await bridge.texts(case))[0].text == "somebody screams here"
    assert await files(bridge, case) == [f"album-1-photo-{n}" for n in (1, 2, 3)]
    await bridge.fast_forward(minutes=10)
    assert len(await bridge.cases()) == 1


@pytest.mark.parametrize("place", range(3))
async def test_the_caption_counts_wherever_it_stands(bridge: PlayedBridge, place: int) -> None:
    captions = ["", "", ""]
    captions[place] = "the door of the house"
    case = await bridge.report_case()
    bridge.forget(OFFICER)
    await sends_album(bridge, *captions)
    await bridge.fast_forward(seconds=SECONDS)
    assert "the door of the house" in [text.text for text in await bridge.texts(case)]
    assert len(await files(bridge, case)) == 3
    assert len(bridge.heard(OFFICER)) == 1


async def test_in_an_intake_an_album_is_kept_and_the_question_asked_once(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    bridge.forget(OFFICER)
    await sends_album(bridge, "", "", "", "")
    await bridge.fast_forward(seconds=SECONDS)
    (answer,) = bridge.heard(OFFICER)
    assert "Stored in the secure case" in answer
    assert "Which country" in answer
    assert len(await files(bridge, case)) == 4


async def test_an_album_that_waits_for_its_case_is_asked_about_once_and_goes_there_whole(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*COMPLETE)
    bridge.forget(OFFICER)
    await sends_album(bridge, "", "", "")
    await bridge.fast_forward(seconds=SECONDS)
    assert len(bridge.heard(OFFICER)) == 1
    await bridge.says(OFFICER, "2")
    assert len(await files(bridge, case)) == 3
    await bridge.fast_forward(minutes=5)
    assert len(await bridge.cases()) == 1


async def test_words_that_wait_for_their_case_open_one_in_time_though_an_album_came_meanwhile(
    bridge: PlayedBridge,
) -> None:
    await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "another girl is there")
    await bridge.fast_forward(minutes=2, seconds=58)
    await sends_album(bridge, "", "")
    await bridge.fast_forward(seconds=3)
    _, opened = await bridge.cases()
    assert (await bridge.texts(opened))[0].text == "another girl is there"
    assert len(await files(bridge, opened)) == 2


async def test_a_process_that_ends_in_that_moment_loses_nothing(bridge: PlayedBridge) -> None:
    await sends_album(bridge, "somebody screams here", "")
    assert [row.state for row in bridge.inbox()] == [InboxState.DONE] * 2, "stored, then acknowledged"
    await bridge.down_for(minutes=5)
    await bridge.fast_forward(seconds=SECONDS)
    case = await bridge.only_case()
    assert len(await files(bridge, case)) == 2
    assert len(bridge.heard(OFFICER)) == 1


async def test_an_album_goes_on_where_the_next_process_takes_over(bridge: PlayedBridge) -> None:
    await sends_album(bridge, "somebody screams here")
    await bridge.restart()
    await sends_album(bridge, "", "", first=2)
    await bridge.fast_forward(seconds=SECONDS)
    assert len(await files(bridge, await bridge.only_case())) == 3


async def test_what_is_written_right_after_an_album_is_answered_after_it(bridge: PlayedBridge) -> None:
    await sends_album(bridge, "somebody screams here", "")
    await bridge.says(OFFICER, "yes")
    case = await bridge.only_case()
    assert (case.value("danger_now"), len(await files(bridge, case))) == ("yes", 2)
    first, second = bridge.heard(OFFICER)
    assert case.reference in first
    assert "(2 of 14)" in second


async def test_a_second_album_ends_the_first(bridge: PlayedBridge) -> None:
    await sends_album(bridge, "somebody screams here", "")
    await sends_album(bridge, "", "", "", album="album-2")
    await bridge.fast_forward(seconds=SECONDS)
    assert len(await files(bridge, await bridge.only_case())) == 5
    assert len(bridge.heard(OFFICER)) == 2


async def test_all_that_comes_in_one_batch_keeps_its_order(bridge: PlayedBridge) -> None:
    phone = bridge.adapters["telegram"]
    photos = [Attachment(f"photo-{n}", media_type="image/jpeg") for n in range(3)]
    sends = [phone.sends(OFFICER, Kind.PHOTO, attachment=photo, album="a", text="") for photo in photos]
    await asyncio.gather(*sends, phone.says(OFFICER, "somebody screams here"))
    await bridge.fast_forward(seconds=SECONDS)
    case = await bridge.only_case()
    assert await files(bridge, case) == ["photo-0", "photo-1", "photo-2"]
    assert "somebody screams here" in [text.text for text in await bridge.texts(case)]


async def test_a_redelivered_file_of_an_album_counts_once(bridge: PlayedBridge) -> None:
    sent = await sends_album(bridge, "somebody screams here", "")
    for message in (*sent, *sent):
        await bridge.redelivers(message)
    await bridge.fast_forward(seconds=SECONDS)
    for message in sent:
        await bridge.redelivers(message)
    assert len(await files(bridge, await bridge.only_case())) == 2


async def test_the_files_of_an_album_come_within_a_moment_of_each_other(bridge: PlayedBridge) -> None:
    await sends_album(bridge, "somebody screams here")
    await bridge.fast_forward(seconds=SECONDS * 0.9)
    await sends_album(bridge, "", first=2)
    await bridge.fast_forward(seconds=SECONDS * 0.9)
    assert bridge.heard(OFFICER) == []
    await bridge.fast_forward(seconds=SECONDS)
    assert len(bridge.heard(OFFICER)) == 1


async def test_in_a_group_an_album_goes_where_its_caption_says(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    caption = f"/note {case.reference} the door"
    await sends_album(bridge, caption, "", who=CLERK, at="telegram:kh-group")
    await sends_album(bridge, "", "", who="telegram:kh-supervisor", at="telegram:kh-group", album="ours")
    await bridge.fast_forward(seconds=SECONDS)
    assert await files(bridge, case) == ["album-1-photo-1", "album-1-photo-2"]
    assert [text.text for text in await bridge.texts(case)][-3:][0] == "the door"


async def test_what_points_to_a_person_in_the_caption_goes_to_the_secure_case(bridge: PlayedBridge) -> None:
    await sends_album(bridge, "girl 16, call +855 12 345 678", "")
    await bridge.fast_forward(seconds=SECONDS)
    case = await bridge.only_case()
    assert (await bridge.texts(case))[0].text == "girl 16, call [phone number]"
    assert [words for _, words in await bridge.secure(case)] == ["girl 16, call +855 12 345 678"]


async def test_an_officer_who_is_cut_off_within_that_moment_has_still_told_of_somebody(bridge: PlayedBridge) -> None:
    await sends_album(bridge, "somebody screams here", "")
    officer = await bridge.person(OFFICER)
    await bridge.says("telegram:kh-supervisor", f"/lost {officer.id}")
    await bridge.fast_forward(seconds=SECONDS)
    case = await bridge.only_case()
    assert (await bridge.texts(case))[0].text == "somebody screams here"
    assert len(await files(bridge, case)) == 2


async def test_a_changed_caption_of_an_album_is_a_change_of_its_words(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    (_, captioned) = await sends_album(bridge, "", "the door")
    await bridge.fast_forward(seconds=SECONDS)
    await bridge.edits(replace(captioned, album=""), "the back door")
    assert (await bridge.texts(case))[-1].text == "the back door"

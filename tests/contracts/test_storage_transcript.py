"""A person's chat page shows what both said, as it stands now."""

from __future__ import annotations

from bot.domain.messages import Address, Button, DeliveryState, Kind, Outgoing
from bot.domain.turn import Mark, Turn
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import OFFICERS_CHAT, inbound, inbox, message

WEB = Address("web", "1")
YES = ((Button("Yes", "f.1.a.yes"),),)


async def _say(kept: Kept, text: str, **changes: object) -> None:
    await kept.storage.apply([Turn(inbox=inbox(inbound(text, sender=WEB, place=WEB, **changes)))])


async def _send(kept: Kept, sent: Outgoing, state: DeliveryState = DeliveryState.SENT, external_id: str = "") -> None:
    await kept.storage.apply([Turn(outgoing=(sent,))])
    await kept.storage.apply([], [Mark(sent.id, state, START, 1, external_id=external_id or str(sent.id))])


async def _lines(kept: Kept, after: int = 0, limit: int = 50) -> list[str]:
    return [line.text for line in await kept.storage.transcript([WEB], after, limit)]


async def test_both_directions_are_shown_in_order(kept: Kept) -> None:
    await _say(kept, "urgent")
    question = message(address=WEB, text="Is she in danger?", buttons=YES)
    await _send(kept, question)
    await _say(kept, "Yes", kind=Kind.BUTTON, button="f.1.a.yes")
    said = await kept.storage.transcript([WEB], 0, 50)
    assert [(line.text, line.from_person, line.edited) for line in said] == [
        ("urgent", True, False),
        ("Is she in danger?", False, False),
        ("Yes", True, False),
    ]
    assert said[1].delivery is not None
    assert said[1].delivery.message == question


async def test_a_waiting_line_is_shown_and_one_that_was_given_up_is_not(kept: Kept) -> None:
    await kept.storage.apply([Turn(outgoing=(message(address=WEB, text="waiting"),))])
    await _send(kept, message(address=WEB, text="parked"), DeliveryState.PARKED)
    await _send(kept, message(address=WEB, text="dropped"), DeliveryState.DROPPED)
    assert await _lines(kept) == ["waiting"]


async def test_what_others_said_or_got_is_not_in_it(kept: Kept) -> None:
    await kept.storage.apply([Turn(inbox=inbox(inbound("theirs"))), Turn(outgoing=(message(text="to them"),))])
    await _say(kept, "", kind=Kind.OTHER)
    assert await _lines(kept) == []
    assert len(await kept.storage.transcript([WEB, OFFICERS_CHAT], 0, 50)) == 2


async def test_a_sent_edit_changes_the_line_it_edits(kept: Kept) -> None:
    await _send(kept, message("alert:1", address=WEB, text="U3", buttons=YES))
    await _send(kept, message("alert:1:2", address=WEB, kind="edit", replaces="alert:1", text="U2", buttons=YES))
    await _send(kept, message("alert:1:3", address=WEB, kind="edit", replaces="alert:1", text="U1"))
    waiting = message("alert:1:4", address=WEB, kind="edit", replaces="alert:1", text="not yet")
    await kept.storage.apply([Turn(outgoing=(waiting,))])
    (line,) = await kept.storage.transcript([WEB], 0, 50)
    assert (line.text, line.edited) == ("U1", True)
    assert line.delivery is not None
    assert line.delivery.message.buttons == ()


async def test_an_edit_of_a_tapped_keyboard_changes_its_line(kept: Kept) -> None:
    await _send(kept, message(address=WEB, text="Which?", buttons=YES), external_id="m1")
    await _send(kept, message(address=WEB, kind="edit", edits="m1", text="Which? Yes"), external_id="m1")
    assert await _lines(kept) == ["Which? Yes"]


async def test_an_edit_of_what_is_not_in_this_chat_is_a_line_of_its_own(kept: Kept) -> None:
    await _send(kept, message("alert:1", text="U3"))
    await _send(kept, message(address=WEB, kind="edit", replaces="alert:1", text="U1"))
    assert await _lines(kept) == ["U1"]


async def test_only_the_last_lines_after_a_given_one_are_read(kept: Kept) -> None:
    for number in range(3):
        await _say(kept, f"said {number}")
        await _send(kept, message(address=WEB, text=f"answer {number}"))
    said = await kept.storage.transcript([WEB], 0, 50)
    assert await _lines(kept, limit=3) == ["answer 1", "said 2", "answer 2"]
    assert await _lines(kept, after=said[3].id) == ["said 2", "answer 2"]
    assert await _lines(kept, after=said[-1].id) == []


async def test_a_page_read_shows_as_seen(kept: Kept) -> None:
    await _send(kept, message(address=WEB))
    await kept.storage.mark_seen([WEB], START)
    (line,) = await kept.storage.transcript([WEB], 0, 50)
    assert line.delivery is not None
    assert line.delivery.state is DeliveryState.SEEN

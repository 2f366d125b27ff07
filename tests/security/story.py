"""One case in which every field that a person can fill is filled by an attacker's words. Works on any storage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.channels.receipts import Claim, Claiming
from bot.domain.case import Channel
from bot.domain.handoff_links import LinkUse, link_with
from bot.domain.messages import Address, Attachment, Inbound, Kind
from bot.line.message_work import Order
from bot.ports.reads import Wanted
from tests.kit.world import PEOPLE, Somebody
from tests.security.stronghold import (
    ADMIN,
    CLERK,
    DETECTIVE,
    DUTY,
    KH_SUPERVISOR,
    OFFICER,
    SUPERVISOR,
    Stronghold,
)

#: What the file of the story holds.
CONTENT = b"\xff\xd8\xff\xe0 the door of the house"

Mark = Callable[[str], str]  #: the words for a field, by its name

#: Where the words of a field may stand on a page, by what is enumerated in the program: kinds of texts, free answers,
#: columns of a hand-off. The other fields of the story are never shown on a page.
TEXTS = {
    "first": "first",
    "text": "kept",
    "note": "note",
    "memo": "memo",
    "outcome": "outcome",
    "reason": "standdown_reason",
    "protection": "interest",
    "location": "",  #: figures only, in the secure case
    "contact": "",  #: in the secure case, as other words there
    "file": "file_name",  #: in the list of files
}
FREE_ANSWERS = {"area": "area", "summary": "summary"}
HANDOFF_TEXTS = {
    "accepting_officer": "accepting_officer",
    "formal_reference": "formal_reference",
    "return_reason": "return_reason",
    "letter_reference": "letter_reference",
    "delivered_to": "delivered_to",
    "withdraw_reason": "withdraw_reason",
    "claimed_officer": "",  #: on the page until somebody answers the hand-off
    "claimed_reference": "",  #: likewise
    "desk": "",  #: an id of the configuration
}


def mark(field: str) -> str:
    """Harmless words for a field, with a sign that nothing else holds."""
    return f"§{field}§"


async def whole_story(bridge: Stronghold, mark: Mark) -> str:
    """From the first message to the closure; the reference."""
    reference = await _reported(bridge, mark)
    await _talked_about(bridge, mark, reference)
    await _handed_off(bridge, mark, reference)
    await _ended(bridge, mark, reference)
    return reference


async def _reported(bridge: Stronghold, mark: Mark) -> str:
    reference = await bridge.opens_case(text=mark("first"))
    await bridge.says(OFFICER, f"call her brother {mark('kept')}?")
    await bridge.answers(OFFICER, "no", "locked in", "16", "China", mark("area"), "unknown", "forced marriage")
    await bridge.answers(OFFICER, "1", "Cambodia", "interpreter", "no", "yes, yes, no", "edit 14")
    summary = await bridge.says(OFFICER, mark("summary"))
    await bridge.edits(summary, mark("summary") + " " + mark("amended"))
    await bridge.shares_location(OFFICER, 28.683123, 115.857456)
    await sends_file(bridge, mark, reference)
    await bridge.says(OFFICER, "send")
    return reference


async def sends_file(bridge: Stronghold, mark: Mark, reference: str, act: str = "note") -> None:
    """The officer sends a document with words under it; every claim that comes with it is theirs."""
    place = Address.parse(OFFICER)
    bridge.adapters["telegram"].contents[mark("file_id")] = CONTENT
    await bridge.redelivers(
        Inbound(
            "telegram",
            "1",
            f"document-{bridge._new_id()}",
            Kind.FILE,
            bridge.now,
            place,
            place,
            f"/{act} {reference} {mark('caption')}",
            message_id=f"d{bridge._new_id()}",
            attachment=Attachment(mark("file_id"), mark("file_name"), mark("media_type"), 12),
            sender_name=mark("sender_name"),
            raw=b"{}",
        )
    )


async def file_of(bridge: Stronghold, reference: str) -> int:
    """The number of the file that was left with the case."""
    kept = (await bridge.storage.history((await bridge.case(reference)).id)).files
    return kept[0].id


async def _talked_about(bridge: Stronghold, mark: Mark, reference: str) -> None:
    await bridge.says(DUTY, f"/ack {reference}")
    await bridge.says(OFFICER, f"/note {reference} {mark('note')}")
    await bridge.says(DUTY, f"/note {reference} {mark('note_of_desk')}")
    await bridge.says(CLERK, f"/memo {reference} {mark('memo')}")
    await bridge.says(KH_SUPERVISOR, "/drill ring")
    await bridge.says(DUTY, "/drill heard")
    await bridge.waits(4)
    await bridge.says(CLERK, f"/snooze {reference} 15m {mark('snooze_reason')}")
    await bridge.says(KH_SUPERVISOR, f"/urgency {reference} U3 {mark('urgency_reason')}")


async def _handed_off(bridge: Stronghold, mark: Mark, reference: str) -> None:
    await bridge.says(CLERK, f"/protect {reference} none_known {mark('protect')}")
    await bridge.says(CLERK, f"/guardian {reference} {mark('guardian')}")
    await bridge.says(CLERK, f"/interest {reference} {mark('interest')}")
    await bridge.says(CLERK, f"/handoff {reference} police send")
    await bridge.says(CLERK, f"/recall {reference} police {mark('withdraw_reason')}")
    await bridge.says(DETECTIVE, f"/stopped {reference} police")
    await bridge.says(CLERK, f"/handoff {reference} police send")
    await bridge.says(DETECTIVE, f"/return {reference} police {mark('return_reason')}")
    await bridge.says(CLERK, f"/handoff {reference} police send")
    await _claimed(bridge, mark, reference)
    formal = mark("formal_reference").replace('"', "'") + " 77/26"
    await bridge.says(DETECTIVE, f'/accept {reference} police "{formal}" {mark("accepting_officer")}')
    await bridge.says(CLERK, f"/delivered {reference} police {mark('delivered_to')}")
    await bridge.says(CLERK, f"/written {reference} {mark('letter_reference')}")
    await bridge.says(KH_SUPERVISOR, f"/notneeded {reference} {mark('notneeded_reason')}")


async def _claimed(bridge: Stronghold, mark: Mark, reference: str) -> None:
    """Whoever has the mail says by its link that the papers came, in words that its page would not even take."""
    case = await bridge.case(reference)
    handoff = case.handoff(Channel.POLICE)
    assert handoff is not None
    link = link_with(LinkUse.RECEIPT, handoff, 0, bridge.now, "hushhush")
    claiming = Claiming(link, Claim(mark("claimed_officer"), mark("claimed_reference")))
    await bridge.orders(Order(claiming.act, actor="mail", wanted=Wanted(cases=(case.id,))))
    await bridge.tick()


async def _ended(bridge: Stronghold, mark: Mark, reference: str) -> None:
    await bridge.says(KH_SUPERVISOR, f"/standdown {reference} {mark('standdown_reason')}")
    await bridge.says(CLERK, f"/reopen {reference} {mark('reopen_reason')}")
    await bridge.says(KH_SUPERVISOR, f"/hold {reference} {mark('hold_reason')}")
    await bridge.says(KH_SUPERVISOR, f"/unhold {reference} {mark('unhold_reason')}")
    await bridge.waits(5)
    for who in (OFFICER, CLERK, DUTY, SUPERVISOR, DETECTIVE):
        await bridge.answers(who, f"/case {reference}", f"/plan {reference}", "/cases")
    await bridge.says(DUTY, f"/close {reference} found_safe {mark('outcome')}")
    await bridge.says(ADMIN, f"/export 2026-04-01 2026-05-01 {mark('export_reason')}")


def named(mark: Mark) -> Mapping[str, Somebody]:
    """Everybody under another name, by their first address."""
    return {who.addresses[0]: replace(who, name=mark(f"name_{who.addresses[0]}")) for who in PEOPLE}


async def rename_everybody(bridge: Stronghold, mark: Mark) -> None:
    """Give everybody a name of the attacker's choice."""
    for address, who in named(mark).items():
        await bridge.change(address, name=who.name)

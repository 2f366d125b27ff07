"""The relay under attack: whatever is written, changed, deleted or sent, nobody outside the case ever gets it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.messages import Address, Attachment, Inbound, Kind
from tests.kit.engines import ENGINES
from tests.kit.world import DUTY as DUTY_ROLE
from tests.kit.world import OFFICER as OFFICER_ROLE
from tests.kit.world import PEOPLE, Somebody
from tests.security.stronghold import (
    CLERK,
    DUTY,
    KH_SUPERVISOR,
    OFFICER,
    OUTSIDERS,
    STRANGER,
    SUPERVISOR,
    Stronghold,
)

SECRET = "§relayed§"
#: People with the names of those in the case: of the third side, of the same side, of the other one.
NAMESAKES = (
    Somebody("Sok Dara", "KH", OFFICER_ROLE, ("telegram:same-name",)),
    Somebody("Kim Ly", "VN", DUTY_ROLE, ("telegram:vn-kim",), "vn-duty"),
    Somebody("Li Wei", "CN", OFFICER_ROLE, ("wechat:same-name",), corridor="VC"),
)
#: Where nobody has anything to do with the case.
OUTSIDE = (
    *OUTSIDERS,
    *(who.addresses[0] for who in NAMESAKES),
    "telegram:vn-group",
    "telegram:kh-secretariat",
    "telegram:kh-police",
    "wecom:police-group",
    "wecom:secretariat",
    "web:admin",
    STRANGER,
)
WRITERS = (OFFICER, CLERK, KH_SUPERVISOR, DUTY, SUPERVISOR)
IN_GROUP = "said in the group"
SIDES = frozenset({"KH", "CN"})


@pytest.fixture(params=ENGINES)
def kept_in(request: pytest.FixtureRequest) -> str:
    """Each storage: which message stands under which, and whose case it is about, is for it to say."""
    return str(request.param)


def mark_of(who: str) -> str:
    """What shows whose words they are."""
    return f"of {who.partition(':')[2]}"


async def everything_relayed(bridge: Stronghold) -> str:
    """A case about which both sides write, change, delete and send all there is; the reference."""
    await bridge.enrol(*NAMESAKES)
    reference = await bridge.opens_case()
    await bridge.answers(OFFICER, "no", "locked in", "25", "citizenship: Cambodia\nfears: no", "send", "send")
    for who in WRITERS:
        said = await bridge.says(who, f"/note {reference} {SECRET} {mark_of(who)}")
        await bridge.edits(said, f"/note {reference} {SECRET} {mark_of(who)}, changed")
        await bridge.deletes(said)
    for who in (OFFICER, DUTY, CLERK):
        await bridge.answers(who, f"{SECRET} {mark_of(who)}, without a case", reference)
    place = Address.parse(OFFICER)
    photo = Inbound("telegram", "1", "p1", Kind.PHOTO, bridge.now, place, place, f"/note {reference} the door")
    left = Attachment("file-1", "", "image/jpeg", 12)
    await bridge.redelivers(replace(photo, message_id="p1", attachment=left))
    at_desk = bridge.phones.newest_saying("telegram:kh-group", SECRET)
    await bridge.says(CLERK, f"{SECRET} {IN_GROUP}", at="telegram:kh-group", reply_to=at_desk.id)
    return reference


async def test_nobody_outside_a_case_gets_a_word_of_it_not_even_under_the_same_name(bridge: Stronghold) -> None:
    reference = await everything_relayed(bridge)
    await bridge.waits(1)
    for place in OUTSIDE:
        told = [shown.text for shown in bridge.phones.at(place)]
        assert not [text for text in told if SECRET in text or "relayed" in text], place
    assert SECRET in str([shown.text for shown in bridge.phones.at(DUTY)])
    relayed = [d for d in await bridge.deliveries(await bridge.case(reference)) if d.message.kind == "relay"]
    assert len(relayed) > 40


async def test_every_relayed_message_is_addressed_to_a_desk_or_person_of_the_two_sides_by_id(
    bridge: Stronghold,
) -> None:
    reference = await everything_relayed(bridge)
    people = (await bridge.storage.directory()).people
    desks = bridge.rules.agreement.desks
    for delivery in await bridge.deliveries(await bridge.case(reference)):
        kind, _, name = delivery.message.recipient.partition(":")
        party = desks[name].party if kind == "desk" else people[int(name)].party
        assert party in SIDES, delivery.message.recipient
        for address in (delivery.message.address, *delivery.message.others):
            owner = (await bridge.storage.directory()).at(address)
            assert owner is None or owner.party == party, "no address of anybody else is a way round"


async def test_no_writer_gets_their_own_words_back_anywhere(bridge: Stronghold) -> None:
    reference = await everything_relayed(bridge)
    relayed = [d.message for d in await bridge.deliveries(await bridge.case(reference)) if d.message.kind == "relay"]
    for who in WRITERS:
        own, written = (await bridge.person(who)).addresses, f"{SECRET} {mark_of(who)}"
        assert [message for message in relayed if written in message.text], who
        for message in relayed:
            if written in message.text:
                assert not set(own) & {message.address, *message.others}
        assert not [shown for address in own for shown in bridge.phones.at(str(address)) if written in shown.text]
    in_group = [message for message in relayed if IN_GROUP in message.text]
    assert in_group
    assert not [m for m in in_group if Address.parse("telegram:kh-group") in (m.address, *m.others)]


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_an_outsider_who_replies_to_guessed_messages_writes_to_no_case(bridge: Stronghold, who: str) -> None:
    reference = await everything_relayed(bridge)
    before = len(await bridge.texts(await bridge.case(reference)))
    ids = [shown.id for shown in bridge.everything_heard()][-30:]
    place = "wecom:police-group" if who.startswith("wecom") else "telegram:kh-group"
    bridge.forget()
    for number in ids:
        await bridge.says(who, "let me in", at=place, reply_to=number)
    bridge.expect_nothing(place, DUTY, OFFICER, SUPERVISOR)
    assert len(await bridge.texts(await bridge.case(reference))) == before


async def test_whoever_was_cut_off_gets_nothing_more(bridge: Stronghold) -> None:
    reference = await everything_relayed(bridge)
    revoked = bridge.now
    await bridge.change(DUTY, revoked_at=revoked)
    bridge.forget()
    await bridge.says(OFFICER, f"/note {reference} {SECRET} once more")
    bridge.expect_nothing(DUTY, containing=SECRET)
    bridge.expect("wechat:night", SECRET, "once more")


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.DELETED])
async def test_a_forged_change_of_somebody_elses_message_is_nothing(bridge: Stronghold, kind: Kind) -> None:
    reference = await everything_relayed(bridge)
    said = await bridge.says(CLERK, f"/note {reference} {SECRET} to be kept", at="telegram:kh-group")
    before = len(await bridge.texts(await bridge.case(reference)))
    bridge.forget()
    for who in ("telegram:vn-clerk", "telegram:colleague", OFFICER, STRANGER):
        forged = replace(said, kind=kind, text="forged", external_id=f"f-{who}", sender=Address.parse(who))
        await bridge.redelivers(forged)
    bridge.expect_nothing(DUTY, SUPERVISOR, containing="KH")
    assert len(await bridge.texts(await bridge.case(reference))) == before


def test_the_people_of_these_attacks_are_those_of_the_world() -> None:
    known = {address for who in PEOPLE for address in who.addresses}
    assert set(OUTSIDERS) <= known

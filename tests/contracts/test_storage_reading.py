"""Who may see which cases, and that exports and counts agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.agreement import Urgency
from bot.domain.case import Case, CaseText, Channel, DeadlineState, Handoff, HandoffState, Status, TextKind
from bot.domain.case_filter import CaseFilter
from bot.domain.guarded import Guarded
from bot.domain.messages import DeliveryState
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Mark, Turn
from bot.ports.reads import NOBODY, Scope, Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import (
    DESKS_GROUP,
    DUTY,
    OFFICER,
    OFFICERS_CHAT,
    answered,
    case,
    conversation,
    entry,
    inbound,
    inbox,
    message,
    new_id,
    opening,
    step,
)

OWN = Scope(OFFICER, "KH", sees_party=False)
REQUESTED = Scope(DUTY, "CN", sees_party=True)
THIRD_PARTY = Scope(3, "VN", sees_party=True)
SAME_PARTY_OFFICER = Scope(4, "KH", sees_party=False)
DAY = timedelta(days=1)


async def _store(kept: Kept, *cases: Case) -> None:
    await kept.storage.apply([opening(one) for one in cases])


async def test_a_case_exists_for_its_officer_and_the_desks_of_its_sides_and_for_nobody_else(kept: Kept) -> None:
    opened = case()
    await _store(kept, opened)
    for scope in (OWN, REQUESTED, Scope(5, "KH", sees_party=True)):
        assert await kept.storage.find_case(opened.reference, scope) == opened
        assert await kept.storage.list_cases(scope, open_only=False, limit=10) == [opened]
    for scope in (THIRD_PARTY, SAME_PARTY_OFFICER):
        assert await kept.storage.find_case(opened.reference, scope) is None
        assert await kept.storage.list_cases(scope, open_only=False, limit=10) == []
    assert await kept.storage.find_case("KC26-XXXXX-X", OWN) is None


async def test_a_desk_of_a_channel_has_what_was_handed_or_assigned_to_it_and_nothing_else(kept: Kept) -> None:
    handed, assigned, drafted, other = case(), case(assignees=(7,)), case(), case()
    police = Scope(7, "CN", sees_party=False, reads_as=("person:7", "desk:cn-police"))
    given = Handoff(new_id(), handed.id, Channel.POLICE, HandoffState.DRAFTED, "cn-police", DUTY, START)
    handed = replace(handed, handoffs=(given,))
    drafted = replace(drafted, handoffs=(replace(given, id=new_id(), case_id=drafted.id),))
    await _store(kept, handed, assigned, drafted, other)
    assert await kept.storage.list_cases(police, open_only=False, limit=10) == [assigned]
    sent = step(handed, handoffs=(replace(given, state=HandoffState.SENT),))
    free = step(assigned, assignees=())
    await kept.storage.apply([Turn(cases=(sent, free))])
    assert await kept.storage.list_cases(police, open_only=False, limit=10) == [sent]
    assert await kept.storage.find_case(assigned.reference, police) is None, "taken away again"
    for stranger in (replace(police, party="VN"), replace(police, party=""), replace(police, reads_as=())):
        assert await kept.storage.list_cases(stranger, open_only=False, limit=10) == []


async def test_the_secure_case_is_kept_beside_the_case_and_an_entry_can_be_released(kept: Kept) -> None:
    opened, other = case(), case()
    await _store(kept, opened, other)
    phone = SecureEntry(new_id(), opened.id, SecureField.PHONE, Guarded("+855 10 000 000"), START, OFFICER, "KH")
    named = replace(phone, id=new_id(), field=SecureField.NAMES, subject=2, message="telegram:501#7", text_id=5)
    elsewhere = replace(phone, id=new_id(), case_id=other.id)
    await kept.storage.apply([Turn(secure=(named, phone, elsewhere))])
    assert await kept.storage.secure_entries(opened.id) == [phone, named]
    released = replace(named, released_at=START, released_by=DUTY)
    await kept.storage.apply([Turn(secure=(released,))])
    assert await kept.storage.secure_entries(opened.id) == [phone, released]


async def test_a_case_without_a_requested_side_is_nobodys_on_that_side(kept: Kept) -> None:
    await _store(kept, case(requested=""))
    nobody = Scope(9, "", sees_party=True)
    assert await kept.storage.list_cases(nobody, open_only=False, limit=10) == []


async def test_cases_are_listed_newest_first_page_by_page(kept: Kept) -> None:
    cases = [case() for _ in range(5)]
    closed = replace(case(), status=Status.CLOSED)
    await _store(kept, *cases, closed)
    first = await kept.storage.list_cases(OWN, open_only=True, limit=3)
    rest = await kept.storage.list_cases(OWN, open_only=True, limit=3, before=first[-1].id)
    assert [one.id for one in first + rest] == [one.id for one in reversed(cases)]
    assert (await kept.storage.list_cases(OWN, open_only=False, limit=1))[0] == closed


async def test_with_a_person_their_conversation_and_newest_open_cases_are_loaded(kept: Kept) -> None:
    cases = [case() for _ in range(22)]
    closed, others = case(status=Status.CLOSED), case(officer=DUTY)
    await _store(kept, *cases, closed, others)
    loaded = await kept.storage.load(Wanted(people=(OFFICER,)))
    assert sorted(loaded.cases) == [one.id for one in cases[2:]]
    assert loaded.conversations == {}


async def test_with_the_officer_of_a_case_all_is_loaded_as_if_they_were_named(kept: Kept) -> None:
    about, other, others = case(), case(), case(officer=DUTY)
    await _store(kept, about, other, others)
    await kept.storage.apply([Turn(conversations=(conversation(case_id=other.id),))])
    loaded = await kept.storage.load(Wanted(cases=(about.id,), reported=(about.id,)))
    assert loaded == await kept.storage.load(Wanted(people=(OFFICER,)))
    assert loaded.conversations[OFFICER].case_id == other.id
    assert (await kept.storage.load(Wanted(reported=(77,)))).conversations == {}


async def test_the_case_a_conversation_is_about_is_loaded_even_when_closed(kept: Kept) -> None:
    closed = case(status=Status.CLOSED)
    await kept.storage.apply([opening(closed, conversations=(conversation(case_id=closed.id),))])
    assert (await kept.storage.load(Wanted(people=(OFFICER,)))).cases == {closed.id: closed}


async def test_cases_are_loaded_by_reference(kept: Kept) -> None:
    opened = case()
    await _store(kept, opened, case())
    assert (await kept.storage.load(Wanted(references=(opened.reference, "KC26-NONE0-0")))).cases == {opened.id: opened}


async def test_a_reply_is_about_the_case_of_what_it_replies_to(kept: Kept) -> None:
    opened = case()
    alert = message(address=DESKS_GROUP, case_id=opened.id)
    told = inbox(inbound(message_id="12"), case_id=opened.id)
    unsent, unnamed = message(address=DESKS_GROUP, case_id=5), inbox(inbound(message_id=""), case_id=5)
    await kept.storage.apply([opening(opened, inbox=told, outgoing=(alert, unsent)), Turn(inbox=unnamed)])
    await kept.storage.apply([], [Mark(alert.id, DeliveryState.SENT, START, 1, external_id="41")])
    ours, theirs = (DESKS_GROUP, "41"), (OFFICERS_CHAT, "12")
    unknown = ((OFFICERS_CHAT, "41"), (DESKS_GROUP, ""), (OFFICERS_CHAT, ""))
    within = Scope(0, "KH", sees_party=True)
    loaded = await kept.storage.load(Wanted(replied_to=tuple((m, within) for m in (ours, theirs, *unknown))))
    assert loaded.replied_to == {ours: opened.id, theirs: opened.id}
    assert loaded.cases == {opened.id: opened}
    for outside in (NOBODY, Scope(0, "VN", sees_party=True), Scope(OFFICER + 1, "KH", sees_party=False)):
        assert (await kept.storage.load(Wanted(replied_to=((ours, outside),)))).cases == {}


async def test_an_edited_message_finds_the_text_and_the_answer_it_was(kept: Kept) -> None:
    opened = case()
    first = CaseText(
        new_id(), opened.id, TextKind.FIRST, Guarded("girl 16"), START, OFFICER, "KH", message="telegram:501#7"
    )
    amended = replace(first, id=new_id(), text=Guarded("girl 15"), amends=first.id)
    answer = answered(opened, "age", 16, message="telegram:501#8")
    written_here = replace(first, id=new_id(), message="")
    await kept.storage.apply([opening(opened, texts=(first, amended, written_here)), answer])
    loaded = await kept.storage.load(Wanted(amended=("telegram:501#7", "telegram:501#8", "telegram:501#9", "")))
    assert loaded.amended == {"telegram:501#7": first}
    assert loaded.amended_answers == {"telegram:501#8": answer.answers[0]}
    assert loaded.cases == {opened.id: answer.cases[0]}


async def test_a_text_is_found_by_its_id_with_its_case(kept: Kept) -> None:
    opened = case()
    text = CaseText(new_id(), opened.id, TextKind.NOTE, Guarded("third floor"), START, OFFICER, "KH")
    await kept.storage.apply([opening(opened, texts=(text,))])
    loaded = await kept.storage.load(Wanted(kept=(text.id, new_id())))
    assert loaded.kept == {text.id: text}
    assert loaded.cases == {opened.id: opened}


async def test_the_count_promised_is_the_count_streamed(kept: Kept) -> None:
    days = [replace(case(), opened_at=START + DAY * number) for number in range(4)]
    vietnam = case(reporting="KH", requested="VN", opened_at=START + DAY)
    await _store(kept, *reversed(days), vietnam)
    period = (START + DAY, START + DAY * 3)
    for parties, expected in (((), [*days[1:2], vietnam, days[2]]), (("CN",), days[1:3]), (("XX",), [])):
        streamed = [one async for chunk in kept.storage.stream_cases(*period, parties) for one in chunk]
        assert streamed == sorted(expected, key=lambda one: (one.opened_at, one.id))
        assert await kept.storage.count_cases(*period, parties) == len(streamed)


async def test_only_the_cases_of_a_corridor_and_a_status_are_counted(kept: Kept) -> None:
    opened = [case(opened_at=START), case(opened_at=START), case(opened_at=START + DAY)]
    closed = case(opened_at=START, status=Status.CLOSED)
    elsewhere = case(opened_at=START, corridor="VC", reporting="VN", requested="CN")
    await _store(kept, *opened, closed, elsewhere)
    wanted = [
        CaseFilter(),
        CaseFilter("KC"),
        CaseFilter("KC", Status.CLOSED),
        CaseFilter("", Status.OPEN),
        CaseFilter("XX"),
    ]
    counts = [await kept.storage.count_cases(START, START + DAY, ("CN",), only) for only in wanted]
    assert counts == [4, 3, 1, 3, 0]
    everything = [one async for chunk in kept.storage.stream_cases(START, START + DAY, ("CN",)) for one in chunk]
    assert counts == [sum(map(only.takes, everything)) for only in wanted], "and so the file has them"


async def test_a_long_stream_comes_in_chunks_with_all_answers(kept: Kept) -> None:
    cases = [case() for _ in range(1100)]
    turns = [answered(one, "age", number) for number, one in enumerate(cases)]
    await _store(kept, *cases)
    await kept.storage.apply(turns)
    chunks = [chunk async for chunk in kept.storage.stream_cases(START, START + DAY)]
    assert max(len(chunk) for chunk in chunks) <= 500
    assert [one.value("age") for chunk in chunks for one in chunk] == list(range(1100))


async def test_a_case_opened_during_an_export_is_not_in_it(kept: Kept) -> None:
    await _store(kept, *(case() for _ in range(501)))
    stream = kept.storage.stream_cases(START, START + DAY)
    seen = len(await anext(stream))
    await _store(kept, case())
    seen += sum([len(chunk) async for chunk in stream])
    assert seen == 501
    assert await kept.storage.count_cases(START, START + DAY) == 502


async def test_an_export_may_be_broken_off(kept: Kept) -> None:
    await _store(kept, *(case() for _ in range(501)))
    stream = kept.storage.stream_cases(START, START + DAY)
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    await _store(kept, case())
    assert await kept.storage.count_cases(START, START + DAY) == 502


async def test_the_numbers_for_operation(kept: Kept) -> None:
    urgent = case(urgency=Urgency.U1)
    acknowledged = case(status=Status.ACKNOWLEDGED)
    first, second = acknowledged.deadlines
    acknowledged = replace(acknowledged, deadlines=(replace(first, state=DeadlineState.MET, next_at=None), second))
    await _store(kept, urgent, acknowledged, case(status=Status.CLOSED, deadlines=()))
    sent = message()
    await kept.storage.apply([Turn(inbox=inbox(), outgoing=(sent, message(), message()))])
    await kept.storage.apply([], [Mark(sent.id, DeliveryState.SENT, START, 1)])
    counts = await kept.storage.counts(START + timedelta(minutes=15))
    assert counts.inbox == {"done": 1}
    assert counts.outbox == {"queued": 2, "sent": 1}
    assert counts.cases == {("U1", "open"): 1, ("U2", "acknowledged"): 1}
    assert counts.overdue == 1


async def test_the_history_of_a_case_is_its_own_and_oldest_first(kept: Kept) -> None:
    opened, other = case(), case()
    texts = tuple(
        CaseText(new_id(), opened.id, TextKind.NOTE, Guarded(word), START, DUTY, "CN") for word in ("one", "two")
    )
    entries = (entry("one", case_id=opened.id), entry("x", case_id=other.id), entry("two", case_id=opened.id))
    await kept.storage.apply([opening(opened, texts=texts, journal=entries), opening(other)])
    await kept.storage.apply(
        [Turn(cases=(step(opened),), outgoing=(message(case_id=opened.id), message(case_id=other.id)))]
    )
    history = await kept.storage.history(opened.id)
    assert history.texts == texts
    assert [link.entry.act for link in history.journal] == ["one", "two"]
    assert len(history.deliveries) == 1
    assert history.answers == ()

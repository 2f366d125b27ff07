"""The checker of the kill test, on evidence with one thing planted in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.checker import Verdict, check
from tests.faults.evidence import Call, CaseKept, DeadlineKept, Evidence, InboxKept, OutboxKept, Sent, Words, Written

NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
SECOND = timedelta(seconds=1)
REPLY = Words("7", "KC26-M9S34-4\nYour alert is stored.", ("f.1.danger_now.yes",))
PING = Words("-1002", "Immediate, KC26-M9S34-4, ping 1", ("a.1.1.ack",))
ALERTS = (Words("-1001", "Alert"), Words("-1002", "Alert"))


def _deadline(number: int, kind: str, **more: Any) -> DeadlineKept:
    due_at = NOON + timedelta(seconds=2) if kind in ("alert", "acknowledge") else LATER + SECOND
    return DeadlineKept(number, 1, kind, due_at, **more)


def _outbox() -> tuple[OutboxKept, ...]:
    return (
        OutboxKept(11, "reply:5:0", REPLY),
        OutboxKept(12, "case:1:acknowledge:2:1:desk:cn-duty", PING),
        OutboxKept(13, "case:1:alert:U1:desk:kh-duty", ALERTS[0]),
        OutboxKept(14, "case:1:alert:U1:desk:cn-duty", ALERTS[1]),
    )


def _deadlines() -> tuple[DeadlineKept, ...]:
    return (
        _deadline(1, "alert"),
        _deadline(2, "acknowledge", pings=1, next_at=LATER + SECOND),
        _deadline(3, "police", next_at=LATER + SECOND),
        _deadline(4, "diplomatic", next_at=LATER + SECOND),
    )


def _found(**changes: Any) -> Verdict:
    clean = Evidence(
        settled_at=LATER,
        written=(Written("100", "telegram:7#1"),),
        sent=tuple(Sent(words) for words in (REPLY, PING, *ALERTS)),
        unmarked=(frozenset(),),
        cases=(CaseKept(1, "KC26-M9S34-4", NOON),),
        deadlines=_deadlines(),
        inbox=(InboxKept(5, "100", case_id=1),),
        outbox=_outbox(),
        effects=("telegram:7#1", ""),
    )
    return check(replace(clean, **changes), SECOND)


def _without(key: str) -> tuple[OutboxKept, ...]:
    return tuple(row for row in _outbox() if not row.dedupe_key.startswith(key))


def test_a_clean_run_has_no_findings() -> None:
    assert _found() == Verdict((), 0, 0)


def test_an_acknowledged_message_that_is_not_stored_is_found() -> None:
    assert "update 100 was acknowledged and is not stored" in _found(inbox=()).findings


def test_a_message_that_nobody_acknowledged_may_be_missing() -> None:
    written = (Written("100", "telegram:7#1"), Written("101", "telegram:7#2", is_acknowledged=False))
    assert _found(written=written).findings == ()


def test_a_stored_message_without_its_effect_is_found() -> None:
    assert _found(effects=()).findings == ("update 100 was acknowledged and changed nothing",)


def test_a_message_that_took_effect_twice_is_found() -> None:
    assert _found(effects=("telegram:7#1",) * 2).findings == ("message telegram:7#1 took effect 2 times",)


def test_a_message_that_is_stored_twice_is_found() -> None:
    twice = (InboxKept(5, "100", case_id=1), InboxKept(5, "100", case_id=1))
    assert _found(inbox=twice).findings == ("update 100 is stored 2 times",)


def test_a_message_whose_turn_failed_is_found() -> None:
    assert _found(inbox=(InboxKept(5, "100", "failed", 1),)).findings == ("update 100 was acknowledged and is failed",)


def test_a_message_without_a_reply_is_found() -> None:
    found = _found(outbox=_without("reply"), sent=tuple(Sent(words) for words in (PING, *ALERTS)))
    assert found.findings == ("update 100 has no reply", "nobody was given the reference of case KC26-M9S34-4")


def test_a_reference_given_twice_is_found() -> None:
    again = CaseKept(1, "KC26-M9S34-4", NOON)
    assert _found(cases=(again, again)).findings == ("reference KC26-M9S34-4 was given 2 times",)


def test_a_case_without_a_deadline_is_found() -> None:
    assert _found(deadlines=_deadlines()[:3]).findings == ("case KC26-M9S34-4 has no deadline diplomatic",)


def test_a_deadline_that_passed_without_a_ping_is_found() -> None:
    passed = (*_deadlines()[:2], _deadlines()[3], replace(_deadlines()[2], due_at=NOON))
    assert _found(deadlines=passed).findings == ("police of case 1 passed without a ping",)


def test_a_ping_that_is_counted_but_not_in_the_outbox_is_found() -> None:
    found = _found(outbox=_without("case:1:acknowledge"), sent=tuple(Sent(words) for words in (REPLY, *ALERTS)))
    assert found.findings == ("ping 1 about acknowledge of case 1 is missing",)


def test_a_deadline_that_the_clock_does_not_look_at_any_more_is_found() -> None:
    overdue = (*_deadlines()[:3], replace(_deadlines()[3], next_at=NOON))
    assert _found(deadlines=overdue).findings == ("the clock forgot diplomatic of case 1",)


def test_a_desk_that_was_not_told_is_found() -> None:
    outbox, sent = _without("case:1:alert:U1:desk:cn"), tuple(Sent(words) for words in (REPLY, PING, ALERTS[0]))
    assert _found(outbox=outbox, sent=sent).findings == ("case KC26-M9S34-4 was not told to cn-duty",)


def test_a_message_that_still_waits_or_was_dropped_without_a_reason_is_found() -> None:
    for state in ("queued", "parked", "dropped"):
        outbox = (*_without("reply"), OutboxKept(11, "reply:5:0", REPLY, state))
        assert _found(outbox=outbox).findings == (f"message reply:5:0 is {state} (no reason)",)


def test_a_message_dropped_for_a_reason_is_no_loss() -> None:
    outbox = (*_without("reply"), OutboxKept(11, "reply:5:0", REPLY, "dropped", "newer edit"))
    assert _found(outbox=outbox, sent=tuple(Sent(words) for words in (PING, *ALERTS))).findings == ()


def test_a_message_made_after_the_last_look_may_still_wait() -> None:
    young = OutboxKept(15, "case:1:police:3:1:desk:cn-duty", PING, "queued", due_at=LATER)
    assert _found(outbox=(*_outbox(), young)).findings == ()


def test_a_message_that_counts_as_sent_and_never_arrived_is_found() -> None:
    found = _found(sent=tuple(Sent(words) for words in (REPLY, *ALERTS)))
    assert found.findings == ("1 messages to -1002 count as sent and never arrived",)


def test_a_message_that_arrived_twice_for_no_reason_is_found() -> None:
    twice = tuple(Sent(words) for words in (REPLY, REPLY, PING, *ALERTS))
    found = _found(sent=twice)
    assert found.findings == ("1 messages to 7 arrived twice and were not under way at a kill",)
    assert found.duplicates == 1


def test_a_message_under_way_at_a_kill_may_arrive_twice_and_is_counted() -> None:
    twice = (Sent(REPLY, 0), Sent(REPLY, 1), *(Sent(words, 1) for words in (PING, *ALERTS)))
    assert _found(sent=twice, unmarked=(frozenset({11}),)) == Verdict((), 1, 1)


def test_a_message_that_only_waited_at_a_kill_may_not_arrive_twice() -> None:
    twice = (Sent(REPLY, 1), Sent(REPLY, 1), *(Sent(words, 1) for words in (PING, *ALERTS)))
    found = _found(sent=twice, unmarked=(frozenset({11}),))
    assert found.findings == ("1 messages to 7 arrived twice and were not under way at a kill",)


def _in_calls(*calls: Call, sent: tuple[Words, ...] = (), **changes: Any) -> Verdict:
    """A run in which the answer goes back in the call that brought the message."""
    inbox = (InboxKept(5, "100", case_id=1, reply=REPLY.text),)
    outbox = tuple(replace(row, in_call=row.words.text) for row in _outbox())
    arrived = tuple(Sent(words, 1) for words in (*sent, PING, *ALERTS))
    return _found(calls=calls, sent=arrived, **({"inbox": inbox, "outbox": outbox} | changes))


ANSWERED, BROKEN = Call("100", REPLY.text), Call("100", None)
ONE_TOO_MANY = ("1 messages to 7 arrived twice and were not under way at a kill",)


def test_an_answer_in_the_call_has_arrived() -> None:
    assert _in_calls(ANSWERED) == Verdict((), 0, 0)


def test_an_answer_that_came_neither_in_the_call_nor_by_itself_is_found() -> None:
    findings = _in_calls(Call("100", "")).findings
    assert "1 messages to 7 count as sent and never arrived" in findings
    assert "nobody was given the reference of case KC26-M9S34-4" in findings


def test_an_answer_in_the_call_that_is_sent_besides_is_found() -> None:
    assert _in_calls(ANSWERED, sent=(REPLY,)).findings == ONE_TOO_MANY


def test_an_answer_whose_call_was_broken_by_a_kill_may_arrive_once_more() -> None:
    assert _in_calls(BROKEN, ANSWERED, sent=(REPLY,)) == Verdict((), 1, 1)
    assert _in_calls(BROKEN, ANSWERED, sent=(REPLY, REPLY)).findings == ONE_TOO_MANY


def test_an_answer_in_the_call_that_was_not_noted_before_the_kill_may_arrive_once_more() -> None:
    assert _in_calls(ANSWERED, sent=(REPLY,), unmarked=(frozenset({11}),)) == Verdict((), 1, 1)


def test_other_words_in_the_call_than_those_that_are_kept_are_found() -> None:
    found = _in_calls(ANSWERED, Call("100", "Your message was NOT stored."))
    assert "the call that brought 100 was answered with words that are not kept" in found.findings


def test_a_message_that_was_answered_in_the_call_and_is_not_stored_is_found() -> None:
    assert "update 100 was acknowledged and is not stored" in _in_calls(ANSWERED, inbox=()).findings


def test_a_message_that_is_stored_for_each_of_two_tries_is_found() -> None:
    twice = tuple(InboxKept(id_, "100", case_id=1, reply=REPLY.text) for id_ in (5, 6))
    assert "update 100 is stored 2 times" in _in_calls(BROKEN, ANSWERED, inbox=twice).findings

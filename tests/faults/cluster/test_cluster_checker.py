"""The checker of several nodes, on a history with one thing planted in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.delivery.window_rules import last_words
from tests.faults.cluster.checker import Verdict, check
from tests.faults.cluster.history import SECOND, Arrival, Called, Ended, History, InCall, Kind, Trouble
from tests.faults.cluster.silence import Stretch
from tests.faults.evidence import CaseKept, DeadlineKept, Evidence, InboxKept, OutboxKept, Words, Written

NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
NAME = "KC26-M9S34-4"
STORED = Words("7", f"{NAME}\nYour alert is stored.", ("f.1.danger_now.yes",))
NEXT = Words("7", "Noted: Yes (2 of 14)")
CLOSED = Words("22", f"{NAME}: closed")
HEAD = f"U1 immediate · {NAME}"
OWN_ALERT, ALERT = Words("-1001", f"{HEAD} alert"), Words("-1002", f"{HEAD} alert", ("a.1.1.ack",))
PING = Words("-1002", f"{HEAD}\nAcknowledge: due 12:00 (now), ping 1.\nNobody has acknowledged.", ("a.1.1.ack",))
SENT = (STORED, NEXT, OWN_ALERT, ALERT, PING, CLOSED)

EVIDENCE = Evidence(
    settled_at=LATER,
    written=(
        Written("100", "telegram:7#1"),
        Written("101", "telegram:7#2"),
        Written("102", "telegram:22#3", is_report=False),
    ),
    cases=(CaseKept(1, NAME, NOON, is_open=False),),
    deadlines=tuple(
        DeadlineKept(number, 1, kind, NOON, pings=int(kind == "acknowledge"), state="ended")
        for number, kind in enumerate(("alert", "acknowledge", "police", "diplomatic"), 1)
    ),
    inbox=(InboxKept(5, "100", case_id=1), InboxKept(6, "101", case_id=1), InboxKept(7, "102", case_id=1)),
    outbox=(
        OutboxKept(11, "reply:5:0", STORED),
        OutboxKept(12, "reply:6:0", NEXT),
        OutboxKept(13, "case:1:alert:U1:desk:kh-duty", OWN_ALERT),
        OutboxKept(14, "case:1:alert:U1:desk:cn-duty", ALERT),
        OutboxKept(15, "case:1:acknowledge:2:1:desk:cn-duty", PING),
        OutboxKept(16, "reply:7:0", CLOSED),
    ),
    effects=("telegram:7#1", "telegram:7#2", ""),
    acts=((1, "opened"), (1, "pinged"), (1, "closed")),
)
HISTORY = History(
    nodes=2,
    first=0,
    last=300,
    arrivals=tuple(Arrival(words, 0, 10 * place) for place, words in enumerate(SENT)),
    calls=(Called(0, 0, 1, is_taken=True), Called(1, 9, 11, is_taken=True), Called(0, 48, 49, is_taken=True)),
    ended=(Ended(NAME, 48, closed=49),),
)


def _checked(evidence: Evidence = EVIDENCE, **changes: Any) -> Verdict:
    return check(evidence, replace(HISTORY, **changes), timedelta(seconds=1))


def _arriving(*more: Arrival) -> tuple[Arrival, ...]:
    return (*HISTORY.arrivals, *more)


def test_a_clean_run_has_no_findings_and_says_its_longest_silence() -> None:
    verdict = _checked()
    assert (verdict.findings, verdict.doubled, verdict.ambiguous) == ((), 0, 0)
    assert verdict.longest == Stretch(9, "nobody sent anything beside node 1", 11)


def test_a_lost_message_is_found() -> None:
    lost = replace(EVIDENCE, inbox=EVIDENCE.inbox[:1] + EVIDENCE.inbox[2:])
    assert "update 101 was acknowledged and is not stored" in _checked(lost).findings


def test_a_reply_that_counts_as_sent_and_never_arrived_is_found() -> None:
    arrivals = tuple(arrival for arrival in HISTORY.arrivals if arrival.words != NEXT)
    assert _checked(arrivals=arrivals).findings == ("1 messages to 7 count as sent and never arrived",)


def test_an_open_case_without_a_running_deadline_is_found() -> None:
    case = replace(EVIDENCE, cases=(CaseKept(1, NAME, NOON),))
    assert _checked(case).findings == (f"case {NAME} is open and no clock runs for it",)


def test_a_reference_given_twice_is_found() -> None:
    twice = replace(EVIDENCE, cases=(*EVIDENCE.cases, replace(EVIDENCE.cases[0], opened_at=LATER)))
    assert _checked(twice).findings == (f"reference {NAME} was given 2 times",)


def test_a_due_ping_that_was_never_made_is_found() -> None:
    waits = DeadlineKept(9, 1, "police", NOON, next_at=LATER)
    assert _checked(replace(EVIDENCE, deadlines=(*EVIDENCE.deadlines, waits))).findings == (
        "police of case 1 passed without a ping",
    )


def test_a_message_that_arrived_twice_for_no_reason_is_found() -> None:
    verdict = _checked(arrivals=_arriving(Arrival(STORED, 1, 55)))
    (found,) = verdict.findings
    assert found.startswith("1 messages to 7 arrived twice, and nothing was uncertain")
    assert (verdict.doubled, verdict.ambiguous) == (1, 0)


def test_what_stands_below_the_last_message_of_a_reply_window_makes_no_other_message_of_it() -> None:
    last = NEXT._replace(text=f"{NEXT.text}\n\n{last_words(pings_follow=True)}")
    arrivals = tuple(replace(a, words=last) if a.words == NEXT else a for a in HISTORY.arrivals)
    verdict = _checked(arrivals=arrivals)
    assert (verdict.findings, verdict.doubled) == ((), 0)
    (found,) = _checked(arrivals=(*arrivals, Arrival(NEXT, 1, 55))).findings
    assert found.startswith("1 messages to 7 arrived twice, and nothing was uncertain")


def test_a_message_that_nobody_answered_for_may_arrive_once_more() -> None:
    first, *others = HISTORY.arrivals
    verdict = _checked(arrivals=(replace(first, is_answered=False), *others, Arrival(STORED, 1, 55)))
    assert (verdict.findings, verdict.doubled, verdict.ambiguous) == ((), 1, 1)


def test_a_message_whose_node_was_killed_before_it_could_note_it_may_arrive_once_more() -> None:
    again = _arriving(Arrival(STORED, 1, 55))
    kill = Trouble(Kind.KILL, 15, 40, node=0)
    verdict = _checked(arrivals=again, troubles=(kill,))
    assert (verdict.findings, verdict.doubled) == ((), 1)
    for other in (replace(kill, node=1), replace(kill, began=5 * SECOND + 1), replace(kill, kind=Kind.DOWN)):
        assert len(_checked(arrivals=again, troubles=(other,)).findings) == 1, other


def test_each_doubt_explains_one_more_arrival_and_no_two() -> None:
    first, *others = HISTORY.arrivals
    again = (Arrival(STORED, 1, 55), Arrival(STORED, 1, 56))
    verdict = _checked(arrivals=(replace(first, is_answered=False), *others, *again))
    assert len(verdict.findings) == 1
    assert verdict.doubled == 2


def test_an_answer_in_the_call_that_comes_once_more_is_found_unless_its_node_could_not_note_it() -> None:
    inbox = (replace(EVIDENCE.inbox[0], reply=STORED.text), *EVIDENCE.inbox[1:])
    outbox = (replace(EVIDENCE.outbox[0], in_call=STORED.text), *EVIDENCE.outbox[1:])
    riding = replace(EVIDENCE, inbox=inbox, outbox=outbox)
    answered = InCall("100", STORED.text, 0, 1)
    assert _checked(riding, arrivals=HISTORY.arrivals[1:], in_calls=(answered,)).findings == ()
    assert len(_checked(riding, in_calls=(answered,)).findings) == 1
    broken = replace(answered, answer=None)
    assert _checked(riding, in_calls=(broken, answered)).findings == ()
    kill = Trouble(Kind.KILL, 10, 40, node=0)
    assert _checked(riding, in_calls=(answered,), troubles=(kill,)).findings == ()


def test_an_answer_to_a_call_that_was_given_up_need_not_arrive_while_its_writer_knows() -> None:
    inbox = (replace(EVIDENCE.inbox[0], reply=STORED.text), *EVIDENCE.inbox[1:])
    outbox = (replace(EVIDENCE.outbox[0], in_call=STORED.text), *EVIDENCE.outbox[1:])
    written = (replace(EVIDENCE.written[0], is_acknowledged=False), *EVIDENCE.written[1:])
    riding, broken = replace(EVIDENCE, inbox=inbox, outbox=outbox), (InCall("100", None, 0, 1),)
    unheard = {"arrivals": HISTORY.arrivals[1:], "in_calls": broken}
    assert _checked(replace(riding, written=written), **unheard).findings == ()
    assert "1 messages to 7 count as sent and never arrived" in _checked(riding, **unheard).findings


def test_replies_in_another_order_than_what_they_answer_are_found() -> None:
    first, second, *others = HISTORY.arrivals
    turned = (replace(second, tick=0), replace(first, tick=10), *others)
    assert _checked(arrivals=turned).findings == ("in chat 7 the reply to 101 came before that to 100",)


def test_a_reply_that_comes_once_more_is_not_out_of_order() -> None:
    first, second, *others = HISTORY.arrivals
    again = (replace(first, is_answered=False), second, replace(first, tick=12), *others)
    assert _checked(arrivals=again).findings == ()


def test_a_ping_made_after_the_case_was_closed_is_found() -> None:
    late = replace(EVIDENCE, acts=((1, "opened"), (1, "closed"), (1, "pinged")))
    assert _checked(late).findings == (f"somebody was pinged about case {NAME} after it was closed",)


def test_a_case_that_was_opened_again_is_pinged() -> None:
    again = replace(EVIDENCE, acts=((1, "closed"), (1, "reopened"), (1, "pinged"), (1, "closed")))
    assert _checked(again).findings == ()


def test_a_ping_that_is_sent_long_after_the_case_was_closed_is_found() -> None:
    arrivals = tuple(replace(a, tick=110) if a.words == PING else a for a in HISTORY.arrivals)
    assert _checked(arrivals=arrivals).findings == (f"a ping about case {NAME} was sent 6.1 s after it was closed",)
    stopped = Trouble(Kind.STOP, 30, 109, node=0)
    assert _checked(arrivals=arrivals, troubles=(stopped,)).findings == ()


def test_a_node_that_answers_nobody_is_found() -> None:
    calls = (*HISTORY.calls, Called(1, 60, 120, is_taken=False), Called(1, 125, 162, is_taken=True))
    assert "node 1 answered nothing for 10.2 s from tick 60" in _checked(calls=calls).findings
    calls = (*HISTORY.calls, Called(1, 60, 155, is_taken=True))
    assert _checked(calls=calls, arrivals=_arriving(Arrival(CLOSED, 1, 160, is_answered=False))).findings == ()


def test_a_node_that_something_was_done_to_may_be_silent_and_has_ten_seconds_from_then_on() -> None:
    calls = (*HISTORY.calls, Called(1, 60, 200, is_taken=True))
    assert _checked(calls=calls, troubles=(Trouble(Kind.STOP, 55, 150, node=1),)).findings == ()
    assert _checked(calls=calls, troubles=(Trouble(Kind.RESTART, 55, 150),)).findings == ()
    for other in (Trouble(Kind.STOP, 55, 150, node=0), Trouble(Kind.CLOCK, 55, 150, node=1)):
        assert _checked(calls=calls, troubles=(other,)).findings == (
            "node 1 answered nothing for 14.0 s from tick 60",
        ), "another node's trouble, or another time, is no excuse"
    back = (*HISTORY.calls, Called(1, 100, 101, is_taken=False), Called(1, 155, 290, is_taken=True))
    assert _checked(calls=back, troubles=(Trouble(Kind.STOP, 55, 150, node=1),)).findings == (
        "node 1 answered nothing for 13.5 s from tick 155",
    )


def test_connections_that_are_cut_in_one_moment_excuse_no_silence() -> None:
    calls = (*HISTORY.calls, Called(1, 60, 200, is_taken=True))
    assert len(_checked(calls=calls, troubles=(Trouble(Kind.TERMINATE, 65, 65),)).findings) == 1


def test_replies_that_nobody_sends_are_found_unless_the_messenger_takes_none() -> None:
    calls = (*HISTORY.calls, Called(1, 100, 101, is_taken=True))
    last = _arriving(Arrival(CLOSED, 0, 250, is_answered=False))
    assert _checked(calls=calls, arrivals=last).findings == (
        "nobody sent anything beside node 1 for 14.9 s from tick 101",
    )
    assert _checked(calls=calls, arrivals=last, troubles=(Trouble(Kind.DOWN, 140, 200),)).findings == ()


def test_alerts_that_nobody_is_pinged_about_are_found() -> None:
    arrivals = tuple(
        replace(arrival, words=OWN_ALERT) if arrival.words == PING else arrival for arrival in HISTORY.arrivals
    )
    found = _checked(arrivals=arrivals, ended=()).findings
    assert "nobody pinged beside node 0 for 25.0 s from tick 50" in found
    assert not any("nobody pinged" in finding for finding in _checked(arrivals=arrivals).findings), "the desk reacted"

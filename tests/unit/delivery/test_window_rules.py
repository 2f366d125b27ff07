"""Which message opens a reply window, what may use its last messages, what a knock says, and who is asked to write."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery import window_rules
from bot.domain.case import Case, DeadlineKind, Status
from bot.domain.messages import Address, Contact, Grant, Inbound, Kind, Outgoing, OutgoingKind, Priority, WindowRules
from bot.domain.people import Directory
from bot.domain.reply_windows import Window
from bot.domain.turn import KnockOutcome
from tests.kit.cases import AGREEMENT, CN_DUTY, DIRECTORY, NOW, OFFICER, PEOPLE, U1, VN_DUTY, a_case

WECHAT = WindowRules(Grant(5, timedelta(hours=48)), Grant(3, timedelta(minutes=1)))
RULES = {"wechat": WECHAT}
LI = Address("wechat", "li")


def said(contact: Contact, *, messenger: str = "wechat", kind: Kind = Kind.TEXT) -> Inbound:
    return Inbound(messenger, "1", "e1", kind, NOW, Address(messenger, "li"), Address(messenger, "li"), contact=contact)


def waiting(kind: str, *, case_id: int | None = 1, deadline_id: int | None = None, **changes: object) -> Outgoing:
    plain = Outgoing(
        9, "k", OutgoingKind(kind), "person:4", LI, case_id=case_id, deadline_id=deadline_id, priority=Priority.U1
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("contact", "count", "span", "by_tap"),
    [(Contact.MESSAGE, 5, timedelta(hours=48), False), (Contact.TAP, 3, timedelta(minutes=1), True)],
)
def test_a_message_lets_us_write_five_times_in_two_days_and_a_tap_three_times_in_a_minute(
    contact: Contact, count: int, span: timedelta, by_tap: bool
) -> None:
    assert window_rules.opened(said(contact), RULES) == (Window(LI, NOW, NOW + span, count, by_tap=by_tap),)


def test_a_follow_opens_a_window_though_it_is_nothing_that_a_person_says() -> None:
    assert window_rules.opened(said(Contact.TAP, kind=Kind.REACHED), RULES)


@pytest.mark.parametrize(
    "message",
    [
        said(Contact.NONE),
        said(Contact.MESSAGE, messenger="telegram"),
        replace(said(Contact.MESSAGE), sender=None),
    ],
)
def test_no_window_opens_by_a_tapped_link_on_a_messenger_without_windows_or_by_nobody(message: Inbound) -> None:
    assert window_rules.opened(message, RULES) == ()


def test_what_was_written_in_a_group_opens_the_window_of_whoever_wrote_it() -> None:
    in_group = replace(said(Contact.MESSAGE), place=Address("wechat", "-group"))
    assert [window.address for window in window_rules.opened(in_group, RULES)] == [LI]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("ping", 0), ("window", 0), ("alert", 2), ("told", 2), ("reply", 2), ("test", 2), ("file", 2), ("digest", 2)],
)
def test_the_last_two_messages_are_for_pings_and_for_the_question_that_opens_the_next_window(
    kind: str, kept: int
) -> None:
    assert window_rules.keep(waiting(kind), WECHAT) == kept


@pytest.mark.parametrize(
    ("kind", "left", "by_tap", "more"),
    [
        ("told", 3, False, True), ("told", 2, False, False), ("ping", 1, False, True), ("ping", 0, False, False),
        ("told", 1, True, True), ("told", 0, True, False),
    ],
)  # fmt: skip
def test_a_short_window_is_used_to_its_last_message(kind: str, left: int, by_tap: bool, more: bool) -> None:
    window = Window(LI, NOW, NOW + timedelta(minutes=1), left, by_tap=by_tap)
    assert window_rules.takes_more(waiting(kind), window, WECHAT) is more


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (waiting("alert"), True),
        (waiting("ping"), True),
        (waiting("told"), True),
        (waiting("test", case_id=None), True),
        (waiting("relay"), True),
        (waiting("reply"), False),
        (waiting("edit"), False),
        (waiting("window"), False),
        (waiting("file", case_id=None), False),
        (waiting("digest", case_id=None), False),
    ],
)
def test_people_are_asked_to_tap_for_what_others_want_of_them_and_not_for_an_answer(
    message: Outgoing, wanted: bool
) -> None:
    assert window_rules.wants_knock(message) is wanted


DUE = [
    (DeadlineKind.ACKNOWLEDGE, "please acknowledge"),
    (DeadlineKind.POLICE, "police channel, please look"),
    (DeadlineKind.DIPLOMATIC, "diplomatic channel, please look"),
]


@pytest.mark.parametrize(("kind", "act"), DUE)
def test_a_knock_says_reference_urgency_and_the_act_that_is_wanted(kind: DeadlineKind, act: str) -> None:
    case = a_case(urgency=U1)
    due = case.deadline(kind)
    assert due
    assert window_rules.headline(waiting("ping", deadline_id=due.id), case) == f"KC26-M9S34-4 U1: {act}"


def test_a_knock_for_an_alert_or_a_message_does_not_ask_for_an_act_that_the_other_side_does() -> None:
    assert window_rules.headline(waiting("alert"), a_case()) == "KC26-M9S34-4 U2: new alert, please look"
    assert window_rules.headline(waiting("told"), a_case()) == "KC26-M9S34-4 U2: a message waits for you"
    assert window_rules.headline(waiting("test", case_id=None), None) == "Test message: please tap"
    assert window_rules.headline(waiting("told", case_id=None), None) == "A message waits for you"


def test_nothing_of_what_is_told_gets_onto_a_knock() -> None:
    told = waiting("told", text="girl 16 in Nanchang")
    assert "Nanchang" not in window_rules.headline(told, a_case())


def test_the_messenger_says_later_what_became_of_a_knock() -> None:
    came = replace(said(Contact.NONE, kind=Kind.OUTCOME), message_id="t7", text="user block")
    assert window_rules.outcome(came) == (KnockOutcome(LI, "t7", "user block"),)
    assert window_rules.outcome(replace(came, text="")) == (KnockOutcome(LI, "t7"),)
    assert window_rules.outcome(replace(came, kind=Kind.TEXT)) == ()


def concerned(who: Address, *cases: Case, directory: Directory = DIRECTORY) -> list[int]:
    return [case.id for case in window_rules.concerning(who, cases, AGREEMENT, directory)]


def test_an_open_case_concerns_its_officer_both_duty_desks_and_supervisors_and_nobody_else() -> None:
    told = {p.id for p in PEOPLE if concerned(p.addresses[0], a_case())}
    assert told == {1, 2, 3, 4, 5}
    assert not concerned(VN_DUTY.addresses[0], a_case())


def test_a_closed_case_concerns_nobody_any_more_and_the_most_urgent_comes_first() -> None:
    closed, urgent = a_case(id=2, status=Status.CLOSED), a_case(id=3, urgency=U1)
    assert concerned(OFFICER.addresses[0], a_case(), closed, urgent) == [3, 1]


def test_whoever_is_off_duty_is_left_alone_unless_the_case_is_assigned_to_them() -> None:
    off = replace(CN_DUTY, on_duty=False)
    other = replace(CN_DUTY, id=40, addresses=(Address("wechat", "other"),))
    directory = Directory.of([*(p for p in PEOPLE if p.id != off.id), off, other])
    assert not concerned(off.addresses[0], a_case(), directory=directory)
    assert concerned(off.addresses[0], a_case(assignees=(off.id,)), directory=directory)

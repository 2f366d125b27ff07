"""A typed number belongs to the question last asked; one that fits two is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.typed_numbers import may_pick, picked
from bot.domain.conversation import Conversation
from bot.domain.messages import (
    Address,
    Button,
    Delivery,
    DeliveryState,
    Inbound,
    Keyboard,
    Kind,
    Outgoing,
    OutgoingKind,
)

NOW = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
HERE = Address("wechat", "officer")
DANGER = ((Button("Yes", "f.7.danger_now.yes"), Button("No", "f.7.danger_now.no")),)
COUNTRY = ((Button("Cambodia", "f.7.country.KH"), Button("China", "f.7.country.CN")),)
SEVERAL = ((Button("Rescue", "f.7.assistance.urgent_rescue"),), (Button("Done", "f.7.assistance.done"),))
AREA = ((Button("Skip", "f.7.area.skip"),),)
ACTS = ((Button("Acknowledge", "a.7.1.ack"), Button("Show case", "a.7.1.case")),)
OTHER_ACTS = ((Button("Acknowledge", "a.8.1.ack"),),)
WHICH = ((Button("New alert", "c.new"), Button("KC26-M9S34-4", "c.which.7")),)
LIST = ((Button("KC26-M9S34-4", "a.7.1.case"), Button("KC26-ABCDE-5", "a.8.1.case")),)


def wrote(text: str, kind: Kind = Kind.TEXT) -> Inbound:
    return Inbound("wechat", "1", "e1", kind, NOW, sender=HERE, place=HERE, text=text)


def sent(number: int, kind: str, text: str, keyboard: Keyboard) -> Delivery:
    at = NOW - timedelta(minutes=30 - number)
    made = Outgoing(
        number, f"k{number}", OutgoingKind(kind), "person:1", HERE, text=text, buttons=keyboard, created_at=at
    )
    return Delivery(made, DeliveryState.SENT, sent_at=at)


def asking(field: str, case: int = 7, **pending: object) -> Conversation:
    return Conversation(1, case_id=case, asking=field, pending=pending)


def data(found: tuple[Button, ...]) -> list[str]:
    return [button.data for button in found]


@pytest.mark.parametrize(
    ("text", "may"), [("2", True), (" 12 ", True), ("Done", True), ("2 girls", False), ("", False)]
)
def test_only_a_bare_number_or_done_may_stand_for_a_choice(text: str, may: bool) -> None:
    assert may_pick(wrote(text)) is may
    assert not may_pick(wrote(text, Kind.EDIT))


def test_a_number_taps_the_choice_of_the_question_last_asked() -> None:
    offers = [sent(2, "reply", "Which case?", WHICH), sent(1, "ping", "KC26 acknowledge", ACTS)]
    assert data(picked(wrote("2"), offers, Conversation(1))) == ["c.which.7"]


def test_a_ping_that_came_alone_is_answered_by_its_number() -> None:
    assert data(picked(wrote("1"), [sent(1, "ping", "Please acknowledge", ACTS)], Conversation(1))) == ["a.7.1.ack"]


def test_a_number_that_fits_the_question_and_a_later_ping_is_asked_about() -> None:
    offers = [sent(2, "ping", "U1 · KC26-M9S34-4\nPlease.", ACTS), sent(1, "reply", "In danger?", DANGER)]
    found = picked(wrote("1"), offers, asking("danger_now"))
    assert data(found) == ["f.7.danger_now.yes", "a.7.1.ack"]
    assert [b.label for b in found] == ["In danger?: Yes", "U1 · KC26-M9S34-4: Acknowledge"]


def test_a_number_that_fits_only_one_of_them_is_not() -> None:
    three = (*DANGER, (Button("Unknown", "f.7.danger_now.unknown"),))
    offers = [sent(2, "ping", "Please.", ACTS), sent(1, "reply", "Which?", (*WHICH, *three))]
    assert data(picked(wrote("5"), offers, asking("danger_now"))) == []  # the intake reads its own numbers
    assert data(picked(wrote("9"), offers, asking("danger_now"))) == []


def test_the_numbers_of_an_intake_question_are_left_to_the_intake_that_takes_several() -> None:
    assert picked(wrote("1"), [sent(1, "reply", "In danger?", DANGER)], asking("danger_now")) == ()
    assert picked(wrote("1"), [sent(1, "reply", "What?", SEVERAL)], asking("assistance")) == ()


def test_a_country_is_picked_by_the_number_it_was_shown_with() -> None:
    assert data(picked(wrote("2"), [sent(1, "reply", "Where?", COUNTRY)], asking("country"))) == ["f.7.country.CN"]


def test_a_choice_of_a_question_that_is_not_asked_any_more_is_not_picked() -> None:
    assert picked(wrote("2"), [sent(1, "reply", "Where?", COUNTRY)], asking("area")) == ()


def test_a_number_is_the_answer_itself_where_words_are_asked_for() -> None:
    offers = [sent(1, "reply", "Where?", AREA)]
    assert picked(wrote("2"), offers, asking("area")) == ()


def test_a_number_that_may_be_the_answer_itself_or_an_act_is_asked_about() -> None:
    offers = [sent(2, "ping", "U1 · KC26-M9S34-4", ACTS), sent(1, "reply", "Where exactly?\nTown.", AREA)]
    found = picked(wrote("2"), offers, asking("area"))
    assert data(found) == ["c.typed.2", "a.7.1.case"]
    assert found[0].label == "Where exactly?: 2"


def test_two_pings_of_two_cases_are_told_apart_and_a_repeated_one_is_one() -> None:
    again = sent(3, "ping", "ping 2", ((Button("Acknowledge", "a.7.2.ack"),),))
    first, other = sent(1, "ping", "ping 1", ACTS), sent(2, "ping", "other", OTHER_ACTS)
    assert data(picked(wrote("1"), [again, other, first], Conversation(1))) == ["a.7.2.ack", "a.8.1.ack"]
    assert data(picked(wrote("1"), [again, first], Conversation(1))) == ["a.7.2.ack"]


def test_the_list_that_was_asked_for_last_takes_the_number() -> None:
    offers = [sent(3, "reply", "Your cases", LIST), sent(2, "ping", "Please.", ACTS), sent(1, "reply", "?", DANGER)]
    assert data(picked(wrote("2"), offers, asking("danger_now"))) == ["a.8.1.case"]


def test_words_that_an_act_waits_for_are_not_taken_for_a_choice() -> None:
    prompt = {"place": str(HERE), "until": (NOW + timedelta(minutes=5)).isoformat()}
    before = sent(1, "reply", "Case", LIST)
    assert picked(wrote("1"), [before], asking("", prompt=prompt)) == ()
    later = shown(sent(29, "ping", "P", ACTS), NOW)
    assert data(picked(wrote("1"), [later, before], asking("", prompt=prompt))) == ["c.typed.1", "a.7.1.ack"]


def test_a_prompt_that_lapsed_takes_nothing() -> None:
    prompt = {"place": str(HERE), "until": (NOW - timedelta(seconds=1)).isoformat()}
    assert data(picked(wrote("1"), [sent(1, "reply", "Case", LIST)], asking("", prompt=prompt))) == ["a.7.1.case"]


def test_done_ends_a_question_of_several_choices() -> None:
    offers = [sent(1, "reply", "What?", SEVERAL)]
    assert data(picked(wrote("done"), offers, asking("assistance"))) == ["f.7.assistance.done"]
    assert picked(wrote("done"), offers, asking("area")) == ()


def shown(offer: Delivery, at: datetime) -> Delivery:
    return replace(offer, state=DeliveryState.SENT, sent_at=at)


def test_what_arrived_after_the_question_though_it_was_written_before_may_be_meant_too() -> None:
    waited = shown(sent(1, "alert", "U1 · KC26-ABCDE-5", OTHER_ACTS), NOW - timedelta(minutes=1))
    question = shown(sent(9, "reply", "KC26-M9S34-4", ACTS), NOW - timedelta(minutes=2))
    assert data(picked(wrote("1"), [question, waited], Conversation(1))) == ["a.7.1.ack", "a.8.1.ack"]


def test_what_waits_for_a_window_was_shown_to_nobody() -> None:
    waits = replace(sent(9, "alert", "U1 · KC26-ABCDE-5", OTHER_ACTS), state=DeliveryState.WINDOW_CLOSED)
    alert = shown(sent(1, "alert", "U1 · KC26-M9S34-4", ACTS), NOW - timedelta(minutes=2))
    assert data(picked(wrote("1"), [waits, alert], Conversation(1))) == ["a.7.1.ack"]


def test_the_answer_that_came_last_is_the_question_though_another_was_written_after_it() -> None:
    late = shown(sent(1, "reply", "KC26-ABCDE-5", OTHER_ACTS), NOW - timedelta(minutes=1))
    earlier = shown(sent(9, "reply", "KC26-M9S34-4", ACTS), NOW - timedelta(minutes=2))
    assert data(picked(wrote("1"), [earlier, late], Conversation(1))) == ["a.8.1.ack"]


def test_a_number_written_before_a_list_of_acts_was_there_is_not_for_it() -> None:
    alerts = [shown(sent(n, "alert", "U1", acts), NOW) for n, acts in ((1, ACTS), (2, OTHER_ACTS))]
    asked = sent(9, "reply", "Your 1 fits more than one question.", ACTS)
    late = replace(asked, message=replace(asked.message, created_at=NOW + timedelta(milliseconds=300)))
    assert len(picked(wrote("1"), [late, *alerts], Conversation(1))) == 2, "typed twice in haste, it is asked again"


def test_a_number_written_before_the_next_question_of_an_intake_is_for_that() -> None:
    asked = sent(9, "reply", "Where?", COUNTRY)
    late = replace(asked, message=replace(asked.message, created_at=NOW + timedelta(milliseconds=300)))
    assert data(picked(wrote("2"), [late], asking("country"))) == ["f.7.country.CN"]


def test_what_may_never_have_arrived_is_asked_about_and_not_done() -> None:
    tried = replace(sent(1, "alert", "U1 · KC26-M9S34-4", ACTS), state=DeliveryState.QUEUED, sent_at=None)
    assert data(picked(wrote("1"), [tried], Conversation(1))) == ["a.7.1.ack", "c.typed.1"]

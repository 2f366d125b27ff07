"""Who may read what on which way out: the whole table, cell by cell, and that nothing else opens a text."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import product

import pytest

from bot.domain.agreement import DeskRole
from bot.domain.case import Case, CaseText, Channel, Handoff, HandoffState, TextKind, Value
from bot.domain.fields import FIELDS, field
from bot.domain.guarded import WITHHELD, Guarded
from bot.domain.people import Role
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.protection import redaction_policy
from bot.protection.redaction_policy import MINIMUM, Matter, Showing, Way, decide
from bot.protection.standings import Reader, Standing, is_cleared
from tests.kit.cases import (
    ADMIN,
    AGREEMENT,
    CN_DUTY,
    KH_DUTY,
    NOW,
    OFFICER,
    OTHER_OFFICER,
    VN_DUTY,
    a_case,
    with_answers,
)
from tests.kit.root import ROOT

Standings = set[Standing]
AUTHOR: Standing = Standing.AUTHOR
OWN_SIDE: Standings = {Standing.AUTHOR, Standing.OWN}
NO_FEAR: Standings = OWN_SIDE | {Standing.OTHER}
NOT_CLOSED: Standings = NO_FEAR | {Standing.UNCLEARED}
EVERYBODY: Standings = NOT_CLOSED | {Standing.CLOSED}
ALONE: Standings = {Standing.AUTHOR}
SUPPORT: Standings = {Standing.SUPPORT}

#: The promise in other words than the program's: for each matter, who gets it by which ways; all else is absent.
SHOWN: dict[Matter, dict[Way, Standings]] = {
    Matter.REFERENCE: {way: EVERYBODY for way in Way if way not in (Way.LOG, Way.SEARCH, Way.PACKET, Way.ANNEX)}
    | dict.fromkeys((Way.PING, Way.CALL, Way.ALERT, Way.RELAY, Way.CASE, Way.ECHO, Way.PAGE), EVERYBODY | SUPPORT)
    | {Way.SEARCH: NOT_CLOSED, Way.PACKET: NOT_CLOSED, Way.ANNEX: NOT_CLOSED},
    Matter.MINIMUM: dict.fromkeys((Way.ALERT, Way.CASE, Way.PAGE, Way.EXPORT, Way.IDENTIFIED), EVERYBODY)
    | {Way.ECHO: OWN_SIDE, Way.PACKET: NOT_CLOSED},
    Matter.CODED: dict.fromkeys((Way.ALERT, Way.CASE, Way.PACKET), NO_FEAR)
    | dict.fromkeys((Way.PAGE, Way.EXPORT, Way.IDENTIFIED), NOT_CLOSED)
    | {Way.ECHO: OWN_SIDE},
    Matter.FEAR: dict.fromkeys((Way.ALERT, Way.CASE, Way.ECHO, Way.PAGE), OWN_SIDE),
    Matter.PROTECTION: {Way.PAGE: OWN_SIDE},
    Matter.WORDS: dict.fromkeys((Way.ALERT, Way.CASE, Way.PACKET, Way.IDENTIFIED), NO_FEAR)
    | {Way.ECHO: ALONE, Way.PAGE: NOT_CLOSED},
    Matter.NOTE: dict.fromkeys((Way.RELAY, Way.PAGE), NOT_CLOSED) | {Way.ECHO: ALONE, Way.IDENTIFIED: NO_FEAR},
    Matter.MEMO: {Way.ECHO: ALONE, Way.PAGE: OWN_SIDE, Way.IDENTIFIED: OWN_SIDE},
    Matter.MARKED: {Way.ECHO: ALONE},
    Matter.IDENTITY: {Way.SECURE: NO_FEAR, Way.ANNEX: NO_FEAR, Way.IDENTIFIED: OWN_SIDE},
    Matter.OWN_FILE: dict.fromkeys((Way.SECURE, Way.IDENTIFIED), OWN_SIDE),
    Matter.SUSPECTS: {Way.SECURE: NO_FEAR, Way.IDENTIFIED: OWN_SIDE},
    Matter.HEALTH: {Way.SECURE: NO_FEAR, Way.IDENTIFIED: OWN_SIDE, Way.PAGE: SUPPORT},
    Matter.SUPPORT: dict.fromkeys((Way.ALERT, Way.CASE, Way.PAGE), SUPPORT),
    Matter.REFERRAL: dict.fromkeys((Way.RELAY, Way.CASE), OWN_SIDE) | {Way.ECHO: ALONE, Way.PAGE: OWN_SIDE | SUPPORT},
    Matter.OPERATION: dict.fromkeys((Way.PING, Way.RELAY, Way.CASE, Way.PAGE, Way.SECURE), NO_FEAR)
    | {Way.ECHO: OWN_SIDE},
    Matter.ACCEPTANCE: dict.fromkeys((Way.PAGE, Way.IDENTIFIED), EVERYBODY) | {Way.PACKET: NOT_CLOSED},
    Matter.NAME: dict.fromkeys((Way.RELAY, Way.ECHO, Way.PAGE, Way.SECURE, Way.PACKET, Way.IDENTIFIED), OWN_SIDE),
}
_ROLE_ONLY = (Way.PING, Way.ALERT, Way.RELAY, Way.CASE, Way.PAGE, Way.SECURE, Way.PACKET, Way.EXPORT, Way.IDENTIFIED)
MASKED: dict[Matter, dict[Way, Standings]] = {
    Matter.IDENTITY: dict.fromkeys((Way.SEARCH, Way.PACKET), NO_FEAR),
    Matter.SUSPECTS: dict.fromkeys((Way.SEARCH, Way.PACKET), NO_FEAR),
    Matter.HEALTH: {Way.SEARCH: NO_FEAR},
    Matter.NAME: dict.fromkeys(_ROLE_ONLY, EVERYBODY),
}
KEPT_FROM = {
    Matter.IDENTITY: (DeskRole.SECRETARIAT, DeskRole.SUPPORT),
    Matter.OWN_FILE: (DeskRole.SECRETARIAT, DeskRole.SUPPORT),
    Matter.SUSPECTS: (DeskRole.SECRETARIAT, DeskRole.SUPPORT),
    Matter.HEALTH: (DeskRole.SECRETARIAT,),
}
DESK = Reader("KH", Role.DUTY, 7, DeskRole.DUTY)


def expected(matter: Matter, way: Way, standing: Standing) -> Showing:
    if standing in SHOWN[matter].get(way, set()):
        return Showing.SHOWN
    return Showing.MASKED if standing in MASKED.get(matter, {}).get(way, set()) else Showing.ABSENT


@pytest.mark.parametrize(("matter", "way", "standing"), list(product(Matter, Way, Standing)))
def test_every_cell_says_what_was_promised(matter: Matter, way: Way, standing: Standing) -> None:
    assert decide(matter, way, standing, DESK) is expected(matter, way, standing)


@pytest.mark.parametrize(("matter", "way", "standing"), list(product(Matter, Way, Standing)))
def test_no_role_gets_more_than_a_duty_desk_and_some_get_less(matter: Matter, way: Way, standing: Standing) -> None:
    for role, desk, overheard in product((None, *Role), (None, *DeskRole), (False, True)):
        is_referred = desk is DeskRole.SUPPORT and standing not in (AUTHOR, Standing.NOBODY)
        promised = expected(matter, way, Standing.SUPPORT if is_referred else standing)
        got = decide(matter, way, standing, Reader("KH", role, 7, desk, overheard))
        is_less = (
            (overheard and matter is not Matter.REFERENCE)
            or (role is Role.ADMIN and way not in (Way.EXPORT, Way.IDENTIFIED) and matter is not Matter.NAME)
            or (standing is not AUTHOR and desk in KEPT_FROM.get(matter, ()))
        )
        assert got is (Showing.ABSENT if is_less else promised)


ANSWERED: dict[str, Value] = {
    "danger_now": "no",
    "situation": "confined",
    "age_group": "12_17",
    "country": "CN",
    "area": Guarded("Nanchang"),
    "exploitation": ("ForcedMarriage",),
    "assistance": ("urgent_rescue",),
    "summary": Guarded("door locked"),
}


def case_of(**more: Value) -> Case:
    return with_answers(a_case(), **ANSWERED, **more)


def readable(case: Case, party: str, way: Way = Way.ALERT) -> set[str]:
    return {f.id for f, _ in redaction_policy.answers(case, Reader(party), way, AGREEMENT)}


def test_the_own_side_reads_all_answers_and_they_are_opened_for_it() -> None:
    case = case_of()
    assert readable(case, "KH") == set(ANSWERED)
    assert ("area", "Nanchang") in [
        (f.id, v) for f, v in redaction_policy.answers(case, Reader("KH"), Way.ALERT, AGREEMENT)
    ]


@pytest.mark.parametrize("known", [{}, {"citizenship": ("KH",)}, {"fears_own_authorities": "no"}])
def test_until_both_questions_are_answered_only_the_minimum_crosses(known: dict[str, Value]) -> None:
    assert readable(case_of(**known), "CN") == MINIMUM


def test_when_nothing_is_feared_the_other_side_reads_what_the_officer_wrote_about_the_place() -> None:
    case = case_of(citizenship=("KH",), fears_own_authorities="no")
    assert readable(case, "CN") == {*ANSWERED, "citizenship"}


@pytest.mark.parametrize(
    ("citizenship", "fears", "cleared"),
    [
        (("KH",), "no", True),
        ("unknown", "no", True),
        (("KH",), "unknown", True),
        (("CN",), "no", True),
        (("CN",), "yes", False),
        (("KH", "CN"), "yes", False),
        ("unknown", "yes", False),
        (("KH",), "yes", True),
    ],
)
def test_who_fears_a_state_stays_hidden_from_it(citizenship: Value, fears: str, cleared: bool) -> None:
    case = case_of(citizenship=citizenship, fears_own_authorities=fears)
    assert is_cleared(case, AGREEMENT) is cleared
    for way in (Way.ALERT, Way.CASE, Way.PAGE, Way.EXPORT):
        assert (readable(case, "CN", way) == MINIMUM) is not cleared


def test_fear_of_an_authority_is_never_told_to_the_other_side() -> None:
    case = case_of(citizenship=("KH",), fears_own_authorities="no")
    for way in Way:
        assert "fears_own_authorities" not in readable(case, "CN", way)
    assert "fears_own_authorities" in readable(case, "KH")
    hidden = [f.id for f in FIELDS if not redaction_policy.may_read(f, case, Reader("CN"), Way.PAGE, AGREEMENT)]
    assert hidden == ["fears_own_authorities", "differs"], "on pages too"


def test_a_third_side_reads_nothing_at_all() -> None:
    case = case_of(citizenship=("KH",), fears_own_authorities="no")
    stranger = Reader.of(VN_DUTY, AGREEMENT)
    assert not [way for way in Way if redaction_policy.answers(case, stranger, way, AGREEMENT)]
    assert redaction_policy.text_for(a_text(TextKind.NOTE), case, stranger, Way.PAGE, AGREEMENT) is None


def a_text(kind: TextKind, **changes: object) -> CaseText:
    plain = CaseText(1, 1, kind, Guarded("the words"), NOW, OFFICER.id, "KH")
    return replace(plain, **changes)  # type: ignore[arg-type]


CLEARED: dict[str, Value] = {"citizenship": ("KH",), "fears_own_authorities": "no"}
FEARED: dict[str, Value] = {"citizenship": ("CN",), "fears_own_authorities": "yes"}


@pytest.mark.parametrize("kind", list(TextKind))
def test_a_text_opens_on_the_page_for_whom_it_was_written(kind: TextKind) -> None:
    is_tier_two = kind in (TextKind.LOCATION, TextKind.CONTACT, TextKind.FILE)
    for person, facts, opens in (
        (KH_DUTY, CLEARED, True),
        (CN_DUTY, CLEARED, kind not in (TextKind.MEMO, TextKind.PROTECTION)),
        (CN_DUTY, {}, kind not in (TextKind.MEMO, TextKind.PROTECTION)),
        (CN_DUTY, FEARED, False),
        (ADMIN, CLEARED, False),
    ):
        found = redaction_policy.text_for(
            a_text(kind), case_of(**facts), Reader.of(person, AGREEMENT), Way.PAGE, AGREEMENT
        )
        assert found == ("the words" if opens and not is_tier_two else None)


def test_the_reporting_side_reads_what_the_feared_side_wrote() -> None:
    answer = a_text(TextKind.NOTE, by=CN_DUTY.id, party="CN")
    assert redaction_policy.text_for(answer, case_of(**FEARED), Reader.of(KH_DUTY, AGREEMENT), Way.PAGE, AGREEMENT)


def test_a_text_marked_for_the_own_side_crosses_no_border_whatever_its_kind() -> None:
    own = a_text(TextKind.NOTE, own_side_only=True)
    assert (
        redaction_policy.text_for(own, case_of(**CLEARED), Reader.of(CN_DUTY, AGREEMENT), Way.PAGE, AGREEMENT) is None
    )


def test_an_officer_opens_only_their_own_entries_of_the_secure_case() -> None:
    entry = SecureEntry(1, 1, SecureField.PHONE, Guarded("+855 10 000 000"), NOW, OFFICER.id, "KH")
    case = case_of(**CLEARED)
    for person, opens in ((OFFICER, True), (OTHER_OFFICER, False), (KH_DUTY, True), (CN_DUTY, True), (ADMIN, False)):
        reader = Reader.of(person, AGREEMENT)
        found = redaction_policy.secure_for(entry, case, reader, Way.SECURE, AGREEMENT)
        assert found == ("+855 10 000 000" if opens else None)
        assert redaction_policy.secure_for(entry, case, reader, Way.CASE, AGREEMENT) is None


def test_people_of_the_other_side_are_told_by_their_role() -> None:
    reader = Reader.of(KH_DUTY, AGREEMENT)
    assert redaction_policy.name_for(OFFICER, reader, Way.PAGE) == OFFICER.name
    assert redaction_policy.name_for(CN_DUTY, reader, Way.PAGE) is None
    assert redaction_policy.name_for(OFFICER, reader, Way.PING) is None


def test_a_guarded_text_written_into_anything_says_only_that_it_is_withheld() -> None:
    text = Guarded("Sok Dara")
    for written in (str(text), repr(text), f"{text}", f"{text!r:>30}", "%s" % text, "{}".format(text), str([text])):  # noqa: UP031, UP032 - every way of writing
        assert "Dara" not in written
        assert WITHHELD in written
    assert text == Guarded("Sok Dara")
    assert not Guarded("")


#: The only modules that may open a guarded text: the policy, and the storage that writes it down sealed.
OPENERS = {
    "bot/protection/redaction_policy.py",
    "storage/rows/cases.py",
    "storage/rows/english.py",
    "storage/rows/joint_work.py",
}


def test_no_text_leaves_by_a_way_that_does_not_ask_the_policy() -> None:
    """Texts are of a type that only `reveal` opens, and nothing else names it: the types hold for the rest."""
    found = set()
    for path in (path for folder in ("bot", "adapters", "storage") for path in (ROOT / folder).rglob("*.py")):
        names = (node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute))
        if "reveal" in names:
            found.add(str(path.relative_to(ROOT)))
    assert found <= OPENERS
    assert CaseText.__annotations__["text"] == SecureEntry.__annotations__["value"] == "Guarded"
    assert "Guarded" in str(Value)


def test_free_answers_are_guarded_from_the_moment_they_are_kept() -> None:
    assert not field("area").coded
    assert str(case_of().value("area")) == WITHHELD


def test_names_and_reasons_of_a_hand_off_are_said_by_nothing_they_are_written_into() -> None:
    handoff = Handoff(
        1, 7, Channel.POLICE, HandoffState.RETURNED, "cn-duty", 2, NOW,
        accepting_officer=Guarded("Col. Chen"), return_reason=Guarded("wrong desk"),
    )  # fmt: skip
    for written in (f"{handoff}", f"{handoff!r}", f"{handoff.accepting_officer} {handoff.return_reason}"):
        assert "Chen" not in written
        assert "wrong desk" not in written


@pytest.mark.parametrize("reader", [DESK, Reader("CN", Role.DUTY, 8, DeskRole.DUTY)])
def test_who_accepted_for_a_channel_is_told_to_both_sides_on_the_page_and_on_no_messenger(reader: Reader) -> None:
    officer = Guarded("Col. Chen")
    handoff = Handoff(1, 7, Channel.POLICE, HandoffState.ACCEPTED, "cn-duty", 2, NOW, accepting_officer=officer)
    told = {way: redaction_policy.officer_for(handoff, case_of(), reader, way, AGREEMENT) for way in Way}
    assert told[Way.PAGE] == "Col. Chen"
    assert not any(told[way] for way in (Way.PING, Way.ALERT, Way.RELAY, Way.CASE, Way.ECHO, Way.EXPORT, Way.LOG))


def test_a_hand_off_that_nobody_accepted_names_nobody() -> None:
    handoff = Handoff(1, 7, Channel.POLICE, HandoffState.SENT, "cn-duty", 2, NOW)
    assert redaction_policy.officer_for(handoff, case_of(), DESK, Way.PAGE, AGREEMENT) is None

"""What stands in the papers of the formal channels, and what never does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.channels.papers.as_pdf import paper_pdf
from bot.channels.papers.dossier import Dossier
from bot.channels.papers.kinds import RULES, PaperKind
from bot.domain.case import Case, Channel, Handoff, HandoffState
from bot.domain.errors import EnglishMissing, NoPaper
from bot.domain.guarded import Guarded
from bot.domain.secure_entry import SecureField
from tests.kit.cases import KH_DUTY, NOW
from tests.kit.papers import (
    FIRST,
    IDENTITY,
    NAMES,
    SUSPECT,
    a_dossier,
    a_ready_case,
    apart,
    drawn,
    english,
    entry,
    printed,
    read,
)

OPEN_PAPERS = [kind for kind in PaperKind if kind is not PaperKind.ANNEX]
ABOUT_THE_CASE = [PaperKind.POLICE_REQUEST, PaperKind.NOTE_VERBALE, PaperKind.SUPPORT_REFERRAL]


def of(case: Case) -> Dossier:
    return a_dossier(case)


def test_a_police_request_says_what_is_asked_of_whom_why_and_until_when() -> None:
    words = printed(paper_pdf(drawn(PaperKind.POLICE_REQUEST)))
    for told in (
        "Request for police assistance",
        "TLP:AMBER+STRICT · Handling H2",
        "KC26-M9S34-4",
        "URGENT",
        "State of the case: Sat 18 Apr 2026 14:05 Phnom Penh / 15:05 Beijing",
        "This paper confirms our urgent message of Sat 18 Apr 2026 14:05 Phnom Penh / 15:05 Beijing",
        "Legal basis Agreement between the Kingdom of Cambodia and the People's Republic of China",
        "The door is locked from outside",
        "Urgent rescue, Safe shelter, Travel document, Interpreter",
        "within your authority",
        "Reply wanted by Sat 18 Apr 2026 22:05 Phnom Penh / 23:05 Beijing",
        "Restrictions on use",
        "at any hour",
        "Drafted for signature: counts only once it is signed.",
        "Page 1 of 2",
    ):
        assert told in words


def test_why_it_is_urgent_is_said_once_the_other_side_may_know() -> None:
    case = replace(a_ready_case(), rules=("R6",))
    assert "URGENT: the person is held or out of contact" in printed(
        paper_pdf(drawn(PaperKind.POLICE_REQUEST, of(case)))
    )
    early = replace(a_ready_case(citizenship=None), rules=("R6",))
    words = printed(paper_pdf(drawn(PaperKind.POLICE_REQUEST, of(early))))
    assert "URGENT" in words
    assert "out of contact" not in words
    assert "The door is locked" not in words, "before citizenship is known only the minimum crosses"


def test_a_note_verbale_has_the_form_of_one_and_a_number_to_fill_in() -> None:
    words = printed(paper_pdf(drawn(PaperKind.NOTE_VERBALE)))
    for told in (
        "presents its compliments",
        "has the honour to refer to the agreement",
        "urgent message of Sat 18 Apr 2026",
        "avails itself of this opportunity",
        "No. ................ / 2026",
        "Initials, seal",
        "sealed annex",
    ):
        assert told in words
    assert words.rindex("of the People's Republic of China") > words.rindex("highest consideration"), "at the foot"
    assert "The door is locked" not in words, "a note holds the minimum"


def test_who_she_is_stands_in_the_annex_and_in_no_other_paper() -> None:
    annex = read(drawn(PaperKind.ANNEX))
    assert [known for known in IDENTITY if known not in annex] == []
    assert NAMES["native"] in annex
    assert "TLP:RED" in annex
    for kind in OPEN_PAPERS:
        paper = read(drawn(kind))
        assert [known for known in (*IDENTITY, NAMES["native"]) if known in paper] == [], kind
        assert "TLP:RED" not in paper


def test_the_annex_tells_a_consulate_who_she_is_and_nothing_of_where_or_of_suspects() -> None:
    annex = read(drawn(PaperKind.ANNEX))
    assert SUSPECT not in annex
    assert "Plum lane" not in annex


def test_the_newest_entry_of_the_secure_case_counts() -> None:
    later = entry(9100, SecureField.NAMES, {"family": "Sok", "given": "Kunthea"})
    dossier = a_dossier()
    annex = read(drawn(PaperKind.ANNEX, replace(dossier, entries=(*dossier.entries, later))))
    assert "Kunthea" in annex
    assert "Kolab" not in annex


def test_an_annex_without_entries_says_so() -> None:
    assert "No particulars of any person are recorded." in read(drawn(PaperKind.ANNEX, a_dossier(entries=())))


def test_a_referral_for_support_tells_of_no_suspect_and_asks_for_support_only() -> None:
    case = a_ready_case(summary=Guarded("the suspect is Bossman"))
    words = read(drawn(PaperKind.SUPPORT_REFERRAL, of(case)))
    for told in ("Safe shelter", "Interpreter", "Only through the reporter", "Nanchang"):
        assert told in words
    for never in ("Bossman", "Urgent rescue", "urgent_rescue", "scream", "Consent"):
        assert never not in words


@pytest.mark.parametrize("kind", [PaperKind.POLICE_REPLY, PaperKind.DIPLOMATIC_REPLY])
def test_a_reply_slip_is_filled_in_by_the_other_side_and_tells_nothing_of_the_case(kind: PaperKind) -> None:
    words = read(drawn(kind))
    for asked in ("Our formal reference", "Accepting officer", "Back to:", "It needs a judge",
                  "Date and time, Phnom Penh / Beijing"):  # fmt: skip
        assert asked in words
    for never in ("Nanchang", "Locked in", "confined", "Forced", "Cambodian"):
        assert never not in words


@pytest.mark.parametrize("kind", PaperKind)
def test_fear_and_protection_are_on_no_paper(kind: PaperKind) -> None:
    words = read(drawn(kind))
    for never in ("fears_own", "Fears", "protection_flag", "Protection need", "none_known"):
        assert never not in words


# What must be in English.


@pytest.mark.parametrize(
    "words", ["她被锁在房间里", "នាងត្រូវបានចាក់សោ", "Cô ấy bị nhốt trong phòng, người môi giới mới đến tối nay"]
)
def test_a_paper_with_a_text_that_is_not_english_names_the_field_that_lacks_a_version(words: str) -> None:
    case = a_ready_case(summary=Guarded(words), area=Guarded("南昌"))
    with pytest.raises(EnglishMissing) as refused:
        drawn(PaperKind.POLICE_REQUEST, of(case))
    assert refused.value.labels == ("Area", "Summary")
    assert words not in str(refused.value)


def test_the_english_version_goes_in_with_who_wrote_it_and_when() -> None:
    case = a_ready_case(summary=Guarded("她被锁在房间里"))
    dossier = a_dossier(case, english={"summary": english("She is locked in a room")})
    paper = read(drawn(PaperKind.POLICE_REQUEST, dossier))
    assert "She is locked in a room" in paper
    assert "English by KH duty, Sat 18 Apr 2026 14:14 Phnom Penh / 15:14 Beijing" in paper
    assert "她" not in paper


def test_a_machines_draft_is_marked_as_one() -> None:
    case = a_ready_case(summary=Guarded("她被锁在房间里"))
    dossier = a_dossier(case, english={"summary": english("She is locked", is_machine_draft=True)})
    assert "English drafted by a machine and not confirmed" in read(drawn(PaperKind.POLICE_REQUEST, dossier))


def test_a_version_that_is_not_english_is_none() -> None:
    case = a_ready_case(summary=Guarded("她被锁在房间里"))
    dossier = a_dossier(case, english={"summary": english("她还在房间里")})
    with pytest.raises(EnglishMissing):
        drawn(PaperKind.POLICE_REQUEST, dossier)


def test_what_is_not_on_a_paper_needs_no_english() -> None:
    case = a_ready_case(summary=Guarded("她被锁在房间里"))
    for kind in (PaperKind.NOTE_VERBALE, PaperKind.SUPPORT_REFERRAL, PaperKind.POLICE_REPLY):
        assert drawn(kind, of(case)).kind is kind


def test_without_a_summary_the_first_message_tells_what_happened_in_english() -> None:
    assert "somebody screams for help" in read(drawn(PaperKind.POLICE_REQUEST, of(a_ready_case(summary=None))))
    khmer = replace(FIRST, text=Guarded("ជួយផង"))
    dossier = a_dossier(a_ready_case(summary=None), texts=(khmer,))
    with pytest.raises(EnglishMissing) as refused:
        drawn(PaperKind.POLICE_REQUEST, dossier)
    assert refused.value.labels == ("First message",)
    put = replace(dossier, english={"first": english("Help us")})
    assert "Help us" in read(drawn(PaperKind.POLICE_REQUEST, put))


# Who may be on a paper.


def test_there_is_no_paper_while_its_gate_is_closed() -> None:
    for changed, closed in (
        ({"consent_police": "no"}, Channel.POLICE),
        ({"consent_diplomatic": "no"}, Channel.DIPLOMATIC),
        ({"fears_own_authorities": "yes"}, Channel.DIPLOMATIC),
        ({"protection_flag": None}, Channel.DIPLOMATIC),
    ):
        for kind in PaperKind:
            dossier = of(a_ready_case(**changed))
            if RULES[kind].channel is closed:
                with pytest.raises(NoPaper):
                    drawn(kind, dossier)
            else:
                assert drawn(kind, dossier).kind is kind


@pytest.mark.parametrize("kind", PaperKind)
def test_consent_taken_back_after_sending_ends_the_papers_too(kind: PaperKind) -> None:
    case = a_ready_case(consent_police="no", consent_diplomatic="no", fears_own_authorities="yes", citizenship=("CN",))
    sent = tuple(Handoff(n, 1, channel, HandoffState.SENT, "cn-duty", 2, NOW, NOW) for n, channel in enumerate(Channel))
    with pytest.raises(NoPaper):
        drawn(kind, of(replace(case, handoffs=sent)))


@pytest.mark.parametrize("kind", PaperKind)
def test_there_is_no_paper_before_a_side_is_asked(kind: PaperKind) -> None:
    with pytest.raises(NoPaper):
        drawn(kind, of(replace(a_ready_case(), requested="")))


def of_three(**changed: str) -> Case:
    """Two women, and one of China set apart, who may be kept from it."""
    case = a_ready_case(persons_count=3, differs="country")
    return apart(replace(case, sent_at=NOW), 47, citizenship=("CN",), **changed)


def held(case: Case) -> Dossier:
    of_her = entry(9010, SecureField.NAMES, {"family": "Lin", "given": "Heldback"}, subject=47)
    dossier = a_dossier(case)
    return replace(dossier, entries=(*dossier.entries, of_her))


@pytest.mark.parametrize("kind", PaperKind)
def test_of_somebody_who_is_held_back_there_is_nothing_on_any_paper_not_even_in_a_count(kind: PaperKind) -> None:
    words = read(drawn(kind, held(of_three(fears_own_authorities="yes", protection_flag="possible"))))
    for never in ("Heldback", "47", "3 people", '"shown": "3"', "Lin", "The door is locked", "differs"):
        assert never not in words
    if kind in ABOUT_THE_CASE:
        assert '"value": 2' in words


def test_everybody_whom_the_other_side_may_know_of_is_on_the_paper_each_with_what_differs() -> None:
    request = drawn(PaperKind.POLICE_REQUEST, held(of_three(fears_own_authorities="no")))
    words = read(request)
    assert "KC26-M9S34-4/47" in words
    assert '"value": 3' in words
    assert "The door is locked" in words
    assert "Heldback" in read(drawn(PaperKind.ANNEX, held(of_three(fears_own_authorities="no"))))


@pytest.mark.parametrize("kind", [PaperKind.POLICE_REQUEST, PaperKind.NOTE_VERBALE, PaperKind.ANNEX])
def test_only_those_whom_the_hand_off_covers_are_on_its_papers(kind: PaperKind) -> None:
    case = of_three(fears_own_authorities="no")
    sent = tuple(
        Handoff(n, 1, channel, HandoffState.SENT, "cn-duty", 2, NOW, NOW, covers=(1,))
        for n, channel in enumerate(Channel)
    )
    words = read(drawn(kind, held(replace(case, handoffs=sent))))
    for never in ("Heldback", "47", '"value": 3', "The door is locked"):
        assert never not in words


def test_an_entry_from_before_somebody_was_set_apart_may_be_about_them() -> None:
    case = of_three(fears_own_authorities="yes", protection_flag="possible")
    old = entry(30, SecureField.NAMES, {"family": "Old", "given": "Whoever"})
    assert "Whoever" not in read(drawn(PaperKind.ANNEX, a_dossier(case, entries=(old,))))


def test_nobody_signs_what_they_may_not_read() -> None:
    stranger = replace(KH_DUTY, id=77, party="VN", desk="vn-duty")
    assert "Kolab" not in read(drawn(PaperKind.ANNEX, a_dossier(signer=stranger)))


def test_a_drill_says_so() -> None:
    for kind in PaperKind:
        assert "EXERCISE" in read(drawn(kind, of(replace(a_ready_case(), exercise=True))))

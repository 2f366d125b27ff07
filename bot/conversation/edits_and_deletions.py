"""Messages that their writer edits or deletes: the first version stays, and whoever had it sent on hears of it."""

from __future__ import annotations

from bot.acts import leading, support
from bot.conversation.ask_which_case import belongs_nowhere
from bot.domain import reference
from bot.domain.case import Case, CaseText, TextKind
from bot.domain.case_acts import Act
from bot.domain.fields import field
from bot.domain.journal_acts import JournalAct
from bot.domain.typed_commands import ABOUT_CASE, OPENING, is_known, parse_command
from bot.intake import answers, changing, in_english
from bot.intake.held_words import held, held_for, hold, opens_cases
from bot.intake.pieces import words_of
from bot.intake.position import in_intake
from bot.intake.reading.answer_reader import read
from bot.intake.reading.first_words import Told, told
from bot.intake.reading.result import Read
from bot.language.texts import tr
from bot.people import lapsed_enrolment
from bot.protection import gates
from bot.protection.in_english import lacking, sentence
from bot.protection.permissions import may_see
from bot.protection.standings import concerned
from bot.relay import own_echoes, relay
from bot.turns.composer import Composer

#: Commands whose words, all of them, are kept with the case.
_WITH_WORDS = frozenset(act.value for act in Act if act.rule.is_words)
#: As what the words of a command are kept that says who reads them.
_KEPT_AS = {"note": (TextKind.NOTE, TextKind.TEXT), "memo": (TextKind.MEMO,)}


def edited(c: Composer) -> None:
    """Keep an amendment of a text or an answer; ignore edits of what was never kept."""
    message = c.message
    if message is None or c.person is None or not message.text:
        return
    answer = c.view.amended_answer(c.came_as)
    if answer is not None and answer.by == c.person.id:
        _amend_answer(c, answer.case_id, answer.field, message.text)
        return
    if not _amends_referral(c, message.text):
        _amend(c, message.text)


def _amend(c: Composer, text: str) -> None:
    """Keep an amendment of free words, where it is one."""
    waits = any(piece.message == c.came_as for piece in held(c.conversation.pending))
    first, case = _first_of(c)
    if (waits or first is not None) and _is_other_act(text, first):
        c.say(tr(c.language, "A change does nothing by itself, so nothing was sent. Please write it as a new message."))
        return
    if waits:
        hold(c, words_of(c), held_for(c))
        return
    if first is None or case is None:
        _take_as_new(c, text)
        return
    if _names_another(c, text, case):
        c.say(
            tr(
                c.language,
                "A change cannot move words to another case: what you wrote stays with {reference}. Please write it "
                "anew.",
                reference=case.reference,
            ),
            case=case,
        )
        return
    _amend_text(c, case, first, _without_command(text))
    if first.kind is TextKind.FIRST and first.by == case.officer:
        changing.said_otherwise(c, c.case(case.id) or case, _without_command(text))


def _amends_referral(c: Composer, text: str) -> bool:
    """What a support desk changes goes on as a new note to the side that referred; False where it is none of theirs."""
    first = c.view.amended_text(c.came_as)
    case = c.case(first.case_id) if first is not None else None
    is_theirs = first is not None and c.person is not None and first.by == c.person.id
    return is_theirs and case is not None and support.do(c, case, Act.NOTE.value, _without_command(text))


def _take_as_new(c: Composer, text: str) -> None:
    """Small talk that is changed into words that may be an alert is one; a change of what an intake read is none."""
    is_free = c.message is not None and c.message.in_private and in_intake(c) is None
    if is_free and opens_cases(c) and parse_command(text) is None and told(text) in (Told.HAPPENED, Told.UNSURE):
        belongs_nowhere(c, text)


def deleted(c: Composer) -> None:
    """Note that the writer deleted a message; it stays in the record, and whoever had it sent on hears of it."""
    first, case = _first_of(c)
    if first is None or case is None:
        return
    c.journal(JournalAct.MEMO_DELETED if first.own_side_only else JournalAct.DELETED_BY_WRITER, case, text=first.id)
    c.case_id = case.id
    if not _is_relayed(c, case, first):
        return
    relayed = relay.tell_of_deletion(c, case, first)
    kept = tr(c.language, "{reference}: you deleted your message; the record keeps it.", reference=case.reference)
    c.say(f"{kept} {relayed.told(c.language)}".strip(), case=case)


def _first_of(c: Composer) -> tuple[CaseText | None, Case | None]:
    """The text that a message was kept as, and its case, when whoever changes it wrote it and may see the case."""
    first = c.view.amended_text(c.came_as)
    case = c.case(first.case_id) if first is not None else None
    is_theirs = first is not None and c.person is not None and first.by == c.person.id
    may_read = c.person is not None and case is not None and may_see(c.person, case, c.context.agreement)
    is_seen = may_read or (case is not None and leading.may_write(c, case))
    return (first, case) if is_theirs and is_seen else (None, None)


def _amend_text(c: Composer, case: Case, first: CaseText, text: str) -> None:
    is_relayed = _is_relayed(c, case, first) and not own_echoes.is_ours(c, case, text)
    is_nothing_new = is_relayed and relay.is_as_relayed(c, case, first, text)
    whom = concerned(case, first.id, first.subjects)
    is_stopped = is_relayed and gates.stops_relay(case, _other_side(case, first), c.context.agreement, whom)
    kept = c.kept.text(
        case,
        first.kind,
        text,
        own_side_only=first.own_side_only or is_stopped,
        amends=first.id,
        message="",
        subjects=tuple(sorted(whom)),
    )
    c.journal(JournalAct.MEMO_AMENDED if first.own_side_only else JournalAct.AMENDED, case, text=first.id)
    c.put(case)
    if is_nothing_new:
        return
    sentence = tr(c.language, "{reference}: your change is kept beside the first version.", reference=case.reference)
    if is_relayed:
        sentence += " " + relay.pass_on(c, case, c.kept.texts_with(kept), is_change=True).sentence(c.language)
    elif first.kind is TextKind.NOTE:
        sentence += " " + tr(c.language, "It was not sent on.")
    c.say(sentence, case=case)


def _is_relayed(c: Composer, case: Case, first: CaseText) -> bool:
    """Whether a text goes on to others: a note to an open case, by somebody who may still write one."""
    may_write = leading.may_write(c, case)
    return first.kind is TextKind.NOTE and case.is_open and may_write and not lapsed_enrolment.is_lapsed(c)


def _other_side(case: Case, text: CaseText) -> str:
    return case.requested if text.party == case.reporting else case.reporting


def _names_another(c: Composer, text: str, case: Case) -> bool:
    command = parse_command(text)
    named = reference.find_in(command.rest) if command is not None and command.name in _WITH_WORDS else None
    meant = c.view.referred(named[0]) if named is not None else None
    return named is not None and (meant is None or c.view.leading_to(meant).id != case.id)


def _is_other_act(text: str, first: CaseText | None) -> bool:
    """Whether a change asks for another act than the first version was, such as a memo where that was a note."""
    command = parse_command(text)
    if command is None or not is_known(command) or not (command.has_slash or command.name in ABOUT_CASE):
        return False
    kind = first.kind if first is not None else None
    return kind not in _KEPT_AS.get(command.name, ()) if command.name in _KEPT_AS else kind in (None, TextKind.NOTE)


def _without_command(text: str) -> str:
    """The words of an edited `/note REF words`, `/vital REF words` or `/alert words`, as the first version was kept."""
    command = parse_command(text)
    if command is None or not (command.name in _WITH_WORDS or (command.name in OPENING and command.has_slash)):
        return text
    named = reference.find_in(command.rest)
    return named[1] if named else command.rest


def _amend_answer(c: Composer, case_id: int, field_id: str, text: str) -> None:
    case = c.case(case_id)
    if case is None or c.person is None or case.officer != c.person.id or not case.is_open:
        return
    asked = field(field_id)
    reading = read(asked, text, now=c.now, zone=c.context.agreement.zone_of(case.reporting), language=c.language)
    label = tr(c.language, asked.label)
    if not isinstance(reading, Read):
        c.say(tr(c.language, "{label}: the change could not be read, so the first answer stays. Type: edit {number}",
                 label=label, number=asked.whole_number), case=case)  # fmt: skip
        return
    case = answers.store(c, case, asked, reading.value, "amended")
    said = tr(c.language, "{label} is changed; the first answer is kept beside it.", label=label)
    missing = lacking(case, (asked,))
    in_english.ask_desk(c, case)
    laid = in_english.buttons(case, missing, c.language)
    c.say(f"{said} {sentence(missing, case.reference, c.language)}".strip(), laid, case=case)

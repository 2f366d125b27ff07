"""The intake: one question after another, answers kept, urgency and deadlines following them. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from zlib import crc32

from bot.channels import gate_effects
from bot.clock import alerts, deadlines
from bot.domain import button_data
from bot.domain.case import Case, Value
from bot.domain.fields import FIELDS, Field, by_number, field
from bot.domain.journal_acts import JournalAct
from bot.intake import marked
from bot.intake.answers import follow_up, keep, store
from bot.intake.held_words import move_on
from bot.intake.next_question import missing, next_question, question_before
from bot.intake.open_case import ask_side, choose_side
from bot.intake.question_texts import keyboard, question, summary, summary_keyboard, word_button, yes_no, zone_of
from bot.intake.reading.answer_reader import read
from bot.intake.reading.block import Block
from bot.intake.reading.result import Confirm, OutsidePurpose, Read, Unclear
from bot.language.texts import tr
from bot.turns.composer import Composer

#: After so long a silence, words that do not answer the question may as well be a new alert.
SILENCE = timedelta(hours=1)


def ask_field(c: Composer, case: Case, asking: Field, lead: str = "", *, returning: bool = False) -> None:
    """Ask a question, after a leading sentence; before the side is known, ask for that."""
    if not case.requested:
        ask_side(c, case, lead)
        return
    move_on(c, case_id=case.id, asking=asking.id, pending={"returning": True} if returning else {})
    text = question(case, asking, c.language)
    laid = keyboard(case, asking, c.context.agreement, c.language)
    c.say(f"{lead}\n\n{text}" if lead else text, laid, case=case)


def advance(c: Composer, case: Case, current: Field, lead: str = "") -> None:
    """Ask what comes after a field: the next open question, the rest of an edited group, or the summary."""
    if case.sent_at is not None:
        move_on(c, case_id=case.id, asking="")
        done = tr(c.language, "{reference} is changed. The desks see it.", reference=case.reference)
        c.say(f"{lead}\n{done}" if lead else done, case=case)
        return
    if c.conversation.pending.get("returning"):
        rest = [f for f in by_number(str(current.whole_number)) if f.part > current.part]
        if rest:
            ask_field(c, case, rest[0], lead, returning=True)
            return
        show_summary(c, case, lead)
        return
    following = next_question(case, current.id)
    if following is None:
        show_summary(c, case, lead)
    else:
        ask_field(c, case, following, lead)


def show_summary(c: Composer, case: Case, lead: str = "") -> None:
    """Show all answers back and offer to send; before the side is known, ask for that."""
    if not case.requested:
        ask_side(c, case, lead)
        return
    if case.sent_at is None:
        move_on(c, case_id=case.id, asking="summary")
        closing = tr(c.language, "Type 'send' to confirm, or 'edit 4' to change number 4.")
        laid = summary_keyboard(case, c.language)
    else:
        closing = tr(c.language, "Sent. Type 'edit 4' to change number 4.")
        laid = ()
    text = summary(case, c.context.agreement, c.language)
    marked.secure(c, case)
    asked, answers = marked.question(c, case)
    c.say("\n\n".join(filter(None, [lead, text, asked, closing])), (*answers, *laid), case=case)


def answer_text(c: Composer, case: Case, asking: Field, text: str, lead: str = "") -> bool:
    """Read a typed answer. Returns False, and does nothing, when it cannot be read as one."""
    zone = zone_of(c.context.agreement, case.reporting)
    match read(asking, text, now=c.now, zone=zone, language=c.language):
        case Read(value=value):
            advance(c, store(c, case, asking, value, "typed"), asking, lead)
        case Confirm(value=value, shown=shown):
            returning = bool(c.conversation.pending.get("returning"))
            ask_confirmation(c, case, [(asking, value, shown)], lead, returning=returning)
        case OutsidePurpose(sentence=sentence):
            _refuse(c, case, asking, sentence)
        case Unclear():
            return False
    return True


def _refuse(c: Composer, case: Case, asking: Field, sentence: str) -> None:
    """Say that a chosen category is outside the purpose and ask again. The journal does not say which it was."""
    c.journal(JournalAct.CATEGORY_REFUSED, case)
    c.put(case)
    ask_field(c, case, asking, sentence, returning=bool(c.conversation.pending.get("returning")))


def ask_again(c: Composer, case: Case, asking: Field, text: str) -> None:
    """Say what could not be read, with an example, and ask again. The words are kept with the case."""
    zone = zone_of(c.context.agreement, case.reporting)
    reading = read(asking, text, now=c.now, zone=zone, language=c.language)
    sentence = reading.sentence if isinstance(reading, Unclear) else ""
    kept = tr(c.language, "Your words are kept with {reference}.", reference=case.reference)
    laid = keyboard(case, asking, c.context.agreement, c.language)
    new = ((word_button(tr(c.language, "No, this is a new alert"), "new"),),)
    c.say(f"{sentence} {kept}\n\n{question(case, asking, c.language)}", (*laid, *new), case=case)


def ask_confirmation(
    c: Composer, case: Case, confirms: Sequence[tuple[Field, Value, str]], lead: str = "", *, returning: bool = False
) -> None:
    """Show back what was understood, one thing at a time, before it is stored."""
    waiting = [{"field": f.id, "value": list(v) if isinstance(v, tuple) else v, "shown": s} for f, v, s in confirms]
    asking, _, shown = confirms[0]
    move_on(c, case_id=case.id, asking=asking.id, pending={"confirm": waiting, "returning": returning})
    sentence = tr(c.language, "{label}: you mean {shown}?", label=tr(c.language, asking.label), shown=shown)
    c.say(f"{lead}\n\n{sentence}" if lead else sentence, yes_no(c.language, stamp_of(case, confirms[0])), case=case)


def to_confirm(c: Composer) -> list[tuple[Field, Value, str]]:
    """What waits for the person's yes."""
    waiting = c.conversation.pending.get("confirm")
    return [_confirm(w) for w in waiting] if isinstance(waiting, list) else []


def stamp_of(case: Case, confirm: tuple[Field, Value, str]) -> str:
    """Tell what is shown back from anything else that ever was, in a few characters for a button."""
    asking, value, _ = confirm
    return f"{button_data.to_base36(case.id)}.{asking.id}.{button_data.to_base36(crc32(repr(value).encode()))}"


def _confirm(waiting: Mapping[str, object]) -> tuple[Field, Value, str]:
    raw = waiting["value"]
    value: Value = tuple(str(v) for v in raw) if isinstance(raw, list) else raw if isinstance(raw, int) else str(raw)
    return field(str(waiting["field"])), value, str(waiting["shown"])


def confirmed(c: Composer, case: Case) -> None:
    """Store what the person confirmed, then ask for the next confirmation or question."""
    (asking, value, _), *others = to_confirm(c)
    returning = bool(c.conversation.pending.get("returning"))
    move_on(c, pending={"returning": returning})
    case = store(c, case, asking, value, "typed")
    if others:
        ask_confirmation(c, case, others, returning=returning)
    else:
        advance(c, case, asking)


def ask_current(c: Composer, case: Case, lead: str = "") -> None:
    """Ask again what this person was being asked about a case."""
    current = c.conversation.asking if c.conversation.case_id == case.id else ""
    if current in {f.id for f in FIELDS}:
        ask_field(c, case, field(current), lead, returning=bool(c.conversation.pending.get("returning")))
        return
    first = next_question(case) if case.sent_at is None else None
    if first is None:
        show_summary(c, case, lead)
    else:
        ask_field(c, case, first, lead)


def go_back(c: Composer, case: Case, current: Field) -> None:
    """Ask the question before."""
    before = question_before(case, current.id)
    if before is None:
        ask_field(c, case, current, tr(c.language, "This is the first question."))
    else:
        ask_field(c, case, before)


def skip(c: Composer, case: Case, current: Field) -> None:
    """Leave a question open, where that is allowed."""
    if not current.may_skip:
        words = (
            tr(c.language, "This one is needed. 'unknown' is an answer too.")
            if current.may_be_unknown
            else tr(c.language, "This one is needed.")
        )
        ask_field(c, case, current, words)
        return
    advance(c, case, current)


def edit(c: Composer, case: Case, number: str) -> None:
    """Ask a field again by its number."""
    found = by_number(number)
    if not found:
        c.say(tr(c.language, "There is no number {number}. Type for example: edit 4", number=number[:20]), case=case)
        return
    ask_field(c, case, found[0], returning=case.sent_at is None)


def send(c: Composer, case: Case) -> None:
    """Confirm the intake: both desks get everything that may be told."""
    if case.sent_at is not None:
        c.say(tr(c.language, "{reference} was sent already.", reference=case.reference), case=case)
        return
    if not case.requested:
        ask_side(c, case, "")
        return
    if marked.is_unseen(c, case):
        show_summary(c, case if case.alerted_at is not None else c.put(alerts.tell(c, case)))
        return
    open_fields = missing(case)
    is_second = c.conversation.case_id == case.id and c.conversation.pending.get("send_anyway")
    if open_fields and not is_second:
        names = ", ".join(f"{f.whole_number}{f.part} {tr(c.language, f.label)}" for f in open_fields)
        move_on(c, case_id=case.id, asking="summary", pending={"send_anyway": True})
        c.say(
            tr(
                c.language,
                "Still open: {names}. Answer them, or send once more: what is open counts as unknown.",
                names=names,
            ),
            summary_keyboard(case, c.language),
            case=case,
        )
        return
    case = replace(case, sent_at=c.now)
    c.journal(JournalAct.SENT, case, answered=len(case.answers))
    c.put(alerts.told(c, case))
    move_on(c, case_id=case.id, asking="")
    left = marked.leave(c, case)
    sent = tr(
        c.language,
        "{reference} is sent. The desks are told; you hear when the other side acknowledges. If nobody does, the clock "
        "tells others. Anything new: just write. Type 'plan {reference}' to see what comes next.",
        reference=case.reference,
    )
    c.say(f"{sent} {left}".strip(), case=case)


def apply_block(c: Composer, case: Case, block: Block) -> None:
    """Store all that a block of `label: value` lines says; name back what was not understood."""
    zone = zone_of(c.context.agreement, case.reporting)
    before, stored = case, list[Field]()
    problems: list[str] = []
    confirms: list[tuple[Field, Value, str]] = []
    for asking, text in block.values:
        match read(asking, text, now=c.now, zone=zone, language=c.language):
            case Read(value=value):
                case = keep(c, case, asking, value, "block")
                stored.append(asking)
            case Confirm(value=value, shown=shown):
                confirms.append((asking, value, shown))
            case Unclear(sentence=sentence) as unclear:
                if isinstance(unclear, OutsidePurpose):
                    c.journal(JournalAct.CATEGORY_REFUSED, case)
                problems.append(f"{tr(c.language, asking.label)}: {sentence}")
    labels = ", ".join(tr(c.language, asking.label) for asking in stored)
    lead = [tr(c.language, "Stored: {labels}.", labels=labels)] if stored else []
    case = follow_up(c, case, before) if stored else case
    lead += problems
    lead += [tr(c.language, "Not known as a label: {label}", label=label) for label in block.unknown_labels]
    if confirms:
        ask_confirmation(c, case, confirms, "\n".join(lead))
        return
    ask_current_or_next(c, case, "\n".join(lead))


def ask_current_or_next(c: Composer, case: Case, lead: str) -> None:
    """Go on with the first open question."""
    following = next_question(case) if case.sent_at is None else None
    if following is None:
        show_summary(c, case, lead)
    else:
        ask_field(c, case, following, lead)


def side_chosen(c: Composer, case: Case, party: str) -> None:
    """Take the answer to "which side?" and go on; the requested side is told what the own one was told."""
    chosen = choose_side(c, case, party)
    if chosen is None:
        c.say(tr(c.language, "Your side has no agreement with that side. Please tap one of those offered."), case=case)
        return
    chosen = deadlines.follow_policy(chosen, chosen.policy(c.context.agreement), c.now)
    chosen = gate_effects.follow(c, case, alerts.flag_country(c, chosen))
    if chosen.alerted_at is not None:
        chosen = alerts.tell(c, chosen)
    ask_current_or_next(c, c.put(chosen), "")

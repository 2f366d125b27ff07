"""The intake: one question after another, answers kept, urgency and deadlines following them. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.case import Case, Value
from bot.domain.fields import FIELDS, Field, by_number, field
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.intake import differing, in_english, marked, permission, understanding
from bot.intake.answers import store, take_out
from bot.intake.held_words import move_on
from bot.intake.next_question import REVIEW, next_question, to_ask
from bot.intake.open_case import ask_side
from bot.intake.question_texts import (
    if_meant_otherwise,
    kept_for_own_side,
    keyboard,
    question,
    summary,
    summary_keyboard,
)
from bot.intake.reading.answer_reader import read
from bot.intake.reading.result import Confirm, OutsidePurpose, Read, Unclear
from bot.intake.several_choices import chosen, takes_several, without
from bot.intake.showing_back import ask_confirmation, to_confirm
from bot.language.talk_words import is_done, taken_out
from bot.language.texts import tr
from bot.protection.in_english import lacking
from bot.turns.composer import Composer

#: After so long a silence, words that do not answer the question may as well be a new alert.
SILENCE = timedelta(hours=1)


def ask_field(
    c: Composer,
    case: Case,
    asking: Field,
    lead: str = "",
    *,
    returning: bool = False,
    apart: bool = False,
    step: Mapping[str, object] | None = None,
) -> None:
    """Ask a question, after a leading sentence; before the side is known, ask for that."""
    if not case.requested:
        ask_side(c, case, lead)
        return
    how = [name for name, is_so in (("returning", returning), (permission.APART, apart)) if is_so]
    pending: dict[str, object] = dict.fromkeys(how, True)
    move_on(c, case_id=case.id, asking=asking.id, pending={**pending, differing.STEP: step} if step else pending)
    text, laid = _asked(c, case, asking)
    c.say(f"{lead}\n\n{text}" if lead else text, laid, case=case)


def _asked(c: Composer, case: Case, asking: Field) -> tuple[str, Keyboard]:
    """Write a question with its choices; those about permission as one, while they stand together."""
    if missing := in_english.waiting(c, case):
        return in_english.question(c, case, missing)
    if permission.is_together(c, case, asking):
        return permission.question(c.language), permission.keyboard(case, c.language)
    if asking.id == differing.DIFFERS:
        return differing.question(c, case), differing.keyboard(c, case)
    return question(case, asking, c.language), keyboard(case, asking, c.context.agreement, c.language)


def advance(c: Composer, case: Case, current: Field, lead: str = "") -> None:
    """Ask what comes after a field: the next open question, the rest of an edited group, or the summary."""
    if case.sent_at is not None:
        move_on(c, case_id=case.id, asking="")
        done = tr(c.language, "{reference} is changed. The desks see it.", reference=case.reference)
        c.say(f"{lead}\n{done}" if lead else done, case=case)
        return
    if c.conversation.pending.get("returning"):
        rest = [f for f in by_number(str(current.whole_number)) if f.part > current.part and f in to_ask(case)]
        if rest:
            ask_field(c, case, rest[0], lead, returning=True)
            return
        show_summary(c, case, lead)
        return
    following = understanding.beside(case, current) or next_question(case, current.id)
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
        move_on(c, case_id=case.id, asking=REVIEW)
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
    zone = c.context.agreement.zone_of(case.reporting)
    if asking.id == differing.DIFFERS:
        return differs(c, differing.typed(c, case, text), lead)
    if permission.is_together(c, case, asking) and (codes := permission.read_three(text, c.language)):
        permitted(c, case, codes, "typed", lead)
        return True
    match read(asking, text, now=c.now, zone=zone, language=c.language):
        case Read(value=value):
            answered(c, case, asking, value, lead)
        case Confirm(value=value, shown=shown):
            returning = bool(c.conversation.pending.get("returning"))
            ask_confirmation(c, case, [(asking, value, shown)], lead, returning=returning)
        case OutsidePurpose(sentence=sentence):
            _refuse(c, case, asking, sentence)
        case Unclear():
            return _about_choices(c, case, asking, text)
    return True


def answered(c: Composer, case: Case, asking: Field, value: Value, lead: str = "") -> None:
    """Keep what was typed and go on; what adds to choices that are made already is shown with them first."""
    adds_to = chosen(asking, case)
    case = store(c, case, asking, value, "typed")
    if adds_to:
        ask_more(c, case, asking, lead)
    elif missing := lacking(case, (asking,)):
        in_english.ask(c, case, missing, lead, returning=bool(c.conversation.pending.get("returning")))
    else:
        advance(c, case, asking, lead)


def differs(c: Composer, taken: differing.Taken | None, lead: str = "") -> bool:
    """Go on after what was said of those who differ: ask more of them, for others, or what comes next."""
    if taken is None:
        return False
    lead = "\n".join(filter(None, (lead, taken.lead)))
    if taken.is_last:
        advance(c, taken.case, field(differing.DIFFERS), lead)
    else:
        returning = bool(c.conversation.pending.get("returning"))
        ask_field(c, taken.case, field(differing.DIFFERS), lead, returning=returning, step=taken.step)
    return True


def permitted(c: Composer, case: Case, codes: Sequence[str], source: str, lead: str = "") -> None:
    """Keep all three answers about permission and go on."""
    advance(c, permission.store(c, case, codes, source), permission.LAST, lead)


def _about_choices(c: Composer, case: Case, asking: Field, text: str) -> bool:
    """Take "done", and words that take out a choice; False for anything else."""
    if not takes_several(asking):
        return False
    if is_done(text):
        close_choices(c, case, asking)
        return True
    zone = c.context.agreement.zone_of(case.reporting)
    out = read(asking, taken_out(text), now=c.now, zone=zone, language=c.language) if taken_out(text) else None
    if not isinstance(out, Read) or not chosen(asking, case):
        return False
    take_choice_out(c, case, asking, out.value)
    return True


def take_choice_out(c: Composer, case: Case, asking: Field, codes: Value) -> None:
    """Take choices out; one stays where not knowing is no answer."""
    left = without(asking, case, codes)
    if left is None:
        one_stays = tr(c.language, "At least one stays chosen. Add the right one first, then take this one out.")
        ask_more(c, case, asking, one_stays)
    elif left != case.value(asking.id):
        ask_more(c, take_out(c, case, asking, left), asking)
    else:
        ask_more(c, case, asking)


def close_choices(c: Composer, case: Case, asking: Field) -> None:
    """Go on from a question with several choices."""
    if not chosen(asking, case):
        returning = bool(c.conversation.pending.get("returning"))
        ask_field(c, case, asking, tr(c.language, "Please choose at least one."), returning=returning)
    elif waiting := to_confirm(c):
        said = c.conversation.pending.get("said")
        ask_confirmation(c, case, waiting, returning=bool(c.conversation.pending.get("returning")), said=said)
    else:
        advance(c, case, asking)


def ask_more(c: Composer, case: Case, asking: Field, lead: str = "") -> None:
    """Show what is chosen so far, where it was tapped, and wait for more."""
    kept = {k: v for k, v in c.conversation.pending.items() if k in ("returning", "confirm", "said")}
    move_on(c, case_id=case.id, asking=asking.id, pending=kept)
    text = question(case, asking, c.language)
    laid = keyboard(case, asking, c.context.agreement, c.language)
    tapped = c.message.message_id if c.message is not None and c.message.button else ""
    c.say(f"{lead}\n\n{text}" if lead else text, laid, edits=tapped, case=case)


def _refuse(c: Composer, case: Case, asking: Field, sentence: str) -> None:
    """Say that a chosen category is outside the purpose and ask again. The journal does not say which it was."""
    c.journal(JournalAct.CATEGORY_REFUSED, case)
    c.put(case)
    ask_field(c, case, asking, sentence, returning=bool(c.conversation.pending.get("returning")))


def ask_again(c: Composer, case: Case, asking: Field, text: str, kept: int | None) -> None:
    """Say what could not be read, with an example, and ask again. The words are kept with the case as a text."""
    zone = c.context.agreement.zone_of(case.reporting)
    reading = read(asking, text, now=c.now, zone=zone, language=c.language)
    is_step = bool(c.conversation.pending.get(differing.STEP))
    sentence = reading.sentence if isinstance(reading, Unclear) and not is_step else ""
    lead = f"{sentence} {kept_for_own_side(case, c.language)}".strip()
    asked, laid = _asked(c, case, asking)
    c.say(f"{lead}\n\n{asked}", (*laid, *if_meant_otherwise(kept, c.language)), case=case)


def at_review(c: Composer, case: Case, kept: int | None) -> None:
    """Say what words at the review became, and what is an answer there."""
    closing = tr(
        c.language,
        "The answers above are as they were, and nothing is sent yet. Type 'send' to confirm, or 'edit 4' to change "
        "number 4.",
    )
    laid = (*summary_keyboard(case, c.language), *if_meant_otherwise(kept, c.language))
    c.say(f"{kept_for_own_side(case, c.language)} {closing}", laid, case=case)


def confirmed(c: Composer, case: Case) -> None:
    """Store what the person confirmed, then ask for the next confirmation or question."""
    (asking, value, _), *others = to_confirm(c)
    pending = c.conversation.pending
    returning, said = bool(pending.get("returning")), pending.get("said")
    c.move(pending={k: v for k, v in pending.items() if k not in ("confirm", "said")})
    move_on(c, pending={"returning": returning})
    if others:
        ask_confirmation(c, store(c, case, asking, value, "typed"), others, returning=returning, said=said)
    else:
        answered(c, case, asking, value)


def ask_current(c: Composer, case: Case, lead: str = "") -> None:
    """Ask again what this person was being asked about a case."""
    if in_english.ask_again(c, case, lead):
        return
    current = c.conversation.asking if c.conversation.case_id == case.id else ""
    if current in {f.id for f in FIELDS}:
        ask_field(c, case, field(current), lead, returning=bool(c.conversation.pending.get("returning")))
        return
    first = next_question(case) if case.sent_at is None and current != REVIEW else None
    if first is None:
        show_summary(c, case, lead)
    else:
        ask_field(c, case, first, lead)

"""What somebody says about words of theirs that may be a name or an address. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain import button_data
from bot.domain.case import Case, TextKind
from bot.domain.case_acts import Act
from bot.domain.fields import field
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.intake import in_english, interview, marked
from bot.intake.answers import store
from bot.intake.marked import Mark
from bot.intake.position import in_intake
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.people import lapsed_enrolment
from bot.protection.identity import detector
from bot.protection.identity.restoring import restored
from bot.protection.permissions import may
from bot.relay import relay
from bot.turns.composer import Composer


def tapped(c: Composer, stamp: str, *, is_none: bool) -> None:
    """Take a tap under the question; only who wrote the words may decide, and only once."""
    entry, _, number = stamp.partition(".")
    case = c.case(button_data.from_base36(number))
    mark = next((m for m in marked.waiting(c, case) if m.entry == button_data.from_base36(entry)), None)
    if case is None or mark is None:
        c.say(tr(c.language, "That is decided already, or it is not yours to decide."))
    elif not case.is_open:
        c.say(tr(c.language, "{reference} is closed.", reference=case.reference), case=case)
    else:
        _decide(c, case, mark, is_none=is_none)


def typed(c: Composer, text: str) -> bool:
    """Take the words of one of the two buttons, typed; False when it is something else."""
    mark = next((m for m in reversed(marked.waiting(c)) if m.is_shown), None)
    if mark is None:
        return False
    case = c.case(mark.case_id)
    labels = {plain(marked.move_label(c.language)): False, plain(marked.none_label(c.language)): True}
    is_none = labels.get(plain(text))
    if case is None or is_none is None or not case.is_open:
        return False
    _decide(c, case, mark, is_none=is_none)
    return True


def _decide(c: Composer, case: Case, mark: Mark, *, is_none: bool) -> None:
    marked.keep(c, [m for m in marked.waiting(c) if m.entry != mark.entry])
    c.journal(JournalAct.MARKS_DECIDED, case, entry=mark.entry, answer="none" if is_none else "secure")
    lead = _put_back(c, case, mark) if is_none else _left(c, case)
    case = c.case(case.id) or case
    if case.sent_at is None and in_intake(c) is not None and c.conversation.case_id == case.id:
        interview.show_summary(c, case, lead)
        return
    asked, buttons = marked.question(c, case)
    c.say(f"{lead}\n\n{asked}" if asked else lead, buttons, case=case)


def _left(c: Composer, case: Case) -> str:
    c.case_id = case.id
    return tr(c.language, "{reference}: it stays in the secure case. Please delete it here.", reference=case.reference)


def _put_back(c: Composer, case: Case, mark: Mark) -> str:
    """Keep the words as they were written beside those with a bracket, and send a note on again as it was."""
    notes: list[int] = []
    for place in mark.places:
        words = restored(place.words, mark.whole)
        if not place.field:
            kind = TextKind(place.kind)
            kept = c.kept.text(case, kind, words, own_side_only=place.own_side_only, amends=place.id, message="")
            notes += [kept] if marked.is_note(place) else []
        elif marked.is_current(case, place):
            asked, before = field(place.field), case
            case = in_english.carried(c, before, store(c, case, asked, words, "amended"), asked)
    _release(c, case, mark)
    c.put(case)
    stands = tr(c.language, "{reference}: the words stand as you wrote them.", reference=case.reference)
    return f"{stands} {_sent_on(c, case, notes)}".strip()


def _release(c: Composer, case: Case, mark: Mark) -> None:
    """Release the entry of the secure case when nothing else in it points to a person."""
    if c.person is None or detector.find(mark.whole):
        return
    at = datetime.fromisoformat(mark.at)
    c.kept.released(
        SecureEntry(
            mark.entry, case.id, SecureField.MESSAGE, Guarded(mark.whole), at, c.person.id, c.person.party,
            message=mark.message, text_id=mark.text_id, released_at=c.now, released_by=c.person.id,
        )
    )  # fmt: skip
    c.journal(JournalAct.RELEASED, case, entry=mark.entry)


def _sent_on(c: Composer, case: Case, notes: Sequence[int]) -> str:
    """Send notes on as they were written, where their writer may still write one; say who has them."""
    if not notes or c.person is None or not may(c.person, Act.NOTE, case, c.context.agreement):
        return ""
    if lapsed_enrolment.is_lapsed(c):
        return tr(c.language, "It was not sent on.")
    return relay.pass_on(c, case, c.kept.texts_with(*notes), is_change=True).sentence(c.language)

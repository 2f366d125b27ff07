"""Where an intake goes to the desks: which side is asked, and that its answers are confirmed. Decides, does no I/O."""

from __future__ import annotations

from bot.channels import gate_effects
from bot.clock import alerts, deadlines
from bot.domain.case import Case
from bot.domain.journal_acts import JournalAct
from bot.intake import in_english, marked, understanding, who_is_told
from bot.intake.held_words import move_on
from bot.intake.interview import ask_field, show_summary
from bot.intake.next_question import REVIEW, missing, next_question
from bot.intake.open_case import ask_side, choose_side
from bot.intake.question_texts import summary_keyboard
from bot.language.texts import tr
from bot.turns.composer import Composer


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
        move_on(c, case_id=case.id, asking=REVIEW, pending={"send_anyway": True})
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
    case = deadlines.sent(understanding.confirm(c, case), c.now)
    c.journal(JournalAct.SENT, case, answered=len(case.answers))
    case = c.put(alerts.told(c, case))
    in_english.ask_desk(c, case)
    move_on(c, case_id=case.id, asking="")
    left = marked.leave(c, case)
    sent = _sent(c, case)
    c.say("\n".join(filter(None, [f"{sent} {left}".strip(), in_english.left(case, c.language)])), case=case)


def _sent(c: Composer, case: Case) -> str:
    told = who_is_told.by_now(c, case)
    if told:
        return tr(
            c.language,
            "{reference} is sent. {told} You hear when the other side acknowledges. Anything new: just write. Type "
            "'plan {reference}' to see what comes next.",
            reference=case.reference,
            told=told,
        )
    return tr(
        c.language,
        "{reference} is sent. The desks are told; you hear when the other side acknowledges. If nobody does, the clock "
        "tells others. Anything new: just write. Type 'plan {reference}' to see what comes next.",
        reference=case.reference,
    )


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

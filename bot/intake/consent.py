"""What must be asked of the person before a case may be given to a formal channel, and of whom it is asked."""

from __future__ import annotations

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case, Channel
from bot.domain.fields import Field, field, is_field
from bot.domain.recipients import Recipient, at_desks, at_person, supervisors
from bot.intake.question_texts import keyboard, question
from bot.language.texts import tr
from bot.protection import gates
from bot.turns.composer import Composer

_ASKED = frozenset({*gates.CONSENT.values(), gates.FEARS})


def open_questions(case: Case, channel: Channel, agreement: Agreement) -> list[Field]:
    """List what was not asked yet and the gate waits for; any answer will do, "not asked" and "unknown" too."""
    verdict = gates.check(case, channel, agreement)
    missing = verdict.missing if isinstance(verdict, gates.Needs) else ()
    return [field(name) for name in missing if is_field(name)]


def is_consent(asked: Field) -> bool:
    """Whether a question is one that a hand-off waits for."""
    return asked.id in _ASKED


def whom_to_ask(c: Composer, case: Case) -> tuple[Recipient, ...]:
    """The reporting officer; when they cannot be reached any more, their desk or its supervisors."""
    officer = c.view.directory.get(case.officer)
    if officer is not None and officer.is_active and officer.addresses:
        return (at_person(officer),)
    desk = at_desks(c.context.agreement, c.view.directory, case.reporting, DeskRole.DUTY)
    return desk or supervisors(c.view.directory, case.reporting)


def ask(c: Composer, case: Case, asking: Field, lead: str, key: str) -> None:
    """Put one question to whoever can ask the person."""
    asked = whom_to_ask(c, case)
    text = f"{lead}\n\n{question(case, asking, 'en')}"
    laid = keyboard(case, asking, c.context.agreement, "en")
    c.tell(asked, f"case:{case.id}:consent:{key}:{asking.id}:{c.inbox_id}", text, case=case, buttons=laid)


def ask_for_diplomatic(c: Composer, case: Case) -> None:
    """Where an adult has not agreed to the diplomatic step, ask the officer to ask them."""
    verdict = gates.check(case, Channel.DIPLOMATIC, c.context.agreement)
    if isinstance(verdict, gates.Blocked) and verdict.reason is gates.Reason.NO_CONSENT:
        lead = tr("en", "{reference}: please ask the person now.", reference=case.reference)
        ask(c, case, field(gates.CONSENT[Channel.DIPLOMATIC]), lead, "ping")


def next_open(case: Case, agreement: Agreement) -> Field | None:
    """The next question that a draft waits for; they are asked one after another."""
    drafts = (h for h in case.handoffs if gates.is_draft(h))
    return next((q for h in drafts for q in open_questions(case, h.channel, agreement)), None)


def ask_next(c: Composer, case: Case, lead: str) -> bool:
    """Ask the next question that a draft waits for; the person's own intake stays where it is. False for none."""
    asking = next_open(case, c.context.agreement)
    if asking is None:
        return False
    laid = keyboard(case, asking, c.context.agreement, c.language)
    c.say(f"{lead}\n\n{question(case, asking, c.language)}", laid, case=case)
    return True

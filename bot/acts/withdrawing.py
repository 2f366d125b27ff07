"""What a reporting officer may ask for: their alert withdrawn, or a closure that is wrong looked at again.

Within the first minutes, and while nobody has acknowledged, they withdraw it themselves. Everything else is asked of
their own duty desk, whose one tap grants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.acts import ending
from bot.acts.request import ActRequest, apart, done, is_allowed, tell
from bot.clock.alerts import act_button
from bot.domain import button_data
from bot.domain.agreement import DeskRole
from bot.domain.case import Case, ClosureCode, TextKind
from bot.domain.case_acts import Act
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Button
from bot.domain.names import closure_name, rows, urgency_name
from bot.domain.recipients import Recipient, at_desks, side_of_case, supervisors, unique
from bot.intake.question_texts import word_button
from bot.language.texts import later, tr
from bot.protection.reasons import Why
from bot.turns.composer import Composer

#: How long after the first message an officer withdraws an alert by themselves.
FREELY_FOR = timedelta(minutes=10)
_ASKED, _ASKED_FOR = "withdrawing", timedelta(minutes=3)  #: how long the next words are about that
#: Why, by the code of a button.
_REASONS = {
    "mistake": later("Sent by mistake"),
    "test": later("Only a test"),
    "twice": later("Reported twice"),
    "misread": later("I was told wrong"),
}
#: What the desk's tap records as the outcome; English, and short enough for a button.
_GRANTED = "error Withdrawn by the officer."
_REOPENED = "The officer says that it is wrong."


def button(case: Case, label: str) -> Button:
    """Offer to withdraw an alert."""
    return act_button(case, label, Act.WITHDRAW)


def withdraw(request: ActRequest) -> None:
    """Close an own alert as an error, or ask the own desk to; a tap or a typed reason comes first."""
    if not is_allowed(request):
        return
    if not request.text.strip():
        _ask_why(request)
    elif _is_free(request):
        _withdraw(request)
    else:
        _ask_desk_to_close(request)


def object_to(request: ActRequest) -> None:
    """Ask the own desk to open a closed case again; a reason may follow."""
    if not is_allowed(request):
        return
    case = request.case
    code = closure_name(case.closure or ClosureCode.ERROR, "en")
    request.c.journal(JournalAct.CLOSURE_DISPUTED, case)
    asked = ask_desk(
        request,
        tr(
            "en",
            "{reference}: the officer says that this closure is wrong: {code}.",
            reference=case.reference,
            code=code,
        ),
        [act_button(case, tr("en", "Reopen"), Act.REOPEN, _REOPENED)],
    )
    words = tr(request.language, "If somebody is in danger now, do not wait: /alert and what happened.")
    request.say(f"{said_asked(request, asked)} {words}")


def _is_free(request: ActRequest) -> bool:
    case = request.case
    is_new = request.c.now - case.opened_at <= FREELY_FOR
    return is_new and case.acknowledged_at is None and not case.handoffs


def asked_of(c: Composer) -> int | None:
    """The case of which it was just asked why its alert should be withdrawn."""
    waits = c.conversation.pending.get(_ASKED)
    if not isinstance(waits, list) or datetime.fromisoformat(str(waits[1])) < c.now:
        return None
    return int(str(waits[0]))


def reason_at(number: int | None) -> str:
    """The code of the reason that stands there, counted with the line that keeps the alert; empty for none."""
    return dict(enumerate(_REASONS, start=2)).get(number or 0, "")


def _ask_why(request: ActRequest) -> None:
    case, language = request.case, request.language
    laid = [act_button(case, tr(language, label), Act.WITHDRAW, code) for code, label in _REASONS.items()]
    keep = word_button(tr(language, "No, it goes on"), "keep", button_data.to_base36(case.id))
    lead = (
        tr(
            language,
            "Withdraw {reference}? Tap why; then it is closed and the desks are told.",
            reference=case.reference,
        )
        if _is_free(request)
        else tr(
            language,
            "{reference} is with the desks, so your own desk decides. Tap why, and it is asked.",
            reference=case.reference,
        )
    )
    waits = [case.id, (request.c.now + _ASKED_FOR).isoformat()]
    request.c.move(pending={**request.c.conversation.pending, _ASKED: waits})
    # A number typed in haste, as if it were an answer of the intake, keeps the alert.
    request.say(lead, rows([keep, *laid], width=1))


def _withdraw(request: ActRequest) -> None:
    c = request.c
    case = ending.ended(request, ClosureCode.ERROR, tr("en", "Withdrawn by the officer."), withdrawn=_code(request))
    why = _keep_reason(request, case)
    reopening, others = apart(request, case, Act.REOPEN, who_knew(request, case))
    withdrawn = _withdrawn(request)
    case = done(
        request,
        case,
        tr(request.language, "withdrawn. The clock has stopped, and the desks that knew of it are told."),
        tells=f"{withdrawn} {tr('en', 'If that is wrong: /reopen {reference} reason', reference=case.reference)}",
        why=why,
        to=reopening,
    )
    tell(request, case, others, withdrawn, why=why)
    c.move(asking="")


def _ask_desk_to_close(request: ActRequest) -> None:
    case = request.case
    request.c.journal(JournalAct.WITHDRAWAL_ASKED, case, reason=_code(request))
    asked = ask_desk(
        request,
        tr(
            "en",
            "{reference}: the officer asks to withdraw it: {reason}. Until it is closed the clock goes on.",
            reference=case.reference,
            reason=_reason(request, "en"),
        ),
        [act_button(case, tr("en", "Close as an error"), Act.CLOSE, _GRANTED)],
    )
    request.say(f"{said_asked(request, asked)} {tr(request.language, 'Until it is closed the clock goes on.')}")


def ask_desk(request: ActRequest, words: str, buttons: Sequence[Button]) -> list[Recipient]:
    """Ask the duty desk of the reporting side, or its supervisors while that has nobody."""
    c, case = request.c, request.case
    _keep_reason(request, case)
    case = c.put(case)
    desk = at_desks(c.context.agreement, c.view.directory, case.reporting, DeskRole.DUTY)
    told = desk or supervisors(c.view.directory, case.reporting)
    shown = act_button(case, tr("en", "Show case"), "case")
    text = f"{urgency_name(case.urgency, 'en')} · {words}"
    key = f"case:{case.id}:{request.act.value}:{c.inbox_id}"
    return c.tell(told, key, text, case=case, buttons=rows([*buttons, shown]))


def said_asked(request: ActRequest, asked: Sequence[Recipient]) -> str:
    """Say to the officer who was asked."""
    names, reference = ", ".join(dict.fromkeys(r.shown for r in asked)), request.case.reference
    if names:
        return tr(request.language, "{reference}: {names} is asked.", reference=reference, names=names)
    return tr(request.language, "{reference}: your desk cannot be reached. Please call it.", reference=reference)


def who_knew(request: ActRequest, case: Case) -> tuple[Recipient, ...]:
    """The own side, and the other one if it was told of the case at all."""
    agreement, directory = request.c.context.agreement, request.c.view.directory
    parties = [case.reporting, *([case.requested] if case.alerted_requested_at is not None else [])]
    return unique(r for party in parties for r in side_of_case(case, party, agreement, directory))


def _code(request: ActRequest) -> str:
    return request.text if request.text in _REASONS else "words"


def _reason(request: ActRequest, language: str) -> str:
    """Name the reason to the own desk; what was typed is read on the page."""
    return tr(language, _REASONS.get(request.text, later("the reason is on the page")))


def _withdrawn(request: ActRequest) -> str:
    """Say that it was withdrawn, and why where that was tapped; what was typed stays with the own side."""
    if request.text not in _REASONS:
        return tr("en", "Withdrawn by the officer, nobody had acknowledged.")
    return tr("en", "Withdrawn by the officer, nobody had acknowledged: {reason}.", reason=_reason(request, "en"))


def _keep_reason(request: ActRequest, case: Case) -> Why | None:
    if not request.text or request.text in _REASONS:
        return None
    request.c.kept.text(case, TextKind.REASON, request.text, own_side_only=True)
    return Why(request.c.kept.texts[-1])

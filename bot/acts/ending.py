"""Ending a case, silencing it for good reasons, and opening it again."""

from __future__ import annotations

import re

from bot.acts import open_channels, outcomes
from bot.acts.offering import buttons_for
from bot.acts.request import (
    ActRequest,
    apart,
    changed,
    done,
    everybody,
    is_allowed,
    prompt,
    shown_name,
    tell,
)
from bot.acts.why import keep, read_by
from bot.channels import referrals
from bot.channels.handoffs import holders
from bot.channels.reopening import opened_again
from bot.clock import allowed_time, deadlines
from bot.clock.alerts import act_button
from bot.domain.case import Case, CaseText, ClosureCode, DeadlineKind, Status, TextKind
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.names import closure_name, rows
from bot.domain.recipients import Recipient
from bot.language.folding import begins
from bot.language.texts import later, tr
from bot.language.writing_systems import is_english
from bot.protection.reasons import Why


def close(request: ActRequest) -> None:
    """Close with a code and one line of outcome in English. All deadlines end; both sides are told."""
    if not is_allowed(request):
        return
    code, outcome = _closure(request.text)
    case, language = request.case, request.language
    fate, outcome = open_channels.decided(outcome)
    state, outcome = outcomes.of_all(outcome)
    if code is None:
        choices = [act_button(case, closure_name(k, language), Act.CLOSE, k.value) for k in ClosureCode]
        known = ", ".join(k.value for k in ClosureCode)
        prompt(
            request,
            tr(
                language,
                "Why is {reference} closed? Tap, or type a code and the outcome: {codes}",
                reference=case.reference,
                codes=known,
            ),
            buttons=rows(choices, width=1),
        )
        return
    if fate is None and open_channels.unanswered(case):
        open_channels.ask(request, code, outcomes.written(state) if state is not None else "")
        return
    known = " ".join([code.value, *([fate.value] if fate else [])])
    if state is None and outcomes.are_missing(request, code):
        outcomes.ask(request, known, outcome)
        return
    if not is_english(outcome):
        known = known if state is None else f"{known} {outcomes.written(state)}"
        prompt(request, tr(language, "Now one line in English: what is the outcome?"), known)
        return
    if state is not None:
        request = replace(request, case=outcomes.kept(request, state))
    if fate is not None:
        request = replace(request, case=open_channels.settled(request, request.case, fate))
    _close(request, code, outcome)


def ended(request: ActRequest, code: ClosureCode, outcome: str, **details: object) -> Case:
    """End a case with a code and an outcome: its deadlines, its record. Nobody is told yet."""
    c = request.c
    case = deadlines.end(changed(request.case, Status.CLOSED), c.now)
    case = replace(case, closed_at=c.now, closed_by=request.person.id, closure=code, stood_down_at=None)
    c.kept.text(case, TextKind.OUTCOME, outcome)
    c.journal(JournalAct.CLOSED, case, code=code.value, **details)
    referrals.ended(c, case)
    return case


def _close(request: ActRequest, code: ClosureCode, outcome: str) -> None:
    case = ended(request, code, outcome)
    at_channels = _at_channels(request)
    reopening, others = apart(request, case, Act.REOPEN, everybody(request, case))
    closed = tr("en", "Closed by {who}: {code}.", who=shown_name(request), code=closure_name(code, "en"))
    why = Why(_outcome(request, case), later("The outcome is on the page."))
    case = done(
        request,
        case,
        tr(
            request.language,
            "closed: {code}. No more pings. If that was wrong: /reopen {reference} reason",
            code=closure_name(code, request.language),
            reference=case.reference,
        ),
        tells=f"{closed} {tr('en', 'If that is wrong: /reopen {reference} reason', reference=case.reference)}",
        why=why,
        to=reopening,
    )
    for recipient in others:
        person = recipient.person
        tell(request, case, [recipient], closed, buttons_for(case, person, request.c) if person else (), why=why)
    _tell_channels(request, case, at_channels, closed, why)
    outcomes.tell_of_others(request, case)


def _at_channels(request: ActRequest) -> list[Recipient]:
    """Whoever has the case by a hand-off and follows it by nothing else."""
    c, following = request.c, {r.name for r in everybody(request, request.case)}
    found = holders(request.case, c.context.agreement, c.view.directory)
    return [recipient for recipient in found if recipient.name not in following]


def _outcome(request: ActRequest, case: Case) -> CaseText:
    """The line that was just kept with its closure."""
    return next(t for t in request.c.kept.texts if t.kind is TextKind.OUTCOME and t.case_id == case.id)


def _tell_channels(request: ActRequest, case: Case, to: list[Recipient], closed: str, why: Why) -> None:
    owned = any(handoff.owner is not None for handoff in case.handoffs)
    stands = tr("en", "What was handed to you stands; {who} answers for it.", who=shown_name(request))
    tell(request, case, to, f"{closed} {stands}" if owned else closed, why=why)


def stand_down(request: ActRequest) -> None:
    """Stop all deadlines but the review: a decision of the reporting side's supervisor, with a reason."""
    if not is_allowed(request):
        return
    reason, c = request.text.strip(), request.c
    if not reason:
        prompt(request, tr(request.language, "Why is it stood down? One line; {who}", who=read_by(request)))
        return
    spared = (DeadlineKind.REVIEW, DeadlineKind.REFERRAL, DeadlineKind.OPERATION)
    case = deadlines.end(changed(request.case), c.now, but=spared)
    case = replace(case, stood_down_at=c.now)
    review = case.deadline(DeadlineKind.REVIEW)
    if review is None or not review.is_running:
        due = allowed_time.due(case, case.policy(c.context.agreement), DeadlineKind.REVIEW, c.now)
        case = deadlines.arm(case, DeadlineKind.REVIEW, due, c.context.new_id, now=c.now)
    why = keep(request, case, reason)
    c.journal(JournalAct.STOOD_DOWN, case)
    done(
        request,
        case,
        tr(
            request.language,
            "stood down. Only the review goes on. To start the clock again: /reopen {reference} reason",
            reference=case.reference,
        ),
        tells=tr("en", "Stood down by {who}; only the review goes on.", who=shown_name(request)),
        why=why,
    )


def reopen(request: ActRequest) -> None:
    """Start the clock of a closed or stood-down case again, from now."""
    if not is_allowed(request):
        return
    reason, c = request.text.strip(), request.c
    if not reason:
        prompt(request, tr(request.language, "Why is it opened again? One line."))
        return
    case = opened_again(c, changed(request.case))
    keep(request, case, reason)
    acknowledging, others = apart(request, case, Act.ACK, everybody(request, case))
    opened = tr("en", "Opened again by {who}.", who=shown_name(request))
    case = done(
        request,
        case,
        tr(request.language, "open again. The clock starts from now and asks for an acknowledgment."),
        tells=f"{opened} {tr('en', 'Please acknowledge: /ack {reference}', reference=case.reference)}",
        to=acknowledging,
    )
    tell(request, case, [*others, *_at_channels(request)], opened)


def _closure(text: str) -> tuple[ClosureCode | None, str]:
    words = text.strip()
    for code in sorted(ClosureCode, key=lambda k: len(k.value), reverse=True):
        pattern = code.value.replace("_", r"[ _-]")
        found = begins(re.compile(rf"\W*{pattern}\b[\s,:;.-]*", re.IGNORECASE), words)
        if found:
            return code, found[1].strip()
    return None, words

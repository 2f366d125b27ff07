"""Keeping a case on legal hold, whatever the retention, and releasing it: a supervisor of either side decides."""

from __future__ import annotations

from bot.acts.request import ActRequest, done, is_allowed, prompt, shown_name
from bot.acts.why import keep, read_by
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.language.texts import tr


def hold(request: ActRequest) -> None:
    """Hold a case: nothing of it is purged until it is released."""
    if not is_allowed(request):
        return
    reason, c = request.text.strip(), request.c
    if not reason:
        prompt(request, tr(request.language, "Why is it held? One line; {who}", who=read_by(request)))
        return
    case = replace(request.case, held_at=c.now, held_by=request.person.id)
    why = keep(request, case, reason)
    c.journal(JournalAct.HELD, case)
    done(
        request,
        case,
        tr(
            request.language,
            "on legal hold. Nothing of it is purged until a supervisor releases it: /unhold {reference} reason",
            reference=case.reference,
        ),
        tells=tr("en", "Put on legal hold by {who}.", who=shown_name(request)),
        why=why,
    )


def release(request: ActRequest) -> None:
    """Release a case: retention counts again, from its closure."""
    if not is_allowed(request):
        return
    reason, c = request.text.strip(), request.c
    if not reason:
        prompt(request, tr(request.language, "Why is it released? One line."))
        return
    case = replace(request.case, held_at=None, held_by=None)
    why = keep(request, case, reason)
    c.journal(JournalAct.RELEASED, case)
    done(
        request,
        case,
        tr(request.language, "released. What is due is purged in the coming night."),
        tells=tr("en", "Released from legal hold by {who}.", who=shown_name(request)),
        why=why,
    )

"""Keeping why something is done, and saying beforehand who will be able to read it."""

from __future__ import annotations

from bot.acts.request import ActRequest
from bot.domain.case import Case, TextKind
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.reasons import Why


def keep(request: ActRequest, case: Case, reason: str) -> Why:
    """Keep a reason with the case, for whoever may read what its writer says of it."""
    request.c.kept.text(case, TextKind.REASON, reason)
    return Why(request.c.kept.texts[-1])


def read_by(request: ActRequest) -> str:
    """Say who can read what a person writes now as a reason, to end the question for it."""
    case, agreement = request.case, request.c.context.agreement
    if request.person.party == case.reporting and gates.stops_relay(case, case.requested, agreement):
        return tr(request.language, "only your own side can read it, on the page.")
    return tr(request.language, "both sides can read it on the page.")

"""Acts of somebody whose enrolment has lapsed: they wait, and what an officer wrote to their own case is kept."""

from __future__ import annotations

from bot.acts.request import ActRequest
from bot.domain.case import TextKind
from bot.domain.case_acts import Act
from bot.domain.journal_acts import JournalAct
from bot.intake.pieces import Piece, keep_piece
from bot.language.texts import tr
from bot.people import lapsed_enrolment
from bot.protection.permissions import may


def is_refused(request: ActRequest) -> bool:
    """Whether this person may not do it anyway: then they hear that, and not that it waits."""
    return not may(request.person, request.act, request.case, request.c.context.agreement)


def wait(request: ActRequest) -> None:
    """Say that the act waits, who can end that, and what to type then."""
    c, case = request.c, request.case
    kept_as = lapsed_enrolment.keeps_words(c, request.act, case.officer)
    if kept_as is not None and request.text and case.is_open:
        _keep(request, kept_as)
        return
    c.case_id = case.id
    lapsed_enrolment.must_wait(c, lapsed_enrolment.typed_again(request.act, case.reference, request.text))


def _keep(request: ActRequest, kind: TextKind) -> None:
    """Keep the words with the case, where their own side reads them; only sending them on waits."""
    c, case = request.c, request.case
    for piece in request.pieces or (Piece(TextKind.TEXT, request.text, c.came_as),):
        keep_piece(c, case, piece, kind, own_side_only=True)
    c.journal(JournalAct.WORDS_KEPT, case)
    c.put(case)
    request.say(
        tr(
            request.language,
            "Your words are kept with {reference}; your own side reads them on its page. They were not sent on:",
            reference=case.reference,
        )
        + "\n"
        + lapsed_enrolment.waiting(
            c, request.person, lapsed_enrolment.typed_again(Act.NOTE, case.reference, request.text)
        )
    )

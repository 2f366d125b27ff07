"""A question to the other side that has a deadline of its own, and its answer: silence and work must not look alike."""

from __future__ import annotations

from bot.acts import words
from bot.acts.request import ActRequest, done, is_allowed, prompt
from bot.clock import allowed_time, deadlines
from bot.domain.case import DeadlineKind
from bot.domain.journal_acts import JournalAct
from bot.domain.names import moment
from bot.language.texts import tr
from bot.protection import gates


def clarify(request: ActRequest) -> None:
    """Ask the other side something: the words cross as a note does, and the clock waits for the answer."""
    if not is_allowed(request):
        return
    c, case = request.c, request.case
    other = case.requested if request.person.party == case.reporting else case.reporting
    if not request.text:
        prompt(request, tr(request.language, "What do you want to know? No names or numbers of people."))
        return
    if not other or gates.stops_relay(case, other, c.context.agreement, request.whom):
        _, sentence = words.send(request, case)
        done(request, c.case(case.id) or case, sentence)
        return
    due = allowed_time.due(case, case.policy(c.context.agreement), DeadlineKind.REPLY, c.now, party=other)
    case = c.put(deadlines.arm(case, DeadlineKind.REPLY, due, c.context.new_id, now=c.now, party=other))
    c.journal(JournalAct.CLARIFICATION_ASKED, case, party=other)
    _, sentence = words.send(request, case)
    waits = tr(request.language, "{party} is to answer by {moment}.", party=other,
               moment=moment(due, case, c.context.agreement))  # fmt: skip
    done(request, c.case(case.id) or case, f"{sentence} {waits}")


def answer(request: ActRequest) -> None:
    """Answer what the other side asked."""
    if not is_allowed(request):
        return
    if not request.text:
        prompt(request, tr(request.language, "What is the answer? No names or numbers of people."))
        return
    words.note(request)

"""The requested side reminds the other one of what a channel waits for: an answer of the officer, or their desk."""

from __future__ import annotations

from bot.acts.offering import recording
from bot.acts.request import ActRequest, done, is_allowed, shown_name
from bot.channels.gate_effects import own_side
from bot.channels.waiting_steps import asks_other_side, waiting
from bot.domain.case import Case, Channel
from bot.domain.fields import field, is_field
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.names import channel_name, moment, urgency_name
from bot.domain.recipients import Recipient
from bot.intake import consent
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.gate_words import for_side


def remind(request: ActRequest) -> None:
    """Ask the reporting side for what the channels wait for; not more often than pings repeat."""
    if not is_allowed(request):
        return
    c, case, agreement = request.c, request.case, request.c.context.agreement
    if not asks_other_side(case, request.person.party, agreement):
        request.say(tr(request.language, "{reference}: nothing waits for {party} now.",
                       reference=case.reference, party=case.reporting))  # fmt: skip
        return
    again = case.reminded_at and case.reminded_at + case.policy(agreement).repeat
    if again and c.now < again and case.reminded_at:
        request.say(tr(request.language, "{party} was reminded {when}. You can remind them again after {again}.",
                       party=case.reporting, when=moment(case.reminded_at, case, agreement),
                       again=moment(again, case, agreement)))  # fmt: skip
        return
    case = replace(case, reminded_at=c.now)
    c.journal(JournalAct.REMINDED, case)
    # Not whom: that an officer is not asked would tell that it is no answer that misses.
    words = (tr(request.language, "{party} is reminded.", party=case.reporting) if _tell(request, case) else
             tr(request.language, "nobody of {party} can be reached at the moment.", party=case.reporting))  # fmt: skip
    done(request, case, words)


def _tell(request: ActRequest, case: Case) -> bool:
    """Tell the own desk what waits, with a button for what it records; put the first open question to the officer."""
    c, agreement = request.c, request.c.context.agreement
    steps = waiting(case, request.person.party, agreement)
    lines = [f"{channel_name(channel, 'en').capitalize()}{one.reference.removeprefix(case.reference)}: "
             f"{for_side(one, channel, case.reporting, agreement, 'en')}" for channel, one in steps]  # fmt: skip
    lead = tr("en", "{urgency} · {reference}\n{who} waits for your side:",
              urgency=urgency_name(case.urgency, "en"), reference=case.reference, who=shown_name(request))  # fmt: skip
    to = own_side(c, case)
    c.tell(to, gates.key_of(case, f"remind:{c.inbox_id}"), "\n".join([lead, *lines]), case=case,
           buttons=recording(case, _missing(steps, request)))  # fmt: skip
    return bool(_ask(request, case, steps) or to)


def _ask(request: ActRequest, case: Case, steps: list[tuple[Channel, Case]]) -> tuple[Recipient, ...]:
    c = request.c
    questions = [name for name in _missing(steps, request) if is_field(name)]
    if not questions:
        return ()
    lead = tr("en", "{reference}: the other side waits for one answer:", reference=case.reference)
    consent.ask(c, case, field(questions[0]), lead, "remind")
    return consent.whom_to_ask(c, case)


def _missing(steps: list[tuple[Channel, Case]], request: ActRequest) -> list[str]:
    verdicts = (gates.check(one, channel, request.c.context.agreement) for channel, one in steps)
    return list(dict.fromkeys(name for v in verdicts if isinstance(v, gates.Needs) for name in v.missing))

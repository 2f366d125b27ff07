"""Which case and which channel a text names. A case that the person may not see is not found."""

from __future__ import annotations

from bot.domain import reference
from bot.domain.case import Case
from bot.language.folding import fold
from bot.language.texts import tr
from bot.people import guess_limits
from bot.protection.permissions import is_support, may_see, referral_for
from bot.turns.composer import Composer


def find_case(c: Composer, text: str) -> tuple[Case | None, str]:
    """Find the case that a text names (or, without a reference, the one replied to) and what follows.

    A case that this person may not see is not found; the words are the same as for none.
    """
    person = c.person
    named = reference.find_in(text)
    if named is None:
        case = _implied(c) if not _is_near_miss(text) else None
        return (case if case and person and may_see(person, case, c.context.agreement) else None), text.strip()
    case = c.view.referred(named[0])
    case = c.case(case.id) if case else None
    return (case if case and person and may_see(person, case, c.context.agreement) else None), named[1].strip()


def find_referred(c: Composer, text: str) -> tuple[Case | None, str]:
    """Find the case of which a support desk has a referral, and what follows; named, replied to, or its only one."""
    person = c.person
    if person is None or not is_support(person, c.context.agreement):
        return None, text.strip()
    named = reference.find_in(text)
    found = c.view.referred(named[0]) if named else None if _is_near_miss(text) else _replied_to(c)
    case = c.case(found.id) if found is not None else None
    is_theirs = case is not None and referral_for(person, case, c.context.agreement) is not None
    return (case if is_theirs else None), (named[1] if named else text).strip()


def no_such_case(c: Composer, text: str) -> None:
    """Say that there is no such case, and list only cases that the person may see."""
    mine = c.view.open_cases_of(c.person.id)[:5] if c.person else []
    lead = c.context.no_such_case(c.language)
    if _is_near_miss(text):
        lead = tr(c.language, "No such case: the reference has a typing error.")
    if mine:
        listed = ", ".join(case.reference for case in mine)
        lead += " " + tr(c.language, "Your open cases: {cases}", cases=listed)
    elif not text.strip():
        lead = tr(c.language, "Which case? Type its reference after the command, for example: /case REFERENCE")
    c.say(lead, not_before=guess_limits.answer_to_miss(c))


def _replied_to(c: Composer) -> Case | None:
    message = c.message
    return c.view.case_replied_to(message.place, message.reply_to) if message and message.reply_to else None


def _implied(c: Composer) -> Case | None:
    replied = _replied_to(c)
    if replied is not None:
        return c.case(replied.id)
    mine = c.view.open_cases_of(c.person.id) if c.person else []
    return c.case(mine[0].id) if len(mine) == 1 else None


def _is_near_miss(text: str) -> bool:
    first = fold(text).strip().split("\n")[0].split(" ")
    return any(reference.looks_like(" ".join(first[:n])) for n in (1, 2, 3))


def is_among_own(c: Composer, party: str) -> bool:
    """Whether only people of a side read the answer: in private, or in the group of one of its desks."""
    message = c.message
    if message is None or message.place is None or message.in_private:
        return True
    group = message.place.peer.partition("/")[0]
    desks = [d for d in c.context.agreement.desks.values() if d.party == party]
    return any(a.messenger == message.place.messenger and a.peer.partition("/")[0] == group
               for d in desks for a in d.addresses)  # fmt: skip

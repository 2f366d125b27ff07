"""Where the reference of a case leads that was joined to an older one: there, for whoever may see it.

Whoever reported the younger one reads no more of the older one than before; what they write goes there.
"""

from __future__ import annotations

import re

from bot.acts import withdrawing, words
from bot.acts.request import ActRequest
from bot.clock.alerts import act_button
from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.language.texts import tr
from bot.people import lapsed_enrolment
from bot.protection.permissions import may, may_see
from bot.turns.composer import Composer

_NUMBERED = re.compile(r"\s*/\s*\d")  #: ``KC26-M9S34-4/2``: a person of the case that is named
#: Acts about the very case that is named; and a file that somebody left, whichever case it is kept with.
_OF_THE_PAIR = (Act.SAME, Act.RELATED, Act.DIFFERENT, Act.OWNSIDE)


def older_of(c: Composer, case: Case) -> Case:
    """The case that a reference leads to, as it stands in this turn; itself where it was joined to none."""
    older = c.case(case.joined_to)
    return case if older is None else older_of(c, older)


def led(request: ActRequest) -> ActRequest | None:
    """The same about the case that the reference leads to; None when nothing is left to be done."""
    older = older_of(request.c, request.case)
    if older.id == request.case.id or request.act in _OF_THE_PAIR:
        return request
    if _NUMBERED.match(request.text):
        other = tr(
            request.language,
            "Its persons have other numbers there, so nothing was done. Please write it without a number, or with "
            "the other reference.",
        )
        request.say(f"{one_with(request.c, request.case, older)} {other}")
        return None
    if may_see(request.person, older, request.c.context.agreement):
        request.say(one_with(request.c, request.case, older))
        return replace(request, case=older)
    _for_its_officer(request, older)
    return None


def shown(c: Composer, case: Case) -> Case:
    """The case that is shown for a reference, after a line that says why it is another one."""
    older = older_of(c, case)
    if older.id == case.id or c.person is None:
        return case
    c.say(one_with(c, case, older), case=case)
    return older if may_see(c.person, older, c.context.agreement) else case


def _object(request: ActRequest, older: Case) -> None:
    """Ask the own desk to part the two again: the officer says that they are not one."""
    c, case = request.c, request.case
    c.journal(JournalAct.CLOSURE_DISPUTED, case)
    words = tr("en", "{younger}: the officer says that it is not the same as {older}.",
               younger=case.reference, older=older.reference)  # fmt: skip
    part = act_button(case, tr("en", "Different"), Act.DIFFERENT, button_data.to_base36(older.id))
    asked = withdrawing.ask_desk(request, words, [part])
    request.say(withdrawing.said_asked(request, asked))


def may_write(c: Composer, case: Case) -> bool:
    """Whether words of this person go to a case: they may write to it, or reported what was joined to it."""
    if c.person is None:
        return False
    is_joined = any(younger.officer == c.person.id for younger in c.view.joined(case))
    return is_joined or may(c.person, Act.NOTE, case, c.context.agreement)


def one_with(c: Composer, case: Case, older: Case) -> str:
    """Say with which case it is one; not to whoever neither sees that one nor reported this one."""
    is_named = c.person is not None and (c.person.id == case.officer or may_see(c.person, older, c.context.agreement))
    if not is_named:
        return tr(c.language, "{reference} was joined to another case.", reference=case.reference)
    return tr(c.language, "{younger} is one case with {older}.", younger=case.reference, older=older.reference)


def _for_its_officer(request: ActRequest, older: Case) -> None:
    c, case = request.c, request.case
    lead = one_with(c, case, older)
    if request.act is Act.WRONG and request.person.id == case.officer:
        _object(request, older)
    elif not older.is_open:
        closed = tr(c.language, "It is closed. If somebody is in danger: /alert and what happened.")
        request.say(f"{lead} {closed}")
    elif request.act not in (Act.NOTE, Act.MEMO) or request.person.id != case.officer:
        can = tr(c.language, "To write to it: /note {reference} text", reference=case.reference)
        request.say(f"{lead} {can}")
    elif not request.text or lapsed_enrolment.is_lapsed(c):
        words.ask_for(request)
    elif request.act is Act.NOTE:
        request.say(f"{lead} {words.send(request, older)[1]}")
    else:
        words.keep(request, older)
        request.say(f"{lead} " + tr(c.language, "Kept for your side only."))

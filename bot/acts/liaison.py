"""Liaison officers: people of either side who work on a case together, named and taken off by their own side."""

from __future__ import annotations

import re

from bot.acts.desk import named
from bot.acts.request import ActRequest, done, is_allowed, prompt, shown_name
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Person
from bot.domain.recipients import at_person, shown_as
from bot.language.folding import fold
from bot.language.texts import tr
from bot.protection.permissions import may_be_given

_CHANGE = re.compile(r"(.*?)\s*\b(on|off)[\s.!]*", re.IGNORECASE | re.DOTALL)


def liaison(request: ActRequest) -> None:
    """Make somebody of the actor's own side a liaison officer of the case, or take them off again."""
    if not is_allowed(request):
        return
    who, is_off = _asked(request.text)
    c, case = request.c, request.case
    people, agreement = c.view.directory.people.values(), c.context.agreement
    if is_off:
        candidates = [p for p in people if p.party == request.person.party and p.id in case.liaisons]
    else:
        candidates = [p for p in people if may_be_given(p, request.person, agreement)]
    matches = named(who, request.person, candidates)
    chosen = matches[0] if len(matches) == 1 and matches[0] in candidates else None
    if chosen is None:
        _ask_whom(request, candidates, is_off=is_off)
    elif is_off:
        _take_off(request, chosen)
    else:
        _name(request, chosen)


def _asked(text: str) -> tuple[str, bool]:
    """Read whom it is about, and whether they are taken off."""
    found = _CHANGE.fullmatch(fold(text).strip())
    return (found[1], found[2].lower() == "off") if found else (text, False)


def _ask_whom(request: ActRequest, candidates: list[Person], *, is_off: bool) -> None:
    language, short = request.language, request.c.view.directory.short
    if is_off and not candidates:
        request.say(tr(language, "{reference} has no liaison officer of your side.", reference=request.case.reference))
        return
    names = ", ".join(f"{p.name} ({short(p)})" for p in sorted(candidates, key=lambda p: p.name)[:10])
    if is_off:
        prompt(request, tr(language, "Who is no liaison officer any more? Type a name or number, then off: {names}",
                           names=names))  # fmt: skip
    else:
        prompt(request, tr(language, "Who of your side is liaison officer? Type a name or number: {names}",
                           names=names))  # fmt: skip


def _name(request: ActRequest, chosen: Person) -> None:
    c, case = request.c, request.case
    if chosen.id in case.liaisons:
        request.say(tr(request.language, "{name} is liaison officer of {reference} already.", name=chosen.name,
                       reference=case.reference))  # fmt: skip
        return
    case = replace(case, liaisons=(*case.liaisons, chosen.id))
    c.journal(JournalAct.LIAISON_NAMED, case, person=chosen.id, party=chosen.party)
    case = done(
        request,
        case,
        tr(request.language, "{name} is liaison officer now and is told what an assignee is told. To take them off: "
           "/liaison {reference} {short} off", name=chosen.name, reference=case.reference,
           short=c.view.directory.short(chosen)),
        tells=tr("en", "{who} is liaison officer of this case now, named by {by}. All that can be read: /case "
                 "{reference}", who=shown_as(chosen, c.context.agreement), by=shown_name(request),
                 reference=case.reference),
    )  # fmt: skip


def _take_off(request: ActRequest, chosen: Person) -> None:
    c, case = request.c, request.case
    case = replace(case, liaisons=tuple(person for person in case.liaisons if person != chosen.id))
    c.journal(JournalAct.LIAISON_ENDED, case, person=chosen.id, party=chosen.party)
    who = shown_as(chosen, c.context.agreement)
    case = done(
        request,
        case,
        tr(request.language, "{name} is no liaison officer any more.", name=chosen.name),
        tells=tr("en", "{who} is no liaison officer of this case any more.", who=who),
    )
    if chosen.id not in (request.person.id, case.officer, *case.assignees):
        words = tr("en", "{reference}: you are no liaison officer of it any more.", reference=case.reference)
        c.tell([at_person(chosen)], f"case:{case.id}:liaison:{c.inbox_id}", words, case=case)

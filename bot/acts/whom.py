"""Of which persons of a case an act is: ``/note KC26-M9S34-4/47 ...``. Nobody named is everybody."""

from __future__ import annotations

import re

from bot.acts.finding import is_among_own
from bot.acts.request import ActRequest, prompt
from bot.clock.alerts import act_button
from bot.domain.case_acts import Of
from bot.domain.frozen import replace
from bot.domain.messages import Button, Keyboard
from bot.domain.names import rows
from bot.domain.subjects import numbers
from bot.language.folding import begins
from bot.language.texts import tr
from bot.protection.permissions import may
from bot.protection.redaction_policy import Way
from bot.protection.seen_by import seen_by, shown_numbers
from bot.protection.shown_persons import persons
from bot.protection.standings import Reader

_NAMED = re.compile(r"\s*/\s*(\d{1,3}(?:\s*[,+&]\s*\d{1,3})*)(?!\w)[\s:;,]*")
_FIGURES = re.compile(r"\d+")
EVERYBODY = 0  #: as a number: all of them, although it might have been asked of whom


def named(request: ActRequest) -> ActRequest | None:
    """Take the numbers off the words of an act; None when it was answered that something is wrong with them."""
    found = begins(_NAMED, request.text) if not request.pieces else None
    if found is None:
        return _unnamed(request)
    typed = dict.fromkeys(map(int, _FIGURES.findall(found[0][1])))
    request = replace(request, text=found[1].strip(), whom=tuple(n for n in typed if n != EVERYBODY))
    if request.act.rule.of is Of.CASE:
        request.say(tr(request.language, "That is about the whole case. Please write it without a person's number."))
        return None
    seen = seen_by(request.case, request.person.party, request.c.context.agreement)
    known = numbers(seen)
    wrong = next((number for number in request.whom if number not in known), None)
    if wrong is not None:
        sentence = tr(request.language, "{reference} has no person {number}.", reference=request.case.reference,
                      number=wrong)  # fmt: skip
        request.say("\n".join([sentence, *lines(request)]))
        return None
    if request.whom and not seen.apart:  # whoever knows of one group only knows it by no other number
        shown = shown_numbers(request.case, request.person.party, request.c.context.agreement)
        return replace(request, whom=shown if request.case.apart else ())
    return request


def lines(request: ActRequest) -> list[str]:
    """The persons and groups that somebody may know of, one a line."""
    agreement, language = request.c.context.agreement, request.language
    reader = Reader.of(request.person, agreement)
    is_private = is_among_own(request.c, request.person.party)
    found = persons(request.case, reader, Way.CASE, agreement, language) if is_private else ()
    return [each.line(language) for each in found]


def _unnamed(request: ActRequest) -> ActRequest | None:
    """Of several persons an answer that a gate asks for is never taken for all of them by silence."""
    case, agreement = request.case, request.c.context.agreement
    if request.act.rule.of is not Of.EACH or not case.apart or not may(request.person, request.act, case, agreement):
        return request
    known = shown_numbers(case, request.person.party, agreement)
    if len(known) == 1 or not case.is_open:
        return request
    if not is_among_own(request.c, request.person.party):
        request.say(tr(request.language, "Please write such things in private."))
        return None
    words = tr(request.language, "Of whom? Tap, or write the number after the reference: {reference}/{number}",
               reference=request.case.reference, number=known[-1])  # fmt: skip
    if len(request.text) > _FITS:
        request.say("\n".join([words, *lines(request)]))
    else:
        prompt(request, "\n".join([words, *lines(request)]), buttons=_each(request, known))
    return None


_FITS = 24  #: characters of an argument that every button has room for


def _each(request: ActRequest, known: tuple[int, ...]) -> Keyboard:
    def button(label: str, number: int) -> Button:
        return act_button(request.case, label, request.act, f"/{number} {request.text}".strip())

    everybody = button(tr(request.language, "All of them"), EVERYBODY)
    return rows([*(button(f"/{number}", number) for number in known), everybody])

"""The persons of a case, by whoever follows it: split off, added, put together, corrected, and how they are now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.acts.request import ActRequest, done, everybody, is_allowed, shown_name
from bot.acts.whom import lines
from bot.domain.case import Case, Value
from bot.domain.fields import field
from bot.domain.journal_acts import JournalAct
from bot.domain.recipients import Recipient
from bot.domain.subjects import COUNT, OF_A_PERSON, REST, STATE, count_of, numbers
from bot.intake import groups
from bot.intake.answers import follow_up, keep, keep_of
from bot.intake.reading.answer_reader import read
from bot.intake.reading.groups import read_groups
from bot.intake.reading.numbers import read_count
from bot.intake.reading.result import Read
from bot.language.folding import begins
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.permissions import may_answer_consent
from bot.protection.seen_by import seen_by, shown_numbers

_NUMBER = re.compile(r"\s*(\d{1,3})(?!\w)[\s:;,]*")
_WORD = re.compile(r"\s*([^\W\d_]+)[\s:;,]*")
#: What can be corrected, by the word that people type for it.
_CORRECTED: Mapping[str, str] = MappingProxyType(
    {
        "age": "age_group", "sex": "sex", "citizenship": "citizenship", "country": "citizenship",
        "contact": "safe_to_contact", "police": "consent_police", "embassy": "consent_diplomatic",
        "diplomatic": "consent_diplomatic", "fears": "fears_own_authorities", "fear": "fears_own_authorities",
        "count": COUNT, "number": COUNT, "state": STATE, "is": STATE, "are": STATE,
    }
)  # fmt: skip
#: Only the reporting side knows them, so only it corrects them.
_OWN_SIDE = frozenset({"consent_police", "consent_diplomatic", "fears_own_authorities"})


def person(request: ActRequest) -> None:
    """Do what is said of persons; without words list them."""
    if not is_allowed(request):
        return
    found = begins(_NUMBER, request.text) if not request.whom else None
    known = shown_numbers(request.case, request.person.party, request.c.context.agreement)
    number = int(found[0][1]) if found is not None else (*request.whom, REST)[0]
    if number == REST and len(known) == 1:
        number = known[0]  # whoever knows of one group only knows it by no other number
    words = found[1].strip() if found is not None else request.text
    if not words.strip():
        _list(request)
    elif number not in known and not _is(words, "add"):
        _wrong(request, tr(request.language, "There is no person {number}.", number=number))
    else:
        _say_of(request, number, words)


def _say_of(request: ActRequest, number: int, words: str) -> None:
    verb = begins(_WORD, words)
    name, rest = (verb[0][1].casefold(), verb[1].strip()) if verb is not None else ("", words)
    match name:
        case "split":
            _split(request, number, rest)
        case "add":
            _add(request, rest)
        case "merge":
            _merge(request, number, rest)
        case _ if name in _CORRECTED:
            _correct(request, number, _CORRECTED[name], rest)
        case _:
            _correct(request, number, STATE, words)


def _is(words: str, verb: str) -> bool:
    found = begins(_WORD, words)
    return found is not None and found[0][1].casefold() == verb


def _list(request: ActRequest) -> None:
    reference = request.case.reference
    shown = lines(request) or [tr(request.language, "The same is known of all of them.")]
    how = tr(
        request.language,
        "To change them: /person {reference} 1 split 2 children · /person {reference} 47 located · /person {reference} "
        "47 age 15 · /person {reference} 47 merge 1 · /person {reference} add 1",
        reference=reference,
    )
    request.say("\n".join([f"{reference}:", *shown, how]))


def _split(request: ActRequest, number: int, words: str) -> None:
    told = _told(request, words)
    if told is None:
        return
    count, values = told
    if not groups.may_take(request.case, number, count):
        _too_many(request, number)
        return
    case, _ = groups.split(request.c, request.case, number, count, values, "act")
    _done(request, case)


def _add(request: ActRequest, words: str) -> None:
    told = _told(request, words)
    if told is not None:
        case, _ = groups.add(request.c, request.case, *told, "act")
        _done(request, case)


def _told(request: ActRequest, words: str) -> tuple[int, Mapping[str, Value]] | None:
    """How many, and what of them is different."""
    several, alone = read_groups(words), read_count(words)
    if several is not None and len(several) == 1 and _may_say(request, *several[0].values):
        return several[0].count, several[0].values
    if alone is not None and alone.is_exact and alone.number > 0:
        return alone.number, {}
    if several is None or len(several) > 1:
        _wrong(request, tr(request.language, "How many, and what is different? For example: 2 children"))
    return None


def _merge(request: ActRequest, number: int, words: str) -> None:
    found = begins(_NUMBER, words.lstrip("/ "))
    into = int(found[0][1]) if found is not None else -1
    if into == number or into not in shown_numbers(request.case, request.person.party, request.c.context.agreement):
        _wrong(request, tr(request.language, "With whom? Write the other number, for example: merge 1"))
        return
    held = gates.held_back(request.case, request.case.requested, request.c.context.agreement)
    if (number in held) is not (into in held):
        _wrong(request, _kept_apart(request, number if number in held else into))
        return
    if number == REST:
        number, into = into, number
    _done(request, groups.merge(request.c, request.case, number, into, "act"))


def _kept_apart(request: ActRequest, held: int) -> str:
    """Say why nobody is put together with somebody whom the other side knows nothing of: it would tell of them."""
    return tr(
        request.language,
        "/{number} is held back from {party}, so they stay apart. If that is over, first: /person {reference} {number} "
        "fears no, or /protect {reference}/{number} none_known",
        number=held,
        party=request.case.requested,
        reference=request.case.reference,
    )


def _correct(request: ActRequest, number: int, name: str, words: str) -> None:
    if not _may_say(request, name):
        return
    c, case, asked = request.c, request.case, field(name)
    reading = read(asked, words, now=c.now, zone=c.context.agreement.zone_of(case.reporting), language=request.language)
    if not isinstance(reading, Read):
        _wrong(request, tr(request.language, "I could not read that. {question}", question=_choices(name, request)))
    elif number == REST and name == COUNT:
        others = sum(count_of(case, other) or 0 for other in numbers(case) if other != REST)
        _done(request, keep(c, case, asked, int(str(reading.value)) + others, "act"))
    elif name == COUNT and not groups.may_be(case, number, int(str(reading.value))):
        _too_many(request, number)
    elif not case.apart and name in OF_A_PERSON:
        _done(request, keep(c, case, asked, reading.value, "act"))
    else:
        _done(request, keep_of(c, case, number, {name: reading.value}, "act"))


def _choices(name: str, request: ActRequest) -> str:
    asked = field(name)
    codes = ", ".join(choice.label for choice in asked.choices)
    return f"{tr(request.language, asked.question)} {codes}".strip()


def _may_say(request: ActRequest, *names: str) -> bool:
    """Whether somebody may say such things; consent and fear only the reporting side knows."""
    if not _OWN_SIDE & set(names) or may_answer_consent(request.person, request.case, request.c.context.agreement):
        return True
    _wrong(request, tr(request.language, "Only the side that reported the case can say that."))
    return False


def _too_many(request: ActRequest, number: int) -> None:
    size = groups.most_of(request.case, number)
    _wrong(request, tr(request.language, "That is more than there are: {count}.", count=size))


def _wrong(request: ActRequest, sentence: str) -> None:
    request.say("\n".join([f"{request.case.reference}: {sentence}", *lines(request)]))


def _done(request: ActRequest, case: Case) -> None:
    c, before = request.c, request.case
    c.journal(JournalAct.PERSONS, case)
    case = follow_up(c, case, before)
    shown = lines(ActRequest(c, request.person, case, request.act))
    words = "\n".join([tr(request.language, "noted."), *shown])
    tells = tr("en", "What is known of the persons was changed by {who}.", who=shown_name(request))
    done(request, case, words, tells=tells, to=_who_hears(request, before, case))


def _who_hears(request: ActRequest, before: Case, case: Case) -> list[Recipient]:
    """Who follows the case and may know of what changed; whoever is held back was never there for the other side."""
    agreement, requested = request.c.context.agreement, case.requested
    was, now = (seen_by(one, requested, agreement) for one in (before, case))
    is_news = (was.answers, was.apart) != (now.answers, now.apart)
    is_told = is_news and gates.held_back(before, requested, agreement) == gates.held_back(case, requested, agreement)
    return [r for r in everybody(request, case) if r.party == case.reporting or is_told]

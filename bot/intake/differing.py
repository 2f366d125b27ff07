"""The question that several people call for: is anybody among them different? Decides, does no I/O.

Whoever differs is set apart as a group of their own, by taps in small steps or by one typed line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import button_data
from bot.domain.case import Case, Value
from bot.domain.countries import NAMES, name
from bot.domain.fields import UNKNOWN, ask, field, show
from bot.domain.messages import Button, Keyboard
from bot.domain.names import rows, sides
from bot.domain.subjects import COUNT, REST, count_of, numbers, own_value
from bot.intake import groups
from bot.intake.answers import follow_up, keep, keep_of
from bot.intake.reading.choice import read_choice
from bot.intake.reading.country import read_country
from bot.intake.reading.groups import Group, read_groups
from bot.intake.reading.numbers import read_count
from bot.intake.reading.result import Read
from bot.language.texts import later, tr
from bot.protection.shown_persons import people
from bot.turns.composer import Composer

DIFFERS = "differs"
#: In what is pending: what of somebody is different, as far as it was said.
STEP = "apart"
CHILD, COUNTRY, FEARS, NOBODY = "child", "country", "fears", "no"
_MOST_BUTTONS = 6
_MINOR = "12_17"
_HOW_MANY = {
    CHILD: later("How many of them are under 18?"),
    COUNTRY: later("How many of them are citizens of {country}?"),
    FEARS: later("How many of them fear their own authorities?"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What an answer led to: more is asked about the same people, somebody was set apart, or nobody else differs."""

    case: Case
    lead: str = ""
    step: Mapping[str, object] | None = None  #: what is known of them so far; None: they are set apart
    is_last: bool = False


def question(c: Composer, case: Case) -> str:
    """Ask what comes next: whether anybody differs, or what is not known yet of those who do."""
    step = _step(c)
    if not step:
        return ask(field(DIFFERS), c.language)
    if _wants_country(case, step):
        return tr(c.language, "Which citizenship have they?")
    country = tr(c.language, name(str(step.get(COUNTRY, ""))))
    return tr(c.language, _HOW_MANY[str(step["what"])], country=country)


def keyboard(c: Composer, case: Case) -> Keyboard:
    """Offer the answers to what is asked."""
    step = _step(c)
    if not step:
        choices = [(choice.code, tr(c.language, choice.label)) for choice in field(DIFFERS).choices]
    elif _wants_country(case, step):
        choices = [(code, tr(c.language, name(code))) for code in _countries(c, case)]
        choices += [] if step.get("what") == COUNTRY else [(UNKNOWN, tr(c.language, "Unknown"))]
    else:
        size = count_of(case, REST) or _MOST_BUTTONS
        choices = [(str(number), str(number)) for number in range(1, min(size, _MOST_BUTTONS) + 1)]
    back = Button(tr(c.language, "Back"), _data(case, "back"))
    return (*rows([Button(label, _data(case, code)) for code, label in choices]), (back,))


def typed(c: Composer, case: Case, text: str) -> Taken | None:
    """Take a typed answer; None for what is none."""
    step = _step(c)
    if step:
        return _more(c, case, step, _typed_value(case, step, text))
    told = read_groups(text)
    if told is not None:
        return _line(c, case, told)
    choice = read_choice(field(DIFFERS), text, c.language)
    return _begun(c, case, str(choice.value), "typed") if isinstance(choice, Read) else None


def tapped(c: Composer, case: Case, code: str) -> Taken | None:
    """Take a tap; None for one that answers something else than what is asked."""
    step = _step(c)
    if not step:
        return _begun(c, case, code, "tap") if field(DIFFERS).choice(code) is not None else None
    wanted: Value | None = int(code) if code.isascii() and code.isdigit() else None
    if _wants_country(case, step):
        wanted = code if code in NAMES or (code == UNKNOWN and step.get("what") != COUNTRY) else None
    return _more(c, case, step, wanted)


def _begun(c: Composer, case: Case, code: str, source: str) -> Taken:
    if code == NOBODY:
        return Taken(follow_up(c, keep(c, case, field(DIFFERS), NOBODY, source), case), is_last=True)
    return Taken(case, step={"what": code})


def _more(c: Composer, case: Case, step: Mapping[str, object], value: Value | None) -> Taken | None:
    """Take one more thing about those who differ; they are set apart once all is known."""
    if value is None:
        return None
    is_country = _wants_country(case, step)
    known = {**step, (COUNTRY if is_country else COUNT): value}
    if not is_country and not groups.may_take(case, REST, int(str(value))):
        size = count_of(case, REST)
        return Taken(case, tr(c.language, "That is more than there are: {count}.", count=size), step)
    if COUNT not in known or _wants_country(case, known):
        return Taken(case, step=known)
    what, country = str(known["what"]), str(known.get(COUNTRY, "")).removeprefix(UNKNOWN)
    group = Group(int(str(known[COUNT])), what == CHILD, country, what == FEARS)
    return Taken(_set_apart(c, case, [group], "tap"), _said(c, [group]))


def _line(c: Composer, case: Case, told: tuple[Group, ...]) -> Taken:
    size = count_of(case, REST)
    if size is not None and sum(group.count for group in told) > size:
        return Taken(case, tr(c.language, "That is more than there are: {count}.", count=size), {})
    later_case = _set_apart(c, case, told, "typed")
    done = follow_up(c, keep(c, later_case, field(DIFFERS), NOBODY, "typed"), later_case)
    return Taken(done, _said(c, told), is_last=True)


def _said(c: Composer, told: Iterable[Group]) -> str:
    """Say back who was set apart."""
    words = "; ".join(_group_words(group, c.language) for group in told)
    return tr(c.language, "Noted apart: {groups}.", groups=words)


def _group_words(group: Group, language: str) -> str:
    facts = [
        show(field(each), value, language) for each, value in group.values.items() if each != "fears_own_authorities"
    ]
    facts += [tr(language, "fears own authorities")] if group.fears else []
    return f"{people(group.count, language)}: {', '.join(facts)}"


def _set_apart(c: Composer, case: Case, told: Sequence[Group], source: str) -> Case:
    before = case
    for group in told:
        values = dict(group.values)
        if group.is_child and own_value(case, REST, "age_group") in ("under_12", _MINOR):
            values["age_group"] = str(own_value(case, REST, "age_group"))  # the youngest who was told of is among them
        of = groups.with_citizenship(case, group.country) if group.country else None
        size = None if of is None else count_of(case, of)
        if of is None or (size is not None and size < group.count):
            of = REST
        case, _ = groups.split(c, case, of, group.count, values, source)
    return follow_up(c, _rest(c, case, told, source), before)


def _rest(c: Composer, case: Case, told: Iterable[Group], source: str) -> Case:
    """Say of the others what is left of the answers for all: neither the child's age nor a country told apart.

    Those who fear their own authorities change nothing of what is said of others: it would tell of them. That some
    children are of a country says nothing of the adults.
    """
    others = [group for group in told if not group.fears]
    left: dict[str, Value] = {}
    if any(group.is_child for group in others) and own_value(case, REST, "age_group") in ("under_12", _MINOR):
        left["age_group"] = "18_or_over"
    named = {group.country for group in others if not group.is_child}
    countries = own_value(case, REST, "citizenship")
    if isinstance(countries, tuple) and named & set(countries):
        left["citizenship"] = tuple(code for code in countries if code not in named) or countries
    return keep_of(c, case, REST, left, source)


def _wants_country(case: Case, step: Mapping[str, object]) -> bool:
    """Whether it is to be asked whose citizens they are: first where that differs, last where several are known."""
    if COUNTRY in step:
        return False
    if step.get("what") == COUNTRY:
        return True
    return COUNT in step and len(_known_countries(case)) > 1


def _known_countries(case: Case) -> tuple[str, ...]:
    each = (own_value(case, number, "citizenship") for number in numbers(case))
    return tuple(dict.fromkeys(code for value in each if isinstance(value, tuple) for code in value))


def _countries(c: Composer, case: Case) -> tuple[str, ...]:
    of_sides = (code for party in sides(case, c.context.agreement) for code in party.countries)
    return tuple(dict.fromkeys((*_known_countries(case), *of_sides)))


def _typed_value(case: Case, step: Mapping[str, object], text: str) -> Value | None:
    if _wants_country(case, step):
        found = read_country(field("country"), text, "en")
        return found.value if isinstance(found, Read) else None
    count = read_count(text)
    return count.number if count is not None and count.is_exact else None


def _step(c: Composer) -> Mapping[str, object]:
    step = c.conversation.pending.get(STEP)
    return step if isinstance(step, dict) else {}


def _data(case: Case, code: str) -> str:
    return button_data.write(button_data.ChoiceTap(case.id, DIFFERS, code))

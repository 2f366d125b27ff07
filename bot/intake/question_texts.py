"""How the questions of an intake, its summary and the choice of a case look to a person. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from bot.domain import button_data
from bot.domain.agreement import Agreement, Corridor
from bot.domain.case import Case
from bot.domain.fields import FIELDS, UNKNOWN, Field, FieldKind, ask, field, show
from bot.domain.messages import Button, Keyboard
from bot.domain.names import rows, sides
from bot.domain.people import Role
from bot.domain.understood import doubt
from bot.intake.next_question import open_question, question_before, to_ask
from bot.intake.reading.yes_no import AGAIN, RIGHT
from bot.intake.several_choices import DONE, chosen, tap_of
from bot.language.texts import later, tr
from bot.protection.in_english import beside
from bot.protection.redaction_policy import Way, echoed
from bot.protection.shown_persons import persons
from bot.protection.standings import Reader

#: Asked about words whose case is not known: of an officer, and of anybody else.
NEW_OR_WHICH = later(
    "Stored. Is this a new alert, or about one of your open cases? If you do not answer within {minutes} minutes it "
    "becomes a new alert."
)
WHICH = later(
    "Which case are these words for? Nothing is sent on before you say, and nothing at all if you do not answer within "
    "{minutes} minutes."
)
#: Asked about words of an officer that may be an alert, where there is no case that they could be about.
IN_DANGER = later("Stored. Is somebody in danger? If you do not answer within {minutes} minutes it becomes an alert.")
_CHOSEN = "\N{HEAVY CHECK MARK} "

#: Countries offered as buttons besides typing: those of the corridor.
_COUNTRY_KINDS = (FieldKind.COUNTRY, FieldKind.COUNTRIES)


def question(case: Case, asking: Field, language: str) -> str:
    """Write a question, with its present answer when it has one."""
    text = ask(asking, language)
    value = echoed(asking, case)
    if value is not None and chosen(asking, case):
        text += "\n" + _chosen(asking, case, language)
    elif value is not None:
        text += "\n" + tr(language, "Now: {value}", value=show(asking, value, language))
    return text


def _chosen(asking: Field, case: Case, language: str) -> str:
    codes = chosen(asking, case)
    return tr(
        language,
        "Chosen: {names}. Add more, or 'done'. To take one out, write for example: not {name}",
        names=show(asking, codes, language),
        name=show(asking, codes[-1], language).lower(),
    )


def keyboard(case: Case, asking: Field, agreement: Agreement, language: str) -> Keyboard:
    """Lay out the choices of a question, and what else can be tapped."""
    marked = chosen(asking, case)
    options = [
        _choice(case, asking, tap_of(code, is_chosen=code in marked), (_CHOSEN if code in marked else "") + label)
        for code, label in _options(case, asking, agreement, language)
        if not marked or code != UNKNOWN
    ]
    laid = list(rows(options))
    last: list[Button] = []
    if marked:
        last.append(_choice(case, asking, DONE, tr(language, "Done")))
    if asking.may_skip:
        last.append(_choice(case, asking, "skip", tr(language, "Skip")))
    if question_before(case, asking.id) is not None:
        last.append(_choice(case, asking, "back", tr(language, "Back")))
    return (*laid, tuple(last)) if last else tuple(laid)


def _options(case: Case, asking: Field, agreement: Agreement, language: str) -> Sequence[tuple[str, str]]:
    if asking.kind in _COUNTRY_KINDS:
        of_sides = (code for party in sides(case, agreement) for code in party.countries)
        codes = list(dict.fromkeys((*of_sides, *chosen(asking, case))))
        codes += [UNKNOWN] * asking.may_be_unknown
        return [(code, show(asking, code, language)) for code in codes]
    return _named_choices(asking.id, language)


@cache
def _named_choices(field_id: str, language: str) -> Sequence[tuple[str, str]]:
    asking = field(field_id)
    found = [(choice.code, tr(language, choice.label)) for choice in asking.choices]
    if asking.may_be_unknown and "unknown" not in {code for code, _ in found}:
        found.append(("unknown", tr(language, "Unknown")))
    return found


def _choice(case: Case, asking: Field, code: str, label: str) -> Button:
    return Button(label, button_data.write(button_data.ChoiceTap(case.id, asking.id, code)))


def word_button(label: str, word: str, argument: str = "") -> Button:
    """Make a button about the conversation."""
    return Button(label, button_data.write(button_data.WordTap(word, argument)))


def kept_for_own_side(case: Case, language: str) -> str:
    """Say where words are that answered nothing."""
    return tr(
        language,
        "Your words are kept with {reference}; only your own side reads them on its page.",
        reference=case.reference,
    )


def if_meant_otherwise(kept: int | None, language: str) -> Keyboard:
    """Offer what words that were kept with a case may be instead: for the other side, or somebody new."""
    new = word_button(tr(language, "No, this is a new alert"), "new")
    if kept is None:
        return ((new,),)
    return ((word_button(tr(language, "Tell both desks"), "tell", button_data.to_base36(kept)),), (new,))


def yes_no(language: str, stamp: str) -> Keyboard:
    """Offer yes and no to what was shown back; the stamp tells it from anything shown before or after."""
    return (
        (
            word_button(tr(language, RIGHT), "yes", stamp),
            word_button(tr(language, AGAIN), "no", stamp),
        ),
    )


def summary(case: Case, agreement: Agreement, language: str) -> str:
    """Write all answers in order, numbered as asked, and what is still open."""
    lines = [tr(language, "{reference}: what you have told us.", reference=case.reference)]
    reader = Reader(case.reporting, Role.OFFICER, case.officer)
    for f in to_ask(case):
        value = echoed(f, case)
        shown = tr(language, "not answered") if value is None else show(f, value, language, sides(case, agreement))
        lines.append(f"{f.whole_number}{f.part}. {tr(language, f.label)}: {shown}{doubt(case, f, language)}")
        lines += filter(None, [beside(f, case, reader, Way.ECHO, agreement, language)])
    lines += [each.line(language) for each in persons(case, reader, Way.ECHO, agreement, language)]
    return "\n".join(lines)


def summary_keyboard(case: Case, language: str) -> Keyboard:
    """Offer to send, or to answer what is open."""
    first = open_question(case)
    offered = [word_button(tr(language, "Send to the desks"), "send", button_data.to_base36(case.id))]
    if first is not None:
        offered.append(_choice(case, first, "ask", tr(language, "Answer what is open")))
    return (tuple(offered),)


def which_side(corridors: Iterable[Corridor], case: Case, agreement: Agreement) -> Keyboard:
    """Offer the sides that a case may be sent to."""
    others = [agreement.parties[c.other(case.reporting)] for c in corridors]
    number = button_data.to_base36(case.id)
    return rows([word_button(p.name, "side", f"{p.code}.{number}") for p in others], width=1)


def new_or_one_of(cases: Sequence[Case], language: str, answering: tuple[Case, Field] | None = None) -> Keyboard:
    """Offer a new alert, or one of these cases, or that it answers a question that waits."""
    new = word_button(tr(language, "New alert"), "new")
    return rows([new, *_each(cases, language), *_answer(answering, language)], width=1)


def danger_or_not(language: str) -> Keyboard:
    """Offer that words are an alert, or none."""
    yes = word_button(tr(language, "Yes, alert"), "danger", "yes")
    return ((yes, word_button(tr(language, "No"), "danger", "no")),)


def one_of_or_none(cases: Sequence[Case], language: str, answering: tuple[Case, Field] | None = None) -> Keyboard:
    """Offer these cases, or none of them, or that it answers a question that waits."""
    none = word_button(tr(language, "None of these"), "none")
    return rows([*_each(cases, language), none, *_answer(answering, language)], width=1)


def _each(cases: Sequence[Case], language: str) -> list[Button]:
    return [word_button(case_line(case, language), "which", button_data.to_base36(case.id)) for case in cases]


def _answer(answering: tuple[Case, Field] | None, language: str) -> list[Button]:
    if answering is None:
        return []
    case, asking = answering
    label = tr(language, "The answer: {label}", label=tr(language, asking.label))
    return [word_button(label, "answer", question_stamp(case, asking))]


def question_stamp(case: Case, asking: Field) -> str:
    """Tell a question from any other, for a button."""
    return f"{button_data.to_base36(case.id)}.{asking.id}"


def case_line(case: Case, language: str) -> str:
    """Tell a case from others in a few words: reference, urgency, situation."""
    facts = [case.reference, case.urgency.value]
    for name in ("situation", "country"):
        value = case.value(name)
        if value is not None:
            facts.append(show(next(f for f in FIELDS if f.id == name), value, language))
    return " · ".join(facts)

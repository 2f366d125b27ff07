"""What the gates ask for: consent, protection need, guardian, reasons and decisions. Told to the own side only.

The code of an answer is kept with the case and in the journal; the words behind it the own side reads on the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.acts.finding import is_among_own
from bot.acts.request import ActRequest, done, is_allowed, prompt
from bot.clock import deadlines
from bot.clock.alerts import act_button
from bot.domain.case import Case, Channel, DeadlineKind, TextKind
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.fields import Field, field, show
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import rows
from bot.intake import answers
from bot.intake.consent import ask_next
from bot.intake.reading.answer_reader import read
from bot.intake.reading.result import Read
from bot.language.folding import begins
from bot.language.normalise import plain
from bot.language.texts import later, tr
from bot.protection import gates

_FIRST_WORD = re.compile(r"\W*(\w+)[\s,:;.]*")
_ABOUT = {
    "police": gates.CONSENT[Channel.POLICE],
    "diplomatic": gates.CONSENT[Channel.DIPLOMATIC],
    "embassy": gates.CONSENT[Channel.DIPLOMATIC],
    "consulate": gates.CONSENT[Channel.DIPLOMATIC],
    "fears": gates.FEARS,
    "fear": gates.FEARS,
}


@dataclass(frozen=True, slots=True)
class _Recorded:
    """An act that records one code with the words behind it."""

    field: str
    code: str
    ask: str  #: what is asked when the words are missing


_RECORDED: Mapping[Act, _Recorded] = for_each(
    Act,
    {
        Act.GUARDIAN: _Recorded(
            gates.GUARDIAN, "named", later("Which guardian or child-protection authority? Only your own side reads it.")
        ),
        Act.INTEREST: _Recorded(
            gates.BEST_INTERESTS,
            "recorded",
            later("Why is it in the child's best interests? One line; only your own side reads it."),
        ),
        Act.VITAL: _Recorded(
            gates.VITAL_INTEREST,
            "recorded",
            later("Which vital interest makes it right without consent? One line; only your own side reads it."),
        ),
        Act.ALTERNATIVE: _Recorded(
            gates.ALTERNATIVE,
            "decided",
            later("What is done instead of the diplomatic step? One line; only your own side reads it."),
        ),
    },
    but={act for act in Act if act.rule.takes != ("words",)},
)


def consent(request: ActRequest) -> None:
    """Keep what the person says about a channel or about fear: any time, by the officer or the own duty desk."""
    if not is_allowed(request):
        return
    found = begins(_FIRST_WORD, request.text)
    word, said = (found[0][1], found[1]) if found else ("", "")
    name = _ABOUT.get(word.casefold())
    if name is None:
        sentence = tr(request.language, "About what, and what did the person say? For example: police yes, or fears no")
        prompt(request, sentence)
        return
    c, case, asked = request.c, request.case, field(name)
    zone = c.context.agreement.zone_of(case.reporting)
    reading = read(asked, said, now=c.now, zone=zone, language=request.language)
    if not isinstance(reading, Read):
        prompt(request, _choices(asked, request.language), word)
        return
    case = answers.store_of(c, case, asked, reading.value, "typed", request.whom)
    label, value = tr(request.language, asked.label), show(asked, reading.value, request.language)
    done(request, case, _said(request, tr(request.language, "{label} is now {value}.", label=label, value=value)))
    ask_next(c, c.case(case.id) or case, tr(request.language, "One more answer is needed:"))


def protect(request: ActRequest) -> None:
    """Record whether the person needs protection from a State; words behind it are welcome, not needed."""
    if not is_allowed(request):
        return
    code, words = _code(request.text, field(gates.FLAG))
    if not code:
        prompt(request, _choices(field(gates.FLAG), request.language), buttons=_offered(request, gates.FLAG))
        return
    _record(request, gates.FLAG, code, words)


def record(request: ActRequest) -> None:
    """Record a guardian, a reason or an alternative; its words are needed."""
    if not is_allowed(request):
        return
    asked = _RECORDED[request.act]
    if request.act is Act.ALTERNATIVE and not gates.wants_alternative(request.case, request.c.context.agreement):
        request.say(
            tr(
                request.language,
                "The diplomatic step is not blocked, so no alternative is asked for. If it is not needed: /notneeded "
                "{reference} reason",
                reference=request.case.reference,
            )
        )
    elif not request.text.strip():
        prompt(request, tr(request.language, asked.ask))
    else:
        _record(request, asked.field, asked.code, request.text.strip())


def decide(request: ActRequest) -> None:
    """Record whether a State that the person must be protected from is told after all: a supervisor's decision."""
    if not is_allowed(request):
        return
    if not gates.needs_decision(request.case, request.c.context.agreement):
        request.say(tr(request.language, "The police gate is not closed: there is nothing to decide."))
        return
    code, words = _code(request.text, field(gates.DECISION))
    if not code:
        prompt(
            request,
            tr(request.language, "Allowed or refused, and why? Only your own side reads it."),
            buttons=_offered(request, gates.DECISION),
        )
    elif not words:
        prompt(request, tr(request.language, "Why? One line; only your own side reads it."), code)
    else:
        _record(request, gates.DECISION, code, words)


def _record(request: ActRequest, name: str, code: str, words: str) -> None:
    c, asked = request.c, field(name)
    case = answers.store_of(c, request.case, asked, code, "act", request.whom)
    if words:
        c.kept.text(case, TextKind.PROTECTION, words, own_side_only=True, subjects=request.whom)
    c.journal(JournalAct.PROTECTION, case, field=name, code=code, **_of_whom(request))
    if name == gates.ALTERNATIVE and not gates.awaited(case, Channel.DIPLOMATIC):
        case = deadlines.meet(case, DeadlineKind.DIPLOMATIC, c.now)
    label, value = tr(request.language, asked.label), show(asked, code, request.language)
    sentence = tr(request.language, "{label}: {value}. Only your side is told.", label=label, value=value)
    done(request, case, _said(request, sentence))


def _of_whom(request: ActRequest) -> dict[str, object]:
    return {"subject": list(request.whom)} if request.whom else {}


def _said(request: ActRequest, sentence: str) -> str:
    """Repeat no answer in a group that others read."""
    is_private = is_among_own(request.c, request.person.party)
    return sentence if is_private else tr(request.language, "recorded. Please write such things in private.")


def _code(text: str, asked: Field) -> tuple[str, str]:
    """Read a leading code, label or common word of a field and what follows it; the longest match counts."""
    words = text.replace("\u200b", " ").split()
    for count in range(min(len(words), 5), 0, -1):
        said = plain(" ".join(words[:count]))
        for choice in asked.choices:
            if said in {plain(name) for name in (choice.code, choice.label, *choice.also)}:
                return choice.code, " ".join(words[count:])
    return "", text.strip()


def _choices(asked: Field, language: str) -> str:
    codes = ", ".join(choice.code for choice in asked.choices)
    question = tr(language, asked.question)
    return tr(language, "{question} Type one of: {codes}", question=question, codes=codes)


def _offered(request: ActRequest, name: str) -> Keyboard:
    case: Case = request.case
    choices = field(name).choices
    return rows([act_button(case, tr(request.language, k.label), request.act, k.code) for k in choices])

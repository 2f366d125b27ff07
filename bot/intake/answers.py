"""An answer kept, and what follows from it: urgency, deadlines, alerts. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.channels import gate_effects
from bot.clock import alerts, deadlines
from bot.domain.agreement import Urgency
from bot.domain.case import Answer, Case, Value
from bot.domain.fields import UNKNOWN, Field, FieldKind, field
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.subjects import with_answer
from bot.domain.understood import confirmed
from bot.intake import purpose_hint
from bot.intake.several_choices import added
from bot.protection.seen_by import seen_by, urgency_for_all
from bot.turns.composer import Composer

_BY_HAND = "by hand"


def store(c: Composer, case: Case, asked: Field, value: Value, source: str) -> Case:
    """Keep an answer, and let urgency, deadlines and alerts follow; of several choices it adds to those there are."""
    return follow_up(c, keep(c, case, asked, value, source), case)


def store_of(c: Composer, case: Case, asked: Field, value: Value, source: str, whom: Sequence[int]) -> Case:
    """Keep an answer about some persons; about nobody named it is about all, those with an answer of their own too."""
    before = case
    if not whom:
        case = keep(c, case, asked, value, source)
        whom = [number for number, own in case.apart.items() if asked.id in own]
    for subject in whom:
        case = keep_of(c, case, subject, {asked.id: value}, source)
    return follow_up(c, case, before)


def take_out(c: Composer, case: Case, asked: Field, left: Value) -> Case:
    """Keep what is left of several choices when the person took some out."""
    return follow_up(c, _kept(c, case, asked, left, "tap"), case)


def keep(c: Composer, case: Case, asked: Field, value: Value, source: str) -> Case:
    """Keep an answer and let the urgency follow; alerts come with `follow_up`, once for several answers."""
    return _kept(c, case, asked, added(asked, confirmed(case, asked.id), value), source)


def keep_of(c: Composer, case: Case, subject: int, values: Mapping[str, Value], source: str) -> Case:
    """Keep answers about one person or group, by field; `follow_up` comes once after all of them."""
    for name, value in values.items():
        case = _kept(c, case, field(name), value, source, subject)
    return case


def _kept(c: Composer, case: Case, asked: Field, value: Value, source: str, subject: int = 0) -> Case:
    if c.person is None:
        raise LookupError("only a person answers")
    came_as = c.came_as if source in ("typed", "amended") else ""
    is_words = asked.kind is FieldKind.TEXT and value != UNKNOWN and not isinstance(value, Guarded)
    if is_words:
        purpose_hint.on_texts(c, case, [str(value)])
        value = Guarded(str(value))
    answer = Answer(c.context.new_id(), case.id, asked.id, value, c.now, c.person.id, source, came_as, subject)
    c.kept.answer(answer)
    before, case = case, with_answer(case, answer)
    of_whom = {"subject": subject} if subject else {}
    c.journal(JournalAct.ANSWERED, case, field=asked.id, answer=answer.id, source=source, **of_whom)
    case = _assessed(c, case, before)
    return alerts.flag_country(c, case) if asked.id == "country" else case


def follow_up(c: Composer, case: Case, before: Case) -> Case:
    """Let gates and alerts follow answers kept together: whoever is told reads all of them."""
    case = gate_effects.follow(c, before, case)
    if case.apart and not _is_news(c, before, case):
        return c.put(case)
    return c.put(alerts.after_answer(c, case, before.urgency))


def _is_news(c: Composer, before: Case, case: Case) -> bool:
    """Whether the requested side may know of what changed: else nothing that it gets moves, not even by a moment."""
    was, now = (seen_by(one, case.requested, c.context.agreement) for one in (before, case))
    return (was.answers, was.apart, was.urgency) != (now.answers, now.apart, now.urgency)


def _assessed(c: Composer, case: Case, before: Case) -> Case:
    """Follow the triage rules. After `send`, or once set by hand, urgency only rises by itself.

    Who set it by hand knew the answers of that time: it rises again only when an answer lets a further rule fire.
    """
    urgency, rules = urgency_for_all(case, c.context.agreement)
    is_by_hand = _BY_HAND in case.rules
    only_rises = case.sent_at is not None or is_by_hand
    if only_rises and not urgency.is_above(case.urgency):
        return case
    if is_by_hand and set(rules) <= set(urgency_for_all(before, c.context.agreement)[1]):
        return case
    return set_urgency(c, case, urgency, rules)


def set_urgency(c: Composer, case: Case, urgency: Urgency, rules: Sequence[str]) -> Case:
    """Set the level with the rules that fired; deadlines move with it."""
    if urgency is not case.urgency:
        c.journal(JournalAct.URGENCY, case, before=case.urgency.value, after=urgency.value, rules=list(rules))
    case = deadlines.follow(case, urgency, case.policy(c.context.agreement, urgency), c.now)
    return case if case.rules == tuple(rules) else replace(case, rules=tuple(rules))


def set_by_hand(c: Composer, case: Case, urgency: Urgency) -> Case:
    """Set the level by a person's decision; later answers may raise it, never lower it."""
    rules = [r for r in urgency_for_all(case, c.context.agreement)[1] if r != _BY_HAND]
    return set_urgency(c, case, urgency, [*rules, _BY_HAND])

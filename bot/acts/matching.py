"""Asking whether two cases are one: of the duty desk of a side that reads both, or across corridors of a supervisor.

Nobody else hears anything, and no two cases are ever joined by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.acts.leading import older_of
from bot.clock.alerts import act_button
from bot.domain import button_data
from bot.domain.agreement import DeskRole
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.journal_acts import JournalAct
from bot.domain.likeness import Likeness, Match, Reason, Verdict, is_news
from bot.domain.messages import Keyboard
from bot.domain.names import closure_name, likeness_name, rows, urgency_name
from bot.domain.recipients import Recipient, at_desks, is_overheard, supervisors
from bot.language.texts import later, tr
from bot.protection import gates
from bot.protection.matching import are_comparable, is_one_corridor, may_be_joined, sides_of_both, told_to
from bot.turns.composer import Composer

_ORDER = tuple(Likeness)
#: What can be said of two cases, as a button.
_CHOICES = ((Act.SAME, later("Same")), (Act.RELATED, later("Related")), (Act.DIFFERENT, later("Different")))
AT_MOST = 10  #: cases that are asked about at once: a number that more have is nobody's own


def ask(c: Composer, case: Case, found: Mapping[int, Sequence[Reason]]) -> None:
    """Ask about each case that this one is like, where somebody may know of it and was not asked yet."""
    if not case.is_open:
        return
    strongest = sorted(found.items(), key=lambda each: (-max(reason.by.strength for reason in each[1]), -each[0]))
    for case_id, reasons in strongest[:AT_MOST]:
        other = c.case(case_id)
        other = older_of(c, other) if other is not None else None
        if other is not None and are_comparable(case, other):
            older, younger = sorted((case, other), key=lambda each: each.id)
            _ask(c, older, younger, frozenset(reasons))


def _ask(c: Composer, older: Case, younger: Case, reasons: frozenset[Reason]) -> None:
    match = c.pairs.match(older, younger)
    if not is_news(match, reasons):
        return
    known = match.reasons if match is not None else ()
    every = tuple(sorted({*known, *reasons}, key=lambda reason: (_ORDER.index(reason.by), reason.only)))
    asked = _desk(c, older, younger, every) or _supervisor(c, older, younger, every)
    if not asked:
        return
    c.pairs.put(Match(older.id, younger.id, every, c.now, Verdict.ASKED))
    by = [reason.by.value for reason in every]
    c.journal(JournalAct.MATCHED, younger, other=older.id, by=by, asked=[r.name for r in asked])


def _desk(c: Composer, older: Case, younger: Case, reasons: Iterable[Reason]) -> list[Recipient]:
    """Ask the duty desk of a side that reads both; between other sides none is asked."""
    if not is_one_corridor(older, younger):
        return []
    for party in sides_of_both(younger, older):
        told = told_to(party, older, younger, reasons, c.context.agreement)
        desk = at_desks(c.context.agreement, c.view.directory, party, DeskRole.DUTY) if told else ()
        if asked := _send(c, older, younger, told, desk):
            return asked
    return []


def _supervisor(c: Composer, older: Case, younger: Case, reasons: Iterable[Reason]) -> list[Recipient]:
    """Ask the supervisors of a side that reads both, and tell their desk no more than that."""
    agreement, directory = c.context.agreement, c.view.directory
    for party in sides_of_both(younger, older):
        told = told_to(party, older, younger, reasons, agreement)
        asked = _send(c, older, younger, told, supervisors(directory, party)) if told else []
        if asked:
            names = {each.name for each in asked}
            desk = [r for r in at_desks(agreement, directory, party, DeskRole.DUTY) if r.name not in names]
            words = tr("en", "A supervisor was asked.")
            c.tell(desk, _key(younger, party, f"asked:{c.inbox_id}"), _headed(younger, words), case=younger)
            return asked
    return []


def _send(
    c: Composer, older: Case, younger: Case, told: Iterable[Reason], recipients: Iterable[Recipient]
) -> list[Recipient]:
    agreement, directory = c.context.agreement, c.view.directory
    found = [r for r in recipients if not is_overheard(r, agreement, directory)]
    if not found:
        return []
    can_be_one = may_be_joined(older, younger, agreement)
    key = _key(younger, found[0].party, f"match:{c.inbox_id}:{older.id}")
    return c.tell(
        found, key, _words(older, younger, told), case=younger, buttons=keyboard(older, younger, can_be_one=can_be_one)
    )


def _words(older: Case, younger: Case, told: Iterable[Reason]) -> str:
    why = ", ".join(dict.fromkeys(likeness_name(reason.by, "en") for reason in told))
    lines = [tr("en", "May be the same as {reference}: {why}.", reference=older.reference, why=why)]
    lines += [
        tr("en", "{reference} is closed: {code}.", reference=case.reference, code=closure_name(case.closure, "en"))
        for case in (older, younger)
        if case.closure is not None
    ]
    typed = f"/same {younger.reference} {older.reference}"
    lines.append(tr("en", "Tap, or type {command}, likewise /related or /different.", command=typed))
    return _headed(younger, "\n".join(lines))


def keyboard(older: Case, younger: Case, *, can_be_one: bool) -> Keyboard:
    """The three things that can be said of two cases; *Same* only where they can be one."""
    shown = ((act, label) for act, label in _CHOICES if can_be_one or act is not Act.SAME)
    argument = button_data.to_base36(older.id)
    return rows([act_button(younger, tr("en", label), act, argument) for act, label in shown], width=3)


def _key(case: Case, party: str, what: str) -> str:
    """Name a message; of the reporting side so that the other side's view never shows that it was told something."""
    return gates.key_of(case, what) if party == case.reporting else f"case:{case.id}:{what}"


def _headed(case: Case, words: str) -> str:
    return f"{urgency_name(case.urgency, 'en')} · {case.reference}\n{words}"

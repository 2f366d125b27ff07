"""Hand-over: who leaves gets the list of what is open and confirms it, who comes reads it back and takes it over.

Until somebody has taken over, whoever leaves is still told of all that is due at the desk, beside whoever came or, when
nobody came, beside the whole desk and its supervisors. Words for a case are memos: they stay with the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain import button_data
from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Button, Keyboard
from bot.domain.names import link
from bot.domain.people import Directory, Person, Role
from bot.domain.recipients import Recipient, at_desk, at_person, is_overheard, supervisors, unique
from bot.domain.roster import HandOver
from bot.domain.typed_commands import Command
from bot.language.texts import tr
from bot.protection.permissions import may_see
from bot.roster.words import LISTED, case_lines, local, name_of, names, shown_desk
from bot.turns.composer import Composer

#: What whoever leaves wrote to a case since their hand-over began, as whoever comes may read it on a messenger; empty
#: for what only the page shows.
Written = Mapping[int, Sequence[str]]


def open_cases(c: Composer, person: Person) -> tuple[Case, ...]:
    """The open cases of somebody's desk that are at hand, most urgent first."""
    found = (case for case in c.view.cases() if case.is_open and may_see(person, case, c.context.agreement))
    return tuple(sorted(found, key=lambda case: (case.urgency, case.id)))


def begin(c: Composer, person: Person, ends_at: datetime, cases: Sequence[Case]) -> HandOver | None:
    """Give whoever leaves the list, once for each end of a duty; None when nothing is open."""
    begun = next(
        (h for h in c.view.directory.roster.hand_overs if (h.person_id, h.ends_at) == (person.id, ends_at)), None
    )
    if begun is not None or not cases:
        return begun
    begun = HandOver(c.context.new_id(), person.desk, person.id, ends_at, c.now, tuple(case.id for case in cases))
    c.people.put_hand_over(begun)
    c.journal(
        JournalAct.HAND_OVER_BEGUN, hand_over=begun.id, desk=person.desk, person=person.id, cases=list(begun.cases)
    )
    return begun


def give_list(c: Composer, person: Person, begun: HandOver, cases: Sequence[Case]) -> None:
    """Tell whoever leaves what is open and what they are asked for."""
    agreement, language = c.context.agreement, person.language
    ends = local(begun.ends_at, person.party, agreement)
    lead = (
        tr(language, "Your duty at {desk} ends {moment}.", desk=_desk(begun, person, agreement), moment=ends)
        if begun.ends_at > c.now
        else tr(language, "Your duty at {desk} is over.", desk=_desk(begun, person, agreement))
    )
    lines = [
        f"{lead} " + tr(language, "Open cases: {count}. Please hand them over.", count=len(cases)),
        *case_lines(cases, person.party, agreement, c.now, language),
        tr(
            language,
            "Is anything to be added? /memo {reference} text, for your own side only. When the list is right: "
            "/handover. Until somebody has taken over, you are still told of what is due.",
            reference=cases[0].reference,
        ),
    ]
    c.tell(
        [at_person(person)],
        f"handover:{begun.id}:list",
        "\n".join(lines),
        buttons=((_button(tr(language, "The list is right"), "handover", begun),),),
    )


def ask_to_take(c: Composer, begun: HandOver, cases: Sequence[Case], written: Written) -> list[Recipient]:
    """Ask those who are on duty now to read what is handed over and to take it; supervisors when nobody is."""
    leaver = c.view.directory.get(begun.person_id)
    if leaver is None:
        return []
    came = takers(begun, leaver, c.view.directory, begun.ends_at if begun.ends_at > c.now else c.now)
    told: list[Recipient] = []
    for person in came or [r.person for r in supervisors(c.view.directory, leaver.party) if r.person is not None]:
        lines = _to_take(c, begun, leaver, cases, written, person, is_planned=bool(came))
        key = f"handover:{begun.id}:take"
        told += c.tell([at_person(person)], key, "\n".join(lines), buttons=_take(begun, person.language))
    return told


def takers(begun: HandOver, leaver: Person, directory: Directory, moment: datetime) -> list[Person]:
    """Who is on duty at the desk at a moment, besides whoever leaves."""
    found = (p for p in directory.members(begun.desk) if p.role is Role.DUTY and p.id != leaver.id and p.addresses)
    return [p for p in found if directory.is_on_duty(p, moment)]


def give(c: Composer, _command: Command) -> None:
    """Confirm the list of what one leaves."""
    person = _who(c)
    if person is None:
        return
    mine = [h for h in c.view.directory.roster.hand_overs if h.is_open and h.person_id == person.id]
    if not mine:
        c.say(tr(c.language, "There is nothing that you hand over now. Going off duty: /offduty"))
        return
    for begun in mine:
        c.people.put_hand_over(replace(begun, given_at=begun.given_at or c.now))
        c.journal(JournalAct.HAND_OVER_GIVEN, hand_over=begun.id)
    came = takers(mine[-1], person, c.view.directory, max(mine[-1].ends_at, c.now))
    if came:
        words = tr(
            c.language, "Thank you. {names} is asked to take over; you hear when that is done.", names=names(came)
        )
    else:
        words = tr(
            c.language,
            "Thank you. Nobody comes after you by the roster, so your supervisors are asked to take over; you hear "
            "when that is done.",
        )
    c.say(words)


def take(c: Composer, command: Command) -> None:
    """Take over what somebody left: read, and confirmed."""
    person = _who(c)
    if person is None:
        return
    asked = button_data.from_base36(command.rest) if command.rest else None
    left = [h for h in c.view.directory.roster.hand_overs if asked in (None, h.id) and _may_take(h, person, c)]
    waiting = [h for h in left if h.is_open]
    if not waiting:
        _nothing_to_take(c, left if asked is not None else [])
        return
    if person.role is Role.DUTY and not c.view.directory.is_on_duty(person):
        c.say(tr(c.language, "You are off duty. To take over, type /onduty first, then /takeover."))
        return
    for begun in waiting:
        c.people.put_hand_over(replace(begun, taken_by=person.id, taken_at=c.now))
        c.journal(JournalAct.TAKEN_OVER, hand_over=begun.id, desk=begun.desk, cases=list(begun.cases))
        _tell_taken(c, begun, person)
    cases = _cases_of(c, waiting)
    lead = tr(c.language, "You have taken over {count} open cases.", count=len(cases))
    c.say("\n".join([lead, *case_lines(cases, person.party, c.context.agreement, c.now, c.language)]))


def take_back(c: Composer, person: Person) -> bool:
    """Whoever is on duty again has what they had begun to hand over; returns whether there was anything."""
    mine = [h for h in c.view.directory.roster.hand_overs if h.is_open and h.person_id == person.id]
    for begun in mine:
        c.people.put_hand_over(replace(begun, taken_by=person.id, taken_at=c.now))
        c.journal(JournalAct.TAKEN_OVER, hand_over=begun.id, desk=begun.desk, cases=list(begun.cases))
    return bool(mine)


def tell_not_taken(c: Composer, begun: HandOver) -> None:
    """Tell the supervisors that nobody has taken over what somebody left."""
    leaver = c.view.directory.get(begun.person_id)
    if leaver is None:
        return
    for recipient in supervisors(c.view.directory, leaver.party):
        words = tr(
            recipient.language,
            "Nobody has taken over what {name} left at {desk}: {count} open cases, since {moment}. {name} is still "
            "told of what is due. Please have somebody take over, or do it yourself.",
            name=leaver.name,
            desk=_desk(begun, leaver, c.context.agreement),
            count=len(begun.cases),
            moment=local(begun.ends_at, leaver.party, c.context.agreement),
        )
        c.tell([recipient], f"handover:{begun.id}:nobody", words, buttons=_take(begun, recipient.language))


def _who(c: Composer) -> Person | None:
    """Whoever may have a duty; None once somebody else was told so."""
    if c.person is not None and c.person.role not in (Role.DUTY, Role.SUPERVISOR):
        c.say(tr(c.language, "The roster is for duty officers and supervisors."))
        return None
    return c.person


def _may_take(begun: HandOver, person: Person, c: Composer) -> bool:
    """A colleague of the same desk, or a supervisor of the side; whoever left is on duty again by /onduty."""
    leaver = c.view.directory.get(begun.person_id)
    if leaver is None or leaver.id == person.id or leaver.party != person.party:
        return False
    return person.role is Role.SUPERVISOR or (person.role is Role.DUTY and person.desk == begun.desk)


def _nothing_to_take(c: Composer, taken: Sequence[HandOver]) -> None:
    if taken:
        who = name_of(taken[0].taken_by, c.view.directory, c.language)
        c.say(tr(c.language, "That was taken over already, by {name}.", name=who))
    else:
        c.say(tr(c.language, "Nobody of your desk has left anything that waits to be taken over."))


def _tell_taken(c: Composer, begun: HandOver, taker: Person) -> None:
    """Tell the desk who has what now, and whoever left that they are free."""
    directory, agreement = c.view.directory, c.context.agreement
    leaver = directory.get(begun.person_id)
    desk = agreement.desks.get(begun.desk)
    if leaver is None or desk is None:
        return
    references = ", ".join(case.reference for case in _cases_of(c, [begun])) or tr("en", "none is open any more")
    for recipient in unique((*at_desk(desk, directory), at_person(leaver))):
        if recipient.name == f"person:{taker.id}":
            continue
        is_public = is_overheard(recipient, agreement, directory)
        words = tr(
            recipient.language,
            "{taker} has taken over from {leaver} at {desk}: {cases}.",
            taker=taker.role.value if is_public else taker.name,
            leaver=leaver.role.value if is_public else leaver.name,
            desk=_desk(begun, leaver, agreement),
            cases=references,
        )
        c.tell([recipient], f"handover:{begun.id}:taken", words)


def _to_take(
    c: Composer,
    begun: HandOver,
    leaver: Person,
    cases: Sequence[Case],
    written: Written,
    to: Person,
    *,
    is_planned: bool,
) -> list[str]:
    language, agreement = to.language, c.context.agreement
    desk = _desk(begun, leaver, agreement)
    if is_planned:
        lead = tr(language, "Hand-over at {desk} from {name}.", desk=desk, name=leaver.name)
    else:
        lead = tr(language, "{name} leaves {desk}, and nobody is on duty there.", desk=desk, name=leaver.name)
    lines = [f"{lead} " + tr(language, "Open cases: {count}. Please read them and take them over.", count=len(cases))]
    listed = case_lines(cases, to.party, agreement, c.now, language)
    for case, line in zip(cases, listed[:LISTED], strict=False):
        lines.append(line)
        if may_see(to, case, agreement) and (words := written.get(case.id)):
            where = tr(language, "a line for you on its page: {link}", link=link(c.context.public_url, case))
            lines += dict.fromkeys(f"  {leaver.name}: {each or where}" for each in words)
    lines += listed[LISTED:]
    lines.append(
        tr(language, "Tap when you have read it, or type /takeover. Until then {name} is told too.", name=leaver.name)
    )
    return lines


def _cases_of(c: Composer, hand_overs: Sequence[HandOver]) -> list[Case]:
    ids = dict.fromkeys(case_id for begun in hand_overs for case_id in begun.cases)
    return [case for case_id in ids if (case := c.case(case_id)) is not None and case.is_open]


def _desk(begun: HandOver, leaver: Person, agreement: Agreement) -> str:
    return shown_desk(begun.desk, leaver.party, agreement)


def _take(begun: HandOver, language: str) -> Keyboard:
    return ((_button(tr(language, "Read, I take over"), "takeover", begun),),)


def _button(label: str, word: str, begun: HandOver) -> Button:
    return Button(label, button_data.write(button_data.WordTap(word, button_data.to_base36(begun.id))))

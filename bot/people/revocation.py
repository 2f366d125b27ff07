"""Cutting somebody off: everything of theirs that ends at once, and who takes over. Decides, does no I/O.

The one way to do it, for a lost phone and for the command line. Sessions, sign-in links and what waits in the outbox
for them end in storage, with the turn; buttons end because whoever is cut off may do nothing.
"""

from __future__ import annotations

from bot.domain import button_data, short_ids
from bot.domain.agreement import DeskRole
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Directory, Person
from bot.domain.recipients import Recipient, admins, at_desk, at_desks, supervisors, unique
from bot.domain.typed_commands import Command
from bot.intake.held_words import held
from bot.language.texts import tr
from bot.people import handover
from bot.ports.reads import Wanted
from bot.turns.composer import Composer

#: What of somebody's conversation outlives them: words of theirs that no case has yet.
_HELD = ("held", "options")


def cut_off(c: Composer, person: Person, act: JournalAct, reason: str) -> handover.CasesLeft:
    """Cut a person off from everything at once and tell their desk and supervisors what they leave.

    Args:
        c: the turn; what `wants` says must have been loaded.
        person: who is cut off.
        act: the name of the act in the journal.
        reason: why, for whoever is told: ``phone lost``.
    """
    cut = replace(person, revoked_at=c.now, on_duty=False)
    c.people.put(cut)
    c.people.end_sessions(person.id)
    invites = _end_invites(c, person)
    _end_conversation(c, person)
    c.journal(act, person=person.id, invites=invites)
    directory = c.view.directory.having(cut)
    work = handover.leave(c, cut)
    lead = tr(
        "en",
        "{name} ({role}, {party}) was cut off: {reason}.",
        name=person.name,
        role=person.role.value,
        party=person.party,
        reason=reason,
    )
    words, laid = handover.told(work, lead)
    c.tell(_takers(c, cut, directory), f"cut:{person.id}:{c.inbox_id}", words, buttons=laid)
    handover.ask_desk(c, work.reported, directory)
    return work


def wants(person_id: int) -> Wanted:
    """Say what cutting somebody off, or changing what they do, needs to know."""
    return Wanted(people=(person_id,), leaving=(person_id,))


def whom(
    command: Command | None, promise: button_data.Promise | None, person: Person, directory: Directory
) -> int | None:
    """Whom a message would cut off: the person who writes, or the colleague that they name."""
    if isinstance(promise, button_data.WordTap) and promise.word == "lost":
        named = promise.argument
    elif promise is None and command is not None and command.name == "lost":
        named = command.rest
    else:
        return None
    if not short_ids.is_one(named):
        return person.id
    other = directory.named(named)
    return None if other is None else other.id


def _end_invites(c: Composer, person: Person) -> int:
    """End the codes that wait under their name: whoever cut them off cannot know who holds these."""
    unused = [
        invite
        for invite in c.view.invites()
        if invite.used_at is None
        and invite.expires_at > c.now
        and (invite.party, invite.name) == (person.party, person.name)
    ]
    for invite in unused:
        c.people.invite(replace(invite, expires_at=c.now))
    return len(unused)


def _end_conversation(c: Composer, person: Person) -> None:
    """End prompts and half-made answers. Words that no case has yet open one now: somebody may be in danger."""
    before = c.view.conversation(person.id)
    if not before.version:
        return
    waiting = bool(held(before.pending))
    kept = {name: before.pending[name] for name in _HELD if name in before.pending} if waiting else {}
    c.move_other(person.id, case_id=None, asking="", pending=kept, wakes_at=c.now if waiting else None)


def _takers(c: Composer, cut: Person, directory: Directory) -> tuple[Recipient, ...]:
    """Who is told: duty desk, own desk, supervisors; the admins where there is none of these."""
    agreement = c.context.agreement
    own = agreement.desks.get(cut.desk)
    told = unique(
        (
            *at_desks(agreement, directory, cut.party, DeskRole.DUTY),
            *(at_desk(own, directory) if own is not None else ()),
            *supervisors(directory, cut.party),
        )
    )
    return told or admins(directory, cut.party)

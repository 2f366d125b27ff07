"""A lost phone: its owner or a colleague cuts it off, and whoever has it now is heard of once a day."""

from __future__ import annotations

from bot.domain import short_ids
from bot.domain.agreement import DeskRole
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Person, Role
from bot.domain.recipients import at_desks
from bot.domain.typed_commands import Command
from bot.intake.question_texts import word_button
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.people.handover import told
from bot.people.lapsed_enrolment import must_wait
from bot.people.revocation import cut_off
from bot.turns.composer import Composer


def lost(c: Composer, command: Command) -> None:
    """Cut off a lost phone: the person's own after a yes, or a colleague's by a desk or admin of the same side."""
    person = c.person
    if person is None:
        return
    argument = command.rest.strip()
    named = c.view.directory.named(argument)
    if short_ids.is_one(argument) and (named is None or named.id != person.id):
        if not must_wait(c, f"/lost {argument}"):
            _cut_colleague(c, person, named)
        return
    if plain(argument) != "yes":
        c.say(
            tr(
                c.language,
                "This cuts off all your messengers and sessions at once; your admin enrols you again. Sure? "
                "Type: /lost yes",
            ),
            ((word_button(tr(c.language, "Yes, cut it off"), "lost", "yes"),),),
        )
        return
    c.say(tr(c.language, "Done. Everything of yours is cut off. Your desk is told. Ask your admin for a new code."))
    cut_off(c, person, JournalAct.CUT_OFF, tr("en", "phone lost"))


def _cut_colleague(c: Composer, person: Person, other: Person | None) -> None:
    if other is None or other.party != person.party or person.role is Role.OFFICER or not other.is_active:
        c.say(tr(c.language, "There is nobody of your side with that number."))
        return
    work = cut_off(c, other, JournalAct.CUT_OFF, tr("en", "phone lost"))
    c.say(tr(c.language, "{name} is cut off from all messengers and sessions.", name=other.name))
    if work.assigned:
        words, laid = told(work, tr(c.language, "Their desk is told."))
        c.say(words, laid)


def tell_of_cut_off(c: Composer, person: Person) -> None:
    """Tell the desk, once a day, that somebody writes from an address that was cut off."""
    desks = at_desks(c.context.agreement, c.view.directory, person.party, DeskRole.DUTY)
    words = tr(
        "en",
        "Somebody writes from an address of {name} ({role}, {party}), who was cut off. Nothing of it is kept.",
        name=person.name,
        role=person.role.value,
        party=person.party,
    )
    c.tell(desks, f"cut-off:{person.id}:{c.now.date().isoformat()}", words)

"""One change of the roster by a supervisor or admin, as it comes from the page. Decides, does no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.people import Directory, Person, Role
from bot.domain.roster import Shift
from bot.language.texts import tr
from bot.people.lapsed_enrolment import ask_whom, is_lapsed
from bot.roster.changes import Changes, carry_out, may_plan, overlapping
from bot.roster.local_times import read_end, read_moment
from bot.roster.plan_file import check_length
from bot.turns.composer import Composer


@dataclass(slots=True)
class Given:
    """A shift that is to be given to somebody; after the act, why it was not."""

    person: str  #: short name or id
    starts: str  #: in the zone of the side
    ends: str
    problem: str = ""

    def act(self, c: Composer) -> None:
        """Give it."""
        self.problem = _refusal(c)
        if self.problem or c.person is None:
            return
        person = c.view.directory.named(self.person)
        if person is None or not is_on_roster(person, c.person.party):
            self.problem = tr(c.language, "Choose who has the shift.")
            return
        try:
            shift = self._shift(c, person)
        except ValueError as error:
            self.problem = tr(c.language, "The shift was not added: {why}.", why=error)
            return
        if overlapping(shift, c.view.directory) is not None:
            self.problem = tr(c.language, "{name} has another shift at that time.", name=person.name)
        elif shift.ends_at <= c.now:
            self.problem = tr(c.language, "That shift is over already.")
        else:
            carry_out(c, Changes(added=(shift,)), "page")

    def _shift(self, c: Composer, person: Person) -> Shift:
        zone = c.context.agreement.parties[person.party].zone
        starts = read_moment(self.starts, zone)
        ends = read_end(self.ends, starts, zone)
        check_length(starts, ends)
        return Shift(0, person.desk, person.id, starts, ends)


@dataclass(slots=True)
class TakenOut:
    """A shift that is to be taken out; after the act, why it was not."""

    shift_id: int
    problem: str = ""

    def act(self, c: Composer) -> None:
        """Take it out; one that is gone already is no mistake."""
        self.problem = _refusal(c)
        shift = next((s for s in c.view.directory.roster.shifts if s.id == self.shift_id), None)
        if self.problem or shift is None or c.person is None:
            return
        if shift.desk not in desks_of(c.person.party, c):
            return
        carry_out(c, Changes(gone=(shift,)), "page")


def desks_of(party: str, c: Composer) -> set[str]:
    """The desks of a side."""
    return {desk.id for desk in c.context.agreement.desks.values() if desk.party == party}


def is_on_roster(person: Person, party: str) -> bool:
    """Whether somebody of a side can be given shifts."""
    has_duty = person.role in (Role.DUTY, Role.SUPERVISOR)
    return person.is_active and person.party == party and bool(person.desk) and has_duty


def to_choose(directory: Directory, party: str) -> list[Person]:
    """Who of a side can be given shifts."""
    found = (person for person in directory.people.values() if is_on_roster(person, party))
    return sorted(found, key=lambda person: (person.desk, person.role, person.name))


def _refusal(c: Composer) -> str:
    if c.person is None or not may_plan(c.person, c.person.party):
        return tr(c.language, "Only supervisors and admins change the roster.")
    if is_lapsed(c):
        return tr(c.language, "This waits until your enrolment is confirmed. {how}", how=ask_whom(c, c.person))
    return ""

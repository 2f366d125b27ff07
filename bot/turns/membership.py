"""Collects what a turn changes of who may use the bridge, and by which addresses and links."""

from __future__ import annotations

from bot.domain.handoff_links import HandoffLink
from bot.domain.messages import Address
from bot.domain.people import Invite, Person, SignIn, Stranger
from bot.domain.rings import Ring, RingAnswer
from bot.domain.roster import HandOver, Shift


class Membership:
    """What changes of people in one turn."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.people: dict[int, Person] = {}
        self.shifts: dict[int, Shift] = {}
        self.shifts_gone: set[int] = set()
        self.hand_overs: dict[int, HandOver] = {}
        self.rings: dict[int, Ring] = {}
        self.ring_answers: list[RingAnswer] = []
        self.invites: list[Invite] = []
        self.strangers: list[Stranger] = []
        self.sign_ins: list[SignIn] = []
        self.handoff_links: list[HandoffLink] = []
        self.used_links: list[str] = []
        self.ended: list[int] = []
        self.unbound: list[Address] = []

    def put(self, person: Person) -> None:
        """Enrol or change a person."""
        self.people[person.id] = person

    def put_shift(self, shift: Shift) -> None:
        """Give somebody a shift."""
        self.shifts[shift.id] = shift

    def drop_shift(self, shift: Shift) -> None:
        """Take a shift out of the roster."""
        self.shifts_gone.add(shift.id)

    def put_hand_over(self, hand_over: HandOver) -> None:
        """Begin a hand-over or go on with it."""
        self.hand_overs[hand_over.id] = hand_over

    def put_ring(self, ring: Ring) -> None:
        """Begin a test ring, or note that the supervisors heard who is silent."""
        self.rings[ring.id] = ring

    def answer_ring(self, answer: RingAnswer) -> None:
        """Note that a desk answered a test ring."""
        self.ring_answers.append(answer)

    def invite(self, invite: Invite) -> None:
        """Make an invite or use one up."""
        self.invites.append(invite)

    def stranger(self, stranger: Stranger) -> None:
        """Remember that a stranger tried."""
        self.strangers.append(stranger)

    def sign_in(self, link: SignIn) -> None:
        """Keep a one-time sign-in link."""
        self.sign_ins.append(link)

    def link(self, link: HandoffLink) -> None:
        """Keep a one-time link about a hand-off."""
        self.handoff_links.append(link)

    def use_up(self, token_hash: str) -> None:
        """Let such a link work no more."""
        self.used_links.append(token_hash)

    def end_sessions(self, person_id: int) -> None:
        """End a person's web sessions and sign-in links."""
        self.ended.append(person_id)

    def give_up(self, address: Address) -> None:
        """Send nothing that waits to an address that is not bound any more, and end what is signed in there."""
        self.unbound.append(address)

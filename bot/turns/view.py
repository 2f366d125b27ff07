"""What a batch of messages can see: what storage loaded, plus what earlier turns of the batch changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.domain.attachments import StoredFile
from bot.domain.case import Answer, Case, CaseText
from bot.domain.contacts import Heard
from bot.domain.conversation import Conversation
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.frozen import replace
from bot.domain.heard_pings import NONE, HeardPings, counts
from bot.domain.likeness import Match
from bot.domain.messages import Address, Delivery
from bot.domain.people import Directory, Invite, Stranger
from bot.domain.rings import Ring
from bot.domain.secure_entry import SecureEntry
from bot.domain.turn import Turn
from bot.ports.reads import CaseFiles, Loaded, SecureCase, Spoken, Try


class View:
    """The state that one batch computes on. Only `counted` and `absorb` change it."""

    def __init__(self, directory: Directory, loaded: Loaded, moment: datetime | None = None) -> None:
        """Start from what was read; who is on duty is told as of `moment`."""
        self.moment = moment
        self.directory = directory if moment is None else directory.as_of(moment)
        self.seen = dict(loaded.seen)
        self._conversations = dict(loaded.conversations)
        self._cases = dict(loaded.cases)
        self._references = {case.reference: case.id for case in loaded.cases.values()}
        self._strangers = dict(loaded.strangers)
        self._invites = dict(loaded.invites)
        self._tries: dict[Try, int] = {}
        self._orders = dict(loaded.orders)
        self._rings = dict(loaded.rings)
        self._matches = {match.pair: match for match in loaded.matches}
        self._loaded = loaded
        self._secured: dict[int, SecureEntry] = {}
        self._texts: list[CaseText] = []
        self._files: dict[int, StoredFile] = {}
        self._kept_back: set[int] = set()
        self._heard = dict(loaded.heard_pings)

    def absorb(self, turn: Turn) -> None:
        """Let later messages of the batch see what this turn changed."""
        for case in turn.cases:
            self._cases[case.id] = case
            self._references[case.reference] = case.id
        self._conversations.update((c.person_id, c) for c in turn.conversations)
        self._strangers.update((s.address, s) for s in turn.strangers)
        self._invites.update((i.code_hash, i) for i in turn.invites)
        self._orders.update((o.id, o) for o in turn.orders)
        self._rings.update((ring.id, ring) for ring in turn.rings)
        for answer in turn.ring_answers:
            self._rings[answer.ring_id] = self._rings[answer.ring_id].with_answer(answer)
        self._matches.update((match.pair, match) for match in turn.matches)
        self._secured.update((entry.id, entry) for entry in turn.secure)
        self._texts += turn.texts
        self._files.update((file.id, file) for file in turn.files)
        self._kept_back.update(turn.kept_back)
        for ping in filter(counts, turn.outgoing):
            self._heard[ping.recipient] = self.heard_pings(ping.recipient).with_ping(ping)
        for each in turn.said_anew:
            self._heard[each.now.recipient] = replace(self.heard_pings(each.now.recipient), gathered=each.now)
        if turn.people:
            self.directory = self.directory.having(*turn.people)
        if turn.shifts or turn.shifts_gone or turn.hand_overs:
            roster = self.directory.roster.with_changes(turn.shifts, turn.shifts_gone, turn.hand_overs)
            self.directory = replace(self.directory, roster=roster, moment=self.moment)

    def case(self, case_id: int | None) -> Case | None:
        """Find a case by id."""
        return None if case_id is None else self._cases.get(case_id)

    def referred(self, reference: str) -> Case | None:
        """Find a case by canonical reference."""
        return self.case(self._references.get(reference))

    def open_cases_of(self, officer: int) -> list[Case]:
        """List an officer's open cases, newest first; also those that lead to an open one."""
        mine = (c for c in self._cases.values() if c.officer == officer and self.leading_to(c).is_open)
        return sorted(mine, key=lambda c: c.id, reverse=True)

    def leading_to(self, case: Case) -> Case:
        """The case that a reference leads to: the older one where it was joined to one, and itself else."""
        older = self.case(case.joined_to)
        return case if older is None else self.leading_to(older)

    def joined(self, case: Case) -> list[Case]:
        """All younger cases that lead to a case."""
        found = (self.case(number) for number in case.joins)
        return [each for younger in found if younger is not None for each in (younger, *self.joined(younger))]

    def match(self, pair: tuple[int, int]) -> Match | None:
        """Find what is known of two cases that may be one."""
        return self._matches.get(pair)

    def matches(self, case_id: int) -> list[Match]:
        """What is known of a case and others, where it was asked for, oldest first."""
        mine = (match for match in self._matches.values() if case_id in match.pair)
        return sorted(mine, key=lambda match: match.pair)

    def cases(self) -> Iterator[Case]:
        """Go through all cases at hand."""
        return iter(self._cases.values())

    def conversation(self, person_id: int) -> Conversation:
        """Find where a person stands; a fresh conversation when there is none."""
        return self._conversations.get(person_id) or Conversation(person_id)

    def stranger(self, address: Address) -> Stranger | None:
        """Find what is kept of a sender who is not enrolled."""
        return self._strangers.get(address)

    def invites(self) -> Iterator[Invite]:
        """Go through all invites at hand."""
        return iter(self._invites.values())

    def invite(self, code_hash: str) -> Invite | None:
        """Find an invite by the hash of its code."""
        return self._invites.get(code_hash)

    def order(self, order_id: int) -> IdentifiedOrder | None:
        """Find an order for an identified export."""
        return self._orders.get(order_id)

    def ring(self, ring_id: int | None) -> Ring | None:
        """Find a test ring."""
        return None if ring_id is None else self._rings.get(ring_id)

    def rings(self) -> list[Ring]:
        """All test rings at hand, oldest first."""
        return sorted(self._rings.values(), key=lambda ring: ring.id)

    def case_replied_to(self, place: Address | None, message_id: str) -> Case | None:
        """Find the case that the message replied to was about."""
        if place is None:
            return None
        return self.case(self._loaded.replied_to.get((place, message_id)))

    def threads(self, place: Address, message_id: str) -> Mapping[Address, str]:
        """Find under which ids what a message said stands at other addresses."""
        return self._loaded.threads.get((place, message_id), {})

    def said_at(self, place: Address | None) -> tuple[Delivery, ...]:
        """What was sent to an address lately, newest first, where the message asks to see it."""
        return () if place is None else self._loaded.said_at.get(place, ())

    @property
    def heard(self) -> Mapping[Address, Heard]:
        """What was heard from addresses lately, where the message asks for it."""
        return self._loaded.heard

    def spoken_at(self, place: Address | None) -> tuple[Spoken, ...]:
        """What reached an address about cases in the last minutes, newest first, where the message asks for it."""
        return () if place is None else self._loaded.spoken.get(place, ())

    def heard_pings(self, recipient: str) -> HeardPings:
        """How many pings somebody had within the hour, where the work asks for it, with those of this batch."""
        return self._heard.get(recipient, NONE)

    def amended_text(self, message: str) -> CaseText | None:
        """Find the first version of an edited free text."""
        return self._loaded.amended.get(message)

    def kept_text(self, text_id: int | None) -> CaseText | None:
        """Find a text that somebody says something about."""
        own = next((text for text in self._texts if text.id == text_id), None)
        return own or (None if text_id is None else self._loaded.kept.get(text_id))

    def tries(self, asked: Try) -> int:
        """How often this was tried in the window that is open, this time too; 0 when it was not counted."""
        return self._tries.get(asked, 0)

    def counted(self, tries: Mapping[Try, int]) -> None:
        """Let the batch see how often something was tried, before any turn is computed."""
        self._tries.update(tries)

    def deliveries(self, case_id: int) -> tuple[Delivery, ...]:
        """What was sent about a case, where the message asks to see it."""
        return self._loaded.deliveries.get(case_id, ())

    def texts(self, case_id: int) -> tuple[CaseText, ...]:
        """The free texts of a case, where the message asks to see them, with what this batch added."""
        newer = (text for text in self._texts if text.case_id == case_id)
        return (*self._loaded.texts.get(case_id, ()), *newer)

    def secure(self, case_id: int, *newer: SecureEntry) -> SecureCase:
        """The secure case, where it was asked for, with what this batch (and `newer`) added or released."""
        loaded = self._loaded.secure.get(case_id, SecureCase())
        entries = {e.id: e for e in (*loaded.entries, *self._secured.values(), *newer) if e.case_id == case_id}
        texts = (*loaded.texts, *(text for text in self._texts if text.case_id == case_id))
        return SecureCase(tuple(entries[i] for i in sorted(entries)), texts)

    def files(self, case_id: int) -> CaseFiles:
        """The files of a case, where they were asked for, with what this batch added, and kept to one side."""
        loaded = self._loaded.files.get(case_id, CaseFiles())
        newer = {f.id: f for f in self._files.values() if f.case_id == case_id}
        found = {**{f.id: f for f in loaded.files}, **newer}
        now = (replace(f, own_side_only=f.own_side_only or f.id in self._kept_back) for f in found.values())
        return CaseFiles(tuple(sorted(now, key=lambda f: f.id)), loaded.reads)

    def amended_answer(self, message: str) -> Answer | None:
        """Find the answer that an edited message gave."""
        return self._loaded.amended_answers.get(message)

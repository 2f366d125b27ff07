"""Reads what a batch of work touches, in a few reads, and what typed numbers in it mean. Knows only ports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from bot.conversation.ask_which_case import CANDIDATES
from bot.conversation.typed_numbers import may_pick, picked
from bot.delivery.split import carries
from bot.domain.agreement import Agreement
from bot.domain.case import Case, CaseText
from bot.domain.conversation import Conversation
from bot.domain.frozen import replace
from bot.domain.messages import Capabilities, Delivery
from bot.domain.people import Directory
from bot.line.message_work import Message
from bot.line.work import Work
from bot.ports.reads import CaseFiles, Loaded, Scope, SecureCase, Shows, Wanted
from bot.ports.storage import Storage
from bot.protection.permissions import may_see
from bot.protection.secure_access import may_read_secure

_LISTED = 50
_ALL_OPEN = 500


class Loader:
    """Reads for the line; `capabilities` say where choices may have been shown as numbers."""

    def __init__(self, storage: Storage, capabilities: Mapping[str, Capabilities]) -> None:
        """Take the storage and what each messenger can do."""
        self._storage = storage
        self._capabilities = capabilities

    def may_pick(self, work: Work) -> bool:
        """Whether a piece of work may be a number that stands for a choice."""
        if not isinstance(work, Message) or work.choices:
            return False
        can = self._capabilities.get(work.inbound.messenger)
        return can is not None and can.numbers_choices and may_pick(work.inbound)

    async def understood(self, works: Sequence[Work], directory: Directory) -> list[Work]:
        """Replace numbers by the choices they stand for, before anything is read for them."""
        numbers = [work for work in works if isinstance(work, Message) and self.may_pick(work)]
        people = {directory.at(work.inbound.sender) for work in numbers}
        ids = tuple(person.id for person in people if person is not None)
        if not ids:
            return list(works)
        places = tuple(work.inbound.place for work in numbers if work.inbound.place is not None)
        loaded = await self._storage.load(Wanted(people=ids, offered=places))
        return [self._picked(work, loaded, directory) for work in works]

    def _picked(self, work: Work, loaded: Loaded, directory: Directory) -> Work:
        person = directory.at(work.inbound.sender) if isinstance(work, Message) else None
        if person is None or not isinstance(work, Message) or not self.may_pick(work) or work.inbound.place is None:
            return work
        offered = loaded.offered.get(work.inbound.place, ())
        conversation = loaded.conversations.get(person.id) or Conversation(person.id)
        return work.picking(picked(work.inbound, map(self._numbered, offered), conversation))

    def _numbered(self, offer: Delivery) -> Delivery:
        """Leave choices out that were shown as buttons: the question was asked, but no number stands for any."""
        can = self._capabilities.get(offer.message.address.messenger)
        was_numbered = can is not None and not carries(can, offer.message.buttons)
        return offer if was_numbered else replace(offer, message=replace(offer.message, buttons=()))

    async def load(self, works: Sequence[Work], directory: Directory, agreement: Agreement) -> Loaded:
        """Read what all of it touches."""
        if not works:
            return Loaded()
        wanted = [work.wants(directory, agreement) for work in works]
        loaded = await self._storage.load(_union(wanted))
        shows = [work.shows(directory, agreement) for work in works]
        listed = dict.fromkeys((shown.scope, False, _LISTED) for shown in shows if shown.scope is not None)
        listed |= dict.fromkeys((shown.all_open, True, _ALL_OPEN) for shown in shows if shown.all_open is not None)
        listed |= dict.fromkeys((scope, True, CANDIDATES) for shown in shows for scope in shown.open_in)
        if listed:
            loaded = await self._with_lists(loaded, listed)
        asked = [
            (w, shown)
            for w, shown in zip(wanted, shows, strict=True)
            if shown.deliveries or shown.secure or shown.texts or shown.matches or shown.files
        ]
        loaded = await self._with_kept(loaded, asked, agreement) if asked else loaded
        named = [case for w, shown in asked for case in _with_files(loaded, w, shown, agreement)]
        return await self._with_files(loaded, named) if named else loaded

    async def _with_lists(self, loaded: Loaded, lists: Iterable[tuple[Scope, bool, int]]) -> Loaded:
        cases = dict(loaded.cases)
        for scope, open_only, limit in lists:
            found = await self._storage.list_cases(scope, open_only=open_only, limit=limit)
            cases.update((case.id, case) for case in found)
        return replace(loaded, cases=cases)

    async def _with_kept(self, loaded: Loaded, asked: Iterable[tuple[Wanted, Shows]], agreement: Agreement) -> Loaded:
        """Read what is kept of a case only for who may see it: for others it costs no more than no case at all."""
        deliveries: dict[int, tuple[Delivery, ...]] = {}
        secure: dict[int, SecureCase] = {}
        files: dict[int, CaseFiles] = {}
        texts: dict[int, tuple[CaseText, ...]] = {}
        matched: dict[int, None] = {}
        for wanted, shown in asked:
            for case in _named(loaded, wanted):
                if shown.reader is None or not may_see(shown.reader, case, agreement):
                    continue
                if shown.matches:
                    matched[case.id] = None
                if not (shown.deliveries or shown.secure or shown.texts):
                    continue
                history = await self._storage.history(case.id)
                if shown.deliveries:
                    deliveries[case.id] = history.deliveries
                    files[case.id] = CaseFiles(history.files, history.file_reads)
                texts[case.id] = history.texts
                if shown.secure and may_read_secure(shown.reader, case, agreement):
                    secure[case.id] = SecureCase(tuple(await self._storage.secure_entries(case.id)), history.texts)
        loaded = replace(loaded, deliveries=deliveries, secure=secure, files=files, texts=texts)
        return await self._with_matches(loaded, tuple(matched)) if matched else loaded

    async def _with_files(self, loaded: Loaded, cases: Iterable[Case]) -> Loaded:
        """Read what people left with these cases, who opened it, and who was told."""
        files = dict(loaded.files)
        deliveries = dict(loaded.deliveries)
        for case in cases:
            history = await self._storage.history(case.id)
            files[case.id] = CaseFiles(history.files, history.file_reads)
            deliveries[case.id] = history.deliveries
        return replace(loaded, files=files, deliveries=deliveries)

    async def _with_matches(self, loaded: Loaded, cases: tuple[int, ...]) -> Loaded:
        """Read what is known of these cases and others, with the others of each pair."""
        found = await self._storage.load(Wanted(matched=cases))
        return replace(loaded, matches=found.matches, cases={**found.cases, **loaded.cases})


def _named(loaded: Loaded, wanted: Wanted) -> list[Case]:
    named: set[str | int] = {case for case, _ in wanted.named}
    named |= {loaded.replied_to[message] for message, _ in wanted.replied_to if message in loaded.replied_to}
    return [case for case in loaded.cases.values() if case.id in named or case.reference in named]


def _with_files(loaded: Loaded, wanted: Wanted, shown: Shows, agreement: Agreement) -> list[Case]:
    """The cases that are named, or the one that somebody reported, and those that they lead to: a file is there."""
    reader = shown.reader
    if reader is None or not shown.files:
        return []
    mine = [case for case in loaded.cases.values() if case.officer == reader.id and case.is_open]
    meant = _named(loaded, wanted) or mine[:1]
    found = {case.id: case for case in meant if may_see(reader, case, agreement)}
    while more := {c.joined_to for c in found.values()} & loaded.cases.keys() - found.keys():
        found |= {case_id: loaded.cases[case_id] for case_id in more if case_id is not None}
    return list(found.values())


def _union(wanted: Iterable[Wanted]) -> Wanted:
    parts = list(wanted)
    joined = {f.name: tuple(dict.fromkeys(x for part in parts for x in getattr(part, f.name))) for f in fields(Wanted)}
    return Wanted(**joined)

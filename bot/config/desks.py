"""Checks of what the parties agreed: parties, corridors, desks and deadlines fit together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from bot.config.draft import Draft
from bot.config.messengers import KNOWN
from bot.config.model import CorridorTable, Settings
from bot.domain.agreement import Urgency
from bot.domain.errors import Mistake
from bot.domain.messages import Address
from bot.domain.policy import LevelPolicy

Check = Callable[[Draft], Iterator[Mistake]]

_ORDER = ("acknowledge", "police", "diplomatic")


def _unique(draft: Draft) -> Iterator[Mistake]:
    yield from _repeated((f"{key}.code", party.code) for key, party in draft.parties())
    yield from _repeated((f"{key}.code", corridor.code) for key, corridor in draft.corridors())
    yield from _repeated((f"{key}.id", desk.id) for key, desk in draft.desks())


def _repeated(named: Iterable[tuple[str, str]]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for key, name in named:
        if name in seen:
            yield Mistake(key, f"{name} is there already.", "Give each its own.")
        seen.add(name)


def _enough(draft: Draft) -> Iterator[Mistake]:
    if len(draft.settings.parties) < 2:
        yield Mistake("parties", "There must be at least two.", "Write a [[parties]] table for each side.")
    if not draft.settings.corridors:
        yield Mistake("corridors", "There is none.", "Write a [[corridors]] table for each two parties that agreed.")


def _corridors(draft: Draft) -> Iterator[Mistake]:
    known = {party.code for party in draft.settings.parties}
    pairs = Counter[frozenset[str]]()
    for key, corridor in draft.corridors():
        yield from _sides(f"{key}.parties", corridor, known)
        pair = frozenset(corridor.parties)
        pairs[pair] += 1
        if pairs[pair] == 2:
            yield Mistake(f"{key}.parties", "These two have a corridor already.", "Keep one of the two.")


def _sides(key: str, corridor: CorridorTable, known: set[str]) -> Iterator[Mistake]:
    if len(corridor.parties) != 2 or len(set(corridor.parties)) != 2:
        yield Mistake(key, "must be two different parties.", 'Write ["KH", "CN"].')
    for code in dict.fromkeys(corridor.parties):
        if code not in known:
            yield Mistake(key, f"names {code}, which is no party.", _one_of(known))


def _one_of(known: Iterable[str]) -> str:
    codes = ", ".join(sorted(known))
    return f"Write one of: {codes}." if codes else "Write a [[parties]] table for it."


def _desks(draft: Draft) -> Iterator[Mistake]:
    known = {party.code for party in draft.settings.parties}
    for key, desk in draft.desks():
        if desk.party not in known:
            yield Mistake(f"{key}.party", f"names {desk.party}, which is no party.", _one_of(known))


def _seats(draft: Draft) -> Iterator[Mistake]:
    home = {party.code: party.countries or (party.code,) for party in draft.settings.parties}
    for key, desk in draft.desks():
        if desk.seat and desk.role != "diplomatic":
            remedy = 'Leave it out, or write role = "diplomatic".'
            yield Mistake(f"{key}.in", "is for embassies and consulates.", remedy)
        elif desk.seat and desk.seat in home.get(desk.party, ()):
            yield Mistake(f"{key}.in", "is its own country.", "Leave it out: a ministry sits at home.")


def _duty(draft: Draft) -> Iterator[Mistake]:
    on_duty = {desk.party for desk in draft.settings.desks if desk.role == "duty"}
    for key, party in draft.parties():
        if party.code not in on_duty:
            remedy = f'Write a [[desks]] table with party = "{party.code}" and role = "duty".'
            yield Mistake(key, f"{party.code} has no duty desk, so nobody would be told.", remedy)


def _addresses(draft: Draft) -> Iterator[Mistake]:
    for key, desk in draft.desks():
        for at, text in enumerate(desk.addresses, 1):
            yield from _address(draft.settings, f"{key}.addresses.{at}", text)


def _address(settings: Settings, key: str, text: str) -> Iterator[Mistake]:
    try:
        address = Address.parse(text)
    except ValueError:
        yield Mistake(key, "is not an address.", 'Write the messenger, a colon and the id: "telegram:-1001234".')
        return
    known = KNOWN.get(address.messenger)
    if known is None:
        yield Mistake(key, "names no messenger that there is.", f"Write one of: {', '.join(KNOWN)}.")
    elif not known.is_set_up(settings):
        yield Mistake(key, f"{address.messenger} is not set up.", known.remedy)
    elif known.peer is not None and not known.peer.fullmatch(address.peer):
        yield Mistake(key, f"is not {known.peer_is}.", known.peer_remedy)


def _deadlines(draft: Draft) -> Iterator[Mistake]:
    general = draft.settings.levels()
    yield from _levels("urgency", general)
    for key, corridor in draft.corridors():
        changed = {u: p for u, p in corridor.levels(general).items() if p != general[u]}
        yield from _levels(f"{key}.urgency", changed)


def _levels(key: str, levels: dict[Urgency, LevelPolicy]) -> Iterator[Mistake]:
    for urgency, policy in levels.items():
        for first, then in pairwise(_ORDER):
            if getattr(policy, first) > getattr(policy, then):
                remedy = f"Make {then} at least as long as {first}."
                yield Mistake(f"{key}.{urgency.value}.{then}", f"would pass before {first}.", remedy)


#: Each check with the sections that it needs whole.
DESK_CHECKS: tuple[tuple[frozenset[str], Check], ...] = (
    (frozenset(), _unique),
    (frozenset({"parties", "corridors"}), _enough),
    (frozenset({"parties"}), _corridors),
    (frozenset({"parties"}), _desks),
    (frozenset({"parties", "desks"}), _seats),
    (frozenset({"parties", "desks"}), _duty),
    (frozenset({"messengers", "email"}), _addresses),
    (frozenset({"urgency"}), _deadlines),
)

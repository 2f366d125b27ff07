"""Everybody's phones: what arrived, what was read, and a transcript for tests that fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.messages import Address
from tests.fakes.memory_messenger import MemoryAdapter, Shown


class Phones:
    """Keeps for each address how far its messages were looked at."""

    def __init__(self, adapters: Mapping[str, MemoryAdapter]) -> None:
        self._adapters = adapters
        self._read: dict[str, int] = {}

    def at(self, address: str) -> list[Shown]:
        """All that an address was sent, changes of a message as further ones."""
        where = Address.parse(address)
        return [shown for shown in self._adapters[where.messenger].sent if shown.address == where]

    def unread(self, address: str) -> list[Shown]:
        return self.at(address)[self._read.get(address, 0) :]

    def take(self, address: str) -> list[Shown]:
        """What was not looked at yet; now it is."""
        unread = self.unread(address)
        self._read[address] = len(self.at(address))
        return unread

    def expect(self, address: str, contains: Sequence[str]) -> Shown:
        """The first unread message that contains all this; it and what came before it are read then."""
        for position, shown in enumerate(self.unread(address), start=1):
            if all(words in shown.text for words in contains):
                self._read[address] = self._read.get(address, 0) + position
                return shown
        wanted = " and ".join(map(repr, contains))
        raise AssertionError(f"{address} was not told {wanted}. Unread there:\n{self._told(address)}")

    def expect_nothing(self, address: str, containing: str) -> None:
        told = [shown for shown in self.unread(address) if containing in shown.text]
        assert not told, f"{address} should not have been told:\n{_written(told)}"

    def newest_with(self, address: str, label: str) -> Shown:
        """The newest message as it stands now that has a button with this label."""
        where = Address.parse(address)
        for shown in reversed(self._adapters[where.messenger].shown(where.peer)):
            if any(button.label == label for row in shown.buttons for button in row):
                return shown
        raise AssertionError(f"no button {label!r} at {address}. What was sent there:\n{_written(self.at(address))}")

    def newest_saying(self, address: str, words: str) -> Shown:
        """The newest message there that contains these words, whenever it was read."""
        return [shown for shown in self.at(address) if words in shown.text][-1]

    def forget(self, addresses: Sequence[str]) -> None:
        for address in addresses or self._everywhere():
            self._read[address] = len(self.at(address))

    def everything(self, addresses: Iterable[str] = ()) -> list[Shown]:
        return [shown for address in (addresses or self._everywhere()) for shown in self.at(address)]

    def _everywhere(self) -> list[str]:
        return list(dict.fromkeys(str(shown.address) for a in self._adapters.values() for shown in a.sent))

    def _told(self, address: str) -> str:
        elsewhere = ", ".join(f"{a}: {len(self.unread(a))}" for a in self._everywhere() if self.unread(a))
        return f"{_written(self.unread(address)) or '(nothing)'}\nUnread messages anywhere: {elsewhere or 'none'}"


def labels(shown: Shown) -> list[str]:
    """What can be tapped under a message."""
    return [button.label for row in shown.buttons for button in row]


def _written(messages: Iterable[Shown]) -> str:
    return "\n---\n".join(f"{m.text}\n{labels(m)}" for m in messages)

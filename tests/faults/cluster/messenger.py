"""The Bot API as several nodes see it, each at an address of its own; remembers what came from which of them."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from typing import Any

from tests.fakes.faults import Fault
from tests.fakes.wire import Asked, Reply, parameters
from tests.faults.cluster.history import Arrival, Kind
from tests.faults.cluster.servers import Servers
from tests.faults.cluster.witness import Witness
from tests.faults.evidence import Words
from tests.faults.telegram import BOT, post_of, words_of

_SPOILT = 0.5  #: of the calls while the messenger is in trouble
_FAULTS = {Kind.THROTTLE: "throttle", Kind.DOWN: "down", Kind.HOLD: "timeout"}


class Messenger:
    """The fake; `trouble`: what it does to many calls at present."""

    def __init__(self, nodes: int, witness: Witness, chance: random.Random) -> None:
        self.servers = Servers(nodes, self._answer)
        self._witness = witness
        self._chance = chance
        self._numbers = itertools.count(1_000_000_000)
        self.trouble: Kind | None = None
        self.arrivals: list[Arrival] = []
        self.spoilt: Counter[Kind] = Counter()

    def arrived(self, words: Words, node: int, *, is_answered: bool = True) -> None:
        """Note what reached a chat, of this or another messenger."""
        self.arrivals.append(Arrival(words, node, self._witness.tick, is_answered))

    def _answer(self, node: int, asked: Asked) -> Reply:
        method = asked.target.rpartition("/")[2]
        given = parameters(asked)
        if method not in ("sendMessage", "editMessageText"):
            return _ok(BOT if method == "getMe" else True)
        kind = self.trouble if self._chance.random() < _SPOILT else None
        if kind is not None:
            self.spoilt[kind] += 1
        if kind in (None, Kind.HOLD):
            self.arrived(words_of(method, given), node, is_answered=kind is None)
        return Fault(_FAULTS[kind]).reply() if kind else _ok(post_of(given, next(self._numbers)))


def _ok(result: Any) -> Reply:
    return Reply(200, json.dumps({"ok": True, "result": result}).encode())

"""How long nodes that nothing was done to answered nothing, or sent nothing, although somebody waited. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.faults.cluster.history import DISTURBING, OF_THE_MESSENGER, SECOND, History, Kind, Trouble

LONGEST = 10 * SECOND
_COUNTED = re.compile(r", ping [0-9]+\.$", re.MULTILINE)
_PING_AFTER = 2 * SECOND  #: from the alert to the first ping

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """So many ticks of silence."""

    ticks: int
    what: str
    began: int

    def __str__(self) -> str:
        return f"{self.what} for {self.ticks / SECOND:.1f} s from tick {self.began}"


def stretches(history: History) -> list[Stretch]:
    """The longest silence of each kind, of each node."""
    return [
        stretch
        for node in range(history.nodes)
        for stretch in (*_answers(history, node), *_sends(history, node), *_pings(history, node))
    ]


def _answers(history: History, node: int) -> Iterator[Stretch]:
    """Who calls this node is answered by it."""
    calls = [call for call in history.calls if call.node == node]
    taken = sorted(call.ended for call in calls if call.is_taken)
    for longest in _longest(_healthy(history, node), (call.began for call in calls), taken):
        yield Stretch(longest[0], f"node {node} answered nothing", longest[1])


def _sends(history: History, node: int) -> Iterator[Stretch]:
    """What this node took is answered, and may be by another one."""
    taken = (call.ended for call in history.calls if call.node == node and call.is_taken)
    spans = _without(_healthy(history, node), _of(history, OF_THE_MESSENGER))
    for longest in _longest(spans, taken, sorted(arrival.tick for arrival in history.arrivals)):
        yield Stretch(longest[0], f"nobody sent anything beside node {node}", longest[1])


def _pings(history: History, node: int) -> Iterator[Stretch]:
    """Where nobody reacts to an alert somebody is pinged, by whichever node.

    Only those of U1: above the limit the others wait to be told together.
    """
    touched = {ended.reference: ended.began for ended in history.ended}
    pings = sorted(a.tick for a in history.arrivals if is_ping(a.words.text))
    due = [
        a.tick + _PING_AFTER
        for a in history.arrivals
        if is_alert(a.words.buttons, a.words.text)
        and a.words.text.startswith("U1 ")
        and not any(r in a.words.text and began <= a.tick + _PING_AFTER + LONGEST for r, began in touched.items())
    ]
    spans = _without(_healthy(history, node), _of(history, OF_THE_MESSENGER))
    for longest in _longest(spans, due, pings):
        yield Stretch(longest[0], f"nobody pinged beside node {node}", longest[1])


def is_ping(text: str) -> bool:
    """Whether these are the words of a ping."""
    return _COUNTED.search(text) is not None


def is_alert(buttons: Sequence[str], text: str) -> bool:
    """Whether it asks the other side's desk to acknowledge for the first time."""
    return any(button.endswith(".ack") for button in buttons) and not is_ping(text)


def _healthy(history: History, node: int) -> list[Span]:
    """When nothing was done to a node or to the database."""
    return _without([(history.first, history.last)], _of(history, DISTURBING, node))


def _of(history: History, kinds: Sequence[Kind], node: int | None = None) -> list[Trouble]:
    return [t for t in history.troubles if t.kind in kinds and (node is None or t.node in (None, node))]


def _without(spans: list[Span], troubles: Iterable[Trouble]) -> list[Span]:
    for trouble in troubles:
        if trouble.began == trouble.ended:
            continue  # whoever is cut short goes on at once
        spans = [
            part
            for first, last in spans
            for part in ((first, min(last, trouble.began)), (max(first, trouble.ended), last))
            if part[0] < part[1]
        ]
    return spans


def _longest(spans: list[Span], wanted: Iterable[int], given: Sequence[int]) -> Iterator[Span]:
    """The longest wait within one of the spans, from what was wanted first to what was given next."""
    found: list[Span] = []
    wanted = sorted(wanted)
    for first, last in spans:
        for tick in wanted[bisect_left(wanted, first) : bisect_left(wanted, last)]:
            place = bisect_left(given, tick)
            end = min(given[place], last) if place < len(given) else last
            found.append((end - tick, tick))
    if found:
        yield max(found)

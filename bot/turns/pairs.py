"""Collects what a turn says of pairs of cases that may be one, and which cases it makes worth comparing."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.case import Case
from bot.domain.frozen import replace
from bot.domain.likeness import Look, Match
from bot.turns.context import Context
from bot.turns.kept import Kept
from bot.turns.looks import looks
from bot.turns.view import View


class Pairs:
    """What one turn says of pairs."""

    def __init__(self, context: Context, view: View) -> None:
        """Begin with nothing."""
        self._context = context
        self._view = view
        self._said: dict[tuple[int, int], Match] = {}
        self.looked: list[Look] = []  #: cases that were compared with others

    def match(self, one: Case, other: Case) -> Match | None:
        """What is known of two cases that may be one, where it was asked for."""
        pair = (min(one.id, other.id), max(one.id, other.id))
        return self._said.get(pair) or self._view.match(pair)

    def put(self, match: Match) -> None:
        """Keep that two cases may be one, or what somebody said of it."""
        before = self._view.match(match.pair)
        self._said[match.pair] = replace(match, version=before.version + 1 if before else 1)

    @property
    def said(self) -> tuple[Match, ...]:
        """All of it."""
        return tuple(self._said.values())

    def looks(self, cases: Mapping[int, Case], kept: Kept) -> tuple[Look, ...]:
        """The cases that are worth comparing with others after the commit, with what was kept of them."""
        entered = {e.case_id: case for e in kept.secured if (case := self._view.case(e.case_id)) is not None}
        pairs = ((case, self._view.case(case.id)) for case in {**entered, **cases}.values())
        return tuple(looks(pairs, kept.answers, kept.secured, self._context.new_id))

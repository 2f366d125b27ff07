"""``make bench``: the bridge beside a plain bot, beside another checkout of itself, or alone, on this machine.

Every officer sends a message, waits for the reply, sends the next: nine messages a case, over the Telegram webhook.
Two sides are played in pairs, in alternating order; what the machine did meanwhile is taken out by a constant piece
of work before and after each.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import uvloop

from tests.bench import journal, table
from tests.bench.beside import paired
from tests.bench.officers import Measured
from tests.bench.other_tree import OtherBridge
from tests.bench.pairs import Pair, outcome
from tests.bench.playing import Load, Wrong, played
from tests.bench.sides import BareLimit, PlainBot, Side, TheBridge

_SIDES: dict[str, type[Side]] = {"bridge": TheBridge, "plain": PlainBot, "bare": BareLimit}


async def compare(ours: Side, theirs: Side, load: Load, enough: int) -> None:
    """Play two sides in pairs and print what was measured."""
    print(table.head(load, len(ours.messages)))
    pairs = await paired(ours, theirs, load, enough, partial(_show, ours.name))
    print(table.LINE)
    print(table.verdict(ours.name, theirs.name, outcome(pairs)), flush=True)


def _show(ours: str, number: int, measured: Sequence[tuple[str, Measured]], pair: Pair) -> None:
    print(table.rows(number, ours, measured, pair), flush=True)


async def alone(side: Side, load: Load, bursts: int) -> None:
    """Play one side and print what was measured."""
    print(table.head(load, len(side.messages)))
    async with played(side, load, bursts) as playing:
        for number in range(1, bursts + 1):
            print(table.row(number, side.name, await playing.burst()), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="how many are kept at least; of a side alone: bursts")
    parser.add_argument("--officers", type=int, default=200, help="how many write at once")
    parser.add_argument("--cases", type=int, default=1, help="cases each of them reports in a burst, one after another")
    parser.add_argument(
        "--connections", type=int, default=100, help="webhook calls under way at most; the bridge asks Telegram for 100"
    )
    parser.add_argument("--side", choices=(*_SIDES, "journal"), help="only this one")
    parser.add_argument("--against", type=Path, help="another checkout of this project, with a .venv of its own")
    return parser


def _measure(options: argparse.Namespace) -> None:
    load = Load(options.officers, options.cases, options.connections)
    if options.against is not None:
        uvloop.run(compare(TheBridge(), OtherBridge(options.against), load, options.pairs))
    elif options.side in _SIDES:
        uvloop.run(alone(_SIDES[options.side](), load, options.pairs))
    else:
        print(f"{journal.measure()}\n", flush=True)
        if options.side is None:
            uvloop.run(compare(TheBridge(), PlainBot(), load, options.pairs))
            uvloop.run(alone(BareLimit(), load, 1))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; the exit code is 0 unless something went wrong, however slow this machine is."""
    try:
        _measure(_parser().parse_args(arguments))
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

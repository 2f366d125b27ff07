"""``make bench``: the bridge beside a plain bot and beside the bare limit, on this machine, in one go.

Every officer sends a message, waits for the reply, sends the next: nine messages a case, over the Telegram webhook.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from tests.bench import journal
from tests.bench.lean_api import LeanApi
from tests.bench.officers import Measured, Officers
from tests.bench.sides import SIDES, Run, Side, running
from tests.bench.table import LINE, head, row, verdict
from tests.bench.webhook import Webhook
from tests.fakes.bot_api import HOOK, SECRET
from tests.kit.processes import cpu_seconds, free_port
from tests.kit.story import FIRST_CHAT, MESSAGES


class Wrong(RuntimeError):
    """A side did not do what is measured."""


async def measure(side: Side, options: argparse.Namespace) -> Measured:
    """Run one side once, after a warm-up of one case in five."""
    cases = options.officers * options.cases
    chats = range(FIRST_CHAT, FIRST_CHAT + cases + cases // 5)
    officers = Officers()
    with tempfile.TemporaryDirectory(prefix="casebridge-bench-") as folder:
        async with LeanApi(officers.replied) as api:
            run = Run(Path(folder), free_port(), api.url, chats)
            try:
                measured = await _play(side, run, officers, options)
            except Exception as error:
                output = (run.folder / "output.txt").read_text(encoding="utf-8", errors="replace")
                raise Wrong(f"{side.name}: {type(error).__name__} {error}\n{output[-2000:]}") from error
        _require(side, run, officers, measured)
    return measured


async def _play(side: Side, run: Run, officers: Officers, options: argparse.Namespace) -> Measured:
    command = await side.prepare(run)
    warm_up = len(run.chats) // 6
    async with running(command, run) as process, Webhook(run.port, HOOK, SECRET, options.connections) as webhook:
        await officers.play(webhook, run.chats[:warm_up], options.officers)
        before = cpu_seconds(process)
        measured = await officers.play(webhook, run.chats[warm_up:], options.officers)
        measured.cpu = cpu_seconds(process) - before
        return measured


def _require(side: Side, run: Run, officers: Officers, measured: Measured) -> None:
    mistakes = side.mistakes(run)
    cases = len(run.chats) - len(run.chats) // 6
    if measured.replies != cases * len(MESSAGES):
        mistakes.append(f"{measured.replies} replies to {cases * len(MESSAGES)} messages")
    if officers.surplus:
        mistakes.append(f"{officers.surplus} replies too many")
    if mistakes:
        raise Wrong(f"{side.name}: " + "; ".join(mistakes))


async def compare(options: argparse.Namespace) -> None:
    """Run all sides in turn, as many rounds as asked, and print what was measured."""
    sides = [side for side in SIDES if not options.side or side.name.startswith(options.side)]
    print(head(options.officers, options.officers * options.cases * len(MESSAGES), options.connections))
    for number in range(1, options.rounds + 1):
        results: dict[str, Measured] = {}
        for side in sides:
            results[side.name] = await measure(side, options)
            print(row(number, side.name, results[side.name]), flush=True)
        print(LINE)
        if "bridge" in results and "plain bot" in results:
            print(verdict(number, results["bridge"], results["plain bot"]))
            print(LINE, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; the exit code is 0 unless something went wrong, however slow this machine is."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--officers", type=int, default=200, help="how many write at once")
    parser.add_argument("--cases", type=int, default=5, help="cases each of them reports, one after another")
    parser.add_argument(
        "--connections", type=int, default=100, help="webhook calls under way at most; the bridge asks Telegram for 100"
    )
    parser.add_argument("--side", default="", help="only this one: bridge, plain, bare, or journal")
    options = parser.parse_args(arguments)
    try:
        if options.side in ("", "journal"):
            print(f"{journal.measure()}\n", flush=True)
        if options.side != "journal":
            uvloop.run(compare(options))
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How the figures of the benchmark are shown."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.officers import Measured
from tests.bench.pairs import MOVED, Outcome, Pair
from tests.bench.playing import Load

LINE = "-" * 86
_COLUMNS = (
    f"{'pair':<6}{'side':<16}{'replies/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms/reply':>14}{'calibration s':>20}"
)


def head(load: Load, messages: int) -> str:
    """The first lines."""
    return (
        f"{load.officers} officers, {load.officers * load.cases * messages} messages a burst after a warm-up, "
        f"{load.connections} webhook connections.\n"
        "Latency: from the webhook call to the reply at the Bot API. The bridge keeps every message on disk\n"
        "(fsync) before it acknowledges it and alerts two desks a case; the plain bot keeps nothing.\n"
        "A ratio is CPU a reply of the first side in terms of the second, each by its own calibration.\n"
        f"{LINE}\n{_COLUMNS}\n{LINE}"
    )


def row(number: int, side: str, measured: Measured, calibration: str = "") -> str:
    """One burst of one side."""
    p50, p99 = measured.percentile(0.5), measured.percentile(0.99)
    cpu = f"{measured.cpu / measured.replies * 1000:.3f}" if measured.cpu else "-"
    return f"{number:<6}{side:<16}{measured.rate:>10.0f}{p50:>9.1f}{p99:>9.1f}{cpu:>14}{calibration:>20}"


def rows(number: int, ours: str, measured: Sequence[tuple[str, Measured]], pair: Pair) -> str:
    """A pair in the order in which it was played, and what it says."""
    lines = []
    for side, found in measured:
        burst = pair.ours if side == ours else pair.theirs
        lines.append(row(number, side, found, f"{burst.before:.3f}, {burst.after:.3f}"))
    moved = f"the calibration moved by {pair.moved:.1%}"
    said = f"{moved}." if pair.is_kept else f"discarded: {moved}, over {MOVED:.0%}."
    return "\n".join([*lines, f"{number:<6}ratio {pair.ratio:.3f}; {said}"])


def verdict(ours: str, theirs: str, found: Outcome | None) -> str:
    """What all kept pairs say together."""
    if found is None:
        return f"No pair of {ours} and {theirs} is worth anything: this machine was too busy with other things."
    return (
        f"{ours} / {theirs}: {found.median:.3f} of the CPU a reply (median of {found.kept} pairs, "
        f"{found.lowest:.3f} to {found.highest:.3f}; {found.discarded} discarded), {1 / found.median:.2f} times less."
    )

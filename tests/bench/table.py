"""How the figures of the benchmark are shown."""

from __future__ import annotations

from tests.bench.officers import Measured

BAR = 1.5  #: times the throughput of the plain bot, with no worse p99
LINE = "-" * 78
_COLUMNS = f"{'round':<7}{'side':<14}{'replies/s':>10}{'p50 ms':>10}{'p99 ms':>10}{'replies':>10}{'CPU ms/reply':>16}"


def head(officers: int, messages: int, connections: int) -> str:
    """The first lines."""
    return (
        f"{officers} officers, {messages} messages a run after a warm-up, {connections} webhook connections.\n"
        "Latency: from the webhook call to the reply at the Bot API. The bridge keeps every message on disk\n"
        "(fsync) before it acknowledges it and alerts two desks a case; the plain bot keeps nothing.\n"
        f"{LINE}\n{_COLUMNS}\n{LINE}"
    )


def row(number: int, side: str, measured: Measured) -> str:
    """One run."""
    p50, p99 = measured.percentile(0.5), measured.percentile(0.99)
    cpu = f"{measured.cpu / measured.replies * 1000:.2f}" if measured.cpu else "-"
    return f"{number:<7}{side:<14}{measured.rate:>10.0f}{p50:>10.1f}{p99:>10.1f}{measured.replies:>10}{cpu:>16}"


def verdict(number: int, bridge: Measured, plain: Measured) -> str:
    """The bridge beside the plain bot, and the bar."""
    ratio = bridge.rate / plain.rate
    p99, other = bridge.percentile(0.99), plain.percentile(0.99)
    word = "PASS" if ratio >= BAR and p99 <= other else "FAIL"
    return (
        f"round {number}: bridge / plain bot = {ratio:.2f} (bar {BAR}), p99 {p99:.0f} ms against {other:.0f} ms: {word}"
    )

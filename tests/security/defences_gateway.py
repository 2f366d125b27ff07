"""The defences of the gateway's way in. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

GATEWAY = (
    Defence(
        "forged webhooks",
        "The gateway signs id, moment and body with a secret, compared in constant time",
        "adapters/gateway/signing.py",
        "if not self._is_ours(name, signed_at, claimed, body):",
        "if not claimed:",
        ("test_webhooks_gateway.py::test_a_forged_word_on_a_call_is_refused_and_leaves_no_trace",),
    ),
    Defence(
        "replayed messages",
        "What the gateway says was signed a moment ago",
        "adapters/gateway/signing.py",
        "if not any(abs(clock - signed_at) <= CLOCK_WINDOW for clock in clocks):",
        "if not clocks:",
        ("test_webhooks_gateway.py::test_an_old_word_on_a_call_is_refused_though_it_was_signed",),
    ),
    Defence(
        "replayed messages",
        "The gateway's number of an event decides, whatever else it says",
        "adapters/gateway/door.py",
        "event = hashlib.sha256(name.encode()).hexdigest()",
        "event = hashlib.sha256(body).hexdigest()",
        ("test_webhooks_gateway.py::test_one_event_of_the_gateway_counts_once_whatever_it_says_the_second_time",),
    ),
    Defence(
        "forged webhooks",
        "What we sent to the gateway is no word of the gateway",
        "adapters/gateway/door.py",
        'if told["type"] != RESULT:',
        'if not told["type"]:',
        ("test_webhooks_gateway.py::test_a_call_of_ours_sent_back_to_us_says_nothing",),
    ),
    Defence(
        "leaks",
        "A phone call says reference, urgency and act",
        "bot/delivery/phoning.py",
        "window_rules.wanted(message, case), case.exercise)",
        "str(case.answers), case.exercise)",
        ("test_webhooks_gateway.py::test_nothing_that_was_written_reaches_the_gateway",),
    ),
)

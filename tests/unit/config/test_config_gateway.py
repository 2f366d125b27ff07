"""The gateway for phone calls in the configuration: what it needs, and every mistake in it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.gateway import can_call
from tests.fakes.gateway import SECRET
from tests.kit.configuring import SMALLEST, Write, told, writer

LADDER = """
[[corridors.ladder]]
level = "U1"
who = "duty"
[[corridors.ladder]]
level = "U1"
who = "duty"
after = "10m"
by = "call"
"""
WECOM = "[messengers.wecom]\ncorp_id = 'ww1'\nagent_id = 7\nsecret = 's'\n"


@pytest.fixture
def written(tmp_path: Path) -> Write:
    return writer(tmp_path)


def gateway(url: str = "https://calls.example/casebridge", secret: str = SECRET) -> str:
    return f"[gateway]\nurl = '{url}'\nsecret = '{secret}'\n"


def with_ladder() -> str:
    return SMALLEST.replace("[[desks]]", f"{LADDER}\n[[desks]]", 1)


@pytest.mark.parametrize(
    "url", ["https://calls.example/casebridge", "http://127.0.0.1:9000", "http://localhost:9000/x"]
)
def test_it_is_an_address_and_a_secret(written: Write, url: str) -> None:
    settings = written(SMALLEST + gateway(url))
    assert settings.gateway.url == url
    assert can_call(settings)
    assert SECRET in settings.secrets, "so that no log shows it"
    assert SECRET not in repr(settings)


def test_without_one_nobody_is_called(written: Write) -> None:
    assert not can_call(written(SMALLEST))


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (gateway("http://calls.example"), "gateway.url"),
        (gateway("calls.example"), "gateway.url"),
        (gateway("https://calls.example/?token=1"), "gateway.url"),
        (gateway(""), "gateway.secret"),
        (gateway(secret=""), "gateway.secret"),
        (gateway(secret="hunter2"), "gateway.secret"),
        (gateway(secret="whsec_c2hvcnQ="), "gateway.secret"),
        (gateway(secret="whsec_not base64 at all, however long it may be"), "gateway.secret"),
        (gateway() + "answer_within = '2h'", "gateway.answer_within"),
        ("[messengers.wecom]\nemergency_calls = true\n", "messengers.wecom.emergency_calls"),
    ],
)
def test_every_mistake_is_named_by_its_key_and_shows_no_secret(written: Write, table: str, key: str) -> None:
    mistakes = told(written, SMALLEST + table)
    assert key in mistakes
    assert all(SECRET not in str(mistake) for mistake in mistakes.values())


def test_a_ladder_may_call_once_something_can(written: Write) -> None:
    assert "corridors.1.ladder.2.by" in told(written, with_ladder())
    assert written(with_ladder() + gateway()).corridors[0].ladder[1].by == "call"
    assert "corridors.1.ladder.2.by" not in told(written, with_ladder() + WECOM + "emergency_calls = true\n")

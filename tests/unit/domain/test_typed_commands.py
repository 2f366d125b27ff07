"""A word counts as a command only where nothing else can be meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import Inbound, Kind
from bot.domain.typed_commands import Command, command_of, is_known, parse_command


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/alert girl 16", "alert", "girl 16"),
        ("/ALERT girl 16", "alert", "girl 16"),
        ("urgent, girl 16 locked in", "urgent", "girl 16 locked in"),
        ("Urgent: girl", "urgent", "girl"),
        ("back", "back", ""),
        ("Send.", "send", ""),
        ("edit 4", "edit", "4"),
        ("edit 13b", "edit", "13b"),
        ("ack KC26-M9S34-4", "ack", "KC26-M9S34-4"),
        ("acknowledge kc26m9s344", "ack", "kc26m9s344"),
        ("close KC26-M9S34-4 found_safe she is home", "close", "KC26-M9S34-4 found_safe she is home"),
        ("/ack", "ack", ""),
        ("?", "help", ""),
        ("start 7H4Q-M9S3-4KZX", "start", "7H4Q-M9S3-4KZX"),
        ("lost yes", "lost", "yes"),
        ("note KC26-M9S34-5 hello", "note", "KC26-M9S34-5 hello"),
        ("Bind", "bind", ""),
        ("bind web", "bind", "web"),
        ("prefer WeChat", "prefer", "WeChat"),
        ("unbind 2", "unbind", "2"),
        ("addresses", "addresses", ""),
    ],
)
def test_what_is_meant_as_a_command_is_read_as_one(text: str, name: str, rest: str) -> None:
    found = parse_command(text)
    assert found is not None
    assert (found.name, found.rest) == (name, rest)


@pytest.mark.parametrize(
    "text",
    [
        "close to the border",
        "back in the flat",
        "send help to Nanchang please",
        "note that she is 16",
        "case closed they say",
        "start now",
        "lost contact",
        "edit the summary",
        "skip the queue",
        "bind her hands",
        "prefer not to say",
        "prefer",
        "unbind the rope",
        "addresses of the flats",
        "girl 16 locked in",
        "你好",
        "",
        "   ",
    ],
)
def test_what_somebody_says_about_a_case_is_no_command(text: str) -> None:
    assert parse_command(text) is None


@pytest.mark.parametrize("text", ["/close@other_bot KC26-M9S34-4 found_safe", "/ack@b", "close@other_bot KC26-M9S34-4"])
def test_what_names_another_bot_is_no_command(text: str) -> None:
    assert parse_command(text) is None


@pytest.mark.parametrize(
    "changed", [{"origin": "Sokha"}, {"kind": Kind.CONTACT}, {"kind": Kind.LOCATION}, {"text": ""}]
)
def test_nobody_commands_by_what_others_said_or_by_a_card_or_a_place(changed: dict[str, Any]) -> None:
    said = Inbound("telegram", "1", "7", Kind.TEXT, datetime.min.replace(tzinfo=UTC), text="/ack KC26-M9S34-4")
    assert command_of(said) == parse_command(said.text)
    assert command_of(replace(said, **changed)) is None


def test_an_unknown_word_behind_a_slash_is_a_command_that_nobody_knows() -> None:
    found = parse_command("/alrt girl")
    assert found == Command("alrt", "girl", has_slash=True)
    assert not is_known(found)
    assert is_known(Command("alert"))


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    found = parse_command(text)
    assert found is None or found.name

"""What the operator reads of the gateway is what is sent and taken."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.fakes.gateway import Gateway
from tests.kit.calling import switchboard
from tests.kit.clock import START
from tests.kit.root import ROOT

PAGE = (ROOT / "adapters" / "gateway" / "README.md").read_text("utf-8")
ASKED, TOLD = re.findall(r"```http\n(.*?)\n```", PAGE, re.DOTALL)


def _parts(example: str) -> tuple[str, dict[str, str], str]:
    head, _, body = example.partition("\n\n")
    first, *lines = head.splitlines()
    return first, dict(line.lower().split(": ", 1) for line in lines), body


async def test_the_page_shows_what_is_asked_to_the_letter() -> None:
    first, headers, body = _parts(ASKED)
    async with switchboard() as board:
        await board.phone()
        (asked,) = board.fake.asked
    assert f"{asked.method} {asked.target}" == first
    assert asked.body.decode() == body
    shown = {name: asked.headers[name] for name in headers if name != "webhook-signature"}
    assert shown == {name: value for name, value in headers.items() if name != "webhook-signature"}
    assert re.fullmatch(r"v1,[A-Za-z0-9+/]{43}=", asked.headers["webhook-signature"])


async def test_the_page_shows_what_is_taken() -> None:
    first, headers, body = _parts(TOLD)
    assert first == "POST /hooks/gateway"
    assert int(headers["webhook-timestamp"]) == int(START.timestamp())
    async with switchboard() as board:
        answer = await board.hears(board.fake.signed(body, headers["webhook-id"]), body.encode())
        (told,) = board.inbox.taken
    assert (answer.status, told.message_id, told.text) == (200, "5.7.9.2.person:12", "unanswered")


@pytest.mark.parametrize("minutes", [5, -5])
async def test_what_is_five_minutes_old_is_just_taken(minutes: int) -> None:
    async with switchboard() as board:
        then = START + timedelta(minutes=minutes)
        headers = Gateway(lambda: then).signed("{}")
        assert (await board.hears(headers, b"{}")).status == 200

"""Everything too large: bodies, fields, names, numbers, nesting, button data; nothing stops the bridge for others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.telegram.parse import Account, parse_body
from adapters.web.chat.chat_pages import TEXT_LIMIT
from adapters.web.site.pace import A_SESSION, AN_ADDRESS
from bot.domain import button_data, reference
from bot.domain.fields import FIELDS
from bot.domain.messages import Kind
from bot.domain.typed_commands import parse_command
from bot.intake.reading.answer_reader import read
from tests.kit.clock import START
from tests.kit.site import hidden
from tests.security.story import whole_story
from tests.security.stronghold import CLERK, OFFICER, Stronghold
from tests.security.ways_in import ROUTES, For

MIB = 1 << 20
ACCOUNT = Account("123456", "casebridge_bot")


def update(**message: Any) -> bytes:
    """A verified update of Telegram with a message of an attacker's choice."""
    person = {"id": 101, "is_bot": False, "first_name": "Dara"}
    chat = {"id": 101, "type": "private"}
    held = {"message_id": 5, "date": 1_790_000_000, "from": person, "chat": chat} | message
    return json.dumps({"update_id": 7, "message": held}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"update_id": 7, "message": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"update_id": ' + b"9" * 5_000 + b"}",
        b'{"update_id": ' + b"9" * 900_000 + b"}",
        b'{"update_id": 1e999}',
        b'{"update_id": 7, "message": {"message_id": ' + b"9" * 5_000 + b"}}",
        b'"' + b"\\u0000" * 100_000 + b'"',
        b"\xff\xfe" + b"\x00" * 1000,
        b"",
        b"null",
        update(text=["not", "a", "text"]),
        update(location={"latitude": 10**400, "longitude": 0}),
        update(photo=[]),
    ],
    ids=range(14),
)
def test_an_update_that_cannot_be_read_is_kept_as_it_came(body: bytes) -> None:
    found = parse_body(body, ACCOUNT, START)
    assert found.kind in (Kind.UNREADABLE, Kind.OTHER)
    assert found.raw == body


def test_the_longest_names_and_texts_of_telegram_are_taken_in_part_or_whole() -> None:
    found = parse_body(update(text="x" * 900_000, **{"from": {"id": 1, "first_name": "n" * 500_000}}), ACCOUNT, START)
    assert (found.kind, len(found.text), len(found.sender_name)) == (Kind.TEXT, 900_000, 128)


@pytest.mark.parametrize("text", ["x" * 100_000, "9" * 100_000, "/" + "a" * 100_000, "-" * 100_000, " " * 99_999 + "x"])
async def test_the_longest_text_is_kept_and_answered_whatever_is_asked(bridge: Stronghold, text: str) -> None:
    await bridge.opens_case()
    await bridge.says(OFFICER, text)
    for start in ("/case ", "/note ", "/edit ", "/lost ", "/start ", "/export ", "/snooze ", "label: "):
        await bridge.says(OFFICER, start + text)
    assert not [row.error for row in bridge.inbox() if row.error]
    await bridge.says("telegram:vn-officer", "girl held")
    assert bridge.reference_at("telegram:vn-officer")


@pytest.mark.parametrize("figures", ["9" * 19, "9" * 20, "9" * 4301, "٩" * 19, "²", "-1", "1e9", "0x10"])
def test_no_number_is_too_long_to_be_refused(figures: str) -> None:
    for field in FIELDS:
        read(field, figures, now=START, zone=ZoneInfo("Asia/Phnom_Penh"), language="en")
    assert reference.find_in(figures) is None
    parse_command(f"/edit {figures}")
    assert button_data.from_base36(figures.rjust(20, "9")) is None


@pytest.mark.parametrize(
    "data", ["a." + "z" * 60, "f." + "." * 60, "c." + "x" * 5000, "." * 64, "a.1.1.ack." * 9, "é" * 64]
)
async def test_no_button_data_is_too_odd_to_be_refused(bridge: Stronghold, data: str) -> None:
    await bridge.opens_case()
    before = await bridge.only_case()
    await bridge._phone(OFFICER).taps_data(OFFICER, data, "m1")
    await bridge._settled()
    assert await bridge.only_case() == before
    assert not [row.error for row in bridge.inbox() if row.error]


async def test_the_longest_words_in_every_field_stop_nothing(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, lambda field: field + "y" * 70)
    long = "z" * 50_000
    for typed in (f"/note {reference} {long}", f"/memo {reference} {long}", f"/reopen {reference} {long}"):
        await bridge.says(CLERK, typed)
    client = await bridge.signed_in(CLERK)
    for path in ("/chat", "/cases", f"/cases/{reference}"):
        assert (await client.get(path)).status_code == 200
    assert not [row.error for row in bridge.inbox() if row.error]


@pytest.mark.parametrize("path", ["/chat", "/cases/{ref}", "/signout"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"text=" + b"x" * MIB, 413),
        (b"&".join([b"a=1"] * 41), 400),
        (b"&" * 100_000, 400),
        (b"text=%ff%fe", 400),
        (b"text=\xff", 400),
    ],
    ids=["body", "fields", "separators", "encoding", "bytes"],
)
async def test_a_form_that_is_too_large_or_no_text_is_refused(
    bridge: Stronghold, path: str, body: bytes, status: int
) -> None:
    reference = await bridge.opens_case()
    client = await bridge.signed_in(CLERK)
    assert (await client.post(path.format(ref=reference), content=body)).status_code == status


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "POST"])
async def test_no_form_is_taken_faster_than_anybody_types_or_taps(bridge: Stronghold, path: str) -> None:
    reference = await bridge.opens_case()
    client = await bridge.signed_in(CLERK)
    way = ROUTES["POST", path]
    limit = AN_ADDRESS if way.serves is For.ANYBODY else A_SESSION
    files = {"file": ("x.jpg", b"x")} if way.uploads else None
    statuses = [
        (await client.post(way.at(reference), data={"text": "x"}, files=files)).status_code for _ in range(limit + 1)
    ]
    assert statuses[-1] == 429
    assert statuses[0] != 429


async def test_fields_of_a_form_have_their_limits(bridge: Stronghold) -> None:
    await bridge.opens_case()
    client = await bridge.signed_in(OFFICER)
    page = (await client.get("/chat")).text
    form = {name: hidden(page, name) for name in ("csrf", "once")}
    too_long = await client.post("/chat", data=form | {"text": "x" * (TEXT_LIMIT + 1)})
    assert too_long.status_code == 422
    assert (await client.post("/chat", data=form | {"once": "x" * 101, "text": "x"})).status_code == 400
    assert (await client.post("/chat", data=form | {"once": "../../x", "text": "x"})).status_code == 400
    odd = {"button": "c." + "x" * 9_000, "label": "x" * 20_000, "message": "m" * 9_000, "after": "9" * 9_000}
    assert (await client.post("/chat", data=form | odd)).status_code == 303
    await bridge._settled()
    last = bridge.inbox()[-1].message
    assert (len(last.button), len(last.text), len(last.message_id)) == (64, TEXT_LIMIT, 100)


@pytest.mark.parametrize("name", ["lines", "after", "before"])
@pytest.mark.parametrize("value", ["9" * 19, "9" * 5000, "-1", "0", "1e9", "²", "0x1"])
async def test_no_number_in_an_address_asks_for_too_much(bridge: Stronghold, name: str, value: str) -> None:
    reference = await bridge.opens_case()
    client = await bridge.signed_in(CLERK)
    for path in ("/chat", "/chat/lines", "/cases", f"/cases/{reference}"):
        assert (await client.get(path, params={name: value})).status_code == 200, path


async def test_a_secret_file_is_read_only_so_far(tmp_path: Path) -> None:
    from bot.config.sources import _LARGEST_SECRET, read_secret_files

    (tmp_path / "huge").write_bytes(b"s" * (5 * MIB))
    raw: dict[str, Any] = {"messengers": {"telegram": {"token_file": str(tmp_path / "huge")}}}
    read_secret_files(raw)
    assert len(raw["messengers"]["telegram"]["token"]) <= _LARGEST_SECRET

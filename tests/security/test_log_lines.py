"""Log injection: whatever somebody writes, a line of the log stays one line of ours, on a terminal too."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.app.logs import configure
from tests.security.story import sends_file, whole_story
from tests.security.stronghold import CLERK, OFFICER, STRANGER, Stronghold
from tests.security.ways_in import ROUTES

ATTACKS = (
    '\n{"event": "somebody signed in", "level": "info"}',
    "\r\n2026-01-01 [info] all is well",
    "\x1b[2J\x1b[1;31mred\x1b]0;title\x07",
    "\x9b31m\x9d0;title\x9c",
    '", "level": "critical", "x": "',
    "\u2028new line\u2029new paragraph\x85next",
    "\u202eright to left\u2066",
    "\x00\x08\x7f",
    "}\n\n\n{",
)
#: What structlog itself colours lines with on a terminal.
COLOURS = re.compile(r"\x1b\[(?:0|1|2|22|3[0-7])m")
STEERING = [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202E, 0x2066) if n not in (9, 10)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def log_everywhere(attack: str) -> int:
    """Log an attack in every part of a line; how many lines that makes."""
    log = structlog.get_logger("casebridge")
    log.info(f"Sentence {attack}")  # noqa: G004 - the worst case
    log.info("Sentence", value=attack, several=[attack, {attack: attack}], **{f"name {attack}": 1})
    log.info("Sentence", error=ValueError(attack))
    logging.getLogger("somebody").warning("says %s", attack, extra={"more": attack})
    logging.getLogger("uvicorn.error").warning("Invalid %s", attack)
    return 5


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_line_is_one_object_of_ours(attack: str) -> None:
    out = io.StringIO()
    configure(stream=out)
    expected = log_everywhere(attack)
    lines = out.getvalue().split("\n")[:-1]
    assert len(lines) == expected
    for line in lines:
        read = json.loads(line)
        assert read["level"] in ("info", "warning")
        assert not [ch for ch in STEERING if ch in line]
        assert read["event"].startswith(("Sentence", "says", "Invalid"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_steers_the_terminal_or_begins_a_line_of_its_own(attack: str) -> None:
    out = Terminal()
    configure(stream=out)
    expected = log_everywhere(attack)
    plain = COLOURS.sub("", out.getvalue())
    assert not [ch for ch in STEERING if ch in plain]
    assert len(plain.rstrip("\n").split("\n")) == expected


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_no_line_of_a_traceback_passes_for_one_of_ours(attack: str, stream: type[io.StringIO]) -> None:
    out = stream()
    configure(stream=out)
    try:
        int(attack)  # its error repeats what it could not read
    except ValueError as error:
        error.args = (attack,)
        structlog.get_logger().exception("It failed")
        logging.getLogger("aiohttp.server").exception("It failed")
    forged = [part for part in attack.splitlines()[1:] if len(part) > 1]
    lines = COLOURS.sub("", out.getvalue()).split("\n")
    assert len([line for line in lines if "It failed" in line]) == 2
    assert [line for line in lines for part in forged if line.startswith(part)] == []
    assert not [ch for ch in STEERING for line in lines if ch in line]


@pytest.mark.parametrize("attack", ATTACKS[:4])
async def test_what_people_write_is_in_no_line_at_all(bridge: Stronghold, attack: str) -> None:
    out = io.StringIO()
    configure(stream=out, level=logging.DEBUG)

    def planted(field: str) -> str:
        return f"planted-{field} {attack}"

    reference = await whole_story(bridge, planted)
    await sends_file(bridge, planted, reference)
    await bridge.says(STRANGER, f"/start {planted('code')}")
    client = await bridge.signed_in(CLERK)
    for method, path in ROUTES:
        address = path.replace("{token}", "planted-token").replace("{reference}", "planted-reference")
        held: dict[str, Any] = {"headers": {"user-agent": "planted-agent", "x-forwarded-for": "planted-peer"}}
        if method == "POST":
            held["data"] = {"text": "planted-form"}
        await client.request(method, address.replace("{name}", "planted-name"), params={"q": "planted-query"}, **held)
    await bridge._phone(OFFICER).taps_data(OFFICER, "planted-button", "planted-message")
    await bridge._settled()
    lines = out.getvalue().split("\n")[:-1]
    assert lines
    assert [line for line in lines if "planted" in line] == []
    assert all(json.loads(line)["event"] for line in lines)

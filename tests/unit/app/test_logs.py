"""Nothing secret comes out of the logs, whoever logs it and in whatever part of a line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.app.logs import configure

TOKEN = "123456:AAF-made-up-for-this-test-alone_0123456"
PASSWORD = "correct horse battery"


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


@pytest.fixture(params=[io.StringIO, Terminal], ids=["json", "terminal"])
def out(request: pytest.FixtureRequest) -> Any:
    stream = request.param()
    configure(secrets=[PASSWORD, TOKEN], stream=stream)
    return stream


def log_everywhere() -> None:
    log = structlog.get_logger("casebridge")
    log.info("Called the messenger.", url=f"https://api.example/bot{TOKEN}/getMe", token=TOKEN, case_id=7)
    log.warning("Sentence with %s in it.", PASSWORD, fields=[TOKEN, {"deep": (PASSWORD, TOKEN)}])
    log.bind(**{PASSWORD: "as a name"}).info("Bound.", thing=RuntimeError(PASSWORD))
    try:
        open(f"/none/https://user:{PASSWORD}@proxy/bot{TOKEN}/sendMessage").close()  # noqa: PTH123 - the quickest error
    except OSError:
        log.exception("The messenger is down.")
        logging.getLogger("aiohttp.client").exception("failed with %s", TOKEN)
    logging.getLogger("somebody").warning("says %s", PASSWORD, extra={"more": TOKEN})


def test_no_registered_secret_comes_out_in_any_part_of_a_line(out: io.StringIO) -> None:
    log_everywhere()
    text = out.getvalue()
    assert text.count("***") >= 8
    assert "made-up" not in text
    assert "horse" not in text
    assert "The messenger is down." in text


def test_tokens_in_addresses_are_hidden_even_when_nobody_registered_them() -> None:
    out = io.StringIO()
    configure(stream=out)
    log = structlog.get_logger()
    log.info("Called.", url=f"https://api.telegram.org/bot{TOKEN}/getUpdates?offset=1")
    log.info("Called.", url="https://qyapi.example/cgi-bin/gettoken?corpid=ww1&corpsecret=hushhush&x=1")
    log.info("Opened.", url="http://127.0.0.1:8080/signin/hushhush")
    log.info("Opened.", url="postgresql://bridge:hushhush@host/name")
    text = out.getvalue()
    assert "made-up" not in text
    assert "hushhush" not in text
    assert "/getUpdates?offset=1" in text
    assert "corpid=ww1" in text


def test_a_line_is_one_json_object_with_ids_as_they_were() -> None:
    out = io.StringIO()
    configure(stream=out)
    structlog.get_logger("casebridge").info("Case opened.", case_id=7, late=False, at=None)
    logging.getLogger("somebody.else").info("Started.")
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["event"], first["case_id"], first["late"], first["at"]) == ("Case opened.", 7, False, None)
    assert first["level"] == "info"
    assert first["timestamp"].endswith("Z")
    assert second["event"] == "Started."


@pytest.mark.parametrize("name", ["aiohttp.access", "telegram.Bot", "apscheduler.executors", "httpx"])
def test_libraries_speak_only_when_something_is_wrong(out: io.StringIO, name: str) -> None:
    logging.getLogger(name).info("as usual")
    assert out.getvalue() == ""
    logging.getLogger(name).warning("oddly")
    assert "oddly" in out.getvalue()


def test_a_tick_that_still_runs_is_not_told_every_second(out: io.StringIO) -> None:
    logging.getLogger("apscheduler.scheduler").warning("skipped: maximum number of running instances reached")
    assert out.getvalue() == ""

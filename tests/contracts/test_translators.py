"""Whatever drafts English, a program or a server: one line of English letters, or an error that tells nothing of it."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.translation import ServerSettings, TranslationProgram, TranslationServer
from bot.domain.errors import Refused, SendError, Throttled, Unavailable
from bot.ports.translation import Translator
from tests.fakes.libre_translate import DRAFT, LibreTranslate
from tests.fakes.translator import MemoryTranslator
from tests.fakes.wire import HOLD, RESET, Reply

KHMER = "នាងនិយាយថាទ្វារត្រូវបានចាក់សោពីខាងក្រៅ"
KEY = "a-key-that-must-never-be-logged"


def program(folder: Path, script: str, seconds: float = 60.0) -> TranslationProgram:
    """A program of this script; it has the text as ``text``."""
    file = folder / "translate.py"
    file.write_text(f"import os, sys\ntext = sys.stdin.buffer.read().decode()\n{script}\n", "utf-8")
    return TranslationProgram((sys.executable, str(file)), seconds)


@asynccontextmanager
async def server(
    *plans: Reply, key: str = "", **drafts: str
) -> AsyncIterator[tuple[TranslationServer, LibreTranslate]]:
    async with LibreTranslate(*plans, api_key=KEY, drafts=drafts) as fake:
        made = TranslationServer(ServerSettings(fake.url, key or KEY))
        await made.start()
        try:
            yield made, fake
        finally:
            await made.stop()
            await made.stop()


async def answered(translator: Translator, text: str = KHMER) -> str:
    return await translator.in_english(text)


Answering = Callable[[str, Path], Awaitable[str]]


async def _by_program(draft: str, folder: Path) -> str:
    return await answered(program(folder, f"sys.stdout.buffer.write({draft!r}.encode())"))


async def _by_server(draft: str, _folder: Path) -> str:
    async with server(**{KHMER: draft}) as (translator, _):
        return await answered(translator)


async def _in_memory(draft: str, _folder: Path) -> str:
    translator = MemoryTranslator(draft)
    await translator.start()
    return await answered(translator)


EACH = pytest.mark.parametrize("ask", [_by_program, _by_server, _in_memory])


@EACH
async def test_a_draft_is_one_line(ask: Answering, tmp_path: Path) -> None:
    assert await ask("The door\n is  locked.\n", tmp_path) == "The door is locked."


@EACH
@pytest.mark.parametrize("draft", ["", " \n", KHMER, "Bà ấy nói cửa bị khóa", "x" * 4001, "12"])
async def test_what_is_no_draft_is_refused_and_not_repeated(ask: Answering, tmp_path: Path, draft: str) -> None:
    with pytest.raises(Refused) as caught:
        await ask(draft, tmp_path)
    assert not draft.strip() or draft not in str(caught.value)


async def test_the_server_is_asked_as_libretranslate_wants_it() -> None:
    async with server() as (translator, fake):
        assert await answered(translator) == DRAFT
    said = {"q": KHMER, "source": "auto", "target": "en", "format": "text", "api_key": KEY}
    assert fake.asked == [("POST", "/translate", said)]


@pytest.mark.parametrize(
    ("plan", "kind", "words"),
    [
        (Reply(400, b'{"error": "her name"}'), Refused, "status 400"),
        (Reply(403, b'{"error": "her name"}'), Refused, "api_key"),
        (Reply(413, b"{}"), Refused, "status 413"),
        (Reply(429, b"{}"), Throttled, "too often"),
        (Reply(500, b"her name"), Unavailable, "status 500"),
        (Reply(200, b"<html>her name"), Unavailable, "made no sense"),
        (Reply(200, b'{"translatedText": ["her name"]}'), Unavailable, "something else"),
        (RESET, Unavailable, "broke"),
        (HOLD, Unavailable, "in time"),
    ],
)
async def test_each_trouble_of_the_server_is_said_plainly_without_the_text_or_the_key(
    plan: Reply, kind: type[SendError], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with server(plan) as (translator, _):
        with pytest.raises(kind, match=words) as caught:
            await answered(translator)
        assert await answered(translator) == DRAFT
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(ServerSettings("https://x", KEY))
    for secret in (KHMER, KEY, "her name"):
        assert secret not in told


async def test_a_wrong_key_and_a_server_that_is_not_there_are_told_apart() -> None:
    async with server(key="wrong") as (translator, fake):
        with pytest.raises(Refused, match="api_key"):
            await answered(translator)
        gone = TranslationServer(ServerSettings(fake.url))
    await gone.start()
    with pytest.raises(Unavailable, match="could not be reached"):
        await answered(gone)
    await gone.stop()


async def test_the_program_gets_the_text_and_nothing_of_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBRIDGE_SECURITY__KEY", KEY)
    script = (
        f"assert text == {KHMER!r}\nprint('knows', *sorted(n for n in os.environ if n.startswith('CASE')), 'no more')"
    )
    assert await answered(program(tmp_path, script)) == "knows no more"


async def test_the_words_are_never_read_by_a_shell(tmp_path: Path) -> None:
    marker = tmp_path / "done-by-a-shell"
    text = f"$(touch {marker}); `touch {marker}` ' && touch {marker}"
    assert await answered(program(tmp_path, "print(len(text), 'letters')"), text) == f"{len(text)} letters"
    assert not marker.exists()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("sys.exit(3)", "exit code 3"),
        ("print('her name', file=sys.stderr); raise SystemExit(1)", "exit code 1"),
        ("os.kill(os.getpid(), 9)", "exit code -9"),
    ],
)
async def test_a_program_that_fails_is_tried_again_and_what_it_says_stays_with_it(
    tmp_path: Path, script: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Unavailable, match=words) as caught:
        await answered(program(tmp_path, script))
    assert "her name" not in str(caught.value) + "".join(capfd.readouterr())


async def test_a_program_that_does_not_end_is_ended(tmp_path: Path) -> None:
    child = "import subprocess; subprocess.run(['tail', '-f', '/dev/null'])"
    with pytest.raises(Unavailable, match="took too long"):
        await answered(program(tmp_path, child, seconds=0.2))


async def test_a_program_that_answers_without_end_or_in_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="too long"):
        await answered(program(tmp_path, "while True: print('word ' * 999)"))
    with pytest.raises(Refused, match="UTF-8"):
        await answered(program(tmp_path, r"sys.stdout.buffer.write(b'\xff\xfe')"))


async def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="could not be started: No such file"):
        await answered(TranslationProgram((str(tmp_path / "gone"),), 5.0))

"""Every way in which a mail server can fail, what is done about it, and that no failure tells a secret."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.email import EmailAdapter, Security
from adapters.email.errors import ACCOUNT, CERTIFICATE, NO_TLS
from adapters.email.errors import SENDER as SENDER_REMEDY
from adapters.email.settings import Patience
from bot.domain.errors import Refused, SendError, Unavailable, Uncertain, Unreachable
from tests.fakes.mail_server import DROPS, HANGS, PASSWORD, USERNAME, MailServer, certificate
from tests.kit.email import DESK, make_email, outgoing, running, send
from tests.kit.time_outs import pass_time

TEXT = "girl locked in a flat"
TELLS = f"<{DESK}>: {PASSWORD} {TEXT}"  #: what a server may repeat of what it was given


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("MAIL", f"550 5.7.1 {TELLS}", Unavailable),
        ("MAIL", f"552 {TELLS}", Refused),
        ("MAIL", f"451 {TELLS}", Unavailable),
        ("MAIL", f"530 {TELLS}", Unavailable),
        ("MAIL", HANGS, Unavailable),
        ("MAIL", DROPS, Unavailable),
        ("RCPT", f"550 5.1.1 {TELLS}", Unreachable),
        ("RCPT", f"553 {TELLS}", Unreachable),
        ("RCPT", f"552 {TELLS}", Unreachable),
        ("RCPT", f"450 4.2.0 {TELLS}", Unavailable),
        ("RCPT", f"421 {TELLS}", Unavailable),
        ("RCPT", HANGS, Unavailable),
        ("RCPT", DROPS, Unavailable),
        ("DATA", f"554 {TELLS}", Refused),
        ("DATA", f"552 {TELLS}", Refused),
        ("DATA", f"452 {TELLS}", Unavailable),
        ("DATA", HANGS, Uncertain),
        ("DATA", DROPS, Uncertain),
    ],
)
async def test_each_failure_says_what_to_do_next(step: str, answer: str, error: type[SendError]) -> None:
    async with MailServer(answers={step: answer}, on_hang=pass_time) as server, running(make_email(server)) as adapter:
        with pytest.raises(error) as caught:
            await send(adapter, outgoing(TEXT))
        assert type(caught.value) is error
        assert_tells_nothing("".join(traceback.format_exception(caught.value)))
        server.answers.clear()
        assert await send(adapter, outgoing("and now"))


async def test_a_server_that_stops_in_the_middle_is_not_waited_for_as_long_as_a_message_may_take() -> None:
    patience = Patience(step=0.2, whole=86_400)
    async with MailServer(answers={"MAIL": HANGS}) as server, running(make_email(server, patience=patience)) as adapter:
        with pytest.raises(Unavailable):
            await send(adapter, outgoing(TEXT))


async def test_after_a_time_out_the_repeat_is_known_for_one() -> None:
    async with MailServer(answers={"DATA": HANGS}, on_hang=pass_time) as server, running(make_email(server)) as adapter:
        with pytest.raises(Uncertain):
            await send(adapter, outgoing(TEXT))
        server.answers.clear()
        await send(adapter, outgoing(TEXT))
    first, second = server.taken
    assert first.mail["Message-ID"] == second.mail["Message-ID"]


@pytest.mark.parametrize("is_tls", [False, True])
@pytest.mark.parametrize("wrong", ["name", "signer"])
async def test_a_certificate_that_cannot_be_trusted_gets_nothing(tmp_path: Path, wrong: str, is_tls: bool) -> None:
    right = certificate(tmp_path)
    shown = certificate(tmp_path, "other.example")
    trusted = shown if wrong == "name" else right
    server = MailServer(shown, is_tls=is_tls, asks_account=True)
    async with server, running(make_email(server, trusts=trusted, username=USERNAME, password=PASSWORD)) as adapter:
        assert await reason(adapter) == CERTIFICATE
    assert server.taken == []


async def test_a_server_without_tls_gets_nothing_unless_it_is_on_this_machine(tmp_path: Path) -> None:
    async with MailServer() as server:
        strict = make_email(server, security=Security.STARTTLS, username=USERNAME, password=PASSWORD)
        async with running(strict):
            assert await reason(strict) == NO_TLS
    assert server.taken == []


@pytest.mark.parametrize("password", ["wrong-password", "pässwörd", ""])
async def test_a_wrong_password_loses_no_message_and_is_told_once(tmp_path: Path, password: str) -> None:
    server = MailServer(certificate(tmp_path), asks_account=True)
    with capture_logs() as logs:
        async with server, running(make_email(server, username=USERNAME, password=password)) as adapter:
            assert [await reason(adapter) for _ in range(3)] == [ACCOUNT] * 3
    assert [line["reason"] for line in logs] == [ACCOUNT]
    assert "password" in ACCOUNT
    assert not password or password not in str(logs)


async def test_an_account_that_must_wait_waits_and_one_that_is_not_asked_for_is_said(tmp_path: Path) -> None:
    server = MailServer(certificate(tmp_path), asks_account=True, answers={"AUTH": "454 4.7.0 later"})
    async with server, running(make_email(server, username=USERNAME, password=PASSWORD)) as adapter:
        assert "try again later" in await reason(adapter)
    async with MailServer() as plain, running(make_email(plain, username=USERNAME, password=PASSWORD)) as adapter:
        assert await reason(adapter) == ACCOUNT


async def test_a_sender_that_is_not_ours_is_for_the_operator_not_for_the_desk() -> None:
    async with MailServer(answers={"MAIL": "553 not yours"}) as server, running(make_email(server)) as adapter:
        with capture_logs() as logs:
            assert await reason(adapter) == SENDER_REMEDY
    assert [line["reason"] for line in logs] == [SENDER_REMEDY]


async def test_without_a_server_nothing_can_have_arrived() -> None:
    async with MailServer() as server:
        adapter = make_email(server, port=9)
        nowhere = make_email(server, host="mail.invalid", security=Security.STARTTLS)
        for each in (adapter, nowhere):
            async with running(each):
                with pytest.raises(Unavailable):
                    await send(each, outgoing(TEXT))


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def odd_server(talk: Talk) -> AsyncIterator[int]:
    """A server that speaks as it likes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _says_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    pass_time()
    await reader.read()


async def _drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:  # each piece comes in time
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.01)
        pass_time(1)


async def _is_full(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(f"554 {TELLS}\r\n".encode())
    await reader.read()


async def _babbles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\xff\xfe\r\n\r\n")
    await reader.read()


async def _hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


@pytest.mark.parametrize("talk", [_says_nothing, _drips, _is_full, _babbles, _hangs_up])
async def test_a_server_that_makes_no_sense_is_one_that_is_down(talk: Talk) -> None:
    async with odd_server(talk) as port, MailServer() as server:
        adapter = make_email(server, port=port)
        async with running(adapter):
            with pytest.raises(Unavailable) as caught:
                await send(adapter, outgoing(TEXT))
            assert_tells_nothing(caught.value.reason)


async def test_when_all_connections_are_busy_nothing_was_sent_and_that_is_said() -> None:
    hangs = asyncio.Event()
    server = MailServer(answers={"RCPT": HANGS}, on_hang=hangs.set)
    async with server, running(make_email(server, connections=1)) as adapter:
        first = asyncio.create_task(send(adapter, outgoing(key="1")))
        await hangs.wait()
        asyncio.get_running_loop().call_soon(pass_time, Patience().turn)  # when the next one waits
        assert await reason(adapter) == "All connections to the mail server are busy."
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        server.answers.clear()
        assert await send(adapter, outgoing())


@pytest.mark.parametrize(
    "peer",
    ["nobody", "a@b", "two@example.org, one@example.org", "<a@example.org>", "a b@example.org", "a@example.org\n"],
)
async def test_an_address_that_is_none_is_refused_before_anything_is_opened(peer: str) -> None:
    async with MailServer() as server, running(make_email(server)) as adapter:
        with pytest.raises(Refused) as caught:
            await send(adapter, outgoing(to=peer))
    assert peer not in caught.value.reason
    assert server.taken == []


async def test_neither_password_nor_text_nor_address_is_ever_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with MailServer(certificate(tmp_path), asks_account=True, on_hang=pass_time) as server:
            adapter = make_email(server, username=USERNAME, password=PASSWORD)
            async with running(adapter):
                for step in ("MAIL", "RCPT", "DATA", "AUTH"):
                    for answer in (f"550 {TELLS}", f"451 {TELLS}", *([HANGS, DROPS] if step != "AUTH" else [])):
                        server.answers = {step: answer}
                        with pytest.raises(SendError):
                            await send(adapter, outgoing(TEXT))
                server.answers.clear()
                await send(adapter, outgoing(TEXT))
    assert logs
    printed = capfd.readouterr()
    assert_tells_nothing(f"{logs} {caplog.text} {printed.out} {printed.err} {adapter!r} {adapter._settings!r}")


async def reason(adapter: EmailAdapter) -> str:
    with pytest.raises(Unavailable) as caught:
        await send(adapter, outgoing(TEXT))
    return caught.value.reason


def assert_tells_nothing(told: str) -> None:
    for secret in (PASSWORD, TEXT, DESK, "5.1.1"):
        assert secret not in told, f"{secret} was told"

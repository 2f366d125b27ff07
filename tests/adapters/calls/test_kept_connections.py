"""Calls on connections that are kept: what was never sent is told apart from what may have arrived."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.calls.kept_connections import ANSWER_LIMIT, KeptConnections, NotConnected
from tests.fakes.mail_server import certificate, trusting
from tests.fakes.wire import HOLD, RESET, Asked, Reply, Server
from tests.kit.processes import free_port
from tests.kit.time_outs import pass_time
from tests.kit.waiting import until

BODY = b'{"text":"her name"}'


class Place:
    """A server and who calls it."""

    def __init__(self, *plans: Reply) -> None:
        self.plans = list(plans)
        self.asked: list[Asked] = []
        self.server = Server(self._answer, on_hold=pass_time)

    def _answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.plans.pop(0) if self.plans else Reply(200, b'{"ok":true}')

    @asynccontextmanager
    async def called(self, connections: int = 2) -> AsyncIterator[KeptConnections]:
        async with self.server, KeptConnections(self.server.url, connections) as kept:
            yield kept

    async def call(self, kept: KeptConnections) -> tuple[int, bytes]:
        return await kept.post("/bot1:a/sendMessage", BODY, connect_within=5, answer_within=10)


@asynccontextmanager
async def saying(
    *parts: bytes, stays: bool = True, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[str, list[asyncio.StreamWriter]]]:
    """A server that answers each request with these bytes, one after another."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"}"):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0)
                if not stays:
                    break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    async with server:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", writers
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


async def ask(url: str) -> tuple[int, bytes]:
    async with KeptConnections(url, 1) as kept:
        return await kept.post("/x", BODY, connect_within=5, answer_within=10)


async def test_what_was_asked_arrives_whole_and_so_does_the_answer() -> None:
    place = Place(Reply(400, b'{"ok":false}'))
    async with place.called() as kept:
        assert await place.call(kept) == (400, b'{"ok":false}')
    asked = place.asked[0]
    assert (asked.method, asked.target, asked.body) == ("POST", "/bot1:a/sendMessage", BODY)
    assert asked.headers["host"] == f"127.0.0.1:{place.server.port}"
    assert asked.headers["content-type"] == "application/json"


async def test_one_connection_serves_one_call_after_another() -> None:
    place = Place()
    async with place.called() as kept:
        for _ in range(5):
            await place.call(kept)
        assert place.server.connections == 1


async def test_many_at_once_share_the_connections_that_there_may_be() -> None:
    place = Place()
    async with place.called(connections=3) as kept:
        answers = await asyncio.gather(*(place.call(kept) for _ in range(50)))
        assert answers == [(200, b'{"ok":true}')] * 50
        assert place.server.connections <= 3


async def test_a_server_that_never_answers_is_waited_for_no_longer_than_was_said() -> None:
    place = Place(HOLD)
    async with place.called(connections=1) as kept:
        with pytest.raises(TimeoutError) as caught:
            await place.call(kept)
        assert not isinstance(caught.value, NotConnected)
        assert await place.call(kept) == (200, b'{"ok":true}')  # on another connection: the late answer goes nowhere


async def test_a_connection_that_breaks_under_a_call_is_no_time_out_and_no_refusal() -> None:
    place = Place(RESET)
    async with place.called() as kept:
        with pytest.raises(ConnectionError) as caught:
            await place.call(kept)
        assert not isinstance(caught.value, NotConnected)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with pytest.raises(NotConnected):
        await ask(f"http://127.0.0.1:{free_port()}")


async def test_whoever_finds_no_free_connection_in_time_has_sent_nothing() -> None:
    place = Place(HOLD)
    place.server.on_hold = lambda: None
    async with place.called(connections=1) as kept:
        first = asyncio.create_task(place.call(kept))
        await until(lambda: place.asked)
        second = asyncio.create_task(
            kept.post("/x", BODY, connect_within=5, answer_within=10),
        )
        await asyncio.sleep(0)
        pass_time(6)
        with pytest.raises(NotConnected):
            await second
        pass_time(6)
        with pytest.raises(TimeoutError):
            await first
    assert len(place.asked) == 1


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again() -> None:
    place = Place()
    async with place.called() as kept:
        await place.call(kept)
        place.server.cut()
        await until(lambda: not place.server.wires)
        assert await place.call(kept) == (200, b'{"ok":true}')


async def test_a_connection_that_was_idle_for_long_is_not_used_again() -> None:
    place = Place()
    async with place.called() as kept:
        await place.call(kept)
        pass_time(20)
        await place.call(kept)
        assert place.server.connections == 2


async def test_a_server_that_closes_after_its_answer_is_called_anew() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    async with saying(answer) as (url, writers), KeptConnections(url, 1) as kept:
        for _ in range(2):
            assert await kept.post("/x", BODY, connect_within=5, answer_within=10) == (200, b"{}")
        assert len(writers) == 2


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n}\r\n0\r\n\r\n"),
        (b"HTTP/1.1 2", b"00 OK\r\nContent-Le", b"ngth: 2\r\n\r\n{", b"}"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
    ],
    ids=["in chunks", "in pieces", "after a 100"],
)
async def test_an_answer_is_read_however_it_comes(parts: tuple[bytes, ...]) -> None:
    async with saying(*parts) as (url, _):
        assert await ask(url) == (200, b"{}")


async def test_an_answer_that_ends_with_its_connection_is_read() -> None:
    async with saying(b"HTTP/1.1 200 OK\r\n\r\n{}", stays=False) as (url, _):
        assert await ask(url) == (200, b"{}")


async def test_an_answer_that_came_compressed_unasked_is_read_all_the_same() -> None:
    packed = gzip.compress(b'{"ok":true}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    async with saying(head + packed) as (url, _):
        assert await ask(url) == (200, b'{"ok":true}')


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"",
    ],
    ids=["not HTTP", "cut short", "packed otherwise", "packed wrongly", "an upgrade", "nothing"],
)
async def test_what_is_no_answer_is_a_way_that_broke(answer: bytes) -> None:
    async with saying(answer, stays=False) as (url, _):
        with pytest.raises(ConnectionError):
            await ask(url)


@pytest.mark.parametrize("packs", [bytes, gzip.compress], ids=["plain", "compressed"])
async def test_no_more_of_an_answer_is_read_than_may_be(packs: Callable[[bytes], bytes]) -> None:
    body = packs(b"a" * (ANSWER_LIMIT + 1))
    coding = b"" if packs is bytes else b"Content-Encoding: gzip\r\n"
    async with saying(b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (coding, len(body), body)) as (url, _):
        with pytest.raises(ConnectionError):
            await ask(url)


async def test_what_comes_unasked_is_nobodys_answer() -> None:
    planted = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
    async with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" + planted) as (url, writers):
        async with KeptConnections(url, 1) as kept:
            for _ in range(2):
                assert await kept.post("/x", BODY, connect_within=5, answer_within=10) == (200, b"{}")
        assert len(writers) == 2


async def test_a_call_that_is_given_up_leaves_no_answer_for_the_next() -> None:
    place = Place(HOLD)
    place.server.on_hold = lambda: None
    async with place.called(connections=1) as kept:
        given_up = asyncio.create_task(place.call(kept))
        await until(lambda: place.asked)
        given_up.cancel()
        await asyncio.wait([given_up])
        assert await place.call(kept) == (200, b'{"ok":true}')


async def test_after_the_stop_nothing_is_open_and_nobody_waits() -> None:
    place = Place(Reply(), HOLD)
    place.server.on_hold = lambda: None
    async with place.server:
        kept = KeptConnections(place.server.url, 2)
        await place.call(kept)
        waiting = asyncio.create_task(place.call(kept))
        await until(lambda: len(place.asked) == 2)
        await kept.close()
        with pytest.raises(ConnectionError):
            await waiting
        await until(lambda: not place.server.wires)
        with pytest.raises(NotConnected):
            await place.call(kept)


async def test_the_servers_certificate_is_checked(tmp_path: Path) -> None:
    file = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    async with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", tls=tls) as (url, _):
        with pytest.raises(NotConnected):
            await ask(url)
        async with KeptConnections(url, 1, trusts=trusting(file)) as kept:
            assert await kept.post("/x", BODY, connect_within=5, answer_within=10) == (200, b"{}")


@pytest.mark.parametrize("answer", [RESET, HOLD])
async def test_no_trouble_names_the_address_which_holds_the_token(answer: Reply) -> None:
    place = Place(answer)
    async with place.called() as kept:
        with pytest.raises(OSError) as caught:
            await place.call(kept)
    assert "bot1:a" not in repr(caught.value)
    assert "her name" not in repr(caught.value)

"""What the program reaches for or takes apart by itself: no link in a text, no XML, no archive, no packed body."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator

import pytest

from adapters.telegram.outgoing import Chat, to_message
from adapters.web.site.links import with_links
from tests.kit.root import ROOT
from tests.kit.telegram import outgoing
from tests.kit.waiting import until
from tests.security.story import rename_everybody, sends_file, whole_story
from tests.security.stronghold import CLERK, OFFICER, STRANGER, Stronghold

PACKAGES = ("bot", "adapters", "storage")
#: Modules that read XML, or import something that does; the messengers that speak XML are its only homes.
XML = ("xml", "lxml", "defusedxml", "xmltodict", "expat", "bs4", "openpyxl", "wechatpy", "docx")
#: And python-docx, which only writes: of XML it reads its own empty document.
XML_HOMES = ("adapters/tencent", "adapters/wechat", "adapters/wecom", "bot/channels/papers/as_docx.py")
#: Modules that unpack archives or packed bytes. `gzip` only packs, in one place.
UNPACKING = ("zipfile", "tarfile", "zlib", "bz2", "lzma", "zstandard", "brotli", "py7zr", "rarfile")
#: Modules that make something of bytes that nobody may choose.
UNSAFE = ("pickle", "marshal", "shelve", "yaml", "dill", "subprocess", "ctypes", "code", "pty")
#: What opens connections, and where each is at home. Their addresses come from the configuration.
REACHING = {
    "aiohttp": ("adapters/calls/", "adapters/telegram/client", "adapters/watchdog"),
    "httpx": (),
    "requests": (),
    "urllib.request": (),
    "http.client": (),
    "ftplib": (),
    "smtplib": ("adapters/email",),
    "aiosmtplib": ("adapters/email",),
    "socket": (
        "bot/app/assembly.py",
        "bot/app/essentials.py",
        "bot/app/service_manager.py",
        "adapters/calls/kept_connections.py",
    ),  # the third: systemd's own, on this machine
}


def imports() -> Iterator[tuple[str, str]]:
    """Every module of ours with every name that it imports."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            where = file.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((where, each.name) for each in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield from ((where, f"{node.module}.{each.name}") for each in node.names)


def strays(names: tuple[str, ...], homes: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Imports of these outside their homes."""
    return [
        (where, name)
        for where, name in imports()
        if any(name == each or name.startswith(f"{each}.") for each in names) and not where.startswith(homes or ("-",))
    ]


def test_xml_is_read_nowhere_but_where_a_messenger_speaks_it() -> None:
    assert strays(XML, XML_HOMES) == []
    assert len(list(imports())) > 500


def test_nothing_is_unpacked_and_nothing_is_made_of_bytes_that_could_run() -> None:
    # What a backup of ours holds, by exact names; a paper for Word, packed again as soon as it was packed; and an
    # answer of a messenger that came packed unasked, of which no more is unpacked than may be read (`ANSWER_LIMIT`).
    its_own = ("bot/record/backup/", "bot/channels/papers/as_docx.py", "adapters/calls/kept_connections.py")
    assert [stray for stray in strays(UNPACKING, its_own) if stray[1] != "zlib.crc32"] == []
    assert strays(("gzip",), ("adapters/web/site/assets.py",)) == []
    assert "decompress" not in (ROOT / "adapters/web/site/assets.py").read_text("utf-8")
    assert strays(UNSAFE, ("storage/postgres_tools.py",)) == []  # PostgreSQL's own programs, with words of ours


@pytest.mark.parametrize("name", REACHING)
def test_connections_are_opened_only_where_an_address_of_the_configuration_is_called(name: str) -> None:
    assert strays((name,), REACHING[name]) == []


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>',
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    ],
)
async def test_xml_sent_to_any_form_is_not_read(bridge: Stronghold, body: bytes) -> None:
    reference = await bridge.opens_case()
    client = await bridge.signed_in(CLERK)
    for path in ("/chat", f"/cases/{reference}", "/signout", "/signin/x", "/hooks/telegram", "/hooks/wechat"):
        answer = await client.post(path, content=body, headers={"content-type": "text/xml"})
        assert answer.status_code in (400, 401, 403, 404, 410, 415)
        assert "root:" not in answer.text
        assert "aaaaaaaa" not in answer.text


async def test_no_link_in_any_field_is_ever_followed(bridge: Stronghold) -> None:
    reached: list[bytes] = []

    async def reach(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readline()
        reached.extend([asked] if b"planted" in asked else [])  # another program of this machine may look for its own
        writer.close()

    server = await asyncio.start_server(reach, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    def link(field: str) -> str:
        return f"http://127.0.0.1:{port}/planted-{field}"

    async with server:
        await rename_everybody(bridge, link)
        reference = await whole_story(bridge, link)
        await sends_file(bridge, link, reference)
        await bridge.says(STRANGER, link("stranger"))
        for who in (OFFICER, CLERK):
            client = await bridge.signed_in(who)
            for path in ("/chat", "/cases", f"/cases/{reference}", f"/chat?next={link('next')}"):
                await client.get(path, headers={"referer": link("referer"), "x-forwarded-host": f"127.0.0.1:{port}"})
        assert reached == []
        _, trapped = await asyncio.open_connection("127.0.0.1", port)
        trapped.write(b"GET /planted-by-us HTTP/1.1\r\n")
        await until(lambda: reached)  # whatever asks for a planted link is noticed
        trapped.close()


def test_no_link_but_to_our_own_cases_becomes_one_on_a_page() -> None:
    text = "http://evil.example/cases/KC26-M9S34-4 javascript:x() https://bridge.example.evil/cases/KC26-M9S34-4"
    shown = with_links(text, "https://bridge.example")
    assert shown.count("<a ") == shown.count('<a href="/cases/KC26-M9S34-4">') == 2


def test_telegram_is_asked_to_fetch_no_preview_of_what_we_send() -> None:
    sent = to_message(Chat(101), outgoing(101), "https://bridge.example/cases/KC26-M9S34-4", ())
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in sent, "nothing in a text is markup"

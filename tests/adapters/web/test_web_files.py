"""Files on the pages: only bytes to us, only a download to a browser, only for whom they are, and every read noted."""

from __future__ import annotations

import hashlib
import io
import random
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.app.bridge import Bridge as Core
from bot.app.bridge import Chance, Rules
from bot.domain.attachments import LIMIT, FileState, StoredFile
from bot.domain.case import Case, TextKind
from bot.domain.journal import Entry
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.domain.turn import Turn
from tests.kit.cases import with_answers
from tests.kit.clock import START
from tests.kit.site import (
    ADMIN,
    AGREEMENT,
    DUTY_CN,
    DUTY_KH,
    DUTY_VN,
    OFFICER,
    REFERENCE,
    SUPERVISOR_CN,
    Bridge,
    hidden,
    keep,
    open_bridge,
    sample_case,
)

PAGE = f"/cases/{REFERENCE}"
FILES = f"{PAGE}/files"
HTML = b"<!doctype html><script>document.title='ran'</script><svg onload=alert(1)>"
SHA256 = hashlib.sha256(HTML).hexdigest()
FILE = 4711


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


def stored(**changes: object) -> StoredFile:
    file = StoredFile(
        FILE, 700, "web", SHA256, "plan.html", START, OFFICER.id, "KH", len(HTML), SHA256, "text/plain",
        FileState.STORED,
    )  # fmt: skip
    return replace(file, **changes)  # type: ignore[arg-type]  # field names are checked by `replace` itself


async def with_file(bridge: Bridge, *files: StoredFile) -> None:
    await keep(bridge, sample_case())
    await bridge.files.put(HTML)
    await bridge.storage.apply([Turn(files=files or (stored(),))])


async def form_of(client: httpx.AsyncClient, page: str) -> dict[str, str]:
    """The hidden fields of the page's form that takes a file."""
    text = (await client.get(page)).text
    form = text[text.index("multipart/form-data") :]
    return {name: hidden(form, name) for name in ("csrf", "once")}


async def upload(
    client: httpx.AsyncClient, content: bytes = HTML, name: str = "plan.html", *, to: str = FILES, **changes: str
) -> httpx.Response:
    page = PAGE if to == FILES else "/chat"
    form = await form_of(client, page) | {"text": "a plan of the house", "whose": "own"} | changes
    return await client.post(to, data=form, files={"file": (name, content, "text/html")})


async def reads(bridge: Bridge) -> list[Entry]:
    links = (await bridge.storage.history(700)).journal
    return [link.entry for link in links if link.entry.act == "file_read"]


# Taking files in.


async def test_an_uploaded_file_is_kept_before_it_is_said_to_be(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    answer = await upload(client)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, PAGE)
    assert bridge.files.contents == {SHA256: HTML}
    (message,) = bridge.core.received
    assert message.attachment
    assert (message.attachment.file_id, message.attachment.size) == (SHA256, len(HTML))
    assert message.attachment.media_type == "text/plain"
    assert message.text == f"/memo {REFERENCE} a plan of the house"


async def test_a_file_may_be_sent_in_the_chat_without_a_word(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    assert (await upload(client, b"\xff\xd8\xff\xe0", "door.jpg", to="/chat/file", text="")).status_code == 303
    (message,) = bridge.core.received
    assert (message.kind, message.text) == (Kind.PHOTO, "")


async def test_the_same_form_sent_twice_is_one_message_and_another_file_is_another(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    form = await form_of(client, "/chat")
    for content in (b"one", b"one", b"two"):
        await client.post("/chat/file", data=form, files={"file": ("a.txt", content, "text/plain")})
    assert len(bridge.core.received) == 2


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/cron.d/x", "x"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\r\nX-Evil: 1.pdf", None),
        ("x" * 500 + ".pdf", None),
    ],
)
async def test_no_name_leads_out_of_its_folder_or_into_a_header(bridge: Bridge, name: str, label: str | None) -> None:
    client = await bridge.signed_in(OFFICER)
    await upload(client, name=name, to="/chat/file")
    (message,) = bridge.core.received
    assert message.attachment
    assert label is None or message.attachment.name == label
    assert not set(message.attachment.name) & set("/\\\r\n")
    assert len(message.attachment.name) <= 80
    assert list(bridge.files.contents) == [SHA256]


async def test_a_zip_bomb_is_only_bytes(bridge: Bridge) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../a.txt", bytes(50_000_000))
    client = await bridge.signed_in(OFFICER)
    assert (await upload(client, packed.getvalue(), "a.zip", to="/chat/file")).status_code == 303
    assert list(bridge.files.contents.values()) == [packed.getvalue()]


async def test_a_file_of_just_the_limit_is_taken_and_one_byte_more_is_not(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    assert (await upload(client, bytes(LIMIT), to="/chat/file")).status_code == 303
    assert (await upload(client, bytes(LIMIT + 1), to="/chat/file")).status_code == 413
    assert len(bridge.core.received) == 1


async def test_an_endless_file_is_cut_off_while_it_streams_in(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    form = await form_of(client, "/chat")
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        fields = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in form.items())
        yield f'{fields}--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'.encode()
        while True:
            sent += 1 << 20
            yield bytes(1 << 20)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await client.post("/chat/file", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent < LIMIT + (2 << 20)
    assert bridge.files.contents == {}


async def test_an_upload_that_says_it_is_too_large_is_not_read(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)

    read: list[bytes] = []

    async def noted() -> AsyncIterator[bytes]:
        read.append(b"--x")
        yield b"--x"

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(LIMIT * 2)}
    assert (await client.post("/chat/file", content=noted(), headers=headers)).status_code == 413
    assert read == []


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"text=hello", "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\nhello", "multipart/form-data; boundary=x"),
        (b"hello", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhi',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n'
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\n2\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (
            b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(50)) + b"--x--",
            "multipart/form-data; boundary=x",
        ),
    ],
    ids=["no multipart", "no name", "no boundary", "cut off", "two files", "many fields"],
)
async def test_what_is_no_form_of_ours_is_refused(bridge: Bridge, body: bytes, media_type: str) -> None:
    client = await bridge.signed_in(OFFICER)
    answer = await client.post("/chat/file", content=body, headers={"Content-Type": media_type})
    assert answer.status_code in (400, 403)
    assert bridge.files.contents == {}


async def test_an_empty_file_or_none_is_refused_with_the_reason(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    form = await form_of(client, PAGE) | {"text": "a plan"}
    empty = await upload(client, b"")
    none = await client.post(FILES, files={name: (None, value) for name, value in form.items()})
    for answer in (empty, none):
        assert answer.status_code == 422
        assert "There is no file, or it is empty." in answer.text
    assert bridge.core.received == []


async def test_a_file_without_a_word_on_a_case_page_is_refused_with_the_reason(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    answer = await upload(await bridge.signed_in(OFFICER), text=" ")
    assert answer.status_code == 422
    assert "what the file is" in answer.text
    assert bridge.files.contents == {}


@pytest.mark.parametrize(("whose", "act"), [("own", "memo"), ("both", "note")])
async def test_the_uploader_chooses_who_may_open_it(bridge: Bridge, whose: str, act: str) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(DUTY_KH)
    assert (await upload(client, whose=whose)).status_code == 303
    (message,) = bridge.core.received
    assert message.text == f"/{act} {REFERENCE} a plan of the house"


@pytest.mark.parametrize("whose", ["", "everybody", "ack"])
async def test_without_that_choice_nothing_is_kept(bridge: Bridge, whose: str) -> None:
    await keep(bridge, sample_case())
    answer = await upload(await bridge.signed_in(OFFICER), whose=whose)
    assert answer.status_code == 422
    assert "who may open the file" in answer.text
    assert (bridge.files.contents, bridge.core.received) == ({}, [])


@pytest.mark.parametrize("path", ["/chat/file", FILES])
async def test_only_people_with_a_session_and_its_token_may_upload(bridge: Bridge, path: str) -> None:
    await keep(bridge, sample_case())
    file = {"file": ("a", HTML, "text/html")}
    stranger = bridge.browser()
    assert (await stranger.post(path, data={"text": "x"}, files=file)).status_code == 401
    client = await bridge.signed_in(OFFICER)
    form = await form_of(client, "/chat") | {"text": "x"}
    assert (await client.post(path, data=form | {"csrf": "wrong"}, files=file)).status_code == 403
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert (await client.post(path, data=form, files=file, headers=elsewhere)).status_code == 403
    assert (bridge.files.contents, bridge.core.received) == ({}, [])


async def test_nobody_adds_a_file_to_a_case_that_is_not_theirs(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(DUTY_VN)
    form = await form_of(client, "/chat") | {"text": "x"}
    answer = await client.post(FILES, data=form, files={"file": ("a", HTML, "text/html")})
    assert (answer.status_code, "No such case." in answer.text) == (404, True)
    assert (bridge.files.contents, bridge.core.received) == ({}, [])


async def test_while_the_disk_is_full_nothing_is_said_to_be_kept(bridge: Bridge) -> None:
    bridge.files.is_broken = True
    answer = await upload(await bridge.signed_in(OFFICER), to="/chat/file")
    assert answer.status_code == 503
    assert bridge.core.received == []


# Handing files out.


async def fetch(bridge: Bridge, who: Person, path: str = f"{FILES}/{FILE}?purpose=safety") -> httpx.Response:
    return await (await bridge.signed_in(who)).get(path)


async def test_a_file_comes_as_a_download_that_no_browser_runs_or_shows(bridge: Bridge) -> None:
    await with_file(bridge)
    answer = await fetch(bridge, OFFICER)
    assert (answer.status_code, answer.content) == (200, HTML)
    assert answer.headers["content-type"] == "application/octet-stream"
    name = f"{REFERENCE}-{SHA256[:8]}.txt"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy, "what the default does not cover is forbidden too"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "text/javascript", "image/jpeg"])
async def test_whatever_a_file_is_it_is_served_as_bytes(bridge: Bridge, media_type: str) -> None:
    await with_file(bridge, stored(media_type=media_type, name="x.html"))
    answer = await fetch(bridge, OFFICER)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert ".html" not in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("who", "status"),
    [(OFFICER, 200), (DUTY_KH, 200), (DUTY_CN, 404), (SUPERVISOR_CN, 404), (ADMIN, 404), (DUTY_VN, 404)],
    ids=["author", "own desk", "other desk", "other supervisor", "admin", "third side"],
)
async def test_a_file_is_for_its_author_and_the_authors_desk_only(bridge: Bridge, who: Person, status: int) -> None:
    await with_file(bridge)
    answer = await fetch(bridge, who)
    assert answer.status_code == status
    page = (await fetch(bridge, who, PAGE)).text
    assert ("plan.html" in page, SHA256[:12] in page) == (status == 200, status == 200)
    assert len(await reads(bridge)) == (status == 200)


async def test_who_may_not_read_a_file_is_told_what_they_are_told_of_none(bridge: Bridge) -> None:
    await with_file(bridge)
    paths = (f"{FILES}/{FILE}", f"{FILES}/99"), (f"{FILES}/{FILE}", "/cases/KC26-7H4QM-4/files/1")
    for who, (there, nowhere) in zip((DUTY_CN, DUTY_VN), paths, strict=True):
        client = await bridge.signed_in(who)
        one, other = await client.get(f"{there}?purpose=safety"), await client.get(f"{nowhere}?purpose=safety")
        assert (one.status_code, one.text) == (other.status_code, other.text)
        assert one.status_code == 404


async def test_every_read_is_in_the_journal_with_its_purpose(bridge: Bridge) -> None:
    await with_file(bridge)
    await fetch(bridge, DUTY_KH, f"{FILES}/{FILE}?purpose=evidence")
    (entry,) = await reads(bridge)
    assert (entry.actor, entry.chain, entry.address) == (f"person:{DUTY_KH.id}", "KC", f"web:{DUTY_KH.id}")
    assert entry.details == {"file": FILE, "sha256": SHA256, "purpose": "evidence"}
    assert "file read" in (await fetch(bridge, OFFICER, PAGE)).text
    assert "file read" not in (await fetch(bridge, DUTY_CN, PAGE)).text


@pytest.mark.parametrize("query", ["", "?purpose=", "?purpose=curiosity"])
async def test_without_a_purpose_nothing_is_handed_out(bridge: Bridge, query: str) -> None:
    await with_file(bridge)
    answer = await fetch(bridge, OFFICER, f"{FILES}/{FILE}{query}")
    assert answer.status_code == 422
    assert HTML not in answer.content
    assert await reads(bridge) == []


async def test_what_cannot_be_journalled_is_not_handed_out(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    await with_file(bridge)
    client = await bridge.signed_in(OFFICER)

    async def full(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(bridge.storage, "apply", full)
    answer = await client.get(f"{FILES}/{FILE}?purpose=safety")
    assert answer.status_code == 500
    assert HTML not in answer.content


async def test_a_file_that_waits_or_was_given_up_is_shown_with_its_state_and_not_handed_out(bridge: Bridge) -> None:
    waiting = stored(id=1, state=FileState.WAITING, sha256="", reason="Telegram is down.")
    parked = stored(id=2, state=FileState.PARKED, sha256="", reason="The file is too large.")
    await with_file(bridge, waiting, parked)
    page = (await fetch(bridge, OFFICER, PAGE)).text
    for words in ("being fetched", "Telegram is down.", "could not be fetched", "The file is too large."):
        assert words in page
    assert (await fetch(bridge, OFFICER, f"{FILES}/1?purpose=safety")).status_code == 404


@pytest.mark.parametrize("name", ["../../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", SHA256, "0", "-1", "9" * 50])
async def test_no_path_leads_to_another_file(bridge: Bridge, name: str) -> None:
    await with_file(bridge)
    answer = await fetch(bridge, OFFICER, f"{FILES}/{name}?purpose=safety")
    assert answer.status_code == 404


async def test_a_file_of_another_case_is_not_reached_through_this_one(bridge: Bridge) -> None:
    await with_file(bridge)
    await keep(bridge, sample_case("KC26-7H4QM-4", 800))
    answer = await fetch(bridge, OFFICER, f"/cases/KC26-7H4QM-4/files/{FILE}?purpose=safety")
    assert answer.status_code == 404


async def test_a_content_that_is_gone_is_an_error_and_no_read(bridge: Bridge) -> None:
    await with_file(bridge)
    await bridge.files.drop(SHA256)
    assert (await fetch(bridge, OFFICER)).status_code == 503
    assert await reads(bridge) == []


async def test_a_files_label_is_never_markup(bridge: Bridge) -> None:
    await with_file(bridge, stored(name="<script>alert(1)</script>", reason="<b>"))
    page = (await fetch(bridge, OFFICER, PAGE)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# With the real core.


@asynccontextmanager
async def real_core(bridge: Bridge) -> AsyncIterator[Core]:
    chance = Chance(bridge.core.new_id, random.Random(7).choice, lambda: "00", lambda: 0.0)
    core = Core(bridge.storage, {"web": bridge.web}, Rules(AGREEMENT), chance, clock=bridge.clock, files=bridge.files)
    await core.start()
    try:
        yield core
    finally:
        await core.stop()


async def test_a_file_added_on_a_case_page_is_with_the_case_at_once(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    async with real_core(bridge):
        client = await bridge.signed_in(DUTY_KH)
        await upload(client)
        history = await bridge.storage.history(700)
        (file,) = history.files
        assert (file.state, file.sha256, file.party, file.by) == (FileState.STORED, SHA256, "KH", DUTY_KH.id)
        assert [t.kind for t in history.texts] == [TextKind.MEMO, TextKind.FILE]
        assert file.own_side_only
        assert "file_stored" in {link.entry.act for link in history.journal}
        assert (await client.get(f"{FILES}/{file.id}?purpose=record")).content == HTML


def cleared() -> Case:
    """A case whose border is open."""
    known = with_answers(sample_case(), citizenship=("KH",), fears_own_authorities="no")
    return replace(known, alerted_at=START, border_is_open=True)


@pytest.mark.parametrize(("whose", "crosses"), [("both", True), ("own", False)])
async def test_what_the_page_says_of_a_file_is_what_its_link_does(bridge: Bridge, whose: str, crosses: bool) -> None:
    await keep(bridge, cleared())
    async with real_core(bridge):
        client, other = await bridge.signed_in(DUTY_KH), await bridge.signed_in(DUTY_CN)
        await upload(client, whose=whose)
        (file,) = (await bridge.storage.history(700)).files
        page, theirs = (await client.get(PAGE)).text, await other.get(PAGE)
        mine = page[page.index('"rows files"') : page.index("multipart/form-data")]
        assert ("At CN, too, whoever may open the secure case can open it." in mine) is crosses
        assert ("It is for your own side only: nobody else can open it" in mine) is not crosses
        assert ("plan.html" in theirs.text, "file stored" in theirs.text) == (crosses, crosses)
        answer = await other.get(f"{FILES}/{file.id}?purpose=safety")
        assert answer.status_code == (200 if crosses else 404)
        assert ("relayed message" in theirs.text) is crosses


async def test_own_side_only_on_the_page_takes_it_from_the_other_side(bridge: Bridge) -> None:
    await keep(bridge, cleared())
    async with real_core(bridge):
        client, other = await bridge.signed_in(DUTY_KH), await bridge.signed_in(DUTY_CN)
        await upload(client, whose="both")
        (file,) = (await bridge.storage.history(700)).files
        link = f"{FILES}/{file.id}?purpose=safety"
        assert (await other.get(link)).status_code == 200
        page = (await client.get(PAGE)).text
        assert "Opened by CN" in page
        button = re.search(r'name="button" value="(a\.[^"]*\.ownside\.[^"]*)"', page)
        assert button
        form = {name: hidden(page, name) for name in ("csrf", "once", "after")} | {"button": button[1], "message": ""}
        answer = await client.post(PAGE, data=form)
        assert "Opened before by CN" in (await client.get(answer.headers["location"])).text
        assert (await other.get(link)).status_code == 404
        assert "plan.html" not in (await other.get(PAGE)).text
        assert "ownside" not in (await client.get(PAGE)).text


async def test_the_other_side_has_no_button_for_it(bridge: Bridge) -> None:
    await keep(bridge, cleared())
    await bridge.files.put(HTML)
    await bridge.storage.apply([Turn(files=(stored(),))])
    assert "ownside" in (await fetch(bridge, DUTY_KH, PAGE)).text
    page = (await fetch(bridge, DUTY_CN, PAGE)).text
    assert ("plan.html" in page, "ownside" in page) == (True, False)
    assert "At KH, too, whoever may open the secure case can open it." in page


async def test_a_supervisor_who_may_not_open_the_secure_case_opens_no_file(bridge: Bridge) -> None:
    await keep(bridge, cleared())
    await bridge.files.put(HTML)
    await bridge.storage.apply([Turn(files=(stored(),), people=(replace(SUPERVISOR_CN, desk="cn-police"),))])
    answer = await fetch(bridge, SUPERVISOR_CN)
    assert answer.status_code == 404
    assert "plan.html" not in (await fetch(bridge, SUPERVISOR_CN, PAGE)).text


async def test_a_file_sent_in_the_chat_opens_a_case_and_stays_with_it(bridge: Bridge) -> None:
    async with real_core(bridge):
        client = await bridge.signed_in(OFFICER)
        await upload(client, to="/chat/file", text="somebody screams for help")
        (file,) = await bridge.storage.files(tuple(FileState), 10)
        assert (file.state, file.name) == (FileState.STORED, "plan.html")

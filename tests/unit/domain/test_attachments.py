"""What is made of a file that somebody leaves: its type by its bytes, a label of its name, tries, and who reads it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.attachments import TRIES, FileState, Left, StoredFile, download_name, failed, label_of, received
from bot.domain.case import Case
from bot.domain.errors import Refused, Throttled, Unavailable
from bot.domain.file_types import UNKNOWN, sniff
from bot.domain.messages import Address, Attachment
from bot.domain.people import Person, Role
from bot.protection.redaction_policy import may_read_file
from bot.protection.standings import Reader
from tests.kit.cases import AGREEMENT, with_answers

NOW = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
CASE = Case(7, "KC26-M9S34-4", "KC", "KH", "CN", 1, Address("web", "1"), NOW, NOW)
OFFICER = Person(1, "Sokha", "KH", Role.OFFICER)
WAITING = received(
    Left("telegram", Attachment("AgAC", "../door.jpg", "text/html", 12)), number=9, case=CASE, person=OFFICER, now=NOW
)


def office(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return packed.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"#!AMR\n\x3c", "audio/amr"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00", "video/mp4"),
        (b"\x00\x00\x00\x20ftypM4A \x00\x00", "audio/mp4"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (office("[Content_Types].xml", "word/document.xml"), WORD),
        (office("[Content_Types].xml", "xl/workbook.xml"), SHEET),
        (office("a.txt"), "application/zip"),
        (office(), "application/zip"),
        ("ខ្ញុំត្រូវការជំនួយ\n".encode(), "text/plain"),
        (b"<script>alert(1)</script>", "text/plain"),
        (b"<svg onload=alert(1)>", "text/plain"),
        (b"", UNKNOWN),
        (b"MZ\x90\x00\x03", UNKNOWN),
        (b"\x7fELF\x02", UNKNOWN),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", UNKNOWN),
        (b"\x00\x00\x00\x20ftypwhat", UNKNOWN),
        (b"text with a NUL\x00", UNKNOWN),
        (b"\xff\xfetext in UTF-16", UNKNOWN),
    ],
)
def test_a_type_is_told_by_the_bytes(content: bytes, media_type: str) -> None:
    assert sniff(content) == media_type


@given(st.binary(max_size=300))
def test_any_bytes_have_a_type(content: bytes) -> None:
    assert "/" in sniff(content)


def test_what_is_two_things_at_once_is_called_by_its_start_and_never_by_its_name() -> None:
    assert sniff(b"GIF89a=1;alert(1)//<script>alert(1)</script>") == "image/gif"
    assert sniff(b"%PDF-1.7\n<html><script>alert(1)</script>") == "application/pdf"
    assert sniff(b"\xff\xd8\xff" + office("[Content_Types].xml", "word/document.xml")) == "image/jpeg"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("door.jpg", "door.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Li\\a b.pdf", "a b.pdf"),
        ("/", ""),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie: x=1.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\x00b.pdf", "ab.pdf"),
        ("护照.pdf", "护照.pdf"),
        ("x" * 300 + ".pdf", "x" * 70 + "…xxxxx.pdf"),
    ],
)
def test_a_name_becomes_a_label_and_never_a_path(name: str, label: str) -> None:
    assert label_of(name) == label


@given(st.text(max_size=200))
def test_no_label_has_a_folder_a_control_or_too_many_signs(name: str) -> None:
    label = label_of(name)
    assert len(label) <= 80
    assert not set(label) & set("/\\\r\n\0\u202e")
    assert not label.startswith(".")


def test_a_download_is_named_by_us() -> None:
    kept = replace(WAITING, sha256="ab" * 32, media_type="image/jpeg", name='"; rm -rf.html')
    assert download_name(kept, CASE.reference) == "KC26-M9S34-4-abababab.jpg"
    assert download_name(replace(kept, media_type="text/html"), CASE.reference).endswith(".bin")


def test_a_file_at_a_messenger_waits_and_nothing_said_of_it_is_believed() -> None:
    assert WAITING.state is FileState.WAITING
    assert WAITING.next_attempt_at == NOW
    assert WAITING.name == "door.jpg"
    assert WAITING.media_type == UNKNOWN


def test_a_file_from_our_own_pages_is_stored_at_once() -> None:
    left = Left("web", Attachment("ab" * 32, "door.jpg", "image/jpeg", 12))
    file = received(left, number=9, case=CASE, person=OFFICER, now=NOW)
    assert (file.state, file.sha256, file.media_type, file.next_attempt_at) == (
        FileState.STORED, "ab" * 32, "image/jpeg", None,
    )  # fmt: skip


def test_what_was_left_comes_back_from_the_conversation_as_it_was() -> None:
    left = Left("telegram", Attachment("AgAC", "door.jpg", "image/jpeg", 12))
    assert Left.from_json(left.as_json()) == left


def test_tries_come_more_and_more_rarely_and_end_with_parking() -> None:
    file, waits = WAITING, []
    while file.state is FileState.WAITING:
        file = failed(file, Unavailable("down"), NOW)
        waits.append((file.next_attempt_at or NOW) - NOW)
    assert waits[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert max(waits) == timedelta(hours=1)
    assert (file.state, file.attempts, file.reason) == (FileState.PARKED, TRIES, "down")


def test_what_is_no_use_is_parked_at_once() -> None:
    file = failed(WAITING, Refused("too large"), NOW)
    assert (file.state, file.reason, file.next_attempt_at) == (FileState.PARKED, "too large", None)


def test_a_messengers_wish_to_wait_longer_is_kept() -> None:
    file = failed(WAITING, Throttled("wait", retry_after=timedelta(minutes=9)), NOW)
    assert file.next_attempt_at == NOW + timedelta(minutes=9)


@pytest.mark.parametrize(
    ("person", "may"),
    [
        (OFFICER, True),
        (Person(2, "x", "KH", Role.OFFICER), False),
        (Person(2, "x", "KH", Role.DUTY, "kh-duty"), True),
        (Person(2, "x", "KH", Role.SUPERVISOR), True),
        (Person(2, "x", "KH", Role.ADMIN), False),
        (Person(2, "x", "CN", Role.DUTY, "cn-duty"), False),
        (Person(2, "x", "CN", Role.SUPERVISOR), False),
        (Person(2, "x", "VN", Role.DUTY), False),
        (Person(2, "x", "KH", Role.DUTY, "kh-secretariat"), False),
    ],
)
def test_a_file_is_for_its_author_and_the_authors_desk(person: Person, may: bool) -> None:
    assert may_read(person, WAITING) is may


def test_a_file_of_another_case_is_for_nobody() -> None:
    assert not may_read(OFFICER, replace(WAITING, case_id=8))


def test_what_the_other_side_left_is_for_the_other_side_and_the_reporting_desk() -> None:
    theirs: StoredFile = replace(WAITING, by=5, party="CN")
    assert may_read(Person(2, "x", "CN", Role.DUTY), theirs)
    assert may_read(Person(2, "x", "KH", Role.DUTY, "kh-duty"), theirs)
    assert not may_read(OFFICER, theirs)


def test_once_nothing_is_feared_the_other_sides_desk_may_read_it_too() -> None:
    cleared = with_answers(CASE, citizenship=("KH",), fears_own_authorities="no")
    assert may_read(Person(2, "x", "CN", Role.DUTY, "cn-duty"), WAITING, cleared)
    feared = with_answers(CASE, citizenship=("CN",), fears_own_authorities="yes")
    assert not may_read(Person(2, "x", "CN", Role.DUTY, "cn-duty"), WAITING, feared)


def may_read(person: Person, file: StoredFile, case: Case = CASE) -> bool:
    return may_read_file(file, case, Reader.of(person, AGREEMENT), AGREEMENT)

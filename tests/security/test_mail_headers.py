"""Header injection in e-mail: no word of a case and no address makes a header, a second reader or an SMTP command."""

from __future__ import annotations

import pytest

from adapters.email.compose import to_email
from bot.domain.errors import Refused
from tests.fakes.mail_server import MailServer
from tests.kit.clock import Clock
from tests.kit.configuring import SMALLEST, Write, told, writer
from tests.kit.email import DESK, make_email, outgoing, running, send
from tests.kit.email import settings as email_settings

ENDS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\x00", "=0D=0A", "=?utf-8?q?=0d=0a?=", "%0d%0a")
INJECTED = ("Bcc: thief@evil.example", "Subject: U1", "RCPT TO:<thief@evil.example>", ".", ".{end}MAIL FROM:<x@y.z>")
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version",
    "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip


@pytest.mark.parametrize("end", ENDS, ids=ascii)
async def test_no_word_of_a_text_becomes_a_header_or_a_command(end: str) -> None:
    async with MailServer() as server, running(make_email(server)) as adapter:
        for words in INJECTED:
            line = f"{end}{words.format(end=end)}{end}"
            for text in (f"U1 immediate{line} · KC26-M9S34-4", f"KC26-M9S34-4{line}", f"U1{line}· KC26-M9S34-4", line):
                await send(adapter, outgoing(text, case_id=7, key=f"case:7{line}", reply_to=f"<x@y.z>{line}"))
    assert len(server.taken) == 4 * len(INJECTED)
    for taken in server.taken:
        assert taken.recipients == [DESK]
        assert set(taken.mail.keys()) == HEADERS
        assert len(taken.mail.keys()) == len(HEADERS), "none stands there twice"
        assert taken.mail["Subject"] in {"Urgent Case Bridge", "KC26-M9S34-4", "U1 · KC26-M9S34-4"}


@pytest.mark.parametrize("end", [*ENDS, ",", ";", " ", "<", ">", '"', "(", "@", ":"], ids=ascii)
async def test_no_address_holds_a_second_one_or_a_command(end: str) -> None:
    async with MailServer() as server, running(make_email(server)) as adapter:
        for address in (f"{DESK}{end}thief@evil.example", f"{DESK}{end}", f"{end}{DESK}", f"du{end}ty@example.org"):
            if "%" in address or address.startswith("=") or "du=" in address:
                continue  # signs that an address may hold, and that mean nothing in it
            with pytest.raises(Refused):
                await send(adapter, outgoing(to=address))
    assert server.taken == []


@pytest.mark.parametrize("end", ["\\r\\n", "\\n", "\\u2028", ", ", "> "])
def test_no_sender_of_the_configuration_does_either(tmp_path_factory: pytest.TempPathFactory, end: str) -> None:
    written: Write = writer(tmp_path_factory.mktemp("mail"))
    mail = f'[email]\nhost = "mail.example"\nsender = "bridge@mail.example{end}Bcc: thief@evil.example"\n'
    assert set(told(written, SMALLEST + mail)) == {"email.sender"}


def test_nothing_internal_stands_in_a_header() -> None:
    message = outgoing("Neang, 16", case_id=123456789, key="case:123456789:police:1", reply_to="991")
    mail = to_email(message, "Neang, 16", email_settings(MailServer(port=587)), Clock()())
    headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
    for hidden in ("Neang", "123456789", "police", "cn-duty", "991"):
        assert hidden not in headers

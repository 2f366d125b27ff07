"""What a desk finds in its mailbox, and what the way there lets others see."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.email import EmailAdapter, Security, security_of
from adapters.email.compose import to_email
from adapters.email.settings import Patience
from bot.domain.errors import SendError, Unavailable
from tests.fakes.mail_server import HANGS, PASSWORD, USERNAME, MailServer, certificate
from tests.kit.clock import Clock
from tests.kit.email import DESK, SENDER, make_email, outgoing, running, send
from tests.kit.email import settings as email_settings
from tests.kit.time_outs import pass_time
from tests.kit.waiting import News

ALERT = (
    "U1 immediate · KC26-M9S34-4\nFrom: Kingdom of Cambodia\nSituation: Locked in or held\n"
    "Texts and the rest: https://bridge.example/cases/KC26-M9S34-4"
)


async def test_a_desk_reads_the_alert_as_it_was_written_and_where_to_act_on_it() -> None:
    async with MailServer() as server, running(make_email(server)) as adapter:
        sent = await send(adapter, outgoing(ALERT, case_id=7))
    [taken] = server.taken
    assert (taken.sender, taken.recipients) == (SENDER, [DESK])
    assert taken.text == ALERT
    assert "To act on the case: https://bridge.example/cases/KC26-M9S34-4" in taken.mail.get_content()
    assert taken.mail["From"] == "Urgent Case Bridge <bridge@mail.example>"
    assert taken.mail["To"] == DESK
    assert taken.mail["Date"] == "Sat, 18 Apr 2026 07:05:00 +0000"
    assert taken.mail["Auto-Submitted"] == "auto-generated"
    assert taken.mail["Message-ID"] == sent
    assert taken.mail.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (ALERT, "U1 · KC26-M9S34-4"),
        ("U3 priority · KC26-M9S34-4 · ping 2\nAcknowledge: due", "U3 · KC26-M9S34-4"),
        ("KC26-M9S34-4 · KH duty desk · 14:05 Phnom Penh\nShe is called Neang", "KC26-M9S34-4"),
        ("Sokha is in KC26-M9S34-4", "Urgent Case Bridge"),
        ("U1 immediate: Neang, 16\nKC26-M9S34-4", "Urgent Case Bridge"),
        ("U1 Neang\n· KC26-M9S34-4", "Urgent Case Bridge"),
        ("KC26-M9S34-44", "Urgent Case Bridge"),
        ("The record of KC", "Urgent Case Bridge"),
        ("", "Urgent Case Bridge"),
    ],
)
async def test_a_subject_says_urgency_and_reference_and_no_word_of_the_case(text: str, subject: str) -> None:
    async with MailServer() as server, running(make_email(server)) as adapter:
        await send(adapter, outgoing(text))
    assert server.taken[0].mail["Subject"] == subject


async def test_a_repeat_has_the_id_of_the_first_and_anything_else_one_of_its_own() -> None:
    async with MailServer() as server, running(make_email(server)) as adapter:
        first = outgoing(ALERT, key="case:7:police:1")
        ids = [await send(adapter, each) for each in (first, first)]
        others = [
            await send(adapter, replace(first, parts_done=1)),
            await send(adapter, outgoing(ALERT, key="case:7:police:2")),
            await send(adapter, outgoing(ALERT, key="case:7:police:1", to="night@example.org")),
        ]
    assert ids[0] == ids[1]
    assert len({ids[0], *others}) == 4
    assert all(each.endswith("@mail.example>") and "case" not in each for each in (*ids, *others))


async def test_the_mails_of_a_case_form_one_thread_and_others_none() -> None:
    async with MailServer() as server, running(make_email(server)) as adapter:
        for key, case_id in (("a", 7), ("b", 7), ("c", 8), ("d", None)):
            await send(adapter, outgoing(key=key, case_id=case_id))
    threads = [taken.mail["References"] for taken in server.taken]
    assert threads[0] == threads[1] != threads[2]
    assert threads[3] is None
    assert [taken.mail["In-Reply-To"] for taken in server.taken] == threads


async def test_an_answer_to_an_earlier_mail_hangs_on_it_and_on_nothing_that_is_no_mail_of_ours() -> None:
    async with MailServer() as server, running(make_email(server)) as adapter:
        first = await send(adapter, outgoing(key="a", case_id=7))
        await send(adapter, outgoing(key="b", case_id=7, reply_to=first))
        await send(adapter, outgoing(key="c", reply_to="4711"))
    root = server.taken[0].mail["References"]
    assert (server.taken[1].mail["In-Reply-To"], server.taken[1].mail["References"]) == (first, f"{root} {first}")
    assert server.taken[2].mail["In-Reply-To"] is None


@pytest.mark.parametrize("is_tls", [False, True])
async def test_the_account_and_the_text_go_through_tls_only(tmp_path: Path, is_tls: bool) -> None:
    server = MailServer(certificate(tmp_path), is_tls=is_tls, asks_account=True)
    async with server, running(make_email(server, username=USERNAME, password=PASSWORD)) as adapter:
        await send(adapter, outgoing(ALERT))
    assert [(taken.text, taken.was_private) for taken in server.taken] == [(ALERT, True)]


@pytest.mark.parametrize(
    ("host", "port", "security"),
    [
        ("mail.example", 587, Security.STARTTLS),
        ("mail.example", 25, Security.STARTTLS),
        ("mail.example", 465, Security.TLS),
        ("10.0.0.1", 587, Security.STARTTLS),
        ("localhost.mail.example", 587, Security.STARTTLS),
        ("127.0.0.1.mail.example", 25, Security.STARTTLS),
        ("localhost", 25, Security.PLAIN),
        ("127.0.0.1", 587, Security.PLAIN),
        ("::1", 587, Security.PLAIN),
        ("localhost", 465, Security.TLS),
    ],
)
def test_only_to_this_machine_anything_goes_without_tls(host: str, port: int, security: Security) -> None:
    assert security_of(host, port) is security


async def test_few_connections_are_open_at_a_time_and_all_mails_arrive() -> None:
    server = MailServer(slows=lambda: asyncio.sleep(0.02))
    async with server, running(make_email(server)) as adapter:
        await asyncio.gather(*(send(adapter, outgoing(key=str(number))) for number in range(12)))
    assert len({taken.mail["Message-ID"] for taken in server.taken}) == 12
    assert 1 <= server.most_at_once <= 3


async def test_a_mail_server_that_hangs_keeps_nothing_else_waiting() -> None:
    hangs = asyncio.Event()
    server = MailServer(answers={"RCPT": HANGS}, on_hang=hangs.set)
    async with server, running(make_email(server)) as adapter:
        sending = asyncio.create_task(send(adapter, outgoing()))
        await hangs.wait()
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not sending.done(), "while it hangs all else goes on"
        pass_time()
        with pytest.raises(Unavailable):
            await sending


async def test_it_stops_at_once_whatever_hangs_and_sends_nothing_after() -> None:
    patience = Patience(turn=86_400, step=86_400, whole=86_400)  # nothing ends by itself
    news = News()
    async with MailServer(answers={"MAIL": HANGS}, on_hang=news.happened) as server:
        adapter = make_email(server, patience=patience)
        async with running(adapter):
            sending = [asyncio.create_task(send(adapter, outgoing(key=str(each)))) for each in range(5)]
            await news.until(lambda: server.hanging == adapter._settings.connections)
            await adapter.stop()
            await adapter.stop()
            results = await asyncio.gather(*sending, return_exceptions=True)
        assert all(isinstance(result, SendError) and result.retryable for result in results)
        with pytest.raises(Unavailable):
            await send(adapter, outgoing())
    assert server.taken == []


_ODD = (
    ".", "..", "From me", "-- ", " ", "\t", "=20", "QUIT", "x" * 1200, "ខ្មែរ", "求救", "🇰🇭", "Bcc: x@y.z", "\x85",
    "\u2028",
)  # fmt: skip
#: A lone carriage return is a line's end in a mail; the rest of what is left out no database takes.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")
LINES = st.text(LETTERS, max_size=200) | st.lists(st.sampled_from(_ODD), max_size=8).map("\n".join)


def test_whatever_a_text_holds_arrives_unchanged() -> None:
    async def all_of_them() -> None:
        async with MailServer() as server, running(make_email(server)) as adapter:
            tried = 0

            @settings(max_examples=2_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(LINES)
            def arrives(text: str) -> None:
                nonlocal tried
                tried += 1
                asyncio.run_coroutine_threadsafe(send(adapter, outgoing(text, key=str(tried))), loop).result(10)
                taken = server.taken.pop()
                assert taken.text == text
                assert set(taken.mail.keys()) == HEADERS

            loop = asyncio.get_running_loop()
            await asyncio.to_thread(arrives)
            assert tried >= 2_000

    asyncio.run(all_of_them())


HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
    "MIME-Version",
}  # fmt: skip


async def test_every_line_of_a_mail_is_short_and_plain_enough_for_every_server() -> None:
    async with MailServer() as server:
        adapter: EmailAdapter = make_email(server)
        for text in (ALERT, "x" * 90_000, "求" * 30_000, "plain"):
            mail = bytes(to_email(outgoing(text, case_id=7), text, email_settings(server), Clock()()))
            assert mail.isascii()
            assert max(map(len, mail.split(b"\r\n"))) <= 78
            assert b"\n" not in mail.replace(b"\r\n", b"")
        assert adapter.capabilities.text_limit >= 90_000


async def test_asked_whether_it_knows_us_the_mail_server_is_logged_in_to_and_given_nothing(tmp_path: Path) -> None:
    async with MailServer(certificate=certificate(tmp_path), asks_account=True) as server:
        known = make_email(server, username=USERNAME, password=PASSWORD)
        assert await known.probe() == "The mail server answers and takes the account."
        await known.stop()
        unknown = make_email(server, username=USERNAME, password="wrong")
        with pytest.raises(SendError):
            await unknown.probe()
        await unknown.stop()
    assert server.taken == []

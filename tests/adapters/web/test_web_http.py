"""What holds for every route: headers, limits, proxies, health, metrics, webhooks, downloads."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Histogram

from adapters.web.server.audit_figures import AuditFigures
from adapters.web.server.health import Vitals
from adapters.web.settings import WebSettings
from bot.domain.audit import About, Check, Finding
from bot.domain.messages import Capabilities, Delivery
from bot.ports.messengers import Receive, Request, Response
from tests.kit.clock import START
from tests.kit.site import ADMIN, DUTY_CN, Bridge, keep, open_bridge, sample_case, write

MIB = 1 << 20


class Hook:
    """A messenger that calls us."""

    messenger = "telegram"
    capabilities = Capabilities(4096)

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer = Response(200, "stored")

    async def handle(self, request: Request) -> Response:
        self.requests.append(request)
        return self.answer

    async def start(self, receive: Receive) -> None: ...

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return ""

    async def stop(self) -> None: ...


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
async def bridge(tmp_path: Path, hook: Hook) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path, webhooks={"telegram": hook}) as bridge:
        yield bridge


async def test_a_webhook_is_handed_on_as_it_came(bridge: Bridge, hook: Hook) -> None:
    client = bridge.browser()
    answer = await client.post("/hooks/telegram?a=1", content=b'{"update_id": 1}', headers={"X-Secret": "s"})
    assert (answer.status_code, answer.text) == (200, "stored")
    (request,) = hook.requests
    assert (request.method, request.body, request.query["a"]) == ("POST", b'{"update_id": 1}', "1")
    assert request.headers["x-secret"] == "s"
    await client.get("/hooks/telegram?echostr=2")
    assert hook.requests[1].query == {"echostr": "2"}


async def test_what_cannot_be_stored_shall_be_brought_again_soon(bridge: Bridge, hook: Hook) -> None:
    hook.answer = Response(503)
    answer = await bridge.browser().post("/hooks/telegram", content=b"{}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    hook.answer = Response(200)
    assert "retry-after" not in (await bridge.browser().post("/hooks/telegram", content=b"{}")).headers


async def test_a_messenger_that_is_not_set_up_is_not_there(bridge: Bridge) -> None:
    assert (await bridge.browser().post("/hooks/wechat")).status_code == 404
    assert (await bridge.browser().delete("/hooks/telegram")).status_code == 405


async def test_too_large_a_body_is_refused_before_it_is_read_whole(bridge: Bridge, hook: Hook) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50 * MIB:
            sent += 65536
            yield b"x" * 65536

    assert (await bridge.browser().post("/hooks/telegram", content=endless())).status_code == 413
    assert sent <= MIB + 2 * 65536
    claimed = await bridge.browser().post("/hooks/telegram", content=b"x", headers={"content-length": str(MIB + 1)})
    assert claimed.status_code == 413
    assert (await bridge.browser().post("/hooks/telegram", content=b"x" * MIB)).status_code == 200
    assert len(hook.requests) == 1


async def test_too_large_a_form_is_refused_with_a_page(bridge: Bridge) -> None:
    client = await bridge.signed_in(DUTY_CN)
    answer = await client.post("/chat", content=b"text=" + b"x" * MIB)
    assert answer.status_code == 413
    assert "too large" in answer.text


async def test_a_form_that_is_no_text_is_refused(bridge: Bridge) -> None:
    client = await bridge.signed_in(DUTY_CN)
    assert (await client.post("/chat", content=b"text=\xff\xfe")).status_code == 400
    assert (await client.post("/chat", content=b"&".join([b"a=1"] * 1000))).status_code == 400


async def test_every_page_carries_the_headers_that_keep_it_safe(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(ADMIN)
    paths = [
        "/",
        "/chat",
        "/cases",
        "/cases/KC26-M9S34-4",
        "/cases/none",
        "/exports",
        "/nowhere",
        "/signin/x",
        "/board",
    ]
    for answer in [await client.get(path) for path in paths] + [await client.put("/chat")]:
        headers = answer.headers
        assert "default-src 'none'" in headers["content-security-policy"], answer.url
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text


async def test_what_is_not_there_or_not_that_way_is_said_in_a_sentence(bridge: Bridge) -> None:
    client = bridge.browser()
    missing, wrong = await client.get("/nowhere"), await client.put("/chat")
    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert "There is no such page." in missing.text
    assert "does not take that kind of request" in wrong.text


async def test_an_error_of_ours_shows_a_page_and_never_what_was_inside(
    bridge: Bridge, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await bridge.signed_in(DUTY_CN)

    async def broken(*_: object) -> None:
        raise RuntimeError("secret of Sokha")

    bridge.core.storage.apply = broken  # type: ignore[method-assign,assignment]  # a planted fault
    answer = await write(client, "my text")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "my text</textarea>" in answer.text
    assert "secret of Sokha" not in answer.text
    assert "Traceback" not in answer.text
    assert "secret of Sokha" not in capsys.readouterr().out


async def test_tokens_and_texts_are_in_no_log(bridge: Bridge, capsys: pytest.CaptureFixture[str]) -> None:
    client = await bridge.signed_in(DUTY_CN)
    await write(client, "girl in Nanchang")
    await write(client, "girl in Nanchang", csrf="wrong")
    await bridge.browser().get("/signin/" + "T" * 43)
    logged = capsys.readouterr().out
    assert "signed in" in logged
    for secret in ("Nanchang", "Li Wei", client.cookies["casebridge"], "TTTT"):
        assert secret not in logged


async def test_static_files_are_cached_for_ever_and_packed_for_those_who_can(bridge: Bridge) -> None:
    client = bridge.browser()
    for name, kind in (("app.css", "text/css"), ("htmx.min.js", "javascript"), ("icon.svg", "image/svg+xml")):
        answer = await client.get(f"/static/{name}", headers={"accept-encoding": "identity"})
        assert kind in answer.headers["content-type"]
        assert "immutable" in answer.headers["cache-control"]
        packed = await client.get(f"/static/{name}", headers={"accept-encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == answer.content
    assert len(gzip.compress(answer.content)) < 10_000
    assert (await client.get("/static/..%2Fapp.py")).status_code == 404
    assert (await client.get("/static/nothing.css")).status_code == 404


async def test_the_notice_of_htmx_is_served_with_it(bridge: Bridge) -> None:
    assert "Zero-Clause BSD" in (await bridge.browser().get("/static/htmx.LICENSE.txt")).text


async def test_it_lives_and_says_whether_it_works(bridge: Bridge) -> None:
    client = bridge.browser()
    assert (await client.get("/health/live")).json() == {"alive": True}
    assert (await client.get("/health/ready")).json() == {"ready": True, "checks": {"database": "ok", "clock": "ok"}}
    await bridge.storage.stop()
    answer = await client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] != "ok"
    assert answer.json()["checks"]["clock"] == "ok"


@pytest.mark.parametrize(("age", "status"), [(None, 503), (9, 200), (10, 503), (100, 503)])
async def test_a_clock_that_stands_still_is_not_ready(tmp_path: Path, age: int | None, status: int) -> None:
    last = None if age is None else START - timedelta(seconds=age)
    async with open_bridge(tmp_path, vitals=Vitals(lambda: last, lambda: "ok", CollectorRegistry())) as bridge:
        answer = await bridge.browser().get("/health/ready")
        assert answer.status_code == status
        assert (answer.json()["checks"]["clock"] == "ok") is (status == 200)


async def test_what_cannot_be_written_is_said_by_readiness(tmp_path: Path) -> None:
    vitals = Vitals(lambda: START, lambda: "cannot write: disk full", CollectorRegistry())
    async with open_bridge(tmp_path, vitals=vitals) as bridge:
        answer = await bridge.browser().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "checks": {"database": "cannot write: disk full", "clock": "ok"}}


async def test_a_database_that_hangs_keeps_nobody_waiting_who_asks_how_we_are(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_: object) -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr("adapters.web.server.health._PATIENCE", 0.01)
    monkeypatch.setattr(bridge.storage, "is_ready", hangs)
    monkeypatch.setattr(bridge.storage, "counts", hangs)
    assert (await bridge.browser().get("/health/ready")).status_code == 503
    numbers = await bridge.browser("127.0.0.1").get("/metrics")
    assert numbers.status_code == 200
    assert "casebridge_database_answers 0.0" in numbers.text
    monkeypatch.undo()
    assert "casebridge_database_answers 1.0" in (await bridge.browser("127.0.0.1").get("/metrics")).text


async def test_a_node_without_the_clock_says_nothing_of_it(tmp_path: Path) -> None:
    async with open_bridge(tmp_path, vitals=Vitals(None, lambda: "ok", CollectorRegistry())) as bridge:
        answer = await bridge.browser().get("/health/ready")
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "checks": {"database": "ok"}})


async def test_the_numbers_are_for_this_machine_or_whoever_has_the_token(tmp_path: Path) -> None:
    settings = WebSettings("http://bridge.example", tmp_path, metrics_token="open-sesame")
    async with open_bridge(tmp_path, settings=settings) as bridge:
        assert (await bridge.browser().get("/metrics")).status_code == 403
        assert (await bridge.browser("127.0.0.1").get("/metrics")).status_code == 200
        assert (await bridge.browser("::1").get("/metrics")).status_code == 200
        assert (
            await bridge.browser().get("/metrics", headers={"authorization": "Bearer open-sesame"})
        ).status_code == 200
        assert (await bridge.browser().get("/metrics", headers={"authorization": "Bearer wrong"})).status_code == 403


async def test_without_a_token_nobody_elsewhere_gets_the_numbers(bridge: Bridge) -> None:
    assert (await bridge.browser().get("/metrics", headers={"authorization": "Bearer "})).status_code == 403
    through_proxy = {"x-forwarded-for": "203.0.113.9"}
    assert (await bridge.browser("127.0.0.1").get("/metrics", headers=through_proxy)).status_code == 403


async def test_the_numbers_say_how_things_stand(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    Histogram("casebridge_ping_lateness_seconds", "How late pings were.", registry=registry).observe(3)
    async with open_bridge(tmp_path, vitals=Vitals(lambda: START, lambda: "ok", registry)) as bridge:
        await keep(bridge, sample_case())
        text = (await bridge.browser("127.0.0.1").get("/metrics")).text
    assert 'casebridge_open_cases{status="open",urgency="U1"} 1.0' in text
    assert 'casebridge_outbox{state="sent"} 1.0' in text
    assert "casebridge_overdue_deadlines 1.0" in text
    assert "casebridge_ping_lateness_seconds_count 1.0" in text


async def test_what_the_audit_found_is_in_the_numbers_and_a_note_that_makes_nothing_unready(tmp_path: Path) -> None:
    async def notes() -> dict[str, str]:
        return {"audit": "WARNING: deadline: 1"}

    registry = CollectorRegistry()
    figures = AuditFigures(registry)
    vitals = Vitals(lambda: START, lambda: "ok", registry, notes)
    async with open_bridge(tmp_path, vitals=vitals) as bridge:
        about = About(1, "KC26-M9S34-4", ("KH",))
        figures.note([Finding(Check.DEADLINE, (about,), mended=True)])
        text = (await bridge.browser("127.0.0.1").get("/metrics")).text
        assert 'casebridge_audit_findings{check="deadline"} 1.0' in text
        assert 'casebridge_audit_findings{check="ticks"} 0.0' in text
        assert 'casebridge_audit_mended_total{check="deadline"} 1.0' in text
        assert "casebridge_audit_age_seconds" in text
        assert "KC26" not in text
        figures.note([])
        assert (
            'casebridge_audit_findings{check="deadline"} 0.0'
            in (await bridge.browser("127.0.0.1").get("/metrics")).text
        )
        answer = await bridge.browser().get("/health/ready")
    assert (answer.status_code, answer.json()["notes"]) == (200, {"audit": "WARNING: deadline: 1"})


async def test_with_web_chat_switched_off_only_machines_are_served(tmp_path: Path) -> None:
    async with open_bridge(tmp_path, has_pages=False) as bridge:
        client = bridge.browser()
        assert (await client.get("/health/live")).status_code == 200
        assert [(await client.get(p)).status_code for p in ("/", "/chat", "/signin/x", "/cases")] == [404] * 4

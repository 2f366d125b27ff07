"""What every answer says of itself, and where it leads: headers, caches, redirects, hosts, proxies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.web.site.request_checks import Proxies
from bot.domain.messages import Capabilities, Delivery
from bot.ports.messengers import Receive, Request, Response
from tests.kit.site import connection, hidden
from tests.security.story import file_of, mark, whole_story
from tests.security.stronghold import ADMIN, CLERK, OFFICER, PUBLIC_URL, Stronghold, besieged
from tests.security.ways_in import ROUTES

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
#: Of a file that people left with a case: whatever a browser makes of it, it does nothing.
FILE_POLICY = {
    "sandbox": "",
    "default-src": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
ODD = (
    ("GET", "/nowhere"),
    ("GET", "/chat/"),
    ("GET", "/static/none.css"),
    ("GET", "/exports/none.csv"),
    ("PUT", "/chat"),
    ("DELETE", "/cases/KC26-M9S34-4"),
    ("TRACE", "/chat"),
    ("OPTIONS", "/chat"),
    ("PROPFIND", "/"),
    ("GET", "/hooks/telegram"),
    ("POST", "/hooks/telegram"),
    ("POST", "/hooks/nobody"),
    ("PUT", "/hooks/telegram"),
    ("POST", "/chat"),
    ("HEAD", "/chat"),
)


class Hook:
    """A messenger that calls us and is answered with a text."""

    messenger = "telegram"
    capabilities = Capabilities(4096)

    async def handle(self, request: Request) -> Response:
        return Response(200, "taken")

    async def start(self, receive: Receive) -> None: ...

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return ""

    async def stop(self) -> None: ...


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Stronghold]:
    async with besieged(tmp_path, webhooks={"telegram": Hook()}) as bridge:
        yield bridge


async def every_answer(bridge: Stronghold, **headers: str) -> list[httpx.Response]:
    """Pages, errors, redirects, files, webhooks, health: to an admin, an officer and nobody; forms too."""
    reference = await whole_story(bridge, mark)
    file, kept = next(f.name for f in bridge.exports.glob("*.csv")), await file_of(bridge, reference)
    clients = [await bridge.signed_in(ADMIN), await bridge.signed_in(OFFICER), bridge.browser()]
    answers = []
    for client in clients:
        asked = [(m, w.at(reference, file=file, kept=kept)) for (m, _), w in ROUTES.items()]
        for method, path in [*(each for each in asked if each[1] != "/signout"), *ODD]:
            answers.append(await client.request(method, path, headers=headers))
    await bridge.storage.stop()
    answers += [await clients[0].get(path, headers=headers) for path in ("/chat", "/cases", "/health/ready")]
    client = await _broken(bridge)
    answers.append(await client.get("/", headers=headers))
    return answers


async def _broken(bridge: Stronghold) -> httpx.AsyncClient:
    """A visitor for whom everything goes wrong."""

    async def session(*_: object, **__: object) -> int:
        raise RuntimeError("a bug")

    bridge.counting.session = session  # type: ignore[attr-defined]  # a planted fault
    client = bridge.browser()
    client.cookies.set("__Host-casebridge", "x")
    return client


async def test_every_answer_carries_the_headers_that_keep_it_safe(bridge: Stronghold) -> None:
    answers = await every_answer(bridge)
    assert {200, 303, 401, 403, 404, 405, 410, 500, 503} <= {answer.status_code for answer in answers}
    for answer in answers:
        where = f"{answer.request.method} {answer.url} {answer.status_code}"
        held = {name: answer.headers.get(name) for name in ALWAYS}
        assert held == ALWAYS, where
        said = dict(each.strip().partition(" ")[::2] for each in answer.headers["content-security-policy"].split(";"))
        expected = FILE_POLICY if "content-disposition" in answer.headers and "/files/" in where else POLICY
        assert {name: said.get(name) for name in expected} == expected, where
        assert set(said) <= {*expected}, where
        assert "unsafe" not in answer.headers["content-security-policy"], where
        assert len(answer.headers.get_list("content-security-policy")) == 1, where


async def test_browsers_are_told_to_come_back_over_tls_only_and_by_every_answer(bridge: Stronghold) -> None:
    for answer in await every_answer(bridge):
        assert answer.headers["strict-transport-security"] == "max-age=31536000", answer.url


async def test_without_tls_no_answer_speaks_of_it(tmp_path: Path) -> None:
    async with besieged(tmp_path, public_url="http://bridge.example", webhooks={"telegram": Hook()}) as bridge:
        for answer in await every_answer(bridge, **{"x-forwarded-proto": "https", "forwarded": "proto=https"}):
            assert "strict-transport-security" not in answer.headers, answer.url


async def test_nothing_is_cached_but_the_files_that_are_the_same_for_everybody(bridge: Stronghold) -> None:
    for answer in await every_answer(bridge):
        is_file = answer.url.path.startswith("/static/") and answer.status_code == 200
        assert answer.headers["cache-control"] == ("public, max-age=31536000, immutable" if is_file else "no-store"), (
            answer.url
        )


async def test_no_answer_leads_to_another_host(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    client = await bridge.signed_in(CLERK)
    named = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    paths = ["/", "//evil.example", "//evil.example/", "/\\evil.example/", "/chat/", f"/cases/{reference}/", "/board"]
    paths += [
        f"/board?next=https://evil.example&{reference}",
        "/signin/x/",
        "/static/app.css/",
        "/https://evil.example/",
    ]
    for path in paths:
        answer = await client.get(path, headers=named)
        leads = answer.headers.get("location", "/")
        assert leads.startswith("/"), path
        assert not leads.startswith(("//", "/\\")), path
        assert "evil.example" not in leads.partition("?")[0], path
        assert 'href="http' not in answer.text, path


@pytest.mark.parametrize("after", ["https://evil.example", "1\r\nSet-Cookie: a=b", "9" * 5000, "²", "-1"])
async def test_what_a_form_says_never_becomes_a_header(bridge: Stronghold, after: str) -> None:
    reference = await whole_story(bridge, mark)
    client = await bridge.signed_in(CLERK)
    page = (await client.get(f"/cases/{reference}")).text
    form = {"csrf": hidden(page, "csrf"), "once": hidden(page, "once"), "after": after, "act": "memo", "text": "x"}
    answer = await client.post(f"/cases/{reference}", data=form)
    assert answer.headers["location"] == f"/cases/{reference}?after=0"
    assert "set-cookie" not in answer.headers


async def test_links_in_messages_come_from_the_configuration_only(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    client = await bridge.signed_in(CLERK)
    answer = await bridge.posts(client, "/chat", text=f"/case {reference}")
    assert answer.status_code == 303
    page = await client.get("/chat", headers={"host": "evil.example"})
    assert f'href="/cases/{reference}"' in page.text
    assert "evil.example" not in page.text
    assert PUBLIC_URL in "".join(shown.text for shown in bridge.everything_heard())


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "x-real-ip", "x-client-ip", "true-client-ip"])
async def test_nobody_becomes_local_by_saying_so(bridge: Stronghold, name: str) -> None:
    for said in ("127.0.0.1", "::1", "for=127.0.0.1", "127.0.0.1, 127.0.0.1"):
        assert (await bridge.browser().get("/metrics", headers={name: said})).status_code == 403


@pytest.mark.parametrize("trusted", [(), ("10.0.0.0/8",)])
def test_the_client_is_whoever_knocks_unless_a_known_proxy_says_otherwise(trusted: tuple[str, ...]) -> None:
    for said in ("127.0.0.1", "198.51.100.7", "10.1.1.1"):
        knocking = connection("203.0.113.9", x_forwarded_for=said, x_forwarded_proto="https")
        assert Proxies(trusted).client(knocking) == "203.0.113.9"
        assert Proxies(trusted).scheme(knocking) == "http"


async def test_a_known_proxy_is_believed_and_only_its_own_word(tmp_path: Path) -> None:
    async with besieged(tmp_path, trusted_proxies=("10.0.0.0/8",)) as bridge:
        proxied = bridge.browser("10.1.1.1")
        assert (await proxied.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"})).status_code == 200
        forged = {"x-forwarded-for": "127.0.0.1, 203.0.113.9"}
        assert (await proxied.get("/metrics", headers=forged)).status_code == 403
        assert (await bridge.browser("203.0.113.9").get("/metrics", headers=forged)).status_code == 403

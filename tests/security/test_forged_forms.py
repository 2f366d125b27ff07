"""Forged forms: every route that takes one, sent from another site, with each sign of its origin wrong or missing."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from adapters.web.site.sign_in_pages import new_link
from tests.kit.site import hidden
from tests.security.story import file_of, mark, whole_story
from tests.security.stronghold import ADMIN, CLERK, OFFICER, PUBLIC_URL, Stronghold
from tests.security.ways_in import ROUTES, For

FORMS = sorted(path for method, path in ROUTES if method != "GET")
WITH_SESSION = [path for path in FORMS if ROUTES["POST", path].serves is not For.ANYBODY]
GIVEN = {"text": "planted words", "act": "note", "button": "", "whose": "own"}
#: What a form needs besides to be one at all.
MORE = {
    "/exports": {"act": "approve", "order": "1"},
    "/cases": {"kind": "reference", "wanted": "planted words"},
    "/cases/{reference}/secure": {"do": "open", "purpose": "locate"},
}
#: There is no such page for the officer who sends the forms.
NOT_FOR_OFFICERS = ("/roster", "/push")
#: Of what the officer sends there nothing changes: a search, a look, what is not theirs, what only a desk may do.
CHANGES_NOTHING = (
    "/cases", "/cases/{reference}/secure", "/cases/{reference}/letter", "/sessions", *NOT_FOR_OFFICERS,
)  # fmt: skip
#: What a browser says when another site sends the form.
FOREIGN: tuple[Mapping[str, str], ...] = (
    {"origin": "https://evil.example"},
    {"origin": "http://bridge.example"},
    {"origin": "https://bridge.example.evil.example"},
    {"origin": "https://bridge.example:8443"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"origin": "null", "sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site"},
)
OWN: tuple[Mapping[str, str], ...] = (
    {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"},
    {"origin": "null", "sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "same-origin"},
    {"origin": PUBLIC_URL},
    {},
)


async def form_of(client: httpx.AsyncClient, reference: str, path: str) -> tuple[str, dict[str, str]]:
    """Where a form goes and what it holds, with the token that the page has."""
    page = (await client.get("/chat")).text
    form = GIVEN | MORE.get(path, {}) | {"csrf": hidden(page, "csrf"), "once": hidden(page, "once")}
    return ROUTES["POST", path].at(reference), form


def carried(path: str) -> dict[str, tuple[str, bytes]] | None:
    """The file that the form of a route carries, if it does."""
    return {"file": ("planted.jpg", b"\xff\xd8\xff\xe0 planted")} if ROUTES["POST", path].uploads else None


async def is_untouched(bridge: Stronghold, client: httpx.AsyncClient) -> bool:
    """Whether nothing came of a form: who sent it is still in, and only the case that they opened is kept."""
    await bridge._settled()
    is_in = (await client.get("/chat")).status_code == 200
    kept = [text.text for case in await bridge.cases() for text in await bridge.texts(case)]
    read = [entry.act for case in await bridge.cases() for entry in await bridge.acts(case) if "read" in entry.act]
    is_taken = len(bridge.inbox()) > 1 or bridge.files.contents or read
    return is_in and "planted words" not in "".join(kept) and not is_taken


@pytest.mark.parametrize("path", WITH_SESSION)
@pytest.mark.parametrize("says", FOREIGN, ids=str)
async def test_a_form_from_another_site_is_refused_even_with_the_right_token(
    bridge: Stronghold, path: str, says: dict[str, str]
) -> None:
    reference = await bridge.opens_case()
    client = await bridge.signed_in(OFFICER)
    address, form = await form_of(client, reference, path)
    assert (await client.post(address, data=form, files=carried(path), headers=says)).status_code == 403
    assert await is_untouched(bridge, client)


@pytest.mark.parametrize("path", WITH_SESSION)
@pytest.mark.parametrize("token", ["none", "", "0" * 64, "another's", "in the address", "as a header"])
@pytest.mark.parametrize("says", [OWN[0], OWN[-1]], ids=str)
async def test_a_form_without_its_own_sessions_token_is_refused(
    bridge: Stronghold, path: str, token: str, says: dict[str, str]
) -> None:
    reference = await bridge.opens_case()
    client, other = await bridge.signed_in(OFFICER), await bridge.signed_in(CLERK)
    address, form = await form_of(client, reference, path)
    right = form.pop("csrf")
    headers, query = dict(says), {}
    if token == "another's":
        form["csrf"] = hidden((await other.get("/chat")).text, "csrf")
    elif token == "in the address":
        query["csrf"] = right
    elif token == "as a header":
        headers["x-csrf-token"] = right
    elif token != "none":
        form["csrf"] = token
    answer = await client.post(address, data=form, files=carried(path), headers=headers, params=query)
    assert answer.status_code == 403
    assert await is_untouched(bridge, client)


@pytest.mark.parametrize("path", WITH_SESSION)
@pytest.mark.parametrize("says", OWN, ids=str)
async def test_a_form_of_our_own_page_is_taken(bridge: Stronghold, path: str, says: dict[str, str]) -> None:
    reference = await bridge.opens_case()
    client = await bridge.signed_in(OFFICER)
    address, form = await form_of(client, reference, path)
    answer = await client.post(address, data=form, files=carried(path), headers=says)
    assert answer.status_code in ((404,) if path in NOT_FOR_OFFICERS else (200, 303, 422))
    if path != "/signout":
        assert not await is_untouched(bridge, client) or path in CHANGES_NOTHING


@pytest.mark.parametrize("path", [path for path in FORMS if path not in WITH_SESSION])
@pytest.mark.parametrize("says", FOREIGN, ids=str)
async def test_nobody_is_signed_in_from_another_site(bridge: Stronghold, path: str, says: dict[str, str]) -> None:
    link = await new_link(bridge.storage, (await bridge.person(ADMIN)).id, bridge.now)
    address = path.format(token=link.rpartition("/")[2])
    answer = await bridge.browser().post(address, headers=says)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    if path.startswith("/signin"):  # the token is one of a sign-in link, for other pages it is none
        assert (await bridge.browser().post(address)).status_code == 303, "the link was not used up"


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "text/xml"])
async def test_no_other_kind_of_body_passes_for_a_form(bridge: Stronghold, kind: str) -> None:
    await bridge.opens_case()
    client = await bridge.signed_in(OFFICER)
    page = (await client.get("/chat")).text
    body = f'{{"csrf": "{hidden(page, "csrf")}", "text": "planted words", "once": "{"x" * 20}"}}'
    answer = await client.post("/chat", content=body, headers={"content-type": kind, "origin": PUBLIC_URL})
    assert answer.status_code in (400, 403, 415)
    assert await is_untouched(bridge, client)


async def test_a_form_sent_twice_counts_once(bridge: Stronghold) -> None:
    client = await bridge.signed_in("telegram:vn-officer")
    page = (await client.get("/chat")).text
    form = {"csrf": hidden(page, "csrf"), "once": hidden(page, "once"), "text": "girl held in a flat"}
    for text in ("girl held in a flat", "girl held in a flat", "other words under the same number"):
        await client.post("/chat", data=form | {"text": text})
        await bridge._settled()
    case = await bridge.only_case()
    assert [text.text for text in await bridge.texts(case)] == ["girl held in a flat"]


async def test_looking_changes_nothing_but_what_was_seen(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    file, kept = next(f.name for f in bridge.exports.glob("*.csv")), await file_of(bridge, reference)
    link = await new_link(bridge.storage, (await bridge.person(ADMIN)).id, bridge.now)
    client = await bridge.signed_in("telegram:kh-supervisor")
    for method in ("GET", "HEAD"):
        for (known, path), way in ROUTES.items():
            if known != "GET":
                continue
            before = (await bridge.cases(), len(bridge.inbox()), await bridge.storage.directory())
            bridge.counting.take()
            query = {"text": "planted", "act": "note", "button": "c.lost.yes", "csrf": "x", "once": "y" * 20}
            address = way.at(reference, file=file, token=link.rpartition("/")[2], kept=kept)
            await client.request(method, address, params=query)
            asked = {call.partition("(")[0] for call in bridge.counting.take()}
            may_write = {"apply", "mark_seen"} if way.marks_seen else set()
            writes = {"apply", "mark_seen", "use_sign_in", "end_session", "add_sign_in", "retry_outbox"}
            assert not asked & (writes - may_write), path
            assert (await bridge.cases(), len(bridge.inbox()), await bridge.storage.directory()) == before, path
    assert (await bridge.browser().post(link)).status_code == 303, "the sign-in link is still good"

"""Stored script: every field that a person can fill holds an attack, and every page shows it as plain words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.domain.case import Handoff, TextKind
from bot.domain.fields import FIELDS, FieldKind
from bot.record.report.period_report import report
from bot.record.report.writers import to_html
from tests.kit.world import agreement
from tests.security.story import FREE_ANSWERS, HANDOFF_TEXTS, TEXTS, file_of, rename_everybody, sends_file, whole_story
from tests.security.stronghold import ADMIN, CLERK, DUTY, KH_SUPERVISOR, OFFICER, Stronghold, besieged
from tests.security.ways_in import ROUTES, For

#: Fields of the story that are for people who read: by these names they must be found on a page.
SHOWN = {*TEXTS.values(), *FREE_ANSWERS.values(), *HANDOFF_TEXTS.values()} - {""}
SHOWN |= {"caption", "amended", "export_reason", "chat"}
READERS = (OFFICER, CLERK, KH_SUPERVISOR, ADMIN, DUTY)


def attack(field: str) -> str:
    """Words that would run as script wherever a page forgot to escape them."""
    return f"in-{field}-end \"'></p><script>a()</script><svg onload=b()>{{{{7*7}}}} in-{field}-end"


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.title = ""
        self._in_title = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self._in_title = tag == "title"
        if tag in ("img", "svg", "iframe", "object", "embed", "base", "style", "math", "b"):
            self.dangers.append(f"<{tag}>")
        if tag == "script" and not (held.get("src") or "").startswith("/static/"):
            self.dangers.append("<script>")
        for name, value in held.items():
            if name.startswith("on") or name == "style" or not is_ours(name, value or ""):
                self.dangers.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        self._in_title = False


def is_ours(name: str, value: str) -> bool:
    """Whether an attribute that leads somewhere leads to a page of ours."""
    if name not in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data", "poster", "srcset"):
        return True
    parts = urlsplit(value)
    return not parts.scheme and not parts.netloc and re.match(r"[/#]", value) is not None


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Stronghold]:
    """Here even the configuration's own names are attacks."""
    agreed = agreement()
    parties = {code: replace(p, name=attack(f"party_{code}")) for code, p in agreed.parties.items()}
    desks = {name: replace(d, name=attack(f"desk_{name}")) for name, d in agreed.desks.items()}
    async with besieged(tmp_path, agreed=replace(agreed, parties=parties, desks=desks)) as bridge:
        await rename_everybody(bridge, attack)
        yield bridge


def test_every_kind_of_text_and_every_free_answer_is_attacked() -> None:
    assert {kind.value for kind in TextKind} == set(TEXTS)
    assert {field.id for field in FIELDS if field.kind is FieldKind.TEXT} == set(FREE_ANSWERS)
    assert {f.name for f in fields(Handoff) if f.type in ("str", "Guarded")} == set(HANDOFF_TEXTS)


async def pages_of(bridge: Stronghold, who: str, reference: str, file: str) -> dict[str, str]:
    """Every page as somebody sees it."""
    client = await bridge.signed_in(who)
    await bridge.posts(client, "/chat", text=attack("chat"))
    kept = await file_of(bridge, reference)
    found = {}
    for (method, path), way in ROUTES.items():
        if method == "GET" and way.serves is not For.MACHINES and "{name}" not in path:
            address = way.at(reference, file=file, token=attack("token"), kept=kept)
            found[path] = (await client.get(address, follow_redirects=True)).text
    return found


async def test_no_field_runs_on_any_page_of_anybody(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, attack)
    await bridge.says(CLERK, f"/reopen {reference} {attack('reopened')}")
    file = next(f.name for f in bridge.exports.glob("*.csv"))
    everything = ""
    for who in READERS:
        for path, page in (await pages_of(bridge, who, reference, file)).items():
            assert Seen(page).dangers == [], (who, path)
            everything += page
    assert [field for field in SHOWN if f"in-{field}-end" not in everything] == [], "each was tried on some page"
    for who in READERS:
        assert f"in-name_{who}-end" in everything
    assert "{{7*7}}" in everything, "nothing is a template"


async def test_what_was_typed_is_handed_back_as_words(bridge: Stronghold) -> None:
    reference = await bridge.opens_case(text=attack("first"))
    client = await bridge.signed_in(CLERK)
    for form in (
        {"act": "close", "code": "", "text": attack("text")},
        {"act": "accept", "formal": attack("formal"), "officer": attack("officer"), "channel": ""},
        {"act": "note", "text": ("</textarea>" + attack("text")) * 200},
        {"act": attack("act"), "text": "x"},
        {"text": attack("text"), "csrf": "stolen", "reason": attack("reason")},
    ):
        answer = await bridge.posts(client, f"/cases/{reference}", "/chat", **form)
        assert answer.status_code in (403, 422), form
        assert Seen(answer.text).dangers == []
    for header in ("hx-request", "accept-language", "x-forwarded-host", "referer"):
        answer = await client.get("/chat", headers={header: attack("header").replace("\n", "")})
        assert Seen(answer.text).dangers == []
    for query in ("after", "mark", "lines", "before"):
        for path in ("/chat", "/chat/lines", "/cases", f"/cases/{reference}"):
            answer = await client.get(path, params={query: attack("query")})
            assert Seen(answer.text).dangers == []


async def test_titles_and_addresses_hold_no_words_of_anybody(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, attack)
    for who in READERS:
        for path, page in (await pages_of(bridge, who, reference, "none.csv")).items():
            seen = Seen(page)
            assert "in-" not in seen.title, path
            assert not [a for a in re.findall(r'(?:href|action|hx-get)="([^"]*)"', page) if "in-" in a], path


async def test_buttons_under_a_message_show_words_only(bridge: Stronghold) -> None:
    reference = await bridge.opens_case(text=attack("first"))
    await sends_file(bridge, attack, reference)
    await bridge.says(DUTY, f"/case {reference}")
    client = await bridge.signed_in(DUTY)
    assert Seen((await client.get("/chat")).text).dangers == []


async def test_the_report_as_a_page_holds_no_script_and_its_pdf_no_markup(bridge: Stronghold) -> None:
    await whole_story(bridge, attack)
    made = await report(
        bridge.storage, bridge.rules.agreement, bridge.now.replace(day=1), bridge.now, clock=bridge.clock
    )
    page = to_html(made)
    assert "in-party_KH-end" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", page)

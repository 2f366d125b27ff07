"""SQL metacharacters in every field, on SQLite and on PostgreSQL: kept as they are, and nothing else happens."""

from __future__ import annotations

import ast

import pytest

from bot.domain.guarded import Guarded
from bot.domain.messages import Address
from bot.ports.reads import NOBODY, Scope, Wanted
from tests.kit.engines import ENGINES
from tests.kit.root import ROOT
from tests.security.story import rename_everybody, whole_story
from tests.security.stronghold import CLERK, OFFICER, STRANGER, Stronghold

#: Beside an apostrophe each of these ends, begins or changes a statement somewhere.
META = "' OR 1=1;--\" ); DROP TABLE cases; /* \\ %s %(id)s :id ? $1 {0} ` \u2019"
WORDS = (META, "'; DELETE FROM people; --", "\\'; UPDATE cases SET party='VN'; --", "Robert'); DROP TABLE texts;--")


@pytest.fixture(params=ENGINES)
def kept_in(request: pytest.FixtureRequest) -> str:
    """Each database."""
    return str(request.param)


async def test_metacharacters_in_every_field_are_only_characters(bridge: Stronghold) -> None:
    def attack(field: str) -> str:
        return f"{field} {META}"[:78].strip()

    await rename_everybody(bridge, attack)
    reference = await whole_story(bridge, attack)
    case = await bridge.case(reference)
    kept = [text.text for text in await bridge.texts(case)]
    for field in ("first", "kept", "note", "memo", "outcome", "standdown_reason", "reopen_reason"):
        assert attack(field) in "\n".join(kept), field
    area = case.value("area")
    assert isinstance(area, Guarded)
    assert area.reveal() == attack("area")
    names = {person.name for person in (await bridge.storage.directory()).people.values()}
    assert attack(f"name_{OFFICER}") in names
    assert [h.letter_reference for h in case.handoffs][-1] == attack("letter_reference")
    assert not (await bridge.storage.counts(bridge.now)).inbox.get("failed")


@pytest.mark.parametrize("words", WORDS, ids=range(len(WORDS)))
async def test_metacharacters_find_and_change_nothing(bridge: Stronghold, words: str) -> None:
    reference = await bridge.opens_case()
    before = await bridge.case(reference)
    clerk, everybody = await bridge.person(CLERK), len((await bridge.storage.directory()).people)
    scope = Scope(clerk.id, words, sees_party=True)
    assert await bridge.storage.find_case(words, Scope(clerk.id, "KH", sees_party=True)) is None
    assert await bridge.storage.find_case(reference, scope) is None
    assert await bridge.storage.list_cases(scope, open_only=False, limit=10) == []
    assert await bridge.storage.session(words, bridge.now) is None
    assert not await bridge.storage.peek_sign_in(words, bridge.now)
    loaded = await bridge.storage.load(
        Wanted(
            seen=((words, words, words),),
            references=(words,),
            strangers=(Address("telegram", words),),
            codes=(words,),
            replied_to=(((Address("telegram", words), words), NOBODY),),
            amended=(words,),
        )
    )
    assert (dict(loaded.cases), dict(loaded.invites), dict(loaded.replied_to), dict(loaded.amended)) == ({}, {}, {}, {})
    await bridge.says(STRANGER, f"/start {words}")
    await bridge.says(f"telegram:{words}", f"/case {words}")
    await bridge._phone(OFFICER).taps_data(OFFICER, words[:64], words)
    client = await bridge.signed_in(CLERK)
    for path in (f"/cases/{words}", f"/signin/{words}", f"/exports/{words}", "/cases"):
        await client.get(path.replace("?", "%3F").replace("/*", "%2F*"), params={"before": words})
    await bridge._settled()
    assert await bridge.case(reference) == before
    assert len((await bridge.storage.directory()).people) == everybody


@pytest.mark.parametrize("number", ["9" * 19, str(1 << 63), str((1 << 63) - 1), "0"])
async def test_no_number_is_larger_than_the_database_takes(bridge: Stronghold, number: str) -> None:
    reference = await bridge.opens_case()
    client = await bridge.signed_in(CLERK)
    for path in ("/chat", "/chat/lines", "/cases", f"/cases/{reference}"):
        for name in ("before", "after", "lines"):
            assert (await client.get(path, params={name: number})).status_code == 200, (path, name)
    for typed in (f"/lost {number}", f"/assign {reference} {number}", f"/case {number}"):
        await bridge.says(CLERK, typed)
    await bridge._phone(OFFICER).taps_data(OFFICER, f"c.which.{number}", "m1")
    await bridge._settled()
    assert not (await bridge.storage.counts(bridge.now)).inbox.get("failed")


@pytest.mark.parametrize("odd", ["%00", "x%00y", "%ed%a0%80", "%ff", "\u202e"])
async def test_what_no_database_stores_is_not_found_in_it(bridge: Stronghold, odd: str) -> None:
    client = await bridge.signed_in(CLERK)
    assert (await client.get(f"/cases/{odd}")).status_code == 404
    assert (await client.get(f"/signin/{odd}")).status_code == 410
    assert (await client.get("/chat", headers={"cookie": "__Host-casebridge=\x00"})).status_code == 401


#: What is put together all the same: each holds names of our own tables, which no database takes as parameters.
OF_TABLES = {
    "scrub.py": "f\"VACUUM {', '.join(_TABLES)}\"",
    "restored.py": "f'ALTER TABLE {HIDDEN} RENAME TO alembic_version'",
    "kept_by_name.py": "f\"LOCK TABLE {', '.join(sorted(SCHEMA.tables))} IN ROW EXCLUSIVE MODE\"",
}


def test_no_statement_is_put_together_from_words() -> None:
    """`text()` and what runs SQL as it is get constants, or names of our own tables."""
    made_of_words = ast.JoinedStr | ast.BinOp
    found = [
        f"{file.name}:{node.lineno}"
        for file in sorted((ROOT / "storage").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and _name(node.func) in ("text", "exec_driver_sql", "literal_column")
        if any(
            isinstance(given, made_of_words) and ast.unparse(given) != OF_TABLES.get(file.name) for given in node.args
        )
    ]
    assert found == []


def _name(function: ast.expr) -> str:
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )

"""No messenger is left out anywhere: each place that must know all of them is compared with the packages that exist.

`test_new_messenger.py` adds a messenger to a copy of the tree and sees all of these turn red.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.messenger_tables import MessengersTable
from bot.config.messengers import KNOWN
from bot.config.model import Settings
from bot.domain.messages import GATEWAY, MESSENGERS
from bot.domain.names import messenger_name
from tests.contracts.adapter_benches import BENCHES
from tests.house.capabilities import WORDS
from tests.kit.messengers import calling_messengers, classes_of, every_adapter, everything_set_up, messengers
from tests.kit.root import ROOT
from tests.security.stronghold import besieged


def test_the_packages_are_found() -> None:
    assert {"email", "telegram", "web", "wechat", "wecom"} <= set(messengers())
    assert {"telegram", "wechat", "wecom"} <= set(calling_messengers())


@pytest.mark.parametrize("messenger", messengers())
def test_a_package_has_one_adapter_and_is_named_for_its_messenger(messenger: str) -> None:
    assert [each.messenger for each in classes_of(messenger)] == [messenger]  # type: ignore[attr-defined]


def test_the_core_knows_every_messenger() -> None:
    assert set(messengers()) == MESSENGERS, "write it into MESSENGERS of bot/domain/messages.py"


def test_every_messenger_has_a_name_for_people() -> None:
    unnamed = [name for name in messengers() if messenger_name(name, "en") == name]
    assert unnamed == [], "write it into bot/domain/names.py"


def test_every_messenger_can_stand_in_an_address() -> None:
    assert set(messengers()) == set(KNOWN), "write it into KNOWN of bot/config/messengers.py"


def test_every_messenger_has_its_table_in_the_configuration() -> None:
    tables = {*MessengersTable.model_fields, *Settings.model_fields}
    assert set(messengers()) - tables == set(), "write it into bot/config/messenger_tables.py"


def test_the_program_makes_every_adapter_that_is_set_up() -> None:
    settings = everything_set_up()
    assert [name for name, known in KNOWN.items() if not known.is_set_up(settings)] == []
    assert {*messengers(), GATEWAY} == set(every_adapter().all), "write its maker into bot/app/messengers.py"


@pytest.mark.parametrize("messenger", calling_messengers())
async def test_every_messenger_that_calls_us_is_heard_at_its_address(messenger: str, tmp_path: Path) -> None:
    async with besieged(tmp_path, webhooks=every_adapter().webhooks) as bridge:
        answer = await bridge.browser().post(f"/hooks/{messenger}", content=b"{}")
    assert answer.status_code != 404, "write its maker into bot/app/messengers.py"


def test_every_messenger_has_a_bench_in_the_contract_suite() -> None:
    benched = {name.partition(" ")[0] for name in BENCHES}
    # The other end of web chat are the bridge's own pages, which have tests of their own.
    assert {*messengers()} - {"web"} == benched - {"memory"}, "write it into tests/contracts/adapter_benches.py"


def test_every_messenger_has_its_words_in_the_table_of_the_guide() -> None:
    assert {*messengers(), "memory"} == set(WORDS), "write it into WORDS of tests/house/capabilities.py"


@pytest.mark.parametrize("messenger", messengers())
def test_every_messenger_has_a_page_that_says_how_it_is_set_up(messenger: str) -> None:
    page = ROOT / "adapters" / messenger / "README.md"
    assert page.exists()
    assert "## Setting it up" in page.read_text("utf-8")
    assert f"]({messenger}/README.md)" in (ROOT / "adapters" / "README.md").read_text("utf-8")

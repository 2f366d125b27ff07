"""A messenger that is nowhere but in its package turns every guard red: one is added to a copy of the tree."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.undone import copied

pytestmark = pytest.mark.long

ADAPTER = '''
"""A messenger that nobody has heard of."""

from bot.domain.messages import Capabilities, Delivery
from bot.ports.messengers import Receive, Request, Response


class PigeonAdapter:
    """Carries letters."""

    messenger = "pigeon"
    capabilities = Capabilities(text_limit=100)

    async def start(self, receive: Receive) -> None: ...

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return "1"

    async def handle(self, request: Request) -> Response:
        return Response(200)

    async def stop(self) -> None: ...
'''

GUARDS = ("tests/house/test_messengers.py", "tests/security/test_ways_in.py")
#: What is forgotten, by the guard that must turn red for it.
FORGOTTEN = {
    "its name in the core": "test_the_core_knows_every_messenger",
    "its name for people": "test_every_messenger_has_a_name_for_people",
    "what its addresses look like": "test_every_messenger_can_stand_in_an_address",
    "its table in the configuration": "test_every_messenger_has_its_table_in_the_configuration",
    "its maker": "test_the_program_makes_every_adapter_that_is_set_up",
    "its webhook": "test_every_messenger_that_calls_us_is_heard_at_its_address[pigeon]",
    "attacks on its webhook": "test_every_webhook_refuses_whoever_proves_nothing[pigeon]",
    "its bench": "test_every_messenger_has_a_bench_in_the_contract_suite",
    "its words in the table": "test_every_messenger_has_its_words_in_the_table_of_the_guide",
    "its page": "test_every_messenger_has_a_page_that_says_how_it_is_set_up[pigeon]",
}


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    with copied() as copy:
        package = copy / "adapters" / "pigeon"
        package.mkdir()
        (package / "__init__.py").write_text('"""Letters by pigeon."""\n', "utf-8")
        (package / "adapter.py").write_text(ADAPTER.lstrip(), "utf-8")
        yield copy


def ran(tree: Path, *command: str) -> str:
    """What a command says that must fail in the copy."""
    done = subprocess.run(
        [sys.executable, *command], cwd=tree, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def red(tree: Path) -> set[str]:
    said = ran(tree, "-m", "pytest", "-q", "-rf", "-p", "no:cacheprovider", *GUARDS)
    return set(re.findall(r"^FAILED \S+::(\S+)", said, re.MULTILINE))


@pytest.mark.parametrize("forgotten", FORGOTTEN)
def test_a_new_messenger_that_is_left_out_turns_its_guard_red(red: set[str], forgotten: str) -> None:
    assert FORGOTTEN[forgotten] in red, f"{forgotten} was forgotten and no guard said so"


def test_no_guard_turned_red_for_another_reason(red: set[str]) -> None:
    assert red == set(FORGOTTEN.values())


def test_a_new_package_must_have_its_place_in_the_import_contract(tree: Path) -> None:
    said = ran(tree, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert "Messengers stand beside each other, above what they share BROKEN" in said
    assert "- adapters.pigeon" in said

"""The bridge as a real deployment has it, in a folder of its own: configuration, database, enrolled people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.people import Person
from bot.domain.turn import Turn
from storage import migrate, open_storage
from tests.bench.story import SECRET, TOKEN
from tests.kit.keys import VAULT, key_file

_MADE_AT = datetime(2026, 4, 1, tzinfo=UTC)

#: Two sides and their corridor.
PARTIES = """
[[parties]]
code = "KH"
name = "Kingdom of Cambodia"
timezone = "Asia/Phnom_Penh"
countries = ["KH"]

[[parties]]
code = "CN"
name = "People's Republic of China"
timezone = "Asia/Shanghai"
countries = ["CN"]

[[corridors]]
code = "KC"
parties = ["KH", "CN"]
"""

_DESKS = """
[[desks]]
id = "kh-duty"
party = "KH"
role = "duty"
name = "Duty desk"
addresses = ["telegram:-1001"]

[[desks]]
id = "cn-duty"
party = "CN"
role = "duty"
name = "Duty desk"
addresses = ["telegram:-1002"]
"""

_GENERAL = """
[server]
port = {port}
public_url = "https://bridge.example"

[database]
url = {database}

[security]
key_file = {key_file}

[bridge]
data_dir = {folder}
alert_after = "{alert_after}"

[messengers.telegram]
token = "{token}"
mode = "webhook"
api_base_url = "{api}"
secret_token = "{secret}"
chat_per_second = 0
group_per_minute = 0
total_per_second = 0
"""


def database_url(folder: Path) -> str:
    """Where the database of such a folder is."""
    return f"sqlite:///{folder / 'casebridge.db'}"


def write_config(folder: Path, port: int, api: str, *, alert_after: str = "3m", more: str = "") -> Path:
    """Write a configuration without pacing, so that the machine is the only limit."""
    text = _GENERAL.format(
        port=port,
        database=json.dumps(database_url(folder)),
        folder=json.dumps(str(folder)),
        key_file=json.dumps(str(key_file(folder))),
        alert_after=alert_after,
        token=TOKEN,
        api=api,
        secret=SECRET,
    )
    path = folder / "config.toml"
    path.write_text(text + PARTIES + _DESKS + more, encoding="utf-8")
    return path


async def enrol(folder: Path, people: Iterable[Person]) -> None:
    """Make the database and enrol everybody."""
    url = database_url(folder)
    migrate(url, VAULT)
    storage = open_storage(url, clock=lambda: _MADE_AT, owner="setup", vault=VAULT)
    await storage.start()
    try:
        await storage.apply([Turn(people=tuple(people))])
    finally:
        await storage.stop()

"""The example configuration is complete, true, and works."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from bot.config.clock_tables import HolidayTable, HoursTable, RungTable
from bot.config.kinds import read_duration, read_keeping, read_time_of_day, read_week_moment
from bot.config.load import embedded, load
from bot.config.model import PaperTable, Settings
from bot.domain.agreement import DEFAULT_LEVELS, Urgency
from tests.kit.configuring import TOKEN, told
from tests.kit.keys import KEYS, key_file
from tests.kit.root import ROOT

EXAMPLE = ROOT / "config.example.toml"


_DURATIONS = (
    "bridge.alert_after", "people.confirm_every", "people.session_idle", "database.answer_within",
    "translation.answer_within", "gateway.answer_within",
)  # fmt: skip


def flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def plain(model: BaseModel) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, value in model:
        if isinstance(value, BaseModel):
            shown[key] = plain(value)
        elif isinstance(value, SecretStr):
            shown[key] = value.get_secret_value()
        else:
            shown[key] = str(value) if isinstance(value, Path) else value
    return shown


def test_the_example_names_every_key_and_no_other() -> None:
    example = tomllib.loads(EXAMPLE.read_text("utf-8"))
    known = dict(flat(plain(Settings())))
    assert set(dict(flat(example))) == set(known)
    for name in ("parties", "corridors", "desks"):
        table = Settings.model_fields[name].annotation.__args__[0]  # type: ignore[union-attr]
        names = {field.alias or known for known, field in table.model_fields.items()}
        remarks = {key.partition(".")[2] for key in REMARKS if key.startswith(f"{name}.")}
        assert set(example[name][0]) == names - {"urgency"} - remarks


#: Tables that the example shows in remarks only, since they have no defaults, with the model of each.
REMARKS: dict[str, type[BaseModel]] = {
    "parties.papers": PaperTable,
    "parties.office_hours": HoursTable,
    "parties.holidays": HolidayTable,
    "corridors.ladder": RungTable,
}


def remarked(name: str) -> dict[str, Any]:
    """What the example shows of a table in remarks."""
    lines = EXAMPLE.read_text("utf-8").partition(f"# [[{name}]]\n")[2].partition("\n# [[")[0].partition("\n[")[0]
    keys = "\n".join(line[2:] for line in lines.split("\n\n")[0].splitlines() if re.match(r"# \w+ = ", line))
    return tomllib.loads(keys)


@pytest.mark.parametrize("name", REMARKS)
def test_the_example_shows_what_may_be_left_out_as_a_remark(name: str) -> None:
    shown, table = remarked(name), REMARKS[name]
    assert set(shown) == set(table.model_fields)
    table(**{key: value for key, value in shown.items() if key != "file"})


def test_the_example_shows_the_values_that_hold_when_a_key_is_left_out() -> None:
    example = tomllib.loads(EXAMPLE.read_text("utf-8"))
    defaults = dict(flat(plain(Settings())))
    for key, value in flat(example):
        if key.startswith("urgency."):
            _, level, deadline = key.split(".")
            assert read_duration(value) == getattr(DEFAULT_LEVELS[Urgency(level)], deadline), key
        elif key in _DURATIONS:
            assert read_duration(value) == defaults[key]
        elif key == "bridge.test_ring":
            assert read_week_moment(value) == defaults[key]
        elif key in ("bridge.evening_report", "journal.digest_at", "retention.at", "backup.at"):
            assert read_time_of_day(value) == defaults[key]
        elif key.startswith("retention.") and key.endswith("_after"):
            assert read_keeping(value) == defaults[key]
        elif key not in ("parties", "corridors", "desks"):
            assert value == (list(defaults[key]) if isinstance(value, list) else defaults[key]), key


def test_every_key_of_the_example_has_a_line_about_it() -> None:
    seen: set[str] = set()
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if found := re.match(r"(\w+) = ", line):
            assert "  #" in line or " # " in line or found[1] in seen, line
            seen.add(found[1])


def test_the_example_works_and_is_the_sample_that_runs_without_a_file() -> None:
    assert load(EXAMPLE, {"CASEBRIDGE_SECURITY__KEY": KEYS}).agreement() == embedded().agreement()


def test_the_example_says_that_only_the_keys_are_missing() -> None:
    assert set(told(load, EXAMPLE, {})) == {"security.key_file"}


def test_what_the_example_has_in_comments_works_too(tmp_path: Path) -> None:
    for name in ("url", "token"):
        (tmp_path / name).write_text(TOKEN if name == "token" else "sqlite:///other.db", "utf-8")
    text = re.sub(r'^# (\w+)_file = ".*"$', rf'\1_file = "{tmp_path}/\1"', EXAMPLE.read_text("utf-8"), flags=re.M)
    text = re.sub(r'^(url|token) = "(.*)"(.*)$', r'\1 = "\2"\3', text, flags=re.M)
    text = text.replace("# [corridors.urgency.U1]\n# acknowledge", "[corridors.urgency.U1]\nacknowledge")
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    settings = load(file, {"CASEBRIDGE_SECURITY__KEY_FILE": str(key_file(tmp_path))})
    assert settings.messengers.telegram.token.get_secret_value() == TOKEN
    assert settings.database.url.get_secret_value() == "sqlite:///other.db"
    policy = settings.agreement().policies.of("KC", Urgency.U1)
    assert (policy.acknowledge, policy.police) == (timedelta(minutes=10), timedelta(minutes=60))

"""Every key of the configuration, with its default and what it may hold; `check` looks at several together.

Those of messengers are in `messenger_tables`. What the two sides agree on has its defaults where the rule is: the time
that a level of urgency allows in `bot.domain.agreement`, how long what is kept in `bot.domain.retention_rules`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.clock_tables import HolidayTable, HoursTable, RungTable, UrgencyTable, office_of, with_ladder
from bot.config.kinds import (
    AgeRecipient,
    CorridorCode,
    Country,
    CountryOrNone,
    DatabaseUrl,
    DeskId,
    Duration,
    Keeping,
    Language,
    Network,
    PartyCode,
    Patience,
    SecretWebAddress,
    TimeOfDay,
    Timezone,
    WebAddress,
    WeekMoment,
    read_duration,
    read_time_of_day,
)
from bot.config.messenger_tables import EmailTable, GatewayTable, MessengersTable, TranslationTable
from bot.config.tables import NOT_SET, NonEmpty, Port, Table
from bot.domain.agreement import DEFAULT_LEVELS, Agreement, Corridor, Desk, DeskRole, Party, Urgency
from bot.domain.messages import Address
from bot.domain.policy import LevelPolicy
from bot.domain.retention_rules import Retention
from bot.domain.sign_in import SESSION_IDLE
from bot.protection.keys import KeyFile, KeySource, KeyText

_RETENTION = Retention()


class ServerTable(Table):
    """``[server]``."""

    host: NonEmpty = "127.0.0.1"
    port: Port = 8080
    public_url: WebAddress = ""
    trusted_proxies: tuple[Network, ...] = ()

    @property
    def url(self) -> str:
        """The address under which browsers and messengers reach the bridge, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"


class DatabaseTable(Table):
    """``[database]``; the address may hold a password."""

    url: DatabaseUrl = SecretStr("sqlite:///casebridge-data/casebridge.db")
    answer_within: Patience = read_duration("5s")


class BridgeTable(Table):
    """``[bridge]``."""

    data_dir: Path = Path("casebridge-data")
    record_language: Literal["en"] = "en"
    identity_on_messenger: Literal["never", "masked", "allowed"] = "never"
    alert_after: Duration = read_duration("3m")
    pings_per_hour: int = Field(12, ge=0, le=1000)
    evening_report: TimeOfDay = read_time_of_day("18:00")
    test_ring: WeekMoment = None


class PeopleTable(Table):
    """``[people]``."""

    confirm_every: Duration = read_duration("90d")
    session_idle: Duration = SESSION_IDLE


class SecurityTable(Table):
    """``[security]``; the keys stand in one of the two. A rotation writes `key_file`, so its name is kept."""

    key: SecretStr = NOT_SET
    key_file: str = ""

    @property
    def source(self) -> KeySource:
        """Where the keys are read from."""
        text = self.key.get_secret_value()
        return KeyText(text) if text else KeyFile(Path(self.key_file))


class JournalTable(Table):
    """``[journal]``."""

    digest_at: TimeOfDay = read_time_of_day("06:00")


class RetentionTable(Table):
    """``[retention]``."""

    tier2_after: Keeping = _RETENTION.tier2_after
    cases_after: Keeping = _RETENTION.cases_after
    drills_after: Keeping = _RETENTION.drills_after
    unassigned_after: Keeping = _RETENTION.unassigned_after
    batch: Annotated[int, Field(ge=10, le=10_000)] = _RETENTION.batch
    at: TimeOfDay = _RETENTION.at

    def rules(self) -> Retention:
        """Make the rules that the core works with."""
        return Retention(**dict(self))


class BackupTable(Table):
    """``[backup]``; every night when it has a recipient."""

    recipient: AgeRecipient = ""
    folder: str = ""
    at: TimeOfDay = read_time_of_day("02:30")
    keep: Annotated[int, Field(ge=1, le=3650)] = 14


class PaperTable(Table):
    """``[[parties.papers]]``: the letterhead of papers of a channel; what is not named has the shipped one."""

    channel: Literal["police", "diplomatic", "support"]
    template: Path


class PartyTable(Table):
    """``[[parties]]``."""

    code: PartyCode
    name: NonEmpty
    timezone: Timezone
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en",)
    countries: tuple[Country, ...] = ()
    papers: tuple[PaperTable, ...] = ()
    office_hours: tuple[HoursTable, ...] = ()
    holidays: tuple[HolidayTable, ...] = ()

    def party(self) -> Party:
        """Make the party that the core works with."""
        office = office_of(self.timezone, self.office_hours, self.holidays)
        return Party(self.code, self.name, self.timezone, self.languages, self.countries, office)


class CorridorTable(Table):
    """``[[corridors]]``."""

    code: CorridorCode
    parties: tuple[str, ...]
    urgency: UrgencyTable = UrgencyTable()
    ladder: tuple[RungTable, ...] = ()

    def levels(self, general: dict[Urgency, LevelPolicy]) -> dict[Urgency, LevelPolicy]:
        """Lay what is agreed here over the general deadlines of all levels."""
        return {u: with_ladder(policy, u, self.ladder) for u, policy in self.urgency.over(general).items()}


class DeskTable(Table):
    """``[[desks]]``."""

    id: DeskId
    party: str
    role: Literal["duty", "secretariat", "police", "diplomatic", "support"]
    name: NonEmpty
    addresses: tuple[str, ...] = ()
    seat: Annotated[CountryOrNone, Field(alias="in")] = ""
    age: AgeRecipient = ""
    independent: bool = False


class WatchdogTable(Table):
    """``[watchdog]``; its address is often a secret in itself."""

    url: SecretWebAddress = NOT_SET


class Settings(BaseSettings):
    """The whole configuration of one bridge."""

    model_config = SettingsConfigDict(
        env_prefix="CASEBRIDGE_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    server: ServerTable = ServerTable()
    database: DatabaseTable = DatabaseTable()
    bridge: BridgeTable = BridgeTable()
    people: PeopleTable = PeopleTable()
    security: SecurityTable = SecurityTable()
    journal: JournalTable = JournalTable()
    retention: RetentionTable = RetentionTable()
    backup: BackupTable = BackupTable()
    parties: tuple[PartyTable, ...] = ()
    corridors: tuple[CorridorTable, ...] = ()
    desks: tuple[DeskTable, ...] = ()
    urgency: UrgencyTable = UrgencyTable()
    messengers: MessengersTable = MessengersTable()
    email: EmailTable = EmailTable()
    gateway: GatewayTable = GatewayTable()
    translation: TranslationTable = TranslationTable()
    watchdog: WatchdogTable = WatchdogTable()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what `config.load` has put together: the process's own environment is an argument there."""
        return (init_settings,)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is set, to be kept out of the logs."""
        password = urlsplit(self.database.url.get_secret_value()).password
        kept = (self.messengers, self.email, self.gateway, self.translation, self.watchdog)
        keys = re.findall(r"\S{40,}", self.security.key.get_secret_value())
        return (*([password] if password else []), *(secret for table in kept for secret in _secrets(table)), *keys)

    def levels(self) -> dict[Urgency, LevelPolicy]:
        """The general deadlines of all levels."""
        return self.urgency.over(dict(DEFAULT_LEVELS))

    def agreement(self) -> Agreement:
        """Make the agreement that the core works with; what was checked by `config.load` holds."""
        levels = self.levels()
        return Agreement(
            parties={p.code: p.party() for p in self.parties},
            corridors={c.code: _corridor(c, levels) for c in self.corridors},
            desks={d.id: _desk(d) for d in self.desks},
            levels=levels,
        )


def _secrets(table: BaseModel) -> list[str]:
    found: list[str] = []
    for _, value in table:
        if isinstance(value, BaseModel):
            found += _secrets(value)
        elif isinstance(value, tuple):
            found += [secret for each in value if isinstance(each, BaseModel) for secret in _secrets(each)]
        elif isinstance(value, SecretStr) and value.get_secret_value():
            found.append(value.get_secret_value())
    return found


def _corridor(table: CorridorTable, levels: dict[Urgency, LevelPolicy]) -> Corridor:
    one, two = table.parties
    changed = {u: p for u, p in table.levels(levels).items() if p != levels[u]}
    return Corridor(table.code, (one, two), changed)


def _desk(table: DeskTable) -> Desk:
    addresses = tuple(Address.parse(each) for each in table.addresses)
    return Desk(
        table.id,
        table.party,
        DeskRole(table.role),
        table.name,
        addresses,
        table.age,
        table.seat,
        is_independent=table.independent,
    )

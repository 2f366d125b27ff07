"""The configuration: TOML, over it the environment, over that secret files. Every mistake is told at once.

The only modules that know pydantic are this one and its neighbours here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from bot.config.check import check, key_mistakes, sample_mistakes
from bot.config.draft import Draft
from bot.config.errors import mistakes_of
from bot.config.model import Settings
from bot.config.sources import Raw, merge, read_environment, read_secret_files, read_toml
from bot.config.web_push import push_key_mistakes
from bot.domain.errors import ConfigError, Mistake

OWN_KEYS = "casebridge.key"  #: in the data folder of the embedded default


#: What runs without a configuration: two sample parties whose people are told personally, in web chat.
SAMPLE: Raw = {
    "parties": [
        {
            "code": "KH",
            "name": "Kingdom of Cambodia",
            "timezone": "Asia/Phnom_Penh",
            "languages": ["km", "en"],
            "countries": ["KH"],
        },
        {
            "code": "CN",
            "name": "People's Republic of China",
            "timezone": "Asia/Shanghai",
            "languages": ["zh", "en"],
            "countries": ["CN"],
        },
    ],
    "corridors": [{"code": "KC", "parties": ["KH", "CN"]}],
    "desks": [
        {"id": f"{party.lower()}-{role}", "party": party, "role": role, "name": name}
        for party in ("KH", "CN")
        for role, name in (
            ("duty", "Duty desk"),
            ("secretariat", "Secretariat"),
            ("police", "Police channel"),
        )
    ]
    + [
        {"id": "cn-diplomatic", "party": "CN", "role": "diplomatic", "name": "Foreign ministry"},
        {"id": "kh-diplomatic", "party": "KH", "role": "diplomatic", "name": "Embassy in Beijing", "in": "CN"},
    ],
}


def find(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Say which file holds the configuration: the one named, ``$CASEBRIDGE_CONFIG``, ``./config.toml``, or none."""
    if config is not None:
        return config
    named = next((value for name, value in environ.items() if name.upper() == "CASEBRIDGE_CONFIG" and value), None)
    if named:
        return Path(named)
    beside = Path("config.toml")
    return beside if beside.exists() else None


def embedded() -> Settings:
    """Make the default that needs no configuration file, untouched by any environment."""
    return load(None, {})


def load(path: Path | None, environ: Mapping[str, str], *, needs_keys: bool = True) -> Settings:
    """Read and check a configuration; with no file, the embedded default under the environment.

    The embedded default has its keys in a file of its own, which need not be there yet: the first run makes it. For a
    command that makes keys `needs_keys` is False.

    Raises:
        ConfigError: with every mistake found, not only the first.
    """
    raw, unreadable = (SAMPLE, []) if path is None else read_toml(path)
    if unreadable:
        raise ConfigError(unreadable)
    above, mistakes = read_environment(environ)
    raw = merge(raw, above)
    mistakes += read_secret_files(raw)
    settings, found = _settle(raw)
    mistakes += found
    if path is None:
        mistakes += sample_mistakes(settings)
        settings = _with_own_keys(settings)
    if needs_keys and not any(m.key.startswith("security") for m in mistakes) and not _makes_keys(path, settings):
        mistakes += [*key_mistakes(settings.security), *push_key_mistakes(settings)]
    if mistakes:
        raise ConfigError(mistakes)
    return settings


def _with_own_keys(settings: Settings) -> Settings:
    """The embedded default, its key file beside its database unless somebody said otherwise."""
    security = settings.security
    if security.key.get_secret_value() or security.key_file:
        return settings
    own = security.model_copy(update={"key_file": str(settings.bridge.data_dir / OWN_KEYS)})
    return settings.model_copy(update={"security": own})


def _makes_keys(path: Path | None, settings: Settings) -> bool:
    """Whether the first run will make the keys."""
    own = settings.bridge.data_dir / OWN_KEYS
    return path is None and settings.security.key_file == str(own) and not own.exists()


def _settle(raw: Raw) -> tuple[Settings, list[Mistake]]:
    """Validate, then check together what is left when the wrong parts are taken out."""
    try:
        settings = Settings(**raw)
    except ValidationError as error:
        draft = Draft.without(raw, [each["loc"] for each in error.errors(include_url=False, include_input=False)])
        return draft.settings, mistakes_of(error) + check(draft)
    return settings, check(Draft(settings))

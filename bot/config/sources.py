"""Reads what the configuration is made of: a TOML file, the environment, and files that hold one secret each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic_settings import EnvSettingsSource

from bot.config.model import Settings
from bot.domain.errors import Mistake

Raw = dict[str, Any]  #: nested tables as TOML gives them

PREFIX = "casebridge_"
#: Set for the program, but no key of the configuration.
_OTHERS = frozenset({"casebridge_config"})
_LARGEST_SECRET = 64 * 1024  #: bytes


class _Environment(EnvSettingsSource):
    """Reads the environment it is given, and leaves to the model what cannot be read as JSON."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environ.items()}

    def decode_complex_value(self, field_name: str, field: Any, value: Any) -> Any:  # noqa: ANN401, RUF100
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def read_toml(path: Path) -> tuple[Raw, list[Mistake]]:
    """Read a TOML file; a file that cannot be read is one mistake and no keys."""
    remedy = "See config.example.toml."
    try:
        return tomllib.loads(path.read_text("utf-8-sig")), []
    except FileNotFoundError:
        return {}, [Mistake(str(path), "There is no such file.", "Name another with --config, or copy the example.")]
    except OSError as error:
        return {}, [Mistake(str(path), f"cannot be read: {error.strerror}.", "Mend its permissions or name another.")]
    except UnicodeDecodeError:
        return {}, [Mistake(str(path), "is not a text in UTF-8.", "Save it as UTF-8.")]
    except tomllib.TOMLDecodeError as error:
        return {}, [Mistake(str(path), f"is not TOML: {error}.", remedy)]


def read_environment(environ: Mapping[str, str]) -> tuple[Raw, list[Mistake]]:
    """Read ``CASEBRIDGE_SECTION__KEY``, names in any case; a name that belongs to no section is a mistake."""
    ours = {name: value for name, value in environ.items() if name.lower().startswith(PREFIX)}
    sections = set(Settings.model_fields)
    mistakes = [
        Mistake(name, "names no key of the configuration.", _nearest_variable(name))
        for name in sorted(ours)
        if name.lower() not in _OTHERS and name.lower().removeprefix(PREFIX).split("__")[0] not in sections
    ]
    return _Environment(ours)(), mistakes


def _nearest_variable(name: str) -> str:
    known = {key.replace(".", "__").upper(): key for key in keys(Settings)}
    wanted = name.lower().removeprefix(PREFIX).upper()
    near = get_close_matches(wanted, known, n=1, cutoff=0.7)
    return f"Did you mean CASEBRIDGE_{near[0]}?" if near else "Write CASEBRIDGE_SECTION__KEY."


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Name every key that is not in a list of tables, dotted: ``server.port``; lists of tables by themselves."""
    for name, each in model.model_fields.items():
        if isinstance(each.annotation, type) and issubclass(each.annotation, BaseModel):
            yield from keys(each.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def merge(below: Raw, above: Raw) -> Raw:
    """Lay one set of tables over another; lists are replaced whole."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def read_secret_files(raw: Raw) -> list[Mistake]:
    """Put the content of each ``<key>_file`` in the place of its secret, in `raw` itself."""
    return list(_read_secret_files(Settings, raw, ""))


def _read_secret_files(model: type[BaseModel], raw: Raw, prefix: str) -> Iterator[Mistake]:
    for name, each in model.model_fields.items():
        inner = raw.get(name)
        if isinstance(each.annotation, type) and issubclass(each.annotation, BaseModel):
            if isinstance(inner, dict):
                yield from _read_secret_files(each.annotation, inner, f"{prefix}{name}.")
        elif isinstance(inner, list):
            yield from _read_listed(each.annotation, inner, f"{prefix}{name}")
        elif each.annotation is SecretStr and f"{name}_file" not in model.model_fields:
            file = raw.pop(f"{name}_file", "")
            if file:
                yield from _read_secret(raw, name, file, f"{prefix}{name}_file")


def _read_listed(annotation: Any, tables: list[Any], key: str) -> Iterator[Mistake]:  # noqa: ANN401, RUF100
    """Look into the tables of a list; of anything else in a list nothing is a secret."""
    inner = (*get_args(annotation), None)[0]
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        for at, table in enumerate(tables, 1):
            if isinstance(table, dict):
                yield from _read_secret_files(inner, table, f"{key}.{at}.")


def _read_secret(raw: Raw, name: str, file: object, key: str) -> Iterator[Mistake]:
    remedy = "Name a readable file that holds the secret and nothing else."
    try:
        with Path(str(file)).open("rb") as opened:
            secret = opened.read(_LARGEST_SECRET).decode("utf-8-sig").strip()
    except OSError as error:
        yield Mistake(key, f"cannot be read: {error.strerror}.", remedy)
    except UnicodeDecodeError:
        yield Mistake(key, "holds no text in UTF-8.", remedy)
    else:
        if not secret:
            yield Mistake(key, "holds nothing.", remedy)
        raw[name] = secret

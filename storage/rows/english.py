"""English versions, and what waits for a machine's draft, to rows and back."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import RowMapping

from bot.domain.english import English, Translation, TranslationState
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.protection.sealing import Vault
from storage.rows.cases import RowDict, text_or_none
from storage.sealed import seal, unseal

_TRANSLATION = tuple(field.name for field in fields(Translation))


def english_row(vault: Vault, version: English) -> RowDict:
    """An English version; its text is sealed."""
    row = {field.name: getattr(version, field.name) for field in fields(English) if field.name != "text"}
    sealed = seal(vault, "english", version.id, {"text": version.text.reveal()})
    return {**row, "role": text_or_none(version.role), "sealed": sealed}


def english_of(vault: Vault, row: RowMapping) -> English:
    """An English version."""
    values = {**row, "role": None if row["role"] is None else Role(row["role"])}
    text = unseal(vault, "english", row["id"], values.pop("sealed")).get("text", "")
    return English(**values, text=Guarded(text))


def translation_row(asked: Translation) -> RowDict:
    """What waits for a draft; written anew it is nobody's."""
    return {name: getattr(asked, name) for name in _TRANSLATION} | {"state": asked.state.value, "leased_until": None}


def translation_of(row: RowMapping) -> Translation:
    """What waits for a draft."""
    return Translation(**{name: row[name] for name in _TRANSLATION} | {"state": TranslationState(row["state"])})

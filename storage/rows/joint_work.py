"""Referrals to support desks and plans of joint operations, to rows and back."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime

from sqlalchemy import RowMapping

from bot.domain.guarded import Guarded
from bot.domain.joint_operation import Confirmation, Plan
from bot.domain.referral import Ground, Referral, ReferralState
from bot.protection.sealing import Vault
from storage.rows.cases import RowDict, numbers_column, numbers_in, to_json
from storage.sealed import seal, unseal

_SEALED_OF_REFERRAL = ("spoken", "taken_by", "reason")


def referral_row(vault: Vault, referral: Referral) -> RowDict:
    """A referral."""
    row = {field.name: getattr(referral, field.name) for field in fields(Referral)}
    words = {name: row.pop(name).reveal() for name in _SEALED_OF_REFERRAL}
    coded = {
        "state": referral.state.value,
        "ground": referral.ground.value,
        "covers": numbers_column(referral.covers),
    }
    return {**row, **coded, "sealed": seal(vault, "referrals", referral.id, words)}


def referral_of(vault: Vault, row: RowMapping) -> Referral:
    """A referral; without its words when they were purged."""
    values = {**row, "state": ReferralState(row["state"]), "ground": Ground(row["ground"])}
    values["covers"] = numbers_in(row["covers"])
    words = unseal(vault, "referrals", row["id"], values.pop("sealed"))
    return Referral(**values | {name: Guarded(words.get(name, "")) for name in _SEALED_OF_REFERRAL})


def plan_row(vault: Vault, plan: Plan) -> RowDict:
    """A version of a plan."""
    row = {field.name: getattr(plan, field.name) for field in fields(Plan)}
    where = {"where": row.pop("where").reveal()}
    said = [[each.party, each.by, each.at.isoformat()] for each in plan.confirmations]
    return {**row, "confirmations": to_json(said), "sealed": seal(vault, "plans", plan.id, where)}


def plan_of(vault: Vault, row: RowMapping) -> Plan:
    """A version of a plan; without its place when that was purged."""
    values = {**row}
    said = json.loads(values.pop("confirmations"))
    where = unseal(vault, "plans", row["id"], values.pop("sealed")).get("where", "")
    confirmations = tuple(Confirmation(party, by, datetime.fromisoformat(at)) for party, by, at in said)
    return Plan(**values, where=Guarded(where), confirmations=confirmations)

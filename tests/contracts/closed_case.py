"""A closed case with something secret in every place that there is for it, and the order to purge it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.case import Answer, Case, CaseText, Channel, ClosureCode, Handoff, HandoffState, Status, TextKind
from bot.domain.guarded import Guarded
from bot.domain.joint_operation import Plan
from bot.domain.journal_acts import CODED_ACTS
from bot.domain.referral import Ground, Referral, ReferralState
from bot.domain.retention_rules import FREE_FIELDS
from bot.domain.turn import Turn
from bot.domain.verify_journal import PURGED
from bot.ports.retention import Purge
from bot.ports.storage import Storage
from tests.kit.clock import START
from tests.kit.values import (
    OFFICER,
    case,
    conversation,
    entry,
    inbound,
    inbox,
    message,
    new_id,
    opening,
    step,
)

#: Every text that must be gone has this in it.
SECRET = "Srey Mom behind the blue door"
LATER = START + timedelta(days=200)


async def closed_case(kept: Storage, **changes: Any) -> Case:
    """Store such a case."""
    about = case()
    number = about.id
    answers = tuple(
        Answer(new_id(), number, name, value, START, OFFICER)
        for name, value in (("age_group", "12_17"), ("area", Guarded(SECRET)), ("summary", Guarded(SECRET)))
    )
    handoff = Handoff(
        new_id(),
        number,
        Channel.POLICE,
        HandoffState.RETURNED,
        "cn-police",
        OFFICER,
        START,
        accepting_officer=Guarded(SECRET),
        return_reason=Guarded(SECRET),
    )
    about = replace(about, answers={a.field: a for a in answers}, handoffs=(handoff,))
    referral = Referral(
        new_id(), number, "kh-shelter", "KH", ReferralState.RETURNED, OFFICER, START, Ground.CONSENT, (1,),
        taken_by=Guarded(SECRET), reason=Guarded(SECRET),
    )  # fmt: skip
    plan = Plan(new_id(), number, START, OFFICER, "KH", where=Guarded(SECRET))
    about = replace(about, referrals=(referral,), plans=(plan,))
    texts = tuple(
        CaseText(new_id(), number, kind, Guarded(SECRET), START, OFFICER, "KH", message=f"telegram:501#{new_id()}")
        for kind in (TextKind.FIRST, TextKind.NOTE, TextKind.LOCATION)
    )
    received = inbox(inbound(SECRET, raw=SECRET.encode(), sender_name=SECRET, latitude=28.6), case_id=number)
    sent = (message(text=SECRET, case_id=number), message(text=SECRET, case_id=number, not_before=LATER))
    acts = (entry("opened", case_id=number), entry("snoozed", case_id=number, details={"reason": SECRET}))
    talk = conversation(person_id=number, case_id=number, asking="area", pending={"unread": {"text": SECRET}})
    await kept.apply(
        [
            opening(
                about, inbox=received, answers=answers, texts=texts, journal=acts, outgoing=sent, conversations=(talk,)
            )
        ]
    )
    over = {"status": Status.CLOSED, "closed_at": START, "closure": ClosureCode.FOUND_SAFE} | changes
    closed = step(about, **over)
    await kept.apply([Turn(cases=(closed,))])
    return closed


def order_for(about: Case, **changes: Any) -> Purge:
    """Let go of its free texts, as half a year after its closure."""
    record = entry(PURGED, case_id=about.id, at=LATER, details={"rule": "tier2"})
    return replace(Purge(about.id, about.version, False, record, 100, FREE_FIELDS, CODED_ACTS), **changes)

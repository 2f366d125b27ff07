"""A world with support desks: a State's shelter and an NGO's on one side, a shelter on the other. All invented."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case
from bot.domain.messages import Capabilities
from bot.domain.people import Role
from bot.domain.referral import Referral
from tests.kit.played import PlayedBridge
from tests.kit.world import MESSENGERS, Somebody, agreement, desk

OFFICER, CLERK, OWN_SUPERVISOR, OWN_GROUP = (
    "telegram:officer", "telegram:clerk", "telegram:kh-supervisor", "telegram:kh-group",
)  # fmt: skip
DUTY = "wechat:duty"
SHELTER, NGO, THEIR_SHELTER = "telegram:shelter", "telegram:ngo", "wechat:shelter"
SUPPORT_DESKS = (SHELTER, NGO, THEIR_SHELTER)
#: What points to suspects in the answers and words of `referable`.
SUSPECT_WORDS = ("van", "broker", "ForcedMarriage", "Forced marriage", "Locked in", "confined", "joint", "Joint")

_DESKS = (
    desk("kh-shelter", DeskRole.SUPPORT, "Shelter"),
    replace(desk("kh-ngo", DeskRole.SUPPORT, "House of an NGO"), is_independent=True),
    desk("cn-shelter", DeskRole.SUPPORT, "Shelter"),
)
_PEOPLE = (
    Somebody("Meas Rath", "KH", Role.DUTY, (SHELTER,), "kh-shelter"),
    Somebody("Ana Example", "KH", Role.DUTY, (NGO,), "kh-ngo"),
    Somebody("Chen Hua", "CN", Role.DUTY, (THEIR_SHELTER,), "cn-shelter"),
)


def agreed(*without: str) -> Agreement:
    """The agreement of the journeys with support desks, but for some."""
    known = agreement()
    return replace(known, desks={**known.desks, **{d.id: d for d in _DESKS if d.id not in without}})


@asynccontextmanager
async def supported(
    folder: Path, *without: str, messengers: Mapping[str, Capabilities] = MESSENGERS
) -> AsyncIterator[PlayedBridge]:
    """A running bridge with support desks."""
    played = PlayedBridge(folder, agreed=agreed(*without), messengers=messengers)
    await played.start()
    await played.enrol(*(p for p in _PEOPLE if p.desk not in without))
    yield played
    await played.stop()
    failed = [row.error for row in played.inbox() if row.error]
    assert not failed, f"messages whose turn failed: {failed}"


async def referable(bridge: PlayedBridge, *more: str, age: str = "25", citizenship: str = "Cambodia") -> Case:
    """An adult who asks for shelter, whose case says much about suspects too; the requested side has it."""
    block = "\n".join(
        [
            "country: China", "area: Jiangxi, Nanchang", "exploitation: Forced marriage",
            f"citizenship: {citizenship}", "assistance: Safe shelter, Medical care, Joint operation",
            "summary: a broker with a white van holds her", *(more or ("fears: no",)),
        ]
    )  # fmt: skip
    case = await bridge.report_case("no", "locked in", age, block, "send", "send", text="/alert a woman is held")
    await bridge.says(DUTY, f"/ack {case.reference}")
    bridge.forget()
    return await bridge.case(case)


async def referred(bridge: PlayedBridge, case: Case) -> Referral:
    """The only referral of a case."""
    (found,) = (await bridge.case(case)).referrals
    return found

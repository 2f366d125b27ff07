"""Whatever anybody does in any order: a support desk learns nothing of suspects, of the other side or of a closed gate.

And what it writes is read by the side that referred, and by nobody else.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.web.cases import case_history, case_view, referral_view
from bot.domain.case import Case
from bot.domain.fields import DESK_FIELDS
from bot.domain.guarded import Guarded
from bot.domain.people import Person
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from bot.protection.permissions import is_support, loaded_for, may_see, referral_for, scope_of
from tests.journeys.supported import (
    CLERK,
    DUTY,
    NGO,
    OFFICER,
    OWN_SUPERVISOR,
    SHELTER,
    SUPPORT_DESKS,
    THEIR_SHELTER,
    referable,
    supported,
)
from tests.kit.examples import examples
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

pytestmark = pytest.mark.long

DESK_OF = {SHELTER: "kh-shelter", NGO: "kh-ngo", THEIR_SHELTER: "cn-shelter"}
SIDE_OF = {SHELTER: "KH", NGO: "KH", THEIR_SHELTER: "CN"}
#: Addresses of each side's desks and officers; nobody of a support desk.
KH = (
    OFFICER,
    "telegram:colleague",
    CLERK,
    OWN_SUPERVISOR,
    "telegram:kh-group",
    "telegram:kh-police",
    "telegram:kh-secretariat",
)
CN = (DUTY, "wechat:night", "wecom:supervisor", "wecom:detective", "wecom:police-group", "wecom:secretariat")
#: What is in the answers, the words and the secure case about suspects, whom nobody at a support desk is told of.
SUSPECT = (
    "ZZSUSPECT", "broker", "van", "Forced marriage", "ForcedMarriage", "Locked in", "confined", "Joint operation",
    "joint_operation", "Suspected", "Situation", "Danger",
)  # fmt: skip
#: What no support desk hears of what is recorded for the gates, and of people's names.
SECRET = ("Fears own", "fears", "Protection", "asylum", "Guardian", "Sok Dara", "Kim Ly", "Li Wei", "ZZNAME")
TYPED = (
    "/refer {ref} kh-shelter yes", "/refer {ref} kh-ngo yes", "/refer {ref} yes", "/refer {ref} kh-shelter off {words}",
    "/refer {ref} kh-ngo off {words}", "/refer {ref} no", "/note {ref} {words}", "/memo {ref} {words}",
    "/accept {ref} {words}", "/return {ref} {words}", "/case {ref}", "/cases", "/help", "/secure {ref}", "/plan {ref}",
    "/close {ref} found_safe {words}", "/reopen {ref} {words}", "/standdown {ref} {words}", "/ack {ref}",
    "/handoff {ref} police", "/accept {ref} police 12/26", "/return {ref} police {words}", "/assign {ref} me",
    "/liaison {ref} me", "/liaison {ref} Meas Rath", "/assign {ref} Meas Rath", "/operation {ref} when tomorrow 05:00",
    "/operation {ref} where {words}", "/operation {ref} confirm", "/consent {ref} fears yes", "/consent {ref} fears no",
    "/consent {ref} police yes", "/protect {ref} possible {words}", "/protect {ref} none_known",
    "/guardian {ref} {words}", "/interest {ref} {words}", "/decide {ref} allowed {words}", "/urgency {ref} U1 {words}",
    "/person {ref} 1 located", "{words}", "/snooze {ref} 5m {words}", "/hold {ref} {words}",
)  # fmt: skip
OFTEN = (CLERK, DUTY, OWN_SUPERVISOR, SHELTER, THEIR_SHELTER, NGO, OFFICER)
WHO = (*OFTEN, "telegram:colleague", "wecom:supervisor", "wecom:detective", "web:admin")


@dataclass(frozen=True)
class Says:
    """Somebody types this."""

    who: str
    typed: str


@dataclass(frozen=True)
class Taps:
    """Somebody taps any button they ever saw."""

    who: str
    number: int


@dataclass(frozen=True)
class Corrects:
    """The reporting officer changes an answer."""

    edit: str
    answer: str


@dataclass(frozen=True)
class Waits:
    """Time passes."""

    minutes: int


Step = Says | Taps | Corrects | Waits
STEPS = st.one_of(
    st.builds(Says, st.sampled_from(WHO), st.sampled_from(TYPED)),
    st.builds(Says, st.sampled_from(OFTEN), st.sampled_from(TYPED[:11])),
    st.builds(Taps, st.sampled_from(OFTEN), st.integers(0, 999)),
    st.sampled_from(
        [
            Corrects("edit 3", "15"), Corrects("edit 3", "25"), Corrects("edit 10", "China"),
            Corrects("edit 10", "Cambodia"), Corrects("edit 10", "unknown"), Corrects("edit 14", "ZZSUSPECT drove"),
        ]
    ),
    st.builds(Waits, st.sampled_from([1, 35, 70])),
)  # fmt: skip


def word(who: str, number: int) -> str:
    """A word that shows who wrote it, wherever it turns up."""
    return f"ZZ{DESK_OF.get(who, 'KH' if who in KH else 'CN').replace('-', '').upper()}{number}ZZ"


@dataclass
class Watch:
    """A case, and how far what was told was looked at."""

    bridge: PlayedBridge
    case: Case
    told: dict[str, int] = field(default_factory=dict)
    number: int = 0

    async def step(self, step: Step) -> None:
        match step:
            case Says(who, typed):
                self.number += 1
                words = typed.format(ref=self.case.reference, words=word(who, self.number))
                await self.bridge.says(who, words)
            case Taps(who, number):
                await self._tap(who, number)
            case Corrects(edit, answer):
                await self.bridge.answers(OFFICER, edit, answer)
            case Waits(minutes):
                await self.bridge.fast_forward(minutes=minutes)
        await self.look()

    async def _tap(self, who: str, number: int) -> None:
        seen = [(shown, label) for shown in self.bridge.phones.at(who) for label in labels(shown)]
        if seen:
            shown, label = random.Random(number).choice(seen)
            await self.bridge.taps(who, label, of=shown)

    async def look(self) -> None:
        """Check everything that came about since the last look."""
        assert not [row.error for row in self.bridge.inbox() if row.error]
        case = await self.bridge.case(self.case)
        for address in (*SUPPORT_DESKS, *KH, *CN):
            for text in self._fresh(address):
                self._check(address, text)
        directory = await self.bridge.storage.directory()
        for person in directory.people.values():
            if is_support(person, self.bridge.rules.agreement):
                await self._check_support(person)
            elif person.party == "CN" and may_see(person, case, self.bridge.rules.agreement):
                page = await self._page(case, person)
                assert "ZZKHSHELTER" not in page, "words of a support desk are for its side"
                assert "ZZKHNGO" not in page
                assert "KH Shelter" not in page
            elif person.party == "KH" and may_see(person, case, self.bridge.rules.agreement):
                page = await self._page(case, person)
                assert "ZZCNSHELTER" not in page
                assert "CN Shelter" not in page

    def _fresh(self, address: str) -> list[str]:
        shown = self.bridge.phones.at(address)
        fresh = shown[self.told.get(address, 0) :]
        self.told[address] = len(shown)
        return [each.text for each in fresh]

    def _check(self, address: str, text: str) -> None:
        if address in SUPPORT_DESKS:
            self._check_text(address, text)
        elif address in KH:
            assert "ZZCNSHELTER" not in text, text
        else:
            assert "ZZKHSHELTER" not in text, text
            assert "ZZKHNGO" not in text, text

    def _check_text(self, address: str, text: str) -> None:
        others = [f"ZZ{name}" for name in ("KH", "CN") if f"ZZ{name}" in text.replace(word(address, 0)[:-3], "")]
        assert not others, f"{address} heard words of somebody else: {text}"
        assert not [each for each in (*SUSPECT, *SECRET) if each in text], f"{address}: {text}"
        other = ("Beijing", "China", "CN ") if SIDE_OF[address] == "KH" else ("Phnom Penh", "Cambodia", "KH ")
        assert not [each for each in other if each in text], f"{address} heard of the other side: {text}"

    async def _check_support(self, person: Person) -> None:
        """Neither the case nor a page of it is there; the page of a referral says no more than the messenger."""
        agreement, storage = self.bridge.rules.agreement, self.bridge.storage
        address = str(person.addresses[0])
        assert await storage.find_case(self.case.reference, scope_of(person, agreement)) is None
        case = await storage.find_case(self.case.reference, loaded_for(person, agreement))
        if case is None:
            return
        assert not may_see(person, case, agreement)
        directory, history = await storage.directory(), await storage.history(case.id)
        entries = await storage.secure_entries(case.id)
        shown = referral_view.referrals(case, entries, person, agreement, directory)
        notes = referral_view.notes(case, history.texts, person, agreement, directory)
        text = str(shown) + str(notes)
        self._check_text(address, text.replace("person=", ""))
        referral = referral_for(person, case, agreement)
        desk = agreement.desks[person.desk]
        is_feared = case.value("fears_own_authorities") == "yes" or case.value("protection_flag") == "possible"
        found = case.value("citizenship")
        states = found if isinstance(found, tuple) else (str(found or ""),)
        is_own = desk.party in states or states == ("unknown",)
        if is_feared and is_own and not desk.is_independent and referral is not None:
            assert not referral.is_live, "a desk of a State that is feared has nothing"
            assert "ZZHEALTH" not in text
            assert "Nanchang" not in text

    async def _page(self, case: Case, person: Person) -> str:
        directory = await self.bridge.storage.directory()
        reader = case_view.Reader(person, self.bridge.rules.agreement, directory, self.bridge.now)
        page = case_history.page(case, await self.bridge.storage.history(case.id), reader)
        return str({name: part for name, part in page.items() if name != "case"})


async def begin(bridge: PlayedBridge) -> Watch:
    """A case that says much about suspects, in its answers and in the secure case, and what a shelter needs."""
    case = await referable(bridge)
    by = await bridge.person(CLERK)
    kept = (
        (SecureField.SUSPECTS, "ZZSUSPECT with a scar"),
        (SecureField.CONTROL, "ZZSUSPECT"),
        (SecureField.NAMES, "ZZNAME"),
        (SecureField.LANGUAGE, '{"code": "khm", "interpreter": "yes"}'),
        (SecureField.HEALTH, '{"text": "ZZHEALTH asthma"}'),
    )
    entries = tuple(
        SecureEntry(bridge._new_id(), case.id, asked, Guarded(said), bridge.now, by.id, "KH") for asked, said in kept
    )
    await bridge.storage.apply([Turn(secure=entries)])
    return Watch(bridge, case)


def played(steps: Sequence[Step]) -> None:
    """Play it all."""

    async def journey() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with supported(Path(folder)) as bridge:
                watch = await begin(bridge)
                for step in steps:
                    await watch.step(step)

    asyncio.run(journey())


REFERRED: list[Step] = [
    Says(CLERK, TYPED[0]), Says(CLERK, TYPED[1]), Says(DUTY, TYPED[2]), Says(SHELTER, "/accept {ref} {words}"),
    Says(THEIR_SHELTER, "/note {ref} {words}"), Says(SHELTER, "{words}"), Says(OFFICER, "/note {ref} {words}"),
    Says(DUTY, "/note {ref} {words}"), Says(CLERK, "/operation {ref} when tomorrow 05:00"),
]  # fmt: skip


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=14))
@example(REFERRED)
@example([*REFERRED, Says(OFFICER, "/consent {ref} fears yes"), Says(SHELTER, "/note {ref} {words}"), Waits(70)])
@example([*REFERRED, Corrects("edit 10", "China"), Says(OFFICER, "/consent {ref} fears yes"), Waits(70)])
@example([*REFERRED, Says(CLERK, "/close {ref} found_safe {words}"), Says(CLERK, "/reopen {ref} {words}"), Waits(70)])
@example([Says(CLERK, "/assign {ref} Meas Rath"), Says(CLERK, "/liaison {ref} Meas Rath"), Says(DUTY, TYPED[6])])
@example([*REFERRED, Says(CLERK, "/protect {ref} possible {words}"), Says(SHELTER, "/case {ref}")])
def test_no_order_of_acts_shows_a_support_desk_suspects_or_the_other_side(steps: list[Step]) -> None:
    played(steps)


def test_the_walk_tries_what_is_recorded_for_the_gates() -> None:
    assert {each.id for each in DESK_FIELDS} >= {"protection_flag", "guardian", "best_interests", "police_decision"}

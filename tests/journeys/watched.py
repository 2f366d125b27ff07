"""A played case under watch: after every step, what nobody may ever have heard, read or been sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.web.cases import case_history, case_view
from bot.domain.case import Case, Channel, DeadlineKind, HandoffState, Value
from bot.domain.people import Person
from bot.protection.permissions import scope_of
from tests.fakes.memory_messenger import Shown
from tests.kit.gate_tables import Given, diplomatic_table, police_table
from tests.kit.played import PlayedBridge
from tests.kit.world import DESKS, PEOPLE, SUPERVISOR, Somebody

VN_SUPERVISOR = Somebody("Le Thi Hoa", "VN", SUPERVISOR, ("telegram:vn-supervisor",), "vn-duty")
EVERYBODY = (*PEOPLE, VN_SUPERVISOR)
#: Whose phone or group an address is.
PARTY_AT = {a: p.party for p in EVERYBODY for a in p.addresses} | {str(a): d.party for d in DESKS for a in d.addresses}
STATES = {"KH": {"KH"}, "CN": {"CN"}, "VN": {"VN"}}
#: What the other side reads of the answers while the police gate is closed to it.
LEAST = {"Situation", "Youngest person", "Country now", "Assistance asked"}
#: How other answers begin in a message.
MORE = ("Danger now:", "Citizenship:", "Safe to contact:", "Consent to", "Type of matter:", "Last contact:")
#: What no message and no page tells the other side about the person.
SECRET = ("Fears own", "fears the auth", "Protection need", "asylum", "tateless", "UNHCR", "Guardian", "est-interests")
_WAS_SENT = (HandoffState.SENT, HandoffState.ACCEPTED, HandoffState.RETURNED)
_DECIDED_ON = ("fears_own_authorities", "protection_flag", "citizenship")


def marked(party: str, number: int) -> str:
    """A word that shows who wrote it, wherever it turns up."""
    return f"ZZ{party}{number}ZZ"


@dataclass
class Watch:
    """One case, and how far what was told and sent was looked at."""

    bridge: PlayedBridge
    case: Case
    told: dict[str, int] = field(default_factory=dict)  #: by messenger: how many messages were looked at
    sent: set[int] = field(default_factory=set)

    async def look(self, *, only_time_passed: bool = False) -> None:
        """Check everything that came about since the last look."""
        assert not [row.error for row in self.bridge.inbox() if row.error]
        case = await self.bridge.case(self.case)
        given = await self._given(case)
        is_closed = police_table(given[Channel.POLICE])[0] == 1
        self._check_messages(case, self._fresh(), is_closed=is_closed)
        self._check_handoffs(case, given, only_time_passed=only_time_passed)
        await self._check_readers(case, is_closed=is_closed)

    def _fresh(self) -> list[Shown]:
        fresh: list[Shown] = []
        for name, adapter in self.bridge.adapters.items():
            fresh += adapter.sent[self.told.get(name, 0) :]
            self.told[name] = len(adapter.sent)
        return fresh

    async def _given(self, case: Case) -> dict[Channel, Given]:
        """What people said so far, read off the list of all answers and nothing else."""
        said: dict[str, tuple[int, Value]] = {}
        for number, answer in enumerate(
            sorted((await self.bridge.storage.history(case.id)).answers, key=lambda a: a.id)
        ):
            said[answer.field] = (number, answer.value)
        return {channel: _given(case, said, channel) for channel in Channel}

    def _check_messages(self, case: Case, fresh: list[Shown], *, is_closed: bool) -> None:
        for shown in fresh:
            party = PARTY_AT.get(str(shown.address), "")
            if party not in (case.reporting, case.requested):
                assert case.reference not in shown.text, f"{shown.address} heard of a case of others"
            others = [p for p in STATES if p != party and f"ZZ{p}" in shown.text]
            is_side = party in (case.reporting, case.requested)
            is_kept_back = not is_side or (is_closed and party == case.requested)
            assert not (others and is_kept_back), f"{shown.address} heard words of {others}"
            if party == case.requested and case.reference in shown.text:
                assert not [word for word in SECRET if word in shown.text], shown.text
                if is_closed:
                    assert not [word for word in MORE if word in shown.text], shown.text
                    is_relayed = shown.text.startswith(f"{case.reference} · {case.reporting} ")
                    assert not is_relayed, "what a side keeps for itself is not announced to the other"

    def _check_handoffs(self, case: Case, given: dict[Channel, Given], *, only_time_passed: bool) -> None:
        for handoff in case.handoffs:
            if handoff.state in _WAS_SENT and handoff.id not in self.sent:
                self.sent.add(handoff.id)
                table = police_table if handoff.channel is Channel.POLICE else diplomatic_table
                assert not only_time_passed, "the clock hands nothing off"
                assert table(given[handoff.channel])[1] == "open", f"{handoff.channel}: {given[handoff.channel]}"
            owed = {d.kind for d in case.deadlines if d.is_running and d.channel is handoff.channel}
            if handoff.must_stop:
                assert DeadlineKind.STOP in owed, "whoever must stop is asked until they say that they did"
            if handoff.state is HandoffState.SENT and case.is_open and case.stood_down_at is None:
                assert DeadlineKind.ANSWER in owed, "a hand-off that is not answered is asked for"
        assert (case.closure is None) == case.is_open, "no case is closed without a code"

    async def _check_readers(self, case: Case, *, is_closed: bool) -> None:
        directory = await self.bridge.storage.directory()
        for person in directory.people.values():
            found = await self.bridge.storage.find_case(case.reference, scope_of(person, self.bridge.rules.agreement))
            if person.party not in (case.reporting, case.requested):
                assert found is None, f"{person.name} finds a case of others"
            elif found is not None and person.party == case.requested:
                await self._check_page(found, person, is_closed=is_closed)

    async def _check_page(self, case: Case, person: Person, *, is_closed: bool) -> None:
        directory = await self.bridge.storage.directory()
        reader = case_view.Reader(person, self.bridge.rules.agreement, directory, self.bridge.now)
        page = case_history.page(case, await self.bridge.storage.history(case.id), reader)
        shown = str({name: part for name, part in page.items() if name != "case"})
        assert not [word for word in SECRET if word in shown], "who is feared reads why"
        assert "protection" not in shown
        own = [text for text in (await self.bridge.storage.history(case.id)).texts if text.own_side_only]
        kept_back = [t for t in own if t.party == case.reporting and t.text and t.text.reveal() in shown]
        assert not kept_back, "what a side keeps for itself"
        if is_closed:
            assert f"ZZ{case.reporting}" not in shown, "words crossed a closed gate"
            assert {fact.label for fact in case_view.facts(case, reader)} <= LEAST


def _given(case: Case, said: dict[str, tuple[int, Value]], channel: Channel) -> Given:
    def value(name: str) -> Value | None:
        return said[name][1] if name in said else None

    def word(name: str) -> str | None:
        return None if value(name) is None else str(value(name))

    def is_newer(name: str, other: str) -> bool:
        return name in said and said[name][0] > said.get(other, (-1, ""))[0]

    is_overruled = value("consent_police") == "no" and is_newer("consent_police", "vital_interest")
    is_stale = any(is_newer(name, "police_decision") for name in _DECIDED_ON)
    return Given(
        fears=word("fears_own_authorities"),
        flag=word("protection_flag"),
        consent=word(f"consent_{channel.value}"),
        age=word("age_group"),
        citizenship=_seen_from_china(value("citizenship"), case.requested),
        guardian=value("guardian") is not None,
        interests=value("best_interests") is not None,
        vital=value("vital_interest") is not None and not is_overruled,
        decision=None if is_stale else word("police_decision"),
    )


def _seen_from_china(citizenship: Value | None, requested: str) -> Value | None:
    """The tables are written for a case that goes to China: put the requested side in its place."""
    if citizenship is None or citizenship == "unknown":
        return citizenship
    states = citizenship if isinstance(citizenship, tuple) else (str(citizenship),)
    return ("CN",) if set(states) & STATES[requested] else ("KH",)

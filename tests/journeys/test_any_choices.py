"""Whatever an officer taps and types under questions with several choices, in whatever order: no choice is lost."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.fields import field
from bot.intake.reading.answer_reader import read
from bot.intake.reading.result import Confirm, Read
from bot.intake.several_choices import takes_several
from bot.language.talk_words import taken_out
from tests.fakes.memory_messenger import Shown
from tests.journeys.either_phone import UP_TO_ASSISTANCE
from tests.kit.examples import examples
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import PARTIES

OFFICER = "telegram:officer"
SEVERAL = {"exploitation": "(8 of 14)", "citizenship": "(10 of 14)", "assistance": "(11 of 14)"}
CHOICES = (
    "Forced labour", "Forced marriage", "Servitude", "Cambodia", "China", "Urgent rescue", "Medical care",
    "Interpreter", "Family contact", "Unknown",
)  # fmt: skip
STEP = st.one_of(
    st.tuples(st.sampled_from(["taps", "taps old"]), st.sampled_from(CHOICES)),
    st.tuples(st.just("taps out"), st.sampled_from(CHOICES)),
    st.tuples(
        st.just("says"),
        st.sampled_from(
            [
                "interpreter", "rescue, shelter", "1, 3", "2", "forced labour", "Viet Nam", "Camboda", "unknown",
                "done", "not interpreter", "not 1", "without china", "a kind word", "back", "skip", "summary", "edit 8",
                "edit 10", "edit 11", "no", "yes", "assistance: medical care\nsafe to contact: no",
            ]
        ),
    ),
)  # fmt: skip


class Model:
    """What was chosen, told by what was tapped and typed alone."""

    def __init__(self) -> None:
        self.chosen: dict[str, set[str]] = {"exploitation": {"ForcedMarriage"}, "citizenship": {"KH"}}

    def adds(self, name: str, *codes: str) -> None:
        self.chosen.setdefault(name, set()).update(codes)

    def takes_out(self, name: str, *codes: str) -> None:
        left = self.chosen.get(name, set()) - set(codes)
        if left or field(name).may_be_unknown:
            self.chosen[name] = left


async def _tap(bridge: PlayedBridge, model: Model, step: str, label: str) -> None:
    wanted = f"✔ {label}" if step == "taps out" else label
    found = [m for m in _messages(bridge, step) if wanted in labels(m) and any(n in m.text for n in SEVERAL.values())]
    if not found:
        return
    name = next(name for name, number in SEVERAL.items() if number in found[-1].text)
    is_asked = await _asking(bridge) == name
    await bridge.taps(OFFICER, wanted, of=found[-1])
    code = found[-1].data(wanted).rsplit(".", 1)[1].removeprefix("-")
    if step == "taps out" and is_asked:
        model.takes_out(name, code)
    elif step != "taps out" and code != "unknown":
        model.adds(name, code)


def _messages(bridge: PlayedBridge, step: str) -> list[Shown]:
    return bridge.phones.at(OFFICER) if step == "taps old" else bridge.adapters["telegram"].shown("officer")


async def _asking(bridge: PlayedBridge) -> str:
    person = await bridge.person(OFFICER)
    return bridge.storage.kept.conversations[person.id].asking


async def _say(bridge: PlayedBridge, model: Model, text: str) -> None:
    asking, person = await _asking(bridge), await bridge.person(OFFICER)
    confirm = bridge.storage.kept.conversations[person.id].pending.get("confirm")
    await bridge.says(OFFICER, text)
    if text.startswith("assistance:"):
        model.adds("assistance", "medical_care")
    elif isinstance(confirm, list) and text in ("yes", "no"):
        if text == "yes" and confirm[0]["field"] in SEVERAL:
            model.adds(confirm[0]["field"], *confirm[0]["value"])
    elif asking in SEVERAL and takes_several(field(asking)):
        _typed(bridge, model, asking, text)


def _typed(bridge: PlayedBridge, model: Model, asking: str, text: str) -> None:
    zone = PARTIES["KH"].zone
    reading = read(field(asking), text, now=bridge.now, zone=zone)
    out = read(field(asking), taken_out(text), now=bridge.now, zone=zone) if taken_out(text) else None
    if isinstance(reading, Read) and isinstance(reading.value, tuple):
        model.adds(asking, *reading.value)
    elif not isinstance(reading, Read | Confirm) and isinstance(out, Read) and isinstance(out.value, tuple):
        model.takes_out(asking, *out.value)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=1, max_size=20))
def test_no_sequence_of_taps_and_words_loses_a_choice(steps: list[tuple[str, str]]) -> None:
    async def journey() -> None:
        with tempfile.TemporaryDirectory() as folder:
            bridge, model = PlayedBridge(Path(folder)), Model()
            await bridge.start()
            try:
                case = await bridge.report_case(*UP_TO_ASSISTANCE)
                for step, said in steps:
                    await (_say(bridge, model, said) if step == "says" else _tap(bridge, model, step, said))
                    kept = await bridge.case(case)
                    for name in SEVERAL:
                        value = kept.value(name)
                        chosen = set(value) if isinstance(value, tuple) else set()
                        assert chosen == model.chosen.get(name, set()), (name, step, said)
            finally:
                await bridge.stop()

    asyncio.run(journey())

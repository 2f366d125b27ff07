"""The conversation that the handbook shows, played on the real core: ``python -m tests.journeys.conversation``."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot.domain.agreement import Agreement
from bot.domain.messages import Address
from tests.fakes.memory_messenger import Shown
from tests.kit.played import PlayedBridge
from tests.kit.world import agreement

_OFFICER, _OWN, _DESK, _DUTY = "telegram:officer", "telegram:clerk", "telegram:-100200", "wechat:duty"
_SHOWN: Mapping[str, str] = {_OFFICER: "officer", _OWN: "own desk", _DESK: "desk"}
_WIDTH = 105  #: characters

#: Who does what: words are typed, ``[label]`` is tapped.
_STEPS = (
    (_OFFICER, "urgent, girl 16 locked in a flat in Nanchang"),
    (_OFFICER, "[No]"),
    (_OFFICER, "yesterday 21:00"),
    (_OFFICER, "[Yes, that is right]"),
    (_OFFICER, "forced marriage"),
    (_OFFICER, "Cambodia"),
    (_OFFICER, "rescue, interpreter"),
    (_OFFICER, "only via reporter"),
    (_OFFICER, "yes, not asked, no"),
    (_OFFICER, "send"),
    (_OWN, "/interest {reference} She is held, and a new broker comes tonight."),
    (_DESK, "[Acknowledge]"),
    (_DESK, "[Hand to police]"),
    (_DESK, "[Send it]"),
    (_OFFICER, "/note {reference} A neighbour heard her on the third floor."),
)


async def transcript(folder: Path) -> str:
    """Play it and write it down."""
    bridge = PlayedBridge(folder, agreed=_with_group(agreement()))
    await bridge.start()
    try:
        lines: list[str] = []
        for who, step in _STEPS:
            cases = await bridge.cases()
            said = step.format(reference=cases[0].reference if cases else "")
            await _act(bridge, who, said)
            lines += ["", f"{_SHOWN[who]} > {said}"]
            for place in (_OFFICER, _OWN, _DESK):
                lines += [line for shown in bridge.phones.take(place) for line in _written(_SHOWN[place], shown)]
        return "\n".join(lines).strip() + "\n"
    finally:
        await bridge.stop()


def _with_group(agreed: Agreement) -> Agreement:
    """The other side's desk is a Telegram group here."""
    desk = replace(agreed.desks["cn-duty"], addresses=(Address.parse(_DESK),))
    return replace(agreed, desks={**agreed.desks, desk.id: desk})


async def _act(bridge: PlayedBridge, who: str, step: str) -> None:
    if who == _DESK:
        await bridge.change(_DUTY, addresses=(Address("telegram", "li"), Address.parse(_DUTY)))
        await bridge.taps("telegram:li", step[1:-1], at=_DESK)
    else:
        await bridge.answers(who, step)


def _written(place: str, shown: Shown) -> list[str]:
    margin = f"{place:>8} | "
    said = [line for line in shown.text.split("\n") if line]
    if shown.edits:
        return [f"{margin}(the alert above now shows more)"]
    wrapped = [piece for line in said for piece in textwrap.wrap(line, _WIDTH)]
    buttons = textwrap.wrap("   ".join(f"[{b.label}]" for row in shown.buttons for b in row), _WIDTH)
    return [margin + line for line in (*wrapped, *buttons)]


def main() -> None:
    """Print it."""
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(asyncio.run(transcript(Path(folder))))


if __name__ == "__main__":
    main()

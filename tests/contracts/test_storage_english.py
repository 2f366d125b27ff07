"""English versions on every storage: dated, attributed, sealed, never overwritten, and gone with what they say."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.case import Answer, Case
from bot.domain.english import English, Translation, TranslationState, failed, settled
from bot.domain.errors import Refused, Unavailable
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.domain.turn import Turn
from bot.ports.reads import Wanted
from tests.contracts.closed_case import closed_case, order_for
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import OFFICER, case, new_id, opening, step

MINUTE = timedelta(minutes=1)


def version_of(about: Case, of: int, text: str, **changes: object) -> English:
    made = English(new_id(), about.id, of, Guarded(text), START, OFFICER, "KH", Role.OFFICER)
    return replace(made, **changes)  # type: ignore[arg-type]  # field names are checked by `replace` itself


def in_khmer() -> tuple[Case, Answer]:
    opened = case()
    summary = Answer(new_id(), opened.id, "summary", Guarded("ទ្វារ"), START, OFFICER)
    return replace(opened, answers={"summary": summary}), summary


async def stored(kept: Kept, about: Case) -> Case:
    """As another process reads it, which has nothing in hand."""
    other = await kept.other_node()
    return (await other.load(Wanted(cases=(about.id,)))).cases[about.id]


async def test_the_newest_version_is_the_cases_own_and_all_of_them_stay(kept: Kept) -> None:
    opened, summary = in_khmer()
    draft = version_of(opened, summary.id, "door is lock", by=0, role=None, is_machine=True)
    first = version_of(opened, summary.id, "the door is locked", is_machine=True, draft=draft.id)
    second = version_of(opened, summary.id, "the door was locked", role=Role.DUTY)
    await kept.storage.apply([opening(opened, answers=(summary,))])
    assert (await stored(kept, opened)).english == {}
    for version in (draft, first, second):
        opened = replace(step(opened), english={summary.id: version})
        await kept.storage.apply([Turn(cases=(opened,), english=(version,))])
        assert await stored(kept, opened) == opened
    assert (await kept.storage.history(opened.id)).english == (draft, first, second)


async def test_versions_of_several_texts_come_back_with_each(kept: Kept) -> None:
    one, summary = in_khmer()
    other, _ = in_khmer()
    area = Answer(new_id(), one.id, "area", Guarded("南昌"), START, OFFICER)
    of_area, of_summary = version_of(one, area.id, "Nanchang"), version_of(one, summary.id, "door")
    both = {area.id: of_area, summary.id: of_summary}
    one = replace(one, answers={"area": area, **one.answers}, english=both)
    turn = opening(one, answers=(area, summary), english=(of_area, of_summary))
    await kept.storage.apply([turn, opening(other, answers=tuple(other.answers.values()))])
    assert (await stored(kept, one)).english == both
    assert (await stored(kept, other)).english == {}


async def test_with_the_words_their_english_goes_too(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    version = version_of(about, next(iter(about.answers.values())).id, "the door is locked")
    about = replace(step(about), english={version.of: version})
    waits = Translation(version.of, about.id, "summary", next_attempt_at=START)
    await kept.storage.apply([Turn(cases=(about,), english=(version,), translations=(waits,))])
    purged = await kept.storage.purge(order_for(about))
    assert (purged.rows["english"], purged.rows["translations"]) == (1, 1)
    assert (await kept.storage.history(about.id)).english == ()
    assert (await stored(kept, about)).english == {}
    assert await kept.storage.claim_translations(START + MINUTE, 9, MINUTE) == []


async def test_what_waits_for_a_draft_is_taken_by_one_process_and_comes_again_after_a_crash(kept: Kept) -> None:
    opened, summary = in_khmer()
    waits = [Translation(new_id(), opened.id, "", next_attempt_at=kept.now) for _ in range(20)]
    await kept.storage.apply([opening(opened, answers=(summary,), translations=tuple(waits))])
    other = await kept.other_node()
    claims = (store.claim_translations(kept.now, 4, MINUTE) for store in [kept.storage, other] * 3)
    taken = [asked.id for found in await asyncio.gather(*claims) for asked in found]
    assert sorted(taken) == [asked.id for asked in waits]
    assert await other.claim_translations(kept.now, 9, MINUTE) == []
    kept.let_pass(seconds=61)
    assert len(await other.claim_translations(kept.now, 30, MINUTE)) == 20


async def test_a_try_that_failed_comes_later_and_what_is_settled_or_given_up_never(kept: Kept) -> None:
    opened, summary = in_khmer()
    asked = Translation(summary.id, opened.id, "summary", next_attempt_at=kept.now)
    await kept.storage.apply([opening(opened, answers=(summary,), translations=(asked,))])
    (taken,) = await kept.storage.claim_translations(kept.now, 9, MINUTE)
    assert taken == asked
    again = failed(taken, Unavailable("It is down."), kept.now)
    await kept.storage.apply([Turn(translations=(again,))])
    assert await kept.storage.claim_translations(kept.now + timedelta(seconds=59), 9, MINUTE) == []
    (taken,) = await kept.storage.claim_translations(kept.now + MINUTE, 9, MINUTE)
    assert (taken.attempts, taken.reason, taken.state) == (1, "It is down.", TranslationState.WAITING)
    for over in (settled(taken), failed(taken, Refused("No."), kept.now)):
        await kept.storage.apply([Turn(translations=(over,))])
        assert await kept.storage.claim_translations(kept.now + timedelta(days=9), 9, MINUTE) == []

"""A browser that is pushed to is kept sealed, for one person, a few each, and forgotten with whatever let it in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.messages import Address
from bot.domain.people import SignIn
from bot.domain.push import KEPT_FOR, SUBSCRIPTIONS_EACH, Subscription
from bot.domain.turn import Turn
from tests.contracts.test_storage_people import HOUR
from tests.kit.clock import START
from tests.kit.engines import Kept, on_database
from tests.kit.marked import MARK, change, dumped
from tests.kit.values import DUTY, OFFICER, entry, person


def browser(name: str = "one", of: int = DUTY, session: str = "cookie", minutes: int = 0) -> Subscription:
    endpoint = f"https://fcm.googleapis.com/fcm/send/{name}-{MARK}"
    return Subscription(of, session, START + timedelta(minutes=minutes), endpoint, f"public {MARK}", f"secret {MARK}")


async def test_a_browser_that_one_node_kept_is_pushed_to_by_the_other(kept: Kept) -> None:
    other = await kept.other_node()
    await kept.storage.add_subscription(browser())
    await kept.storage.add_subscription(browser("two", OFFICER))
    assert await other.subscriptions([DUTY]) == [browser()]
    await other.note_push(browser().endpoint_hash, START + HOUR)
    assert await kept.storage.subscriptions([DUTY]) == [replace(browser(), last_ok_at=START + HOUR)]
    assert await kept.storage.subscriptions([]) == []


async def test_whoever_switches_it_on_in_a_browser_takes_it_over(kept: Kept) -> None:
    await kept.storage.add_subscription(browser())
    again = browser(of=OFFICER, session="another", minutes=5)
    await kept.storage.add_subscription(again)
    assert await kept.storage.subscriptions([DUTY, OFFICER]) == [again]


async def test_a_person_has_a_few_browsers_and_the_oldest_goes(kept: Kept) -> None:
    await kept.storage.add_subscription(browser("somebody else's", OFFICER))
    for number in range(SUBSCRIPTIONS_EACH + 2):
        await kept.storage.add_subscription(browser(str(number), minutes=number))
    left = await kept.storage.subscriptions([DUTY])
    assert [one.endpoint.rpartition("/")[2][0] for one in left] == ["6", "5", "4", "3", "2"]
    assert len(await kept.storage.subscriptions([OFFICER])) == 1


async def test_only_whose_it_is_takes_a_browser_out(kept: Kept) -> None:
    await kept.storage.add_subscription(browser())
    await kept.storage.drop_subscription(browser().endpoint_hash, OFFICER)
    assert await kept.storage.subscriptions([DUTY])
    await kept.storage.drop_subscription(browser().endpoint_hash, DUTY)
    assert await kept.storage.subscriptions([DUTY]) == []


async def test_a_browser_that_is_gone_is_forgotten(kept: Kept) -> None:
    await kept.storage.add_subscription(browser())
    await kept.storage.drop_subscription(browser().endpoint_hash)
    await kept.storage.drop_subscription("no such thing")
    assert await kept.storage.subscriptions([DUTY]) == []


async def test_signing_out_there_ends_it_and_elsewhere_not(kept: Kept) -> None:
    await kept.storage.add_subscription(browser("one", session="here"))
    await kept.storage.add_subscription(browser("two", session="there"))
    await kept.storage.end_session("here")
    assert await kept.storage.subscriptions([DUTY]) == [browser("two", session="there")]


async def test_cutting_somebody_off_ends_theirs_only(kept: Kept) -> None:
    await kept.storage.add_subscription(browser())
    await kept.storage.add_subscription(browser("two", OFFICER))
    await kept.storage.apply([Turn(ends_sessions_of=(OFFICER,))])
    assert await kept.storage.subscriptions([DUTY, OFFICER]) == [browser()]


async def test_taking_web_chat_from_somebodys_addresses_ends_theirs_and_another_messenger_not(kept: Kept) -> None:
    await kept.storage.add_subscription(browser())
    await kept.storage.apply([Turn(unbound=(Address("telegram", str(DUTY)),))])
    assert await kept.storage.subscriptions([DUTY]) == [browser()]
    await kept.storage.apply([Turn(unbound=(Address("web", str(DUTY)),))])
    assert await kept.storage.subscriptions([DUTY]) == []


async def test_a_person_who_is_forgotten_has_no_browser(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(DUTY),))])
    await kept.storage.add_subscription(browser())
    await kept.storage.add_subscription(browser("two", OFFICER))
    await kept.storage.forget_person(DUTY, "(forgotten)", entry("person_forgotten", chain="-"))
    assert await kept.storage.subscriptions([DUTY, OFFICER]) == [browser("two", OFFICER)]


async def test_a_browser_outlives_its_session_and_not_a_long_absence(kept: Kept) -> None:
    await kept.storage.add_sign_in(SignIn("link", DUTY, START, START + HOUR))
    await kept.storage.use_sign_in("link", SignIn("cookie", DUTY, START, START + HOUR), START)
    await kept.storage.add_subscription(browser())
    await kept.storage.sweep(START + 9 * HOUR)
    assert await kept.storage.subscriptions([DUTY]), "at night nobody has a session"
    await kept.storage.sweep(START + KEPT_FOR)
    assert await kept.storage.subscriptions([DUTY]) == []


async def test_where_a_browser_is_called_is_in_no_table_and_one_that_was_moved_is_not_called(database: str) -> None:
    async with on_database(database) as kept:
        await kept.storage.apply([Turn(people=(person(DUTY),))])
        await kept.storage.add_subscription(browser("one"))
        await kept.storage.add_subscription(browser("two", minutes=1))
        rows = {row["endpoint_hash"]: row for row in dumped(database)["push_subscriptions"]}
        assert MARK not in repr(rows)
        assert not any(MARK.encode() in bytes(row["sealed"]) for row in rows.values())
        one, two = browser("one").endpoint_hash, browser("two").endpoint_hash
        change(database, "push_subscriptions", two, sealed=bytes(rows[one]["sealed"]))
        assert await kept.storage.subscriptions([DUTY]) == [browser("one")]


@pytest.mark.parametrize("hidden", [MARK, "fcm.googleapis.com"])
def test_a_browser_is_in_no_log(hidden: str) -> None:
    assert hidden not in repr(browser())

"""Token buckets: what a quiet chat gets at once, and how long the next message waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.pacing import Bucket, Pace
from bot.domain.messages import Capabilities

LIMITED = Capabilities(text_limit=4096, per_chat_second=1, per_group_minute=20, total_second=30, chat_burst=5)


def test_a_quiet_chat_may_get_a_burst_and_then_waits_for_its_rate() -> None:
    bucket = Bucket(rate=2, burst=3)
    for _ in range(3):
        assert bucket.delay(100) == 0
        bucket.take(100)
    assert bucket.delay(100) == pytest.approx(0.5)
    assert bucket.delay(100.5) == 0


def test_a_burst_does_not_grow_while_nothing_is_sent() -> None:
    bucket = Bucket(rate=1, burst=2)
    bucket.take(0)
    bucket.take(1000)
    bucket.take(1000)
    assert bucket.delay(1000) == pytest.approx(1)


def test_what_could_not_wait_makes_the_next_wait_longer_but_never_without_end() -> None:
    bucket = Bucket(rate=1, burst=2)
    for _ in range(3):
        bucket.take(0)
    assert bucket.delay(0) == pytest.approx(2)
    for _ in range(100):
        bucket.take(0)
    assert bucket.delay(0) == pytest.approx(3)


def test_a_clock_that_steps_back_makes_nobody_wait_longer_than_before() -> None:
    bucket = Bucket(rate=1, burst=1)
    bucket.take(1000)
    assert bucket.delay(900) == pytest.approx(1)


def test_how_long_until_there_is_room_for_several_is_told() -> None:
    bucket = Bucket(rate=2, burst=1)
    assert bucket.delay(0, ahead=4) == pytest.approx(2)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60), st.floats(0.5, 20), st.integers(1, 10))
def test_in_no_stretch_of_time_does_more_get_through_than_rate_and_burst_allow(
    arrivals: list[float], rate: float, burst: int
) -> None:
    bucket, sent, now = Bucket(rate, burst), [], 0.0
    for arrival in sorted(arrivals):
        now = max(now, arrival)
        now += bucket.delay(now)
        bucket.take(now)
        sent.append(now)
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            allowed = burst + rate * (sent[last] - sent[first])
            assert last - first + 1 <= allowed + 0.01 * (last - first + 1) * rate + 1e-6


def test_chats_do_not_share_a_limit_but_topics_of_one_group_do() -> None:
    pace = Pace(LIMITED)
    for _ in range(5):
        pace.take("1", 0)
    assert pace.delay("1", 0) > 0
    assert pace.delay("2", 0) == 0
    for topic in range(3):
        pace.take(f"-100/{topic}", 0)
    assert pace.delay("-100/9", 0) == pytest.approx(3)


def test_an_answer_waits_for_the_group_limit_only() -> None:
    pace = Pace(LIMITED)
    for _ in range(9):
        pace.take("1", 0)
        pace.take("-1", 0)
    assert pace.delay("1", 0, is_answer=True) == 0
    assert pace.delay("-1", 0, is_answer=True) > 0


def test_the_messengers_own_limit_counts_every_chat() -> None:
    pace = Pace(LIMITED)
    for peer in range(10):
        assert pace.total_delay(0) == 0
        pace.take(str(peer), 0)
    assert pace.total_delay(0) == pytest.approx(1 / 30)


def test_no_limits_means_no_waits_and_no_memory() -> None:
    pace = Pace(Capabilities(text_limit=4096))
    for _ in range(100):
        pace.take("-1", 0)
    assert (pace.delay("-1", 0), pace.total_delay(0), len(pace), pace.is_limited) == (0, 0, 0, False)


def test_chats_that_fell_quiet_are_forgotten() -> None:
    pace = Pace(LIMITED)
    for moment in range(20_000):
        pace.take(str(moment), moment)
    assert len(pace) < 1100


STRICT = Capabilities(
    text_limit=2048, per_chat_second=0.25, chat_burst=15, is_strict=True, per_group_minute=17, group_prefix="robot:"
)


def test_where_too_much_is_lost_an_answer_waits_like_everything_else() -> None:
    pace = Pace(STRICT)
    for _ in range(15):
        pace.take("ZhangSan", 0)
    assert pace.delay("ZhangSan", 0, is_answer=True) == pytest.approx(4)


def test_a_group_is_what_its_address_begins_like() -> None:
    pace = Pace(STRICT)
    for _ in range(3):
        pace.take("robot:duty", 0)
        pace.take("-100", 0)
    assert pace.delay("robot:duty", 0) == pytest.approx(60 / 17)
    assert pace.delay("-100", 0) == 0


def most_within(sent: list[float], span: float) -> int:
    """The most that were sent in any stretch of this length."""
    return max(sum(start <= moment < start + span for moment in sent) for start in sent)


@given(st.lists(st.floats(0, 7200), min_size=1, max_size=120), st.booleans(), st.integers(1, 12))
def test_no_minute_has_more_than_thirty_and_no_hour_more_than_a_thousand_for_one_member(
    arrivals: list[float], is_answer: bool, at_once: int
) -> None:
    pace, sent, now = Pace(STRICT), [], 0.0
    for arrival in sorted(arrivals * at_once):
        now = max(now, arrival)
        now += pace.delay("ZhangSan", now, is_answer=is_answer)
        pace.take("ZhangSan", now)
        sent.append(now)
    assert most_within(sent, 60) <= 30
    assert most_within(sent, 3600) <= 1000


def test_a_flood_is_sent_at_the_highest_rate_that_loses_nothing() -> None:
    pace, now, sent, robot = Pace(STRICT), 0.0, [], []
    for _ in range(2000):
        now += pace.delay("ZhangSan", now)
        pace.take("ZhangSan", now)
        sent.append(now)
    assert (most_within(sent, 60), most_within(sent, 3600)) == (29, 914)
    now = 0.0
    for _ in range(100):
        now += pace.delay("robot:duty", now)
        pace.take("robot:duty", now)
        robot.append(now)
    assert most_within(robot, 60) <= 20

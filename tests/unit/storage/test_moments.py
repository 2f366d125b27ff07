"""Moments are aware UTC, in and out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from storage.types import Moment, moment_to_text

PHNOM_PENH = timezone(timedelta(hours=7))
NOON = datetime(2026, 4, 18, 12, 0, 0, 5, tzinfo=UTC)
DIALECTS = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_moment_without_a_time_zone_is_refused(dialect: object) -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 4, 18), dialect)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_local_moment_comes_back_as_the_same_moment_in_utc(dialect: object) -> None:
    moment = Moment()
    stored = moment.process_bind_param(NOON.astimezone(PHNOM_PENH), dialect)  # type: ignore[arg-type]
    read = moment.process_result_value(stored, dialect)  # type: ignore[arg-type]
    assert read == NOON
    assert read.tzinfo is UTC


def test_texts_of_moments_sort_as_the_moments_do() -> None:
    moments = [
        NOON,
        NOON.replace(microsecond=0),
        NOON + timedelta(seconds=1),
        NOON.astimezone(PHNOM_PENH) - timedelta(days=1),
    ]
    assert sorted(map(moment_to_text, moments)) == [moment_to_text(moment) for moment in sorted(moments)]

"""Ready means that a write worked within the last seconds; trouble is said once, then once a minute."""

from __future__ import annotations

from dataclasses import dataclass, field

from structlog.testing import capture_logs

from bot.domain.errors import StorageError, Unwritable
from bot.line.pulse import Pulse

FULL = Unwritable("disk full", "The database has no room left.")


@dataclass
class Heart:
    """A database that takes heartbeats or does not, and seconds that are moved."""

    now: float = 1000.0
    error: StorageError | None = None
    beats: list[int] = field(default_factory=list)

    async def beat(self, size: int) -> None:
        self.beats.append(size)
        if self.error is not None:
            raise self.error

    def pulse(self) -> Pulse:
        return Pulse(self.beat, lambda: self.now)


def test_before_the_first_write_nothing_is_proved() -> None:
    assert Heart().pulse().found == "has not written yet"


async def test_a_commit_proves_it_for_seconds_and_a_heartbeat_where_there_was_none() -> None:
    heart = Heart()
    pulse = heart.pulse()
    pulse.note(None)
    heart.now += 2
    await pulse.tick()
    assert (pulse.found, heart.beats) == ("ok", [])
    heart.now += 2
    await pulse.tick()
    assert (pulse.found, heart.beats) == ("ok", [0])


def test_a_write_long_ago_proves_nothing() -> None:
    heart = Heart()
    pulse = heart.pulse()
    pulse.note(None)
    heart.now += 14
    assert pulse.found == "last write 14 s ago"


async def test_what_could_not_be_written_is_named_until_there_is_room_for_a_large_message() -> None:
    heart = Heart(error=FULL)
    pulse = heart.pulse()
    await pulse.tick()
    assert pulse.found == "cannot write: disk full"
    heart.now += 20
    heart.error = None
    await pulse.tick()
    assert pulse.found == "ok"
    assert heart.beats == [0, 65536]


async def test_a_heartbeat_does_not_belie_messages_that_just_failed() -> None:
    heart = Heart()
    pulse = heart.pulse()
    for _ in range(5):
        pulse.note(Unwritable("locked by another process"))
        heart.now += 3
        await pulse.tick()
        assert pulse.found == "cannot write: locked by another process"
    heart.now += 7
    await pulse.tick()
    assert pulse.found == "ok"


def test_a_commit_is_believed_at_once() -> None:
    pulse = Heart().pulse()
    pulse.note(FULL)
    pulse.note(None)
    assert pulse.found == "ok"


def test_a_row_that_does_not_fit_is_no_fault_of_the_database() -> None:
    pulse = Heart().pulse()
    pulse.note(None)
    pulse.note(StorageError("A row does not fit."))
    assert pulse.found == "ok"


def test_trouble_is_said_once_then_once_a_minute_and_when_it_is_over() -> None:
    heart = Heart()
    pulse = heart.pulse()
    with capture_logs() as said:
        for _ in range(150):
            pulse.note(FULL)
            heart.now += 1
        pulse.note(None)
        pulse.note(None)
    assert [line["event"] for line in said] == [
        *["Nothing can be stored; it is tried all the time."] * 3,
        "The database takes what is written again.",
    ]
    assert (said[0]["cause"], said[0]["remedy"]) == ("disk full", "The database has no room left.")
    assert said[-1]["after"] == 150

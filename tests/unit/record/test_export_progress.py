"""How far an export has come: told to whoever asked, to nobody else, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.record.export.progress import STOPPED_AFTER, TOLD_FOR, ProgressFile, of_person
from tests.kit.casebook import NOW


def test_whoever_asked_sees_how_far_it_is_and_nobody_else(tmp_path: Path) -> None:
    file = ProgressFile(tmp_path, 7, 4, NOW)
    assert [said.of for said in of_person(tmp_path, 4, NOW)] == [0]
    file.told(500, 2000, NOW)
    (said,) = of_person(tmp_path, 4, NOW)
    assert (said.done, said.of, said.percent, said.has_stopped(NOW)) == (500, 2000, 25, False)
    assert of_person(tmp_path, 5, NOW) == []
    file.finished()
    assert of_person(tmp_path, 4, NOW) == []


def test_one_whose_program_was_killed_does_not_look_alive_for_ever(tmp_path: Path) -> None:
    ProgressFile(tmp_path, 7, 4, NOW)
    (said,) = of_person(tmp_path, 4, NOW)
    assert not said.has_stopped(NOW + STOPPED_AFTER)
    assert said.has_stopped(NOW + STOPPED_AFTER + timedelta(seconds=1))


def test_a_failure_is_told_for_a_day_and_then_put_away(tmp_path: Path) -> None:
    ProgressFile(tmp_path, 7, 4, NOW).failed(NOW)
    (said,) = of_person(tmp_path, 4, NOW + TOLD_FOR)
    assert said.has_stopped(NOW)
    assert of_person(tmp_path, 4, NOW + TOLD_FOR + timedelta(seconds=1)) == []
    assert not list(tmp_path.iterdir())


def test_what_is_none_of_ours_hides_nothing(tmp_path: Path) -> None:
    for name, text in (("1", "["), ("2", "{}"), ("3", '{"person_id": 4, "asked_at": "x", "at": "y"}')):
        (tmp_path / f"{name}.progress").write_text(text)
    ProgressFile(tmp_path, 7, 4, NOW)
    assert len(of_person(tmp_path, 4, NOW)) == 1


def test_a_disk_that_takes_no_more_stops_no_export(tmp_path: Path) -> None:
    file = ProgressFile(tmp_path / "gone", 7, 4, NOW)
    file.told(1, 2, NOW)
    file.failed(NOW)
    file.finished()
    assert not (tmp_path / "gone").exists()
    assert of_person(tmp_path / "gone", 4, NOW) == []

"""Promises about letterheads in the configuration: read at the start, and everything wrong with them told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.papers import letterheads_of
from bot.domain.agreement import DeskRole
from tests.kit.configuring import SMALLEST, Write, told, writer

GOOD = "{% block letterhead %}Royal {{ party }}{% endblock %}"


@pytest.fixture
def written(tmp_path: Path) -> Write:
    return writer(tmp_path)


def with_papers(*papers: tuple[str, Path]) -> str:
    tables = "".join(f'\n[[parties.papers]]\nchannel = "{channel}"\ntemplate = "{at}"' for channel, at in papers)
    return SMALLEST.replace('[[parties]]\ncode = "CN"', f'{tables}\n[[parties]]\ncode = "CN"')


def test_a_party_may_have_a_letterhead_of_its_own_for_a_channel(written: Write, tmp_path: Path) -> None:
    file = tmp_path / "kh.txt"
    file.write_text(GOOD, "utf-8")
    letterheads = letterheads_of(written(with_papers(("police", file))))
    assert letterheads.texts == {("KH", DeskRole.POLICE): GOOD}


def test_every_mistake_in_letterheads_is_told_at_once(written: Write, tmp_path: Path) -> None:
    broken, unread = tmp_path / "broken.txt", tmp_path / "latin.txt"
    broken.write_text("{% block closing %}{{ nmae }} {{ party.secret }}{% endblock %}", "utf-8")
    unread.write_bytes(b"\xff\xfe\x00")
    papers = (("police", broken), ("police", tmp_path / "none.txt"), ("support", unread), ("spy", broken))
    mistakes = told(written, with_papers(*papers[:3]))
    assert {key: mistake.problem for key, mistake in mistakes.items()} == {
        "parties.1.papers.1.template": mistakes["parties.1.papers.1.template"].problem,
        "parties.1.papers.2.channel": "police is there already.",
        "parties.1.papers.2.template": "names a file that is not there.",
        "parties.1.papers.3.template": "is not a text in UTF-8.",
    }
    assert set(told(written, with_papers(papers[3]))) == {"parties.1.papers.1.channel"}


def test_a_letterhead_without_end_is_not_read(written: Write, tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    file.write_text("x" * 70_000, "utf-8")
    assert set(told(written, with_papers(("police", file)))) == {"parties.1.papers.1.template"}

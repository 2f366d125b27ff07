"""Letterheads that an admin may change: what they can fill in, and that they can do nothing else."""

from __future__ import annotations

import pytest

from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.letterheads import BLOCKS, DESKS, WORDS, Letterheads, mistakes_in, shipped
from bot.domain.agreement import DeskRole
from tests.kit.papers import drawn, read


@pytest.mark.parametrize("desk", DESKS)
def test_what_ships_is_right_and_has_every_block(desk: DeskRole) -> None:
    assert mistakes_in(shipped(desk)) == []
    assert all(f"{{% block {name} %}}" in shipped(desk) for name in BLOCKS)
    assert all(word in shipped(desk) for word in WORDS), "each names the words that it may fill in"


def test_a_block_of_a_party_stands_in_place_of_the_shipped_one_and_the_others_stay() -> None:
    own = "not printed {% block letterhead %}General Secretariat, {{ city }}, {{ reference }}{% endblock %}"
    paper = drawn(PaperKind.POLICE_REQUEST, letterheads=Letterheads({("KH", DeskRole.POLICE): own}))
    words = read(paper)
    assert "General Secretariat, Phnom Penh, KC26-M9S34-4" in words
    assert "[Ministry, department, unit]" not in words
    assert "not printed" not in words
    assert "We thank you for your cooperation" in words


def test_the_letterhead_of_another_side_or_channel_is_not_taken() -> None:
    own = "{% block letterhead %}Somebody else{% endblock %}"
    others = Letterheads({("CN", DeskRole.POLICE): own, ("KH", DeskRole.DIPLOMATIC): own})
    assert "Somebody else" not in read(drawn(PaperKind.POLICE_REQUEST, letterheads=others))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% block letterhead %}{{ party }", ["is no Jinja template: line 1"]),
        ("{% block letterhead %}", ["is no Jinja template"]),
        ("{% block closing %}{{ nmae }} {{ offcer }}{% endblock %}", ["fills in nmae", "fills in offcer"]),
        ("{% block foot %}x{% endblock %}", ["has a block foot, which no paper has"]),
        ("no block at all", ["has no block; it may have letterhead,"]),
        ("{% block closing %}{{ party.secret }}{% endblock %}", ["cannot fill in its block closing"]),
        ("{% block closing %}{{ party.__class__.__mro__ }}{% endblock %}", ["cannot fill in its block closing"]),
        ("{% block closing %}{{ 1 // 0 }}{% endblock %}", ["cannot fill in its block closing"]),
        ("{% block closing %}{% include \'x\' %}{% endblock %}", ["takes in another file"]),
        ("{% extends \'/etc/passwd\' %}{% block closing %}x{% endblock %}", ["takes in another file"]),
        ("{% block closing %}{{ party|nofilter }}{% endblock %}", ["is no Jinja template"]),
        ("{% block closing %}{% for n in range(999999999) %}x{% endfor %}{% endblock %}", ["cannot fill in"]),
        ("{% block foot %}{{ nmae }}{% endblock %}{% block closing %}{{ year.x }}{% endblock %}",
         ["fills in nmae", "has a block foot", "cannot fill in its block closing"]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_one_is_told(text: str, said: list[str]) -> None:
    found = mistakes_in(text)
    assert [sentence.startswith(start) for sentence, start in zip(found, said, strict=True)] == [True] * len(said), (
        found
    )


def test_what_is_filled_in_is_no_template() -> None:
    own = "{% block closing %}{{ party }}{% endblock %}"
    filled = Letterheads({("KH", DeskRole.POLICE): own}).filled(
        "KH", DeskRole.POLICE, {**WORDS, "party": "{{ reference }} {% block x %}"}
    )
    assert filled.closing == "{{ reference }} {% block x %}"

"""What the menus on people's phones offer."""

from __future__ import annotations

from bot.domain import phone_menus
from bot.domain.typed_commands import Command, is_known, parse_command


def test_whatever_a_menu_says_is_understood_when_it_is_tapped() -> None:
    for says in [text for _, text in phone_menus.taps()] + [f"/{word}" for word, _ in phone_menus.commands()]:
        command = parse_command(says)
        assert isinstance(command, Command)
        assert is_known(command), says


def test_every_label_fits_under_a_chat_of_wechat() -> None:
    assert [label for label, _ in phone_menus.taps() if len(label.encode()) > 16] == []


def test_a_report_is_one_tap_away() -> None:
    assert phone_menus.taps()[0] == ("New alert", "/alert")

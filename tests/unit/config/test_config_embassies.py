"""A diplomatic desk may sit in another country: an embassy, a consulate."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.configuring import SMALLEST, told, writer

EMBASSY = '\n[[desks]]\nid = "kh-embassy"\nparty = "KH"\nrole = "{role}"\nname = "Embassy"\nin = "{seat}"\n'


def test_an_embassy_knows_where_it_sits(tmp_path: Path) -> None:
    agreement = writer(tmp_path)(SMALLEST + EMBASSY.format(role="diplomatic", seat="CN")).agreement()
    assert (agreement.desks["kh-embassy"].seat, agreement.desks["kh-duty"].seat) == ("CN", "")


@pytest.mark.parametrize(
    ("role", "seat", "said"),
    [
        ("police", "CN", "is for embassies and consulates"),
        ("diplomatic", "KH", "is its own country"),
        ("diplomatic", "Beijing", ""),
    ],
)
def test_a_seat_that_cannot_be_is_a_mistake(tmp_path: Path, role: str, seat: str, said: str) -> None:
    found = told(writer(tmp_path), SMALLEST + EMBASSY.format(role=role, seat=seat))
    assert said in found["desks.3.in"].problem

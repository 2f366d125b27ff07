"""The letterheads that the configuration names: read from their files, and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.draft import Draft
from bot.config.model import PartyTable, Settings
from bot.domain.agreement import DeskRole
from bot.domain.errors import ConfigError, Mistake

if TYPE_CHECKING:
    from bot.channels.papers.letterheads import Letterheads

_LARGEST = 64 * 1024  #: bytes
_REMEDY = "Mend the file; bot/handbook/admin.md says what may stand in it."


def letterheads_of(settings: Settings) -> Letterheads:
    """Read the letterheads. Raises `ConfigError` when a file cannot be read any more."""
    from bot.channels.papers.letterheads import Letterheads

    texts: dict[tuple[str, DeskRole], str] = {}
    for number, party in enumerate(settings.parties, start=1):
        for place, paper in enumerate(party.papers, start=1):
            text, problem = _read(paper.template)
            if problem:
                raise ConfigError([Mistake(f"parties.{number}.papers.{place}.template", problem, _REMEDY)])
            texts[party.code, DeskRole(paper.channel)] = text
    return Letterheads(texts)


def _papers(draft: Draft) -> Iterator[Mistake]:
    for key, party in draft.parties():
        if party.papers:
            yield from _of_party(key, party)


def _of_party(key: str, party: PartyTable) -> Iterator[Mistake]:
    from bot.channels.papers.letterheads import mistakes_in  # and with it Jinja, which most commands do without

    seen: set[str] = set()
    for place, paper in enumerate(party.papers, start=1):
        at = f"{key}.papers.{place}"
        if paper.channel in seen:
            yield Mistake(f"{at}.channel", f"{paper.channel} is there already.", "Keep one of the two.")
        seen.add(paper.channel)
        text, problem = _read(paper.template)
        for sentence in [problem] if problem else mistakes_in(text):
            yield Mistake(f"{at}.template", sentence, _REMEDY)


def _read(path: Path) -> tuple[str, str]:
    """The text of a file, or what is wrong with it."""
    try:
        if path.stat().st_size > _LARGEST:
            return "", "is larger than 64 kB."
        return path.read_text("utf-8-sig"), ""
    except FileNotFoundError:
        return "", "names a file that is not there."
    except OSError as error:
        return "", f"cannot be read: {error.strerror}."
    except UnicodeDecodeError:
        return "", "is not a text in UTF-8."


PAPER_CHECKS = ((frozenset[str](), _papers),)

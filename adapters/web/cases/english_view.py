"""What people of a side wrote that a paper needs in English, as the page of a case shows it to one of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.web.cases import case_view
from bot.domain import button_data
from bot.domain.case import Case, CaseText
from bot.domain.case_acts import Act
from bot.domain.english import InEnglish
from bot.language.texts import tr
from bot.language.writing_systems import Script, script_name
from bot.protection.fitting import fits
from bot.protection.in_english import (
    Original,
    draft_for,
    english_of_text,
    english_versions,
    originals,
    typed_name,
    whose,
)
from bot.protection.permissions import may
from bot.protection.redaction_policy import Way, answer_for, text_for


@dataclass(frozen=True, slots=True)
class Line:
    """Something in another script, or with an English version, and the form that takes one."""

    which: str  #: as the form names it
    name: str
    script: str  #: what it is written in; empty for English letters
    words: str
    english: str  #: the version that counts, with whose it is and when; empty for none
    draft: str  #: a machine's, not confirmed
    confirm: str  #: data of the button that confirms it
    limit: int


def lines(case: Case, texts: Sequence[CaseText], reader: case_view.Reader) -> list[Line]:
    """List what the reader may say in English: first what no paper can be made without."""
    if not may(reader.person, Act.ENGLISH, case, reader.agreement) or not fits(Act.ENGLISH, case):
        return []
    found = [each for each in originals(case, reader.person.party, texts) if each.is_missing or each.version]
    shown = (_line(case, each, reader) for each in sorted(found, key=lambda each: not each.is_missing))
    return [line for line in shown if line is not None]


def _line(case: Case, original: Original, reader: case_view.Reader) -> Line | None:
    of, agreement, language = original.of, reader.agreement, reader.language
    name = original.name(language)
    if isinstance(of, CaseText):
        words: object = text_for(of, case, reader.policy, Way.PAGE, agreement)
        version = english_of_text(of, case, reader.policy, Way.PAGE, agreement)
        which = f"#{button_data.to_base36(of.id)}"
        name = f"{name}, {case_view.moment(of.at, case, agreement)}"
    else:
        words = answer_for(of, case, reader.policy, Way.PAGE, agreement)
        version = english_versions(case, reader.policy, Way.PAGE, agreement).get(of.id)
        which = f"{typed_name(original)}:"
    if words is None:
        return None
    return Line(
        which=which,
        name=name,
        script="" if original.script is Script.LATIN else script_name(original.script, language),
        words=str(words),
        english="" if version is None or version.is_original else said(version, case, reader),
        draft=draft_for(original, case, reader.policy, Way.PAGE, agreement) or "",
        confirm=_confirm(case, original),
        limit=original.limit,
    )


def _confirm(case: Case, original: Original) -> str:
    if original.draft is None:
        return ""
    argument = f"confirm {button_data.to_base36(original.draft.id)}"
    return button_data.write(button_data.ActTap(case.id, case.stage, Act.ENGLISH.value, argument))


def said(version: InEnglish, case: Case, reader: case_view.Reader) -> str:
    """Write an English version with whose it is and when."""
    when = case_view.moment(version.at, case, reader.agreement)
    return tr(reader.language, "{text} ({who}, {when})", text=version.text, who=whose(version, reader.language),
              when=when)  # fmt: skip

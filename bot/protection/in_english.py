"""What of a case is in English and whose words that is, and what no paper can be made from yet. Pure.

Which of it somebody gets is for `bot.protection.redaction_policy` to say: an English version is read by whoever reads
the original. Only the script is looked at, since nothing here understands a language: Vietnamese, or any other
language, in plain English letters passes for English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.agreement import Agreement
from bot.domain.case import Case, CaseText, TextKind
from bot.domain.closed_sets import for_each
from bot.domain.english import English, InEnglish
from bot.domain.fields import FIELDS, Field
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.language.texts import later, tr
from bot.language.writing_systems import Script, script_name
from bot.protection.redaction_policy import Way, answer_for, english_for, may_read, script_in, text_for
from bot.protection.seen_by import seen_by
from bot.protection.standings import Reader

#: The questions that people answer in their own words.
FREE = tuple(field for field in FIELDS if not field.coded)
_LIMIT_OF_TEXT = 2000  #: characters of the English of a text
_LONGER = 2  #: times the limit of a question may be needed for its English
#: Texts that are said in English: those that may stand in a paper, and those that the other side reads.
_SAID = for_each(
    TextKind,
    {
        TextKind.FIRST: later("First message"),
        TextKind.NOTE: later("Note"),
        TextKind.REASON: later("Reason"),
    },
    but={
        TextKind.TEXT,
        TextKind.MEMO,
        TextKind.OUTCOME,
        TextKind.LOCATION,
        TextKind.CONTACT,
        TextKind.FILE,
        TextKind.PROTECTION,
    },
)


@dataclass(frozen=True, slots=True)
class Original:
    """Something that somebody answered or wrote in their own words, and what there is of it in English."""

    of: Field | CaseText
    id: int  #: of the answer or the text
    script: Script
    version: English | None = None  #: the current one, or a draft

    @property
    def is_missing(self) -> bool:
        """Whether it is in another script, and nobody said it in English."""
        return self.script is not Script.LATIN and (self.version is None or self.version.is_draft)

    @property
    def draft(self) -> English | None:
        """What a machine drafted and nobody confirmed."""
        return self.version if self.version is not None and self.version.is_draft else None

    @property
    def field(self) -> str:
        """The id of its field; empty for a text."""
        return "" if isinstance(self.of, CaseText) else self.of.id

    @property
    def limit(self) -> int:
        """The most characters of its English, which may be longer than what it says."""
        return _LIMIT_OF_TEXT if isinstance(self.of, CaseText) else _LONGER * self.of.limit

    def name(self, language: str) -> str:
        """What it is, as people know it: ``14 Summary``."""
        if isinstance(self.of, CaseText):
            return tr(language, _SAID[self.of.kind])
        return f"{self.of.number} {tr(language, self.of.label)}"


def originals(case: Case, party: str, texts: Iterable[CaseText] = ()) -> tuple[Original, ...]:
    """All that people of a side wrote and that may stand in a paper: answers, and of these texts the current ones.

    Who else reads it is not asked here: whoever writes its English is of that side.
    """
    mine = [text for text in texts if text.party == party and text.kind in _SAID and not text.own_side_only]
    newest = {text.amends or text.id: text for text in sorted(mine, key=lambda text: text.id)}
    answered = _answered(case) if party == case.reporting else ()
    return (*answered, *(_original(case, text, text.id) for text in newest.values()))


def _answered(case: Case, fields: Iterable[Field] = FREE) -> Iterator[Original]:
    for asked in fields:
        answer = case.answers.get(asked.id)
        if answer is not None and isinstance(answer.value, Guarded):
            yield _original(case, asked, answer.id)


def _original(case: Case, of: Field | CaseText, number: int) -> Original:
    words = of.text if isinstance(of, CaseText) else case.value(of.id)
    return Original(of, number, script_in(words), case.english.get(number))


def original_of(case: Case, of: Field | CaseText) -> Original | None:
    """What there is in English of an answer or a text; None for a question without such an answer."""
    return _original(case, of, of.id) if isinstance(of, CaseText) else next(_answered(case, (of,)), None)


def lacking(case: Case, fields: Iterable[Field] = FREE) -> tuple[Original, ...]:
    """The answers to these questions that nobody said in English yet, whoever may read them."""
    return tuple(each for each in _answered(case, fields) if each.is_missing)


def missing_english(
    case: Case, reader: Reader, way: Way, agreement: Agreement, texts: Sequence[CaseText] = ()
) -> tuple[Original, ...]:
    """What a paper for this reader would hold (of the answers, and of these texts) and has no English version of."""
    seen = seen_by(case, reader.party, agreement)
    found = lacking(seen, (asked for asked in FREE if may_read(asked, case, reader, way, agreement)))
    read = [text for text in texts if text_for(text, case, reader, way, agreement) is not None]
    written = (_original(case, text, text.id) for text in read)
    return (*found, *(each for each in written if each.is_missing))


def english_versions(case: Case, reader: Reader, way: Way, agreement: Agreement) -> Mapping[str, InEnglish]:
    """By field id what a reader gets in English of what was answered in words.

    What lacks an English version is not there, nor what nobody knows, which is a code.
    """
    found: dict[str, InEnglish] = {}
    seen = seen_by(case, reader.party, agreement)
    for asked in FREE:
        words, answer = answer_for(asked, case, reader, way, agreement), seen.answers.get(asked.id)
        if answer is None or not isinstance(answer.value, Guarded) or not isinstance(words, str):
            continue
        version = seen.english.get(answer.id)
        if version is not None and not version.is_draft:
            said = english_for(version, asked, case, reader, way, agreement)
            found |= {asked.id: _of(version, said)} if said is not None else {}
        elif script_in(answer.value) is Script.LATIN:
            role = Role.OFFICER if answer.by == case.officer else None
            found[asked.id] = InEnglish(words, case.reporting, role, answer.at, is_original=True)
    return found


def english_of_text(
    text: CaseText, case: Case, reader: Reader, way: Way, agreement: Agreement, *, or_draft: bool = False
) -> InEnglish | None:
    """The English version of a text for a reader; None where there is none, or none for them."""
    version = case.english.get(text.id)
    if version is None or (version.is_draft and not or_draft):
        return None
    said = english_for(version, text, case, reader, way, agreement)
    return None if said is None else _of(version, said)


def draft_for(original: Original, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """What a machine drafted, for a reader of its side; None where it did not, or where it is not for them."""
    draft = original.draft
    return None if draft is None else english_for(draft, original.of, case, reader, way, agreement)


def _of(version: English, said: str) -> InEnglish:
    return InEnglish(said, version.party, version.role, version.at, version.is_machine)


def whose(version: InEnglish, language: str) -> str:
    """Say who wrote or confirmed it, as side and role: ``KH duty``."""
    who = f"{version.party} {version.role.value}" if version.role is not None else version.party
    return tr(language, "a machine's draft, confirmed by {who}", who=who) if version.is_machine else who


def beside(asked: Field, case: Case, reader: Reader, way: Way, agreement: Agreement, language: str) -> str:
    """Write the line that goes with an answer in another script: its English, or that it has none; empty for others."""
    seen = seen_by(case, reader.party, agreement)
    answer = seen.answers.get(asked.id)
    if asked.coded or answer is None:
        return ""
    script, label = script_in(answer.value), tr(language, asked.label)
    is_plain = script is Script.LATIN and answer.id not in seen.english
    if is_plain or not may_read(asked, case, reader, way, agreement):
        return ""
    version = english_versions(case, reader, way, agreement).get(asked.id)
    if version is None:
        return _marked(label, script, language)
    who = whose(version, language)
    return tr(language, "{label}, in English: {text} ({who})", label=label, text=version.text, who=who)


def _marked(label: str, script: Script, language: str) -> str:
    name = script_name(script, language)
    return tr(language, "({label} is written in {script} and has no English version yet)", label=label, script=name)


def lacks_words(missing: Sequence[Original], language: str) -> str:
    """Name what has no English version: ``14 Summary (written in Khmer)``."""
    return ", ".join(
        tr(
            language,
            "{name} (written in {script})",
            name=each.name(language),
            script=script_name(each.script, language),
        )
        for each in missing
    )


def sentence(missing: Sequence[Original], reference: str, language: str) -> str:
    """Say what no paper can be made without, and how it is entered; empty when nothing is missing."""
    if not missing:
        return ""
    return tr(
        language,
        "No paper can be made before there is an English version of {names}. To write it: /english {reference} {name} "
        "and one line",
        names=lacks_words(missing, language),
        reference=reference,
        name=typed_name(missing[0]),
    )


def typed_name(original: Original) -> str:
    """How somebody who types names it."""
    return text_name(original.of) if isinstance(original.of, CaseText) else original.of.label.lower()


def text_name(text: CaseText) -> str:
    """How somebody who types names a text."""
    return text.kind.value  # "first", "note", "reason"

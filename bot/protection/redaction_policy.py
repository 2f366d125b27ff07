"""Who may read what, on which way out. Pure; the one place for the rule, and the one that opens guarded texts.

Every way out asks here: alerts, pings, relayed notes, views and echoes on messengers, pages, the secure case, search,
papers, exports. What has no cell in the table is absent. Logs are no way out for anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.attachments import StoredFile
from bot.domain.case import Case, CaseText, Handoff, TextKind, Value
from bot.domain.closed_sets import for_each
from bot.domain.english import English
from bot.domain.fields import DESK_FIELDS, FIELDS, Field
from bot.domain.guarded import Guarded
from bot.domain.people import Person, Role
from bot.domain.provinces import province
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.language.writing_systems import Script, script_of
from bot.protection.seen_by import seen_by
from bot.protection.standings import Reader, Standing, concerned, standing, standing_to_all


class Matter(StrEnum):
    """What there is to read."""

    REFERENCE = "reference"  #: reference, urgency, status and deadlines: what a ping says
    MINIMUM = "minimum"  #: coded answers that are enough to act on and point to nobody
    CODED = "coded"  #: the other coded answers
    FEAR = "fear"  #: whether the person fears the authorities of their own country
    PROTECTION = "protection"  #: the protection flag and what else the gates need
    WORDS = "words"  #: free text about the case
    NOTE = "note"  #: a text meant for the other side
    MEMO = "memo"  #: a text meant for the own side
    MARKED = "marked"  #: words that may be a name or an address, as long as only their writer can tell
    IDENTITY = "identity"  #: what points to a person: the secure case, exact places, files (tier 2)
    OWN_FILE = "own_file"  #: a file that whoever left it, or their desk, keeps to their side
    ACCEPTANCE = "acceptance"  #: who accepted a case for a formal channel: its papers name them to both sides
    NAME = "name"  #: the name of an enrolled person; masked, it is their side and role


class Way(StrEnum):
    """How it would leave."""

    PING = "ping"  #: a message about a deadline
    ALERT = "alert"
    RELAY = "relay"  #: a message that tells others of an act, with the words of a note
    CASE = "case"  #: ``/case`` and other views on a messenger
    ECHO = "echo"  #: the answer to whoever just wrote
    PAGE = "page"  #: the case's page
    SECURE = "secure"  #: the secure case's page, whose reading is journalled with a purpose
    SEARCH = "search"  #: the answer to a search
    PACKET = "packet"  #: a paper for a formal channel
    ANNEX = "annex"  #: the sealed annex of a note verbale, whose making is journalled with a purpose
    EXPORT = "export"  #: the case log, de-identified
    IDENTIFIED = "identified"  #: an export that a second person approved
    LOG = "log"  #: log lines, metrics, error texts


class Showing(StrEnum):
    """What the reader gets."""

    SHOWN = "shown"
    MASKED = "masked"  #: that there is something, not what
    ABSENT = "absent"


#: Cells name the standings that are shown something: A author, O own, T other, U uncleared, C closed; small: masked.
_COLUMNS = (
    Way.PING, Way.ALERT, Way.RELAY, Way.CASE, Way.ECHO, Way.PAGE,
    Way.SECURE, Way.SEARCH, Way.PACKET, Way.ANNEX, Way.EXPORT, Way.IDENTIFIED,
)  # fmt: skip
_TABLE: Mapping[Matter, tuple[str, ...]] = for_each(Matter, {
    #                  ping    alert   relay   case    echo    page    secure  search packet  annex  export  identified
    Matter.REFERENCE: ("AOTUC","AOTUC","AOTUC","AOTUC","AOTUC","AOTUC","AOTUC","AOTU","AOTU", "AOTU","AOTUC","AOTUC"),
    Matter.MINIMUM:   ("",     "AOTUC","",     "AOTUC","AO",   "AOTUC","",     "",    "AOTU", "",    "AOTUC","AOTUC"),
    Matter.CODED:     ("",     "AOT",  "",     "AOT",  "AO",   "AOTU", "",     "",    "AOT",  "",    "AOTU", "AOTU"),
    Matter.FEAR:      ("",     "AO",   "",     "AO",   "AO",   "AO",   "",     "",    "",     "",    "",     ""),
    Matter.PROTECTION:("",     "",     "",     "",     "",     "AO",   "",     "",    "",     "",    "",     ""),
    Matter.WORDS:     ("",     "AOT",  "",     "AOT",  "A",    "AOTU", "",     "",    "AOT",  "",    "",     "AOT"),
    Matter.NOTE:      ("",     "",     "AOTU", "",     "A",    "AOTU", "",     "",    "",     "",    "",     "AOT"),
    Matter.MEMO:      ("",     "",     "",     "",     "A",    "AO",   "",     "",    "",     "",    "",     "AO"),
    Matter.MARKED:    ("",     "",     "",     "",     "A",    "",     "",     "",    "",     "",    "",     ""),
    Matter.IDENTITY:  ("",     "",     "",     "",     "",     "",     "AOT",  "aot", "aot",  "AOT", "",     "AO"),
    Matter.OWN_FILE:  ("",     "",     "",     "",     "",     "",     "AO",   "",    "",     "",    "",     "AO"),
    Matter.ACCEPTANCE:("",     "",     "",     "",     "",     "AOTUC","",     "",    "AOTU", "",    "",     "AOTUC"),
    Matter.NAME:      ("aotuc","aotuc","AOtuc","aotuc","AO",   "AOtuc","AOtuc","",    "AOtuc","",    "aotuc","AOtuc"),
})  # fmt: skip
_LETTER = for_each(
    Standing,
    {
        Standing.AUTHOR: "A",
        Standing.OWN: "O",
        Standing.OTHER: "T",
        Standing.UNCLEARED: "U",
        Standing.CLOSED: "C",
    },
    but={Standing.NOBODY},
)

#: What points to a person is no business of these desks, whatever their side.
_NOT_TOLD_WHO = frozenset({DeskRole.SECRETARIAT, DeskRole.SUPPORT})
_WHO = frozenset({Matter.IDENTITY, Matter.OWN_FILE})
#: Admins read no case; they make exports and know their own side's people.
_FOR_ADMINS = frozenset({Way.EXPORT, Way.IDENTIFIED})

#: What the requested side may always read: enough to act on, nothing that points to the person.
MINIMUM = frozenset({"situation", "age_group", "country", "assistance"})

_FIELD_MATTER = (
    {"fears_own_authorities": Matter.FEAR, "differs": Matter.FEAR}
    | dict.fromkeys(MINIMUM, Matter.MINIMUM)
    | dict.fromkeys((f.id for f in DESK_FIELDS), Matter.PROTECTION)
)
_TEXT_MATTER = for_each(
    TextKind,
    {
        TextKind.NOTE: Matter.NOTE,
        TextKind.MEMO: Matter.MEMO,
        TextKind.PROTECTION: Matter.PROTECTION,
        TextKind.LOCATION: Matter.IDENTITY,
        TextKind.CONTACT: Matter.IDENTITY,
        TextKind.FILE: Matter.IDENTITY,
    },
    but={TextKind.FIRST, TextKind.TEXT, TextKind.OUTCOME, TextKind.REASON},
)

#: Texts whose English a machine may draft.
_DRAFTED = frozenset({TextKind.FIRST, TextKind.NOTE})


def decide(matter: Matter, way: Way, standing: Standing, reader: Reader) -> Showing:
    """Say what a reader who stands so gets of a matter on a way: the table, and what no role is told."""
    if way is Way.LOG or standing is Standing.NOBODY:
        return Showing.ABSENT
    if reader.is_overheard and matter is not Matter.REFERENCE:
        return Showing.ABSENT
    if reader.role is Role.ADMIN and way not in _FOR_ADMINS and matter is not Matter.NAME:
        return Showing.ABSENT
    if matter in _WHO and standing is not Standing.AUTHOR and reader.desk in _NOT_TOLD_WHO:
        return Showing.ABSENT
    cell, letter = _TABLE[matter][_COLUMNS.index(way)], _LETTER[standing]
    if letter in cell:
        return Showing.SHOWN
    return Showing.MASKED if letter.lower() in cell else Showing.ABSENT


def matter_of(asked: Field) -> Matter:
    """Say what the answer to a field is."""
    return _FIELD_MATTER.get(asked.id, Matter.CODED if asked.coded else Matter.WORDS)


def may_read(asked: Field, case: Case, reader: Reader, way: Way, agreement: Agreement) -> bool:
    """Whether a reader gets the answer to a field on a way, of those of whom they may know."""
    seen = seen_by(case, reader.party, agreement)
    return _crosses(asked, standing_to_all(seen, reader, agreement), reader, way)


def _crosses(asked: Field, stands: Standing, reader: Reader, way: Way) -> bool:
    return decide(matter_of(asked), way, stands, reader) is Showing.SHOWN


def answer_for(asked: Field, case: Case, reader: Reader, way: Way, agreement: Agreement) -> Value | None:
    """Open the answer to a field for a reader; None when there is none for them."""
    return next((value for _, value in _opened((asked,), case, reader, way, agreement)), None)


def echoed(asked: Field, case: Case) -> Value | None:
    """Open an answer to be read back to the officer who gave it, under a question or in their summary."""
    value = case.value(asked.id)
    reader = Reader(case.reporting, Role.OFFICER, case.officer)
    if decide(matter_of(asked), Way.ECHO, Standing.AUTHOR, reader) is not Showing.SHOWN:
        return None
    return value.reveal() if isinstance(value, Guarded) else value


def answers(case: Case, reader: Reader, way: Way, agreement: Agreement) -> tuple[tuple[Field, Value], ...]:
    """List the answers that a reader gets on a way, in the order asked."""
    return tuple(_opened(FIELDS, case, reader, way, agreement))


def _opened(
    asked: Iterable[Field], case: Case, reader: Reader, way: Way, agreement: Agreement
) -> Iterator[tuple[Field, Value]]:
    seen = seen_by(case, reader.party, agreement)
    stands = standing_to_all(seen, reader, agreement)
    for each in asked:
        value = seen.value(each.id)
        if value is not None and _crosses(each, stands, reader, way):
            yield each, value.reveal() if isinstance(value, Guarded) else value


def province_of(case: Case) -> str:
    """The province that the area names, and nothing else of it: so coarse it is a code; empty when it names none."""
    area = case.value("area")
    return province(str(case.value("country")), area.reveal()) if isinstance(area, Guarded) else ""


def compared(words: Value | None) -> str:
    """Open words to be compared with those of other cases, within the bridge; this is no way out."""
    return words.reveal() if isinstance(words, Guarded) else ""


def script_in(words: Value | None) -> Script:
    """In which script words are written, and nothing else of them: so coarse it is a code."""
    return script_of(words.reveal()) if isinstance(words, Guarded) else Script.LATIN


def english_for(
    version: English, of: Field | CaseText, case: Case, reader: Reader, way: Way, agreement: Agreement
) -> str | None:
    """Open an English version for a reader: whoever gets on a way what it says in English; a draft only its side."""
    if version.is_draft and reader.party != version.party:
        return None
    if isinstance(of, CaseText):
        is_read = text_for(of, case, reader, way, agreement) is not None
    else:
        is_read = may_read(of, case, reader, way, agreement)
    return version.text.reveal() if is_read else None


def to_be_drafted(words: Value | CaseText | None) -> str | None:
    """Open words for the program that drafts their English, where one is set up; nothing that points to a person.

    That is a way out too: of texts only what is meant for both sides, and nothing of the secure case.
    """
    if isinstance(words, CaseText):
        return words.text.reveal() if words.kind in _DRAFTED and not words.own_side_only else None
    return words.reveal() if isinstance(words, Guarded) else None


def text_for(text: CaseText, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open a free text for a reader; None when it is not for them.

    A note that a closed gate keeps on its own side stays a note there; to everybody else it is a memo.
    """
    is_note_of_own = text.kind is TextKind.NOTE and reader.party == text.party
    is_memo = text.own_side_only and not is_note_of_own
    matter = Matter.MEMO if is_memo else _TEXT_MATTER.get(text.kind, Matter.WORDS)
    whom = concerned(case, text.id, text.subjects)
    stands = standing(case, reader, agreement, author=text.by, side=text.party, whom=whom)
    return text.text.reveal() if decide(matter, way, stands, reader) is Showing.SHOWN else None


def secure_for(entry: SecureEntry, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open an entry of the secure case for a reader; None when it is not for them."""
    is_message = entry.field is SecureField.MESSAGE
    whom = () if is_message else concerned(case, entry.id, (entry.subject,))
    stands = standing(case, reader, agreement, author=entry.by, side=entry.party, whom=whom)
    is_hidden = reader.role is Role.OFFICER and stands is not Standing.AUTHOR
    showing = Showing.ABSENT if is_hidden else decide(Matter.IDENTITY, way, stands, reader)
    return entry.value.reveal() if showing is Showing.SHOWN else None


def marked_for(words: Guarded, case: Case, reader: Reader, agreement: Agreement) -> str | None:
    """Open words of a reader's own that may be a name or an address, to ask them; None where others read along."""
    stands = standing(case, reader, agreement, author=reader.person_id, side=reader.party)
    return words.reveal() if decide(Matter.MARKED, Way.ECHO, stands, reader) is Showing.SHOWN else None


def may_read_file(file: StoredFile, case: Case, reader: Reader, agreement: Agreement) -> bool:
    """Whether a file of a case is for a reader: it may show a face, a document, a voice, of anybody in the case.

    Of enrolled people it is for those only who may open the secure case: `secure_access.may_open_file`.
    """
    matter = Matter.OWN_FILE if file.own_side_only else Matter.IDENTITY
    stands = standing(case, reader, agreement, author=file.by, side=file.party)
    is_hidden = file.case_id != case.id or (reader.role is Role.OFFICER and stands is not Standing.AUTHOR)
    return not is_hidden and decide(matter, Way.SECURE, stands, reader) is Showing.SHOWN


def line_for(
    words: Guarded, author: int, side: str, case: Case, reader: Reader, way: Way, agreement: Agreement
) -> str | None:
    """Open a line that hangs on a case, such as why a hand-off was returned; None when it is not for a reader."""
    stands = standing(case, reader, agreement, author=author, side=side)
    return words.reveal() if decide(Matter.WORDS, way, stands, reader) is Showing.SHOWN else None


def officer_for(handoff: Handoff, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open who accepted a hand-off for its channel; None when nobody did, or when it is not for a reader."""
    showing = decide(Matter.ACCEPTANCE, way, standing(case, reader, agreement), reader)
    return (handoff.accepting_officer.reveal() or None) if showing is Showing.SHOWN else None


def taker_for(handoff: Handoff, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open who took a paper that was handed over in person; None when nobody did, or when it is not for a reader."""
    showing = decide(Matter.ACCEPTANCE, way, standing(case, reader, agreement), reader)
    return (handoff.delivered_to.reveal() or None) if showing is Showing.SHOWN else None


def name_for(person: Person, reader: Reader, way: Way) -> str | None:
    """Name an enrolled person to a reader; None where only side and role are told."""
    if person.id == reader.person_id:
        stands = Standing.AUTHOR
    else:
        stands = Standing.OWN if person.party == reader.party else Standing.OTHER
    return person.name if decide(Matter.NAME, way, stands, reader) is Showing.SHOWN else None

"""Who may read what, on which way out. Pure; the one place for the rule, and the one that opens guarded texts.

Every way out asks here: alerts, pings, relayed notes, views and echoes on messengers, pages, the secure case, search,
papers, exports. What has no cell in the table is absent. Logs are no way out for anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.attachments import StoredFile
from bot.domain.case import Case, CaseText, Handoff, TextKind, Value
from bot.domain.closed_sets import for_each
from bot.domain.english import English
from bot.domain.fields import DESK_FIELDS, FIELDS, Field
from bot.domain.guarded import Guarded
from bot.domain.joint_operation import Plan
from bot.domain.people import Person, Role
from bot.domain.places import places_in
from bot.domain.provinces import province
from bot.domain.referral import Referral
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
    SUSPECTS = "suspects"  #: who holds or moves the person, how, with what: of the secure case too
    HEALTH = "health"  #: what the person needs for their health: of the secure case too
    SUPPORT = "support"  #: what a support desk must know to take the person in
    REFERRAL = "referral"  #: what a support desk answered or wrote, for the side that referred
    OPERATION = "operation"  #: the plan of a joint operation: when, in which area, who confirmed it
    ACCEPTANCE = "acceptance"  #: who accepted a case for a formal channel: its papers name them to both sides
    NAME = "name"  #: the name of an enrolled person; masked, it is their side and role


class Way(StrEnum):
    """How it would leave."""

    PING = "ping"  #: a message about a deadline
    CALL = "call"  #: what a phone says or a browser shows by itself, to whoever is near
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


#: Cells name the standings that are shown something: A author, O own, T other, U uncleared, C closed, S support desk;
#: small: masked.
_COLUMNS = (
    Way.PING, Way.ALERT, Way.RELAY, Way.CASE, Way.ECHO, Way.PAGE,
    Way.SECURE, Way.SEARCH, Way.PACKET, Way.ANNEX, Way.EXPORT, Way.IDENTIFIED, Way.CALL,
)  # fmt: skip
_CELLS: Mapping[Matter, str] = for_each(Matter, {
    #                   ping   alert  relay  case   echo   page   secure search packet annex export identified call
    Matter.REFERENCE:  "AOTUCS AOTUCS AOTUCS AOTUCS AOTUCS AOTUCS AOTUC  AOTU   AOTU   AOTU  AOTUC  AOTUC  AOTUCS",
    Matter.MINIMUM:    "-      AOTUC  -      AOTUC  AO     AOTUC  -      -      AOTU   -     AOTUC  AOTUC  -",
    Matter.CODED:      "-      AOT    -      AOT    AO     AOTU   -      -      AOT    -     AOTU   AOTU   -",
    Matter.FEAR:       "-      AO     -      AO     AO     AO     -      -      -      -     -      -      -",
    Matter.PROTECTION: "-      -      -      -      -      AO     -      -      -      -     -      -      -",
    Matter.WORDS:      "-      AOT    -      AOT    A      AOTU   -      -      AOT    -     -      AOT    -",
    Matter.NOTE:       "-      -      AOTU   -      A      AOTU   -      -      -      -     -      AOT    -",
    Matter.MEMO:       "-      -      -      -      A      AO     -      -      -      -     -      AO     -",
    Matter.MARKED:     "-      -      -      -      A      -      -      -      -      -     -      -      -",
    Matter.IDENTITY:   "-      -      -      -      -      -      AOT    aot    aot    AOT   -      AO     -",
    Matter.SUSPECTS:   "-      -      -      -      -      -      AOT    aot    aot    -     -      AO     -",
    Matter.HEALTH:     "-      -      -      -      -      S      AOT    aot    -      -     -      AO     -",
    Matter.SUPPORT:    "-      S      -      S      -      S      -      -      -      -     -      -      -",
    Matter.REFERRAL:   "-      -      AO     AO     A      AOS    -      -      -      -     -      -      -",
    Matter.OPERATION:  "AOT    -      AOT    AOT    AO     AOT    AOT    -      -      -     -      -      -",
    Matter.OWN_FILE:   "-      -      -      -      -      -      AO     -      -      -     -      AO     -",
    Matter.ACCEPTANCE: "-      -      -      -      -      AOTUC  -      -      AOTU   -     -      AOTUC  -",
    Matter.NAME:       "aotuc  aotuc  AOtuc  aotuc  AO     AOtuc  AOtuc  -      AOtuc  -     aotuc  AOtuc  -",
})  # fmt: skip
_TABLE = MappingProxyType({matter: tuple(cells.split()) for matter, cells in _CELLS.items()})
_LETTER = for_each(
    Standing,
    {
        Standing.AUTHOR: "A",
        Standing.OWN: "O",
        Standing.OTHER: "T",
        Standing.UNCLEARED: "U",
        Standing.CLOSED: "C",
        Standing.SUPPORT: "S",
    },
    but={Standing.NOBODY},
)

#: What points to a person is no business of these desks, whatever their side.
_NOT_TOLD_WHO = frozenset({DeskRole.SECRETARIAT, DeskRole.SUPPORT})
_KEPT_FROM: Mapping[Matter, frozenset[DeskRole]] = for_each(
    Matter,
    {
        Matter.IDENTITY: _NOT_TOLD_WHO,
        Matter.OWN_FILE: _NOT_TOLD_WHO,
        Matter.SUSPECTS: _NOT_TOLD_WHO,
        Matter.HEALTH: frozenset({DeskRole.SECRETARIAT}),
    },
    but={
        Matter.REFERENCE, Matter.MINIMUM, Matter.CODED, Matter.FEAR, Matter.PROTECTION, Matter.WORDS, Matter.NOTE,
        Matter.MEMO, Matter.MARKED, Matter.SUPPORT, Matter.REFERRAL, Matter.OPERATION, Matter.ACCEPTANCE, Matter.NAME,
    },
)  # fmt: skip
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
#: What is kept of a person in the secure case is what points to them, but for what is about suspects or their health.
_SECURE_MATTER = for_each(
    SecureField,
    {
        SecureField.SUSPECTS: Matter.SUSPECTS,
        SecureField.CONTROL: Matter.SUSPECTS,
        SecureField.LEGAL_BASIS: Matter.SUSPECTS,
        SecureField.HEALTH: Matter.HEALTH,
    },
    but={
        SecureField.MESSAGE, SecureField.NAMES, SecureField.BIRTH_DATE, SecureField.GENDER, SecureField.TRAVEL_DOCUMENT,
        SecureField.PHONE, SecureField.EXACT_LOCATION, SecureField.DESCRIPTION, SecureField.LANGUAGE,
        SecureField.REQUESTING_AUTHORITY,
    },
)  # fmt: skip

#: Which answers a support desk gets of a case that was referred to it, and which entries of the secure case. Not how
#: the person is held, by whom or for what, nor when somebody was last in contact: all that is about suspects too.
SUPPORT_FIELDS = ("age_group", "assistance", "area")
#: Of the help that is asked for, what is asked of a support desk; what the police shall do is not for it.
_SUPPORT_ASSISTANCE = frozenset({"medical_care", "safe_shelter", "interpreter", "family_contact", "travel_document"})
_SUPPORT_SECURE = for_each(
    SecureField,
    {SecureField.LANGUAGE: Matter.SUPPORT, SecureField.HEALTH: Matter.HEALTH},
    but={asked for asked in SecureField if asked not in (SecureField.LANGUAGE, SecureField.HEALTH)},
)

#: Texts whose English a machine may draft.
_DRAFTED = frozenset({TextKind.FIRST, TextKind.NOTE})


def decide(matter: Matter, way: Way, standing: Standing, reader: Reader) -> Showing:
    """Say what a reader who stands so gets of a matter on a way: the table, and what no role is told."""
    if way is Way.LOG or standing is Standing.NOBODY:
        return Showing.ABSENT
    if reader.desk is DeskRole.SUPPORT and standing is not Standing.AUTHOR:
        standing = Standing.SUPPORT  # whoever asks for them: they have what was referred, of whichever side they are
    if reader.is_overheard and matter is not Matter.REFERENCE:
        return Showing.ABSENT
    if reader.role is Role.ADMIN and way not in _FOR_ADMINS and matter is not Matter.NAME:
        return Showing.ABSENT
    if standing is not Standing.AUTHOR and reader.desk in _KEPT_FROM.get(matter, ()):
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
    is_hidden = stands is Standing.SUPPORT or (reader.role is Role.OFFICER and stands is not Standing.AUTHOR)
    matter = _SECURE_MATTER.get(entry.field, Matter.IDENTITY)
    showing = Showing.ABSENT if is_hidden else decide(matter, way, stands, reader)
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


def line_for(  # noqa: PLR0913 - a line has an author, a side and those whom it is about
    words: Guarded,
    author: int,
    side: str,
    case: Case,
    reader: Reader,
    way: Way,
    agreement: Agreement,
    *,
    whom: Collection[int] = (),
) -> str | None:
    """Open a line that hangs on a case, such as why a hand-off was returned; None when it is not for a reader.

    `whom`: the numbers of those whom alone it is about.
    """
    stands = standing(case, reader, agreement, author=author, side=side, whom=whom)
    return words.reveal() if decide(Matter.WORDS, way, stands, reader) is Showing.SHOWN else None


def officer_for(handoff: Handoff, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open who accepted a hand-off for its channel; None when nobody did, or when it is not for a reader."""
    showing = decide(Matter.ACCEPTANCE, way, standing(case, reader, agreement), reader)
    return (handoff.accepting_officer.reveal() or None) if showing is Showing.SHOWN else None


def claim_for(handoff: Handoff, case: Case, reader: Reader, way: Way, agreement: Agreement) -> tuple[str, str] | None:
    """Open who received a hand-off and under which number, as was claimed by mail; None when it is not for a reader."""
    showing = decide(Matter.ACCEPTANCE, way, standing(case, reader, agreement), reader)
    if handoff.claimed_at is None or showing is not Showing.SHOWN:
        return None
    return handoff.claimed_officer.reveal(), handoff.claimed_reference.reveal()


def claimed_number(handoff: Handoff) -> str:
    """Open the formal number of a receipt that was claimed by mail: it is said wherever formal references are."""
    return handoff.claimed_reference.reveal()


def claim_recorded(handoff: Handoff) -> tuple[str, str]:
    """Open number and officer of such a receipt for the record of an acceptance, which is guarded in turn."""
    return handoff.claimed_reference.reveal(), handoff.claimed_officer.reveal()


def taker_for(handoff: Handoff, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open who took a paper that was handed over in person; None when nobody did, or when it is not for a reader."""
    showing = decide(Matter.ACCEPTANCE, way, standing(case, reader, agreement), reader)
    return (handoff.delivered_to.reveal() or None) if showing is Showing.SHOWN else None


def support_answer(asked: Field, case: Case, reader: Reader, way: Way, agreement: Agreement) -> Value | None:
    """Open an answer for a support desk that the case was referred to; None when it is not for it.

    It gets no more than its side's duty desk gets in an alert; `case` is that of whom the referral is for.
    """
    seen = seen_by(case, reader.party, agreement)
    value, side = seen.value(asked.id), Reader(reader.party)
    stands = standing_to_all(seen, side, agreement)
    is_known = decide(matter_of(asked), Way.ALERT, stands, side) is Showing.SHOWN
    if value is None or asked.id not in SUPPORT_FIELDS or not is_known:
        return None
    if decide(Matter.SUPPORT, way, _at_support(case, reader), reader) is not Showing.SHOWN:
        return None
    if asked.id == "assistance" and isinstance(value, tuple):
        return tuple(code for code in value if code in _SUPPORT_ASSISTANCE) or None
    return value.reveal() if isinstance(value, Guarded) else value


def support_language(referral: Referral, case: Case, reader: Reader, way: Way) -> str | None:
    """Open the language of the person, as it was known at the referral, for its desk; None for everybody else."""
    is_theirs = reader.party == referral.party
    is_told = is_theirs and decide(Matter.SUPPORT, way, _at_support(case, reader), reader) is Showing.SHOWN
    return (referral.spoken.reveal() or None) if is_told else None


def support_entry(entry: SecureEntry, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open an entry of the secure case for a support desk: language and health only, where its side may read them."""
    matter = _SUPPORT_SECURE.get(entry.field)
    duty = Reader(reader.party, desk=DeskRole.DUTY)
    if matter is None or secure_for(entry, case, duty, Way.SECURE, agreement) is None:
        return None
    is_told = decide(matter, way, _at_support(case, reader), reader) is Showing.SHOWN
    return entry.value.reveal() if is_told else None


def _at_support(case: Case, reader: Reader) -> Standing:
    """How people of a support desk stand to what was referred to it, also where they reported the case themselves."""
    is_side = bool(reader.party) and reader.party in (case.reporting, case.requested)
    return Standing.SUPPORT if is_side and reader.desk is DeskRole.SUPPORT else Standing.NOBODY


def support_words(words: Guarded, by: int | None, side: str, case: Case, reader: Reader, way: Way) -> str | None:
    """Open what a support desk answered or wrote; None for everybody but that desk and the side that referred."""
    if not side or reader.party != side:
        return None
    stands = _at_support(case, reader) if reader.desk is DeskRole.SUPPORT else Standing.OWN
    stands = Standing.AUTHOR if by is not None and reader.person_id == by else stands
    return (words.reveal() or None) if decide(Matter.REFERRAL, way, stands, reader) is Showing.SHOWN else None


def sees_plan(case: Case, reader: Reader, way: Way, agreement: Agreement) -> bool:
    """Whether the plan of a joint operation is for a reader: it is the reporting side's, as far as it may cross."""
    return decide(Matter.OPERATION, way, standing(case, reader, agreement), reader) is Showing.SHOWN


def plan_area(plan: Plan, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str:
    """The provinces and cities that the place of a plan names, and nothing else of it; empty when it names none."""
    if not sees_plan(case, reader, way, agreement):
        return ""
    return ", ".join(place.name or place.province for place in places_in(plan.where.reveal()))


def plan_place(plan: Plan, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open the place of a plan as it was written: exact, so it is for whoever reads the secure case."""
    stands = standing(case, reader, agreement, author=plan.where_by or 0, side=plan.where_party)
    is_seen = sees_plan(case, reader, way, agreement) and reader.role is not Role.OFFICER
    is_shown = is_seen and decide(Matter.IDENTITY, way, stands, reader) is Showing.SHOWN
    return (plan.where.reveal() or None) if is_shown else None


def name_for(person: Person, reader: Reader, way: Way) -> str | None:
    """Name an enrolled person to a reader; None where only side and role are told."""
    if person.id == reader.person_id:
        stands = Standing.AUTHOR
    else:
        stands = Standing.OWN if person.party == reader.party else Standing.OTHER
    return person.name if decide(Matter.NAME, way, stands, reader) is Showing.SHOWN else None

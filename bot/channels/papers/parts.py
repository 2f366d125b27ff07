"""What stands in each kind of paper, section by section, once it is known what may be told. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from bot.channels.papers.dossier import Drawn
from bot.channels.papers.facts import Fact
from bot.channels.papers.identity import identified, named
from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.paper import Entry, Letterhead, Section
from bot.channels.papers.reply_slip import reply
from bot.domain.closed_sets import for_each
from bot.domain.names import urgency_name
from bot.language.texts import tr
from bot.protection.redaction_policy import Way
from bot.protection.shown_persons import persons

_PERSONS = frozenset({"persons_count", "age_group", "citizenship", "safe_to_contact", "consent_police",
                      "consent_diplomatic"})  # fmt: skip
_ASSISTANCE = frozenset({"assistance"})

Parts = tuple[Section, ...]


def sections(drawn: Drawn, told: Sequence[Fact], head: Letterhead, reply_by: str) -> Parts:
    """Write the sections of a paper."""
    return _WRITES[drawn.kind](drawn, told, head, reply_by)


def _request(drawn: Drawn, told: Sequence[Fact], head: Letterhead, reply_by: str) -> Parts:
    return (
        Section(tr("en", "Legal basis"), (head.legal_basis,)),
        Section(tr("en", "Facts"), entries=(*_urgency(drawn), *_entries(drawn, told, but=_PERSONS | _ASSISTANCE))),
        _of_persons(drawn, told),
        _asked(tr("en", "Assistance asked"), told),
        Section(tr("en", "Why we ask you"), (_why(told),)),
        _reply_wanted(reply_by),
        _restrictions(),
    )


def _note(drawn: Drawn, told: Sequence[Fact], head: Letterhead, reply_by: str) -> Parts:
    asks = tr(
        "en",
        "It would be grateful for the assistance named above, and for a reply {by}.",
        by=reply_by,
    )
    annexed = tr(
        "en",
        "Who the persons are stands in a sealed annex to this note and nowhere in it. The annex is handed over apart "
        "from the note.",
    )
    return (
        Section("", (head.opening,)),
        Section(tr("en", "The matter"), entries=(*_urgency(drawn), *_entries(drawn, told, but=_PERSONS | _ASSISTANCE))),
        _of_persons(drawn, told),
        _asked(tr("en", "Assistance asked"), told),
        Section("", (asks, annexed, _restriction(), head.closing)),
    )


def _annex(drawn: Drawn, _told: Sequence[Fact], _head: Letterhead, _reply_by: str) -> Parts:
    found = identified(drawn)
    whom = sorted({each.entry.subject for each in found})
    lead = tr(
        "en",
        "For the addressee of the note verbale of the same reference only. Not to be copied, sent on or filed with the "
        "note. It tells only what is recorded; what is missing was not said.",
    )
    return (
        Section("", (lead,)),
        *(
            Section(named(drawn, number), entries=tuple(entry for each in found if each.entry.subject == number
                                                        for entry in each.entries()))
            for number in whom
        ),
        *(() if found else (Section("", (tr("en", "No particulars of any person are recorded."),)),)),
    )  # fmt: skip


def _referral(drawn: Drawn, told: Sequence[Fact], head: Letterhead, reply_by: str) -> Parts:
    return (
        _of_persons(drawn, told),
        Section(tr("en", "Where, and what happened"), entries=_entries(drawn, told, but=_PERSONS | _ASSISTANCE)),
        _asked(tr("en", "Support asked"), told),
        Section(tr("en", "Legal basis"), (head.legal_basis,)),
        _reply_wanted(reply_by, has_slip=False),
        Section(
            tr("en", "Handle with care"),
            (
                tr("en", "Contact the person only in the way named above. Tell nobody where they are."),
                _restriction(),
            ),
        ),
    )


def _reply(drawn: Drawn, _told: Sequence[Fact], _head: Letterhead, reply_by: str) -> Parts:
    return reply(drawn, reply_by)


_WRITES: Mapping[PaperKind, Callable[[Drawn, Sequence[Fact], Letterhead, str], Parts]] = for_each(
    PaperKind,
    {
        PaperKind.POLICE_REQUEST: _request,
        PaperKind.POLICE_REPLY: _reply,
        PaperKind.NOTE_VERBALE: _note,
        PaperKind.ANNEX: _annex,
        PaperKind.DIPLOMATIC_REPLY: _reply,
        PaperKind.SUPPORT_REFERRAL: _referral,
    },
)


def _urgency(drawn: Drawn) -> Iterator[Entry]:
    yield Entry(tr("en", "Urgency"), urgency_name(drawn.case.urgency, "en"))


def _entries(
    drawn: Drawn, told: Sequence[Fact], *, only: Collection[str] = (), but: Collection[str] = ()
) -> tuple[Entry, ...]:
    return tuple(fact.entry(drawn) for fact in told if (not only or fact.id in only) and fact.id not in but)


def _asked(name: str, told: Sequence[Fact]) -> Section:
    found = tuple(fact.shown for fact in told if fact.id in _ASSISTANCE)
    return Section(name, found or (tr("en", "To be agreed."),))


def _of_persons(drawn: Drawn, told: Sequence[Fact]) -> Section:
    each = persons(drawn.case, drawn.reader, Way.PACKET, drawn.agreement, "en")
    lines = tuple(
        Entry(f"{drawn.case.reference}/{person.number}", person.line("en").partition(": ")[2]) for person in each
    )
    particulars = tr("en", "Names, documents and exact places are not on this paper.")
    return Section(tr("en", "Persons"), (particulars,), (*_entries(drawn, told, only=_PERSONS), *lines))


def _why(told: Sequence[Fact]) -> str:
    where = {fact.id: fact.shown for fact in told}
    place = ", ".join(filter(None, (where.get("area"), where.get("country"))))
    if not place:
        return tr("en", "The matter is believed to be within your authority.")
    return tr("en", "The last known place, {place}, is within your authority.", place=place)


def _reply_wanted(reply_by: str, *, has_slip: bool = True) -> Section:
    wanted = tr("en", "Reply wanted {by}.", by=reply_by)
    return Section(tr("en", "Reply"), (wanted, *([tr("en", "Please use the reply slip enclosed.")] * has_slip)))


def _restrictions() -> Section:
    return Section(tr("en", "Restrictions on use"), (_restriction(),))


def _restriction() -> str:
    return tr(
        "en",
        "For the purpose of this case only. Not to be passed on, made public or used as evidence without our written "
        "consent. Do not tell the authorities of another State.",
    )

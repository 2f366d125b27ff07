"""What a support desk reads of a case that was referred to it. Pure; what of it may be told the policy says.

Its own side's local time only, no word of the other side, of suspects, of what is done by the police, of names.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case
from bot.domain.fields import field, show
from bot.domain.names import link, urgency_name
from bot.domain.people import Directory
from bot.domain.recipients import shown_as
from bot.domain.referral import Referral, ReferralState
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.subjects import as_of, count_of
from bot.domain.time_words import both_times
from bot.language.texts import tr
from bot.protection.redaction_policy import SUPPORT_FIELDS, Way, support_answer, support_entry, support_language
from bot.protection.referral_gate import still_for
from bot.protection.secure_forms import lines, values
from bot.protection.shown_persons import people
from bot.protection.standings import Reader, concerned

Line = tuple[str, str]  #: label and what is said


def when(moment: datetime, referral: Referral, case: Case, agreement: Agreement) -> str:
    """Write a moment in the local time of the side that referred, and of no other."""
    return both_times(moment, [agreement.parties[referral.party]], since=case.opened_at)


def facts(case: Case, referral: Referral, reader: Reader, way: Way, agreement: Agreement, language: str) -> list[Line]:
    """List what the desk must know to take the person in: how many of which age, help asked, area, language."""
    found: list[Line] = []
    covered = still_for(case, referral, agreement)
    for number in covered:
        one = as_of(case, number)
        age = support_answer(field("age_group"), one, reader, way, agreement)
        count = count_of(case, number)
        said = [people(count, language)] if count is not None else []
        said += [show(field("age_group"), age, language)] if age is not None else []
        if said:
            found.append((tr(language, "People"), " · ".join(said)))
    for name in (name for name in SUPPORT_FIELDS if name != "age_group"):
        told = support_answer(field(name), case, reader, way, agreement) if covered else None
        if told:
            found.append((tr(language, field(name).label), show(field(name), told, language)))
    is_live = way is Way.PAGE  # the page has the entry itself, as it stands now
    spoken = support_language(referral, case, reader, way) if covered and not is_live else None
    return [*found, (tr(language, "Language"), spoken)] if spoken else found


def kept(
    entries: Iterable[SecureEntry], case: Case, referral: Referral, reader: Reader, way: Way, agreement: Agreement
) -> list[tuple[SecureField, str]]:
    """Open the newest entries of the secure case that the desk gets, of nobody but those whom it was asked for."""
    covered = frozenset(still_for(case, referral, agreement))
    newest: dict[tuple[SecureField, int], str] = {}
    for entry in entries:
        whom = frozenset(concerned(case, entry.id, (entry.subject,)))
        said = support_entry(entry, case, reader, way, agreement) if whom <= covered else None
        if said is not None:
            newest[entry.field, entry.subject] = said
    return [(asked, said) for (asked, _), said in newest.items()]


def spoken_of(said: str, language: str) -> str:
    """Write an entry about the person's language for a messenger: ``khm, interpreter needed``."""
    known = values(SecureField.LANGUAGE, said)
    words = [str(known.get("code") or known.get("") or "")]
    words += [tr(language, "interpreter needed")] if known.get("interpreter") == "yes" else []
    return ", ".join(filter(None, words))


def in_words(asked: SecureField, said: str, language: str) -> str:
    """Write an entry of the secure case in one line."""
    return ", ".join(f"{label}: {value}" if label else value for label, value in lines(asked, said, language))


def text(
    case: Case,
    referral: Referral,
    agreement: Agreement,
    directory: Directory,
    public_url: str,
    *,
    is_overheard: bool = False,
    language: str = "en",
) -> str:
    """Write what the desk gets on its messenger; where others read along, no more than that it is asked."""
    reader = desk_reader(referral, agreement, is_overheard=is_overheard)
    by = directory.get(referral.by)
    written = [
        f"{urgency_name(case.urgency, language)} · {case.reference}",
        tr(language, "Referred to you by {who}, {when}.", who=shown_as(by, agreement) if by else referral.party,
           when=when(referral.sent_at, referral, case, agreement)),
    ]  # fmt: skip
    if referral.is_live:
        written += [f"{label}: {said}" for label, said in facts(case, referral, reader, Way.ALERT, agreement, language)]
    written.append(state(case, referral, agreement, language))
    written.append(tr(language, "The page: {link}", link=link(public_url, case)))
    return "\n".join(written)


def state(case: Case, referral: Referral, agreement: Agreement, language: str) -> str:
    """Say how a referral stands, and what its desk is asked to do."""
    at = when(referral.withdrawn_at or referral.answered_at or referral.sent_at, referral, case, agreement)
    if referral.is_live and not case.is_open and case.joined_to is None:
        return tr(language, "The case is closed. Nothing more is asked of you.")
    match referral.state:
        case ReferralState.SENT:
            return tr(
                language,
                "Do you take them in? /accept {reference} and who takes them, or /return {reference} and why not.",
                reference=case.reference,
            )
        case ReferralState.ACCEPTED:
            return tr(language, "You take them in, {when}. To write to {party}: /note {reference} text",
                      when=at, party=referral.party, reference=case.reference)  # fmt: skip
        case ReferralState.RETURNED:
            return tr(language, "You returned it, {when}.", when=at)
        case ReferralState.WITHDRAWN:
            return tr(language, "Withdrawn, {when}: please do nothing more about it.", when=at)


def desk_reader(referral: Referral, agreement: Agreement, *, is_overheard: bool = False) -> Reader:
    """The desk as a reader of what goes to it on a messenger; nobody where it is no support desk of that side."""
    desk = agreement.desks.get(referral.desk)
    is_theirs = desk is not None and desk.party == referral.party and desk.role is DeskRole.SUPPORT
    return Reader(referral.party if is_theirs else "", desk=DeskRole.SUPPORT, is_overheard=is_overheard)

"""What was referred to a support desk, as its page shows it: what it needs to take somebody in, no more. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapters.web.cases.gate_forms import Input
from bot.channels import referral_words
from bot.domain.agreement import Agreement
from bot.domain.case import Case, CaseText
from bot.domain.case_acts import Act
from bot.domain.people import Directory, Person
from bot.domain.recipients import shown_as
from bot.domain.referral import Referral, ReferralState
from bot.domain.secure_entry import SecureEntry
from bot.language.texts import tr
from bot.protection.permissions import may_see_referral
from bot.protection.redaction_policy import Way, support_words
from bot.protection.secure_forms import title
from bot.protection.standings import Reader


@dataclass(frozen=True, slots=True)
class Shown:
    """One referral for its desk."""

    sent: str
    state: str
    facts: tuple[tuple[str, str], ...]
    answer: str  #: what the desk said when it answered


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody of the desk wrote."""

    text: str
    when: str


@dataclass(frozen=True, slots=True)
class Form:
    """Something that the desk can do."""

    act: str
    title: str
    words: Input


def referrals(
    case: Case, entries: Iterable[SecureEntry], person: Person, agreement: Agreement, directory: Directory
) -> list[Shown]:
    """List the referrals of a case to a person's desk, newest first."""
    found = [r for r in case.referrals if may_see_referral(person, r, case, agreement)]
    kept = tuple(entries)
    return [_shown(r, case, kept, person, agreement, directory) for r in sorted(found, key=lambda r: -r.id)]


def _shown(
    referral: Referral,
    case: Case,
    entries: Iterable[SecureEntry],
    person: Person,
    agreement: Agreement,
    directory: Directory,
) -> Shown:
    language, reader = person.language, Reader.of(person, agreement)
    by = directory.get(referral.by)
    sent = tr(language, "Referred to you by {who}, {when}.", who=shown_as(by, agreement) if by else referral.party,
              when=referral_words.when(referral.sent_at, referral, case, agreement))  # fmt: skip
    facts: list[tuple[str, str]] = []
    if referral.is_live:
        facts = referral_words.facts(case, referral, reader, Way.PAGE, agreement, language)
        kept = referral_words.kept(entries, case, referral, reader, Way.PAGE, agreement)
        facts += [(title(asked, language), referral_words.in_words(asked, said, language)) for asked, said in kept]
    said = referral.taken_by if referral.state is ReferralState.ACCEPTED else referral.reason
    is_answer = referral.answered_by is not None and referral.state is not ReferralState.WITHDRAWN
    words = support_words(said, referral.answered_by, referral.party, case, reader, Way.PAGE) if is_answer else None
    return Shown(sent, referral_words.state(case, referral, agreement, language), tuple(facts), words or "")


def notes(
    case: Case, texts: Iterable[CaseText], person: Person, agreement: Agreement, directory: Directory
) -> list[Note]:
    """List what people of the desk wrote, oldest first; nobody else's words are for it."""
    reader = Reader.of(person, agreement)
    colleagues = {member.id for member in directory.members(person.desk)}
    found: list[Note] = []
    for text in texts:
        theirs = text.by in colleagues and text.own_side_only and text.party == person.party
        said = support_words(text.text, text.by, text.party, case, reader, Way.PAGE) if theirs else None
        referral = next((r for r in case.referrals if may_see_referral(person, r, case, agreement)), None)
        if said and referral is not None:
            found.append(Note(said, referral_words.when(text.at, referral, case, agreement)))
    return found


def forms(case: Case, referral: Referral | None, language: str) -> list[Form]:
    """List what the desk can do with what it has."""
    if referral is None or referral.state is ReferralState.WITHDRAWN:
        return []
    is_open = case.is_open or case.joined_to is not None
    found: list[Form] = []
    if is_open and referral.state is ReferralState.SENT:
        who = Input("words", tr(language, "Who takes them in, and when? No names of people."), "text")
        found.append(Form(Act.ACCEPT.value, tr(language, "We take them"), who))
    if is_open and referral.is_live:
        why = Input("words", tr(language, "Why you cannot take them in. No names of people."), "text")
        found.append(Form(Act.RETURN.value, tr(language, "We cannot take them"), why))
    note = Input("words", tr(language, "To the side that referred; nobody else reads it. No names of people."), "text")
    return [*found, Form(Act.NOTE.value, tr(language, "Write to {party}", party=referral.party), note)]

"""The relay: what somebody wrote to a case goes on to the people of that case on both sides. Decides, does no I/O.

Addressed by case and person id only, never by a name or by who wrote last. What of it a recipient may read is for
`bot.protection.redaction_policy` to say; the writer never gets their own message back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import button_data
from bot.domain.agreement import Agreement
from bot.domain.case import Case, CaseText, DeadlineKind, HandoffState
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.messages import Address, Button, Keyboard, Kind, OutgoingKind
from bot.domain.names import clocks, link, moment
from bot.domain.people import Directory, Person
from bot.domain.recipients import Recipient, at_desk, at_person, is_overheard, shown_as, side_of_case, unique
from bot.language.talk_words import asks
from bot.language.texts import tr
from bot.language.writing_systems import mark
from bot.protection import gates
from bot.protection.in_english import english_of_text
from bot.protection.redaction_policy import Way, text_for
from bot.protection.standings import Reader
from bot.turns.composer import Composer

_CHANGED = "changed"
_ASKS = "asks"  #: in the key of what asks something
_HANDED = frozenset({HandoffState.SENT, HandoffState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Relayed:
    """To whom something was sent on."""

    in_words: tuple[Recipient, ...] = ()
    as_link: tuple[Recipient, ...] = ()  #: others read along where they are told, so they read it on the page

    def sentence(self, language: str) -> str:
        """Say it to the writer."""
        names = _names((*self.in_words, *self.as_link))
        if not names:
            return tr(language, "Kept with the case, but nobody else can be reached about it yet.")
        sent = tr(language, "Sent to {names}.", names=names)
        if not _names(self.as_link):
            return sent
        return f"{sent} " + tr(language, "Only the page shows it to {names}.", names=_names(self.as_link))

    def reaches(self, party: str) -> bool:
        """Whether anybody of a side has it."""
        return bool(_names(r for r in (*self.in_words, *self.as_link) if r.party == party))

    def told(self, language: str) -> str:
        """Say to the writer who heard of it, where nothing new was sent."""
        names = _names(self.in_words)
        return tr(language, "Told: {names}.", names=names) if names else ""


def pass_on(c: Composer, case: Case, texts: Sequence[CaseText], *, is_change: bool = False) -> Relayed:
    """Send texts that were just kept, in words and as one message, to everybody who may read them."""
    if c.person is None or not texts:
        return Relayed()
    is_asked = any(d.kind is DeadlineKind.REPLY and d.is_running and d.party != c.person.party for d in case.deadlines)
    is_question = is_asked or any(asks(text) for text in _written(c, case, texts))
    what = f"{_CHANGED if is_change else 'note'}:{f'{_ASKS}:' if is_question else ''}{c.inbox_id}"
    key = _key(case, what, is_own=texts[0].own_side_only)
    in_words: list[Recipient] = []
    as_link: list[Recipient] = []
    for recipient in addressed(c, case):
        words = "\n".join(_readable(c, case, texts, recipient))
        if not words:
            continue
        overheard = is_overheard(recipient, c.context.agreement, c.view.directory)
        (as_link if overheard else in_words).append(recipient)
        language = recipient.language
        lines = [_added(c, case, language)] if overheard else [words, mark(words, language)]
        laid = _answer(case, recipient.party, language) if is_question and not overheard else ()
        send(c, case, recipient, key, [header(c, case, language, is_change=is_change), *lines], laid)
    for younger, recipient in also_reported(c, case):
        words = "\n".join(_readable(c, case, texts, recipient))
        if words:
            in_words.append(recipient)
            language = recipient.language
            lines = [header(c, younger, language, is_change=is_change), words, mark(words, language)]
            send(c, younger, recipient, key, lines, _answer(younger, recipient.party, language) if is_question else ())
    return Relayed(tuple(in_words), tuple(as_link))


def also_reported(c: Composer, case: Case) -> list[tuple[Case, Recipient]]:
    """Those who reported what was joined to a case: they hear of it under the reference that they have."""
    known = {case.officer, c.person.id if c.person is not None else 0}
    found: list[tuple[Case, Recipient]] = []
    for younger in c.view.joined(case):
        officer = c.view.directory.get(younger.officer)
        if officer is not None and officer.is_active and officer.addresses and officer.id not in known:
            known.add(officer.id)
            found.append((younger, at_person(officer)))
    return found


def is_question(kind: OutgoingKind, key: str) -> bool:
    """Whether an outbox row passes on a question of somebody, told by its key."""
    return kind is OutgoingKind.RELAY and f":{_ASKS}:" in key


def _answer(case: Case, party: str, language: str) -> Keyboard:
    """A button to answer: what their side was asked with a deadline, that is met by it."""
    is_asked = any(d.kind is DeadlineKind.REPLY and d.is_running and d.party == party for d in case.deadlines)
    act = Act.ANSWER if is_asked else Act.NOTE
    note = button_data.write(button_data.ActTap(case.id, case.stage, act.value))
    return ((Button(tr(language, "Answer"), note),),)


def _written(c: Composer, case: Case, texts: Iterable[CaseText]) -> list[str]:
    """The texts as their writer reads them."""
    if c.person is None:
        return []
    agreement = c.context.agreement
    reader = Reader.of(c.person, agreement)
    found = (text_for(text, case, reader, Way.ECHO, agreement) for text in texts)
    return [words for words in found if words]


def is_as_relayed(c: Composer, case: Case, first: CaseText, text: str) -> bool:
    """Whether a changed note says what was relayed of it: messengers report changes that are none.

    While no change of the case was relayed that is its first version; later it cannot be told, and goes on.
    """
    was_changed = any(f":{_CHANGED}:" in d.message.dedupe_key for d in c.view.deliveries(case.id))
    return not was_changed and first.text == Guarded(text)


def tell_of_deletion(c: Composer, case: Case, text: CaseText) -> Relayed:
    """Tell those who may read a text that its writer deleted it on their messenger; the record keeps it."""
    told: list[Recipient] = []
    when = moment(text.at, case, c.context.agreement)
    for recipient in addressed(c, case):
        if not any(_readable(c, case, [text], recipient)):
            continue
        told.append(recipient)
        words = tr(
            recipient.language,
            "They deleted their message of {moment} on their own messenger. The record keeps it.",
            moment=when,
        )
        key = _key(case, f"deleted:{c.inbox_id}", is_own=text.own_side_only)
        send(c, case, recipient, key, [header(c, case, recipient.language), words])
    return Relayed(tuple(told))


def pass_on_english(c: Composer, case: Case, text: CaseText) -> Relayed:
    """Send the English version of a text after it, to everybody who may read the text and is not overheard."""
    in_words: list[Recipient] = []
    as_link: list[Recipient] = []
    agreement, when = c.context.agreement, moment(text.at, case, c.context.agreement)
    for recipient in addressed(c, case):
        version = english_of_text(text, case, reader_of(recipient, agreement), Way.RELAY, agreement)
        if version is None:
            continue
        language = recipient.language
        overheard = is_overheard(recipient, agreement, c.view.directory)
        (as_link if overheard else in_words).append(recipient)
        said = tr(language, "The message of {moment} in English: {text}", moment=when, text=version.text)
        key = _key(case, f"english:{c.inbox_id}", is_own=text.own_side_only)
        send(c, case, recipient, key, [header(c, case, language), _added(c, case, language) if overheard else said])
    return Relayed(tuple(in_words), tuple(as_link))


def tell_of_another_case(c: Composer, case: Case, text: CaseText) -> None:
    """Tell those who may read a text that its writer meant another case."""
    when = moment(text.at, case, c.context.agreement)
    for recipient in addressed(c, case):
        if any(_readable(c, case, [text], recipient)):
            words = tr(recipient.language, "Their message of {moment} is not about this case.", moment=when)
            key = _key(case, f"astray:{c.inbox_id}", is_own=text.own_side_only)
            send(c, case, recipient, key, [header(c, case, recipient.language), words])


def header(c: Composer, case: Case, language: str, *, is_change: bool = False) -> str:
    """Write the first line: reference, desk or role of the writer (never a name), time of day on both sides."""
    who = shown_as(c.person, c.context.agreement) if c.person else ""
    when = clocks(c.now, case, c.context.agreement)
    if is_change:
        when = tr(language, "changed at {clocks}", clocks=when)
    return f"{case.reference} · {who} · {when}"


def addressed(c: Composer, case: Case) -> tuple[Recipient, ...]:
    """List the people of a case on both sides, without the writer and wherever the writer's message stands already."""
    writer, message = c.person, c.message
    agreement, directory = c.context.agreement, c.view.directory
    group = message.place if message is not None and not message.in_private else None
    found = (_without(r, writer, group) for r in _people_of(case, agreement, directory))
    return tuple(r for r in found if r is not None and r.addresses)


def _people_of(case: Case, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    sides = [p for p in (case.reporting, case.requested) if p]
    desks = [agreement.desks[h.desk] for h in case.handoffs if h.state in _HANDED and h.desk in agreement.desks]
    followers = [r for party in sides for r in side_of_case(case, party, agreement, directory)]
    return unique([*followers, *(r for desk in desks if desk.party in sides for r in at_desk(desk, directory))])


def _without(recipient: Recipient, writer: Person | None, group: Address | None) -> Recipient | None:
    """Leave out where the writer would get their own message back; None for whoever reads the group anyway."""
    own = writer.addresses if writer is not None else ()
    if writer is not None and recipient.name == f"person:{writer.id}":
        return None
    if group is not None and recipient.addresses and recipient.addresses[0].room == group.room:
        return None
    kept = tuple(a for a in recipient.addresses if a not in own and (group is None or a.room != group.room))
    return replace(recipient, addresses=kept)


def reader_of(recipient: Recipient, agreement: Agreement) -> Reader:
    """A recipient as the policy knows them: a person, or whoever is told at a desk."""
    if recipient.person is not None:
        return Reader.of(recipient.person, agreement)
    desk = agreement.desks.get(recipient.name.removeprefix("desk:"))
    return Reader(recipient.party, desk=desk.role if desk else None)


def _readable(c: Composer, case: Case, texts: Iterable[CaseText], recipient: Recipient) -> list[str]:
    agreement = c.context.agreement
    reader = reader_of(recipient, agreement)
    found = (text_for(text, case, reader, Way.RELAY, agreement) for text in texts)
    return [words for words in found if words]


def _added(c: Composer, case: Case, language: str) -> str:
    return tr(language, "A note was added. Read it: {link}", link=link(c.context.public_url, case))


def _key(case: Case, what: str, *, is_own: bool) -> str:
    """Name a message; at a closed gate so that the other side's view never shows that the own side was told."""
    return gates.key_of(case, what) if is_own else f"case:{case.id}:{what}"


def send(c: Composer, case: Case, recipient: Recipient, key: str, lines: Iterable[str], buttons: Keyboard = ()) -> None:
    """Send lines about a case to somebody, under what they answer where the messenger shows that."""
    text = "\n".join(filter(None, lines))
    c.tell(
        [recipient],
        key,
        text,
        kind=OutgoingKind.RELAY,
        case=case,
        buttons=buttons,
        reply_to=_thread(c, case).get(recipient.addresses[0], ""),
    )


def _thread(c: Composer, case: Case) -> Mapping[Address, str]:
    """Under which ids the message that is replied to, or changed, stands elsewhere."""
    message = c.message
    if message is None or message.place is None:
        return {}
    meant = message.message_id if message.kind in (Kind.EDIT, Kind.DELETED) else message.reply_to
    about = c.view.case_replied_to(message.place, meant)
    return c.view.threads(message.place, meant) if about is not None and about.id == case.id else {}


def _names(recipients: Iterable[Recipient]) -> str:
    """Name them, without people whom nothing reaches at the moment: for them it waits."""
    return ", ".join(dict.fromkeys(r.shown for r in recipients if r.person is None or r.person.is_reachable))

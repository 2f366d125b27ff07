"""From a verified message to a turn: who wrote, and which part of the core answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.acts import act_table
from bot.acts.finding import find_case
from bot.clock import call_outcomes
from bot.conversation import (
    cannot_receive,
    case_words,
    edits_and_deletions,
    exercises,
    forwarded,
    gathering,
    general_commands,
    left_files,
    lost_phone,
    moved_words,
    nameless,
    own_questions,
    plain_words,
    recognised_words,
    replies_to_ours,
    screening,
    spoken_of,
    taking_back,
    taps,
)
from bot.delivery import window_rules
from bot.domain import albums, button_data, reference
from bot.domain.agreement import Agreement
from bot.domain.case_acts import Act
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Button, Inbound, Kind
from bot.domain.names import rows
from bot.domain.people import Directory, Person
from bot.domain.rings import ANSWERABLE
from bot.domain.turn import Turn
from bot.domain.typed_commands import ABOUT_CASE, OPENING, Command, command_of, is_known, parse_command
from bot.intake import unfinished
from bot.language.texts import tr
from bot.people import enrolment, own_addresses, reachability, reconfirmation, revocation, strangers
from bot.ports.reads import NOBODY, Wanted
from bot.protection.permissions import loaded_for
from bot.record import export_approval
from bot.roster import ring
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View

_INTAKE_MOVES = frozenset({"back", "skip", "edit", "summary", "send"})
#: What no person says: a pinned message, somebody who joined (OTHER). Nothing is answered.
_UNSAID = (Kind.OTHER, Kind.UNREADABLE, Kind.MOVED, Kind.OUTCOME)
#: Taps that name a text which was kept.
_NAMES_A_TEXT = frozenset({*moved_words.TAPPED, "real"})
_OF_EARLIER = (Kind.EDIT, Kind.DELETED)  #: about a message that came in before
_WORDLESS = (Kind.LOCATION, Kind.PHOTO, Kind.FILE, Kind.VOICE, Kind.CONTACT)
_OF_ITS_OWN = (Kind.LOCATION, Kind.CONTACT)  #: what stands beside these is no caption


def respond(message: Inbound, view: View, context: Context, choices: Sequence[Button] = ()) -> Turn:
    """Compute everything that a message changes; `choices` are what it may mean when it fits several questions."""
    message = cannot_receive.as_it_is(message)
    person = view.directory.at(message.sender)
    is_known_person = person is not None and person.is_active
    c = Composer(context, view, message=message, person=person if is_known_person else None)
    is_nothing = message.kind is Kind.DELETED and not is_known_person
    reachability.returned(c)
    if message.kind is Kind.CALLED:
        call_outcomes.became(c, message)
    elif message.kind in (Kind.LEFT, Kind.REACHED):
        reachability.moved(c)
    elif message.kind in _UNSAID or message.sender is None or is_nothing:
        c.keep_content = message.kind is Kind.UNREADABLE
        nameless.tell(c)
    elif not is_known_person:
        _from_outside(c, person)
    elif choices:
        _ask_which(c, message, choices)
    elif albums.is_part(message):
        gathering.add(c, message)
    else:
        answer(c, message)
    return call_outcomes.noted(window_rules.noted(c.finish(), message, context.windows), message)


def answer(c: Composer, message: Inbound) -> None:
    """Do what an enrolled person's message means, without what points to somebody."""
    screening.screen(c, as_words=bool(message.origin))
    forwarded.mark(c)
    _from_person(c, c.message or message)
    screening.settle(c)
    unfinished.heard(c)
    left_files.tell(c)


def wanted(message: Inbound, directory: Directory, agreement: Agreement) -> Wanted:
    """Say what the answer to a message may need to know: of the cases that it names only those that it may see."""
    person = directory.at(message.sender)
    promise = button_data.parse(message.button) if message.button else None
    command = command_of(message)
    named = reference.find_in(command.rest if command and command.name in ABOUT_CASE else message.text)
    place, meant = message.place, message.message_id if message.kind in _OF_EARLIER else message.reply_to
    leaving = _of_own_side(revocation.whom(command, promise, person, directory), person, directory) if person else ()
    moving = (*own_addresses.whom(command, person), *reachability.whom(message, person)) if person else ()
    lapsed = _of_own_side(reconfirmation.whom(command, promise, directory), person, directory) if person else ()
    cases = (*_cases_named(promise), *(named[:1] if named else ()), *_other_named(named))
    scope = loaded_for(person, agreement) if person else NOBODY
    return Wanted(
        seen=(message.key,),
        people=(person.id, *leaving, *lapsed) if person else (),
        cases=call_outcomes.whose(message),
        named=tuple((case, scope) for case in cases),
        strangers=(message.sender,) if message.sender and (person is None or not person.is_active) else (),
        codes=(enrolment.hash_of(command.rest),) if command and command.name == "start" and command.rest else (),
        replied_to=(((place, meant), scope),) if place and meant else (),
        spoken=spoken_of.looked_for(message),
        said_at=(place,) if place and (message.reply_to or (command and command.name == "note")) else (),
        amended=(f"{place}#{message.message_id}",) if message.kind in _OF_EARLIER else (),
        kept=_text_named(promise),
        leaving=(*leaving, *moving),
        orders=_order_named(promise, command),
        rings=_ring_named(promise),
        rings_since=(message.received_at - ANSWERABLE,) if command and exercises.about_ring(command) else (),
    )


def _other_named(named: tuple[str, str] | None) -> tuple[str, ...]:
    """The second of two references, as the acts about a pair of cases have it."""
    other = reference.find_in(named[1]) if named else None
    return other[:1] if other else ()


def _of_own_side(named: int | None, person: Person, directory: Directory) -> tuple[int, ...]:
    """Whoever a message would cut off or confirm, if they are of the same side."""
    other = directory.get(named)
    return (other.id,) if other is not None and other.party == person.party else ()


def _order_named(promise: button_data.Promise | None, command: Command | None) -> tuple[int, ...]:
    if isinstance(promise, button_data.WordTap) and promise.word in ("approve", "refuse"):
        return export_approval.numbered(promise.argument)
    is_decision = promise is None and command is not None and command.name in ("approve", "disapprove")
    return export_approval.numbered(command.rest) if command is not None and is_decision else ()


def _cases_named(promise: button_data.Promise | None) -> tuple[int, ...]:
    match promise:
        case button_data.ActTap(case_id=case_id, act="same" | "related" | "different", argument=argument):
            other = button_data.from_base36(argument)
            return (case_id,) if other is None else (case_id, other)
        case button_data.ActTap(case_id=case_id) | button_data.ChoiceTap(case_id=case_id):
            return (case_id,)
        case button_data.WordTap(word="which" | "send" | "side" | "keep" | "marked" | "unmarked", argument=argument):
            number = button_data.from_base36(argument.rpartition(".")[2])
            return () if number is None else (number,)
        case _:
            return ()


def _ring_named(promise: button_data.Promise | None) -> tuple[int, ...]:
    if not isinstance(promise, button_data.WordTap) or promise.word != ring.TAPPED:
        return ()
    number = button_data.from_base36(promise.argument)
    return () if number is None else (number,)


def _text_named(promise: button_data.Promise | None) -> tuple[int, ...]:
    if not isinstance(promise, button_data.WordTap) or promise.word not in _NAMES_A_TEXT:
        return ()
    number = button_data.from_base36(promise.argument)
    return () if number is None else (number,)


def _ask_which(c: Composer, message: Inbound, choices: Sequence[Button]) -> None:
    words = tr(c.language, "Your {number} fits more than one question. Which one do you mean?", number=message.text)
    c.say(words, rows(choices, width=1))


def _from_outside(c: Composer, cut_off: Person | None) -> None:
    message = c.message
    command = command_of(message) if message else None
    if cut_off is not None:
        c.journal(JournalAct.REVOKED_SENDER)
        lost_phone.tell_of_cut_off(c, cut_off)
    strangers.stranger_writes(c, command)


def _from_person(c: Composer, message: Inbound) -> None:
    if message.kind is Kind.BUTTON:
        taps.tapped(c, message.button)
    elif message.kind is Kind.EDIT:
        screening.screen(c, as_words=True)  # a change never does what a command says
        edits_and_deletions.edited(c)
    elif message.kind is Kind.DELETED:
        edits_and_deletions.deleted(c)
    elif message.kind is Kind.UNRECEIVED:
        cannot_receive.tell(c)
    elif message.origin or message.kind in _OF_ITS_OWN or (message.kind in _WORDLESS and not message.text):
        _wordless(c)
    elif message.kind in _WORDLESS:
        (_captioned if message.in_private else _captioned_in_group)(c, message.text)
    else:
        _words(c, message.text)


def _captioned(c: Composer, caption: str) -> None:
    """A file with words under it opens a case, or goes where its words go; only these two commands are looked for."""
    command = parse_command(caption)
    if command is not None and (command.name in OPENING or exercises.told_of(command) is not None):
        _open(c, command)
    elif command is not None and command.name in ABOUT_CASE and (case := find_case(c, command.rest)[0]) is not None:
        act_table.typed(c, command)
        case_words.keep_attachments(c, case, command.name)
    else:
        if command is not None:
            screening.screen(c, as_words=True)
        plain_words.say_anything(c, c.message.text if c.message is not None else caption)


def _captioned_in_group(c: Composer, caption: str) -> None:
    """In a group a file goes where its words go: to the case that a command names, or that it replies to."""
    command = parse_command(caption)
    if command is not None and command.name in ABOUT_CASE:
        case, act = find_case(c, command.rest)[0], command.name
    else:
        act = ""
        case = c.view.case_replied_to(c.message.place, c.message.reply_to) if c.message is not None else None
    _words(c, caption)
    case_words.keep_attachments(c, case, act)


def _wordless(c: Composer) -> None:
    if c.message is not None and c.message.in_private:
        plain_words.say_anything(c, "")
        recognised_words.offer(c)
    elif c.message is None or not c.message.reply_to or not replies_to_ours.replied_with_file(c):
        c.keep_content = False


def _words(c: Composer, text: str) -> None:
    command = parse_command(text)
    is_private = _is_private(c)
    if command is not None and (is_private or command.has_slash or command.name in ABOUT_CASE):
        _command(c, command)
    elif not is_private:
        _in_group(c, text)
    elif not own_questions.is_our_question(c, text):  # nobody answers a question with itself, but a program does
        plain_words.say_anything(c, text)


def _in_group(c: Composer, text: str) -> None:
    """In a group only replies are for us: to our own question, as it asks for, or to a case message."""
    is_reply = c.message is not None and bool(c.message.reply_to)
    waiting = act_table.waiting_prompt(c) if is_reply else None
    if waiting is not None:
        act_table.answered(c, waiting, text)
    elif c.message is None or not replies_to_ours.replied_note(c, text):
        c.keep_content = False


def _command(c: Composer, command: Command) -> None:
    if command.name in OPENING or exercises.told_of(command) is not None:
        _open(c, command)
    elif command.name == Act.WITHDRAW and not command.rest and _is_private(c) and taking_back.take_back(c):
        return
    elif command.name in ABOUT_CASE:
        act_table.typed(c, command)
    elif command.name in _INTAKE_MOVES:
        plain_words.navigate(c, command)
    elif command.name in general_commands.MENU:
        general_commands.MENU[command.name](c, command)
    else:
        _unknown(c, command)


def _is_private(c: Composer) -> bool:
    return c.message is not None and c.message.in_private


def _open(c: Composer, command: Command) -> None:
    if word := exercises.about_ring(command):
        exercises.ring_or_heard(c, word)
        return
    if c.message is not None and not c.message.in_private:
        c.say(tr(c.language, "Please write to me in a private chat to report; a group is read by many."))
        return
    practised = exercises.told_of(command)
    if practised is None:
        plain_words.alert(c, command)
    else:
        exercises.begin(c, practised)


def _unknown(c: Composer, command: Command) -> None:
    if is_known(command):
        c.say(tr(c.language, "That needs more words. Examples: /help"))
        return
    c.say(
        tr(
            c.language,
            "/{name} is not known, and nothing was filed. To report somebody in danger: /alert and what happened. All "
            "commands: /help",
            name=command.name[:20],
        )
    )

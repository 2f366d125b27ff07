"""What a person's plain words mean where they stand: an answer, words for a case, or a new alert."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.acts import act_table
from bot.conversation import (
    bare_alert,
    exercises,
    help_lines,
    marked_words,
    moved_words,
    recognised_words,
    support_desk,
    taking_back,
)
from bot.conversation.ask_which_case import CANDIDATES, belongs_nowhere, candidates, open_with
from bot.conversation.case_words import keep_attachments, keep_with, keep_words
from bot.conversation.placing_words import danger, for_none, give_to, more_held, open_new
from bot.conversation.replies_to_ours import replied
from bot.conversation.screening import screen
from bot.conversation.small_talk import answered, shown_by_reference
from bot.conversation.spoken_of import asked_last, just_spoken_of
from bot.domain import button_data
from bot.domain.case import Case, TextKind
from bot.domain.fields import FIELDS, UNKNOWN_WORDS, Field, FieldKind
from bot.domain.frozen import replace
from bot.domain.messages import Kind
from bot.domain.typed_commands import Command
from bot.intake import (
    answer_taps,
    changing,
    english_line,
    in_english,
    interview,
    moves,
    other_messenger,
    sending,
    understanding,
)
from bot.intake.held_words import held, hold, take_held
from bot.intake.next_question import REVIEW
from bot.intake.open_case import ask_side
from bot.intake.pasted_block import apply_block
from bot.intake.pieces import words_of
from bot.intake.position import answer_held, answer_tapped, asked, confirm, in_intake, own_case, send, side
from bot.intake.question_texts import if_meant_otherwise, kept_for_own_side
from bot.intake.reading.answer_reader import read
from bot.intake.reading.block import parse_block
from bot.intake.reading.result import Read
from bot.intake.reading.yes_no import read_agreement
from bot.language.normalise import plain, whole_number
from bot.language.talk_words import is_bare_edit
from bot.language.texts import tr
from bot.turns.composer import Composer

_FIGURES = 3  #: of a number that stands for a choice
_AT_REVIEW = frozenset({"send", "back"})  #: what answers the review by itself


def say_anything(c: Composer, text: str) -> None:
    """Take plain words (or a caption, a place, a file) in a private chat."""
    if marked_words.typed(c, text) or taking_back.heard(c, text) or taking_back.said_to_the_question(c, text):
        return
    if not _is_waited_for(c, text):
        _unasked(c, text)


def _is_waited_for(c: Composer, text: str) -> bool:
    """Take words that an alert, an act, a message they reply to or words before them wait for; False for others."""
    if _opens_alert(c, text) or (text and _answers_beside_the_intake(c, text)):
        return True
    if c.message is not None and c.message.reply_to and replied(c, text):
        return True
    if in_intake(c) is None and support_desk.said(c, text):
        return True
    if not held(c.conversation.pending):
        return False
    if plain(text) != "answer" or not answer_held(c):
        more_held(c, text)
    return True


def _unasked(c: Composer, text: str) -> None:
    case = in_intake(c)
    if shown_by_reference(c, text) or (case is None and answered(c, text)):
        return
    if case is None:
        _outside_intake(c, text)
    elif not text or any(w.kind is not TextKind.TEXT for w in words_of(c)):
        keep_with(c, case)
    else:
        _answer(c, case, text)


def _outside_intake(c: Composer, text: str) -> None:
    """Words about the case that others just wrote about, or about none in particular."""
    case = just_spoken_of(c)
    if case is not None:
        moved_words.send_on(c, case, text)
    else:
        belongs_nowhere(c, text)


def _opens_alert(c: Composer, text: str) -> bool:
    """Take the words that a bare `/alert` asked for; False when none are awaited."""
    if not bare_alert.is_awaited(c) or c.message is None or c.message.reply_to:
        return False
    bare_alert.begin(c, text)
    return True


def _answers_beside_the_intake(c: Composer, text: str) -> bool:
    """Take the answer to whether a voice message was heard right, or the words that an act waits for."""
    said = read_agreement(text, c.language) if recognised_words.is_asked(c) else None
    if said is not None:
        _heard(c, is_right=said)
        return True
    waiting = act_table.waiting_prompt(c)
    if waiting is None:
        return False
    act_table.answered(c, waiting, text)
    keep_attachments(c, c.case(int(str(waiting["case"]))), str(waiting["act"]))
    return True


def alert(c: Composer, command: Command) -> None:
    """Open a case by `/alert`, or by a text that starts with "urgent" where that cannot be an answer."""
    if bare_alert.is_bare(c, command):
        bare_alert.ask_what_happened(c)
        return
    case = in_intake(c)
    if case is not None and not command.has_slash and c.message is not None:
        asking = asked(c)
        if asking is not None and _could_answer(c, case, asking, c.message.text):
            say_anything(c, c.message.text)
            return
        if asking is not None and asking.kind is FieldKind.TEXT:
            hold(c, words_of(c), [case])
            return
    words = [w if w.kind is not TextKind.TEXT else replace(w, text=_without_word(command, w.text)) for w in words_of(c)]
    open_with(c, [*take_held(c), *(w for w in words if w.text)], parse_block(command.rest))


def navigate(c: Composer, command: Command) -> None:
    """`back`, `skip`, `edit N`, `summary`, `send`: moving about in the intake."""
    case = own_case(c)
    if case is None:
        c.say(tr(c.language, "You have no alert in progress. Just write what happened to start one."))
        return
    if not case.requested:
        ask_side(c, case, "")
        return
    asking = asked(c)
    match command.name:
        case "back" if c.conversation.asking == REVIEW:
            moves.go_back(c, case, REVIEW)
        case "back" if asking is not None:
            moves.go_back(c, case, asking.id)
        case "skip" if asking is not None:
            moves.skip(c, case, asking)
        case "edit":
            moves.edit(c, case, command.rest)
        case "send":
            sending.send(c, case)
        case _:
            interview.show_summary(c, case)


def word(c: Composer, promise: button_data.WordTap) -> None:
    """Take a tap that is about the conversation: which case, which side, yes, no, send."""
    take = _TAPPED.get(promise.word)
    if take is None:
        c.say(tr(c.language, "This button is not known any more. Type /help."))
    else:
        take(c, promise.argument)


def _answer(c: Composer, case: Case, text: str) -> None:
    if changing.heard(c, case, text) or english_line.chosen(c, case, text):
        return
    if c.conversation.pending.get("confirm") is None and (code := understanding.typed(c, case, text)):
        answer_taps.of_understood(c, case, code, asked(c) or FIELDS[0])
        return
    said = read_agreement(text, c.language) if c.conversation.pending.get("confirm") else None
    if said is not None:
        confirm(c, yes=said)
        return
    block = parse_block(text)
    if block is not None:
        if block.rest:
            keep_words(c, case, block.rest)
        apply_block(c, c.case(case.id) or case, block)
        return
    if c.conversation.asking == "corridor":
        _side_by_words(c, case, text)
        return
    if asked_last(c) == case.id and not _answers_beyond_doubt(c, case, text):
        moved_words.send_on(c, case, text)
    else:
        _answer_question(c, case, text)


def _answer_question(c: Composer, case: Case, text: str) -> None:
    asking = asked(c)
    is_long_silent = c.conversation.updated_at is not None and c.now - c.conversation.updated_at > interview.SILENCE
    is_doubtful = is_long_silent or other_messenger.is_elsewhere(c) or asked_last(c) not in (None, case.id)
    if asking is None:
        _at_review(c, case, text, is_doubtful=is_doubtful)
    elif is_doubtful and not _answers_beyond_doubt(c, case, text):
        other_messenger.ask_what_it_is(c, case, asking, candidates(c))
    elif not (
        english_line.answer_text(c, case, asking, text, other_messenger.going_on(c, case)) or _says_facts(c, case, text)
    ):
        unread = words_of(c)[0]
        interview.ask_again(c, case, asking, text, keep_words(c, case))
        c.move(pending={**c.conversation.pending, "unread": unread.as_json()})


def _says_facts(c: Composer, case: Case, text: str) -> bool:
    """Words that answer nothing in a case of which nothing is known yet: they are understood as first words are."""
    later = understanding.understand(c, case, [text]) if not case.answers and understanding.tells(text) else case
    if later is case:
        return False
    unread, kept = words_of(c)[0], keep_words(c, later)
    laid = (*understanding.row(later, c.language), *if_meant_otherwise(kept, c.language))
    c.say(understanding.sentence(later, c.language), laid, case=later)
    interview.ask_current(c, c.case(case.id) or later)
    c.move(pending={**c.conversation.pending, "unread": unread.as_json()})
    return True


def _at_review(c: Composer, case: Case, text: str, *, is_doubtful: bool) -> None:
    """Words where all answers are shown back: they send nothing and answer nothing, and are kept."""
    said = plain(text)
    if said in _AT_REVIEW or is_bare_edit(text):
        navigate(c, Command(said if said in _AT_REVIEW else "edit"))
    elif is_doubtful:
        others = (each for each in candidates(c) if each.id != case.id)
        hold(c, words_of(c), [case, *others][:CANDIDATES])
    else:
        unread = words_of(c)[0]
        interview.at_review(c, case, keep_words(c, case))
        c.move(pending={**c.conversation.pending, "unread": unread.as_json()})


def _answers_beyond_doubt(c: Composer, case: Case, text: str) -> bool:
    asking = asked(c)
    return asking is not None and _could_answer(c, case, asking, text)


def _could_answer(c: Composer, case: Case, asking: Field, text: str) -> bool:
    """Whether words answer a question beyond doubt; any words answer a free-text question, so they never do."""
    if asking.kind is FieldKind.TEXT:
        return bool(in_english.choice_of(c, case, text)) or plain(text) in UNKNOWN_WORDS
    zone = c.context.agreement.zone_of(case.reporting)
    return isinstance(read(asking, text, now=c.now, zone=zone, language=c.language), Read)


def _side_by_words(c: Composer, case: Case, text: str) -> None:
    agreement = c.context.agreement
    for corridor in agreement.corridors_of(case.reporting):
        party = agreement.parties[corridor.other(case.reporting)]
        if plain(text) in (plain(party.code), plain(party.name)):
            sending.side_chosen(c, case, party.code)
            return
    keep_words(c, case)
    ask_side(c, case, kept_for_own_side(case, c.language))


def _without_word(command: Command, text: str) -> str:
    """The text of `/alert text` without the command; "urgent, ..." stays whole, it is what the officer wrote."""
    return command.rest if command.has_slash else text


def _typed(c: Composer, number: str) -> None:
    """Take a number that fitted several questions as if it had just been typed; nothing else was ever offered so."""
    if c.message is None or whole_number(number) is None or len(number) > _FIGURES:
        c.say(tr(c.language, "This button is not known any more. Type /help."))
        return
    c.message = replace(c.message, kind=Kind.TEXT, text=number, button="", message_id="")
    say_anything(c, number)


def _heard(c: Composer, stamp: str = "", *, is_right: bool) -> None:
    """Take what was heard in a voice message as if it had just been typed, or leave it out."""
    words = recognised_words.take(c, stamp)
    if not words or c.message is None:
        c.say(tr(c.language, "There is nothing to confirm any more."))
    elif not is_right:
        recognised_words.left_out(c)
    else:
        c.message = replace(c.message, kind=Kind.TEXT, text=words, button="", message_id="")
        screen(c, as_words=True)
        say_anything(c, c.message.text)


#: Taps about the conversation, by their word.
_TAPPED: Mapping[str, Callable[[Composer, str], None]] = {
    "new": lambda c, _: open_new(c),
    "open": lambda c, _: bare_alert.begin_at_once(c),
    "real": exercises.is_real,
    "none": lambda c, _: for_none(c),
    "danger": danger,
    "more": lambda c, _: help_lines.show_all(c),
    "keep": taking_back.keep,
    "which": give_to,
    "answer": answer_tapped,
    "side": side,
    "send": send,
    "marked": lambda c, stamp: marked_words.tapped(c, stamp, is_none=False),
    "unmarked": lambda c, stamp: marked_words.tapped(c, stamp, is_none=True),
    "typed": _typed,
    **moved_words.TAPPED,
    "words": lambda c, stamp: _heard(c, stamp, is_right=True),
    "nowords": lambda c, stamp: _heard(c, stamp, is_right=False),
    "yes": lambda c, stamp: confirm(c, yes=True, stamp=stamp),
    "no": lambda c, stamp: confirm(c, yes=False, stamp=stamp),
}

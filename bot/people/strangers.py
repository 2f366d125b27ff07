"""What strangers get: a code enrols, anything else gets one fixed sentence; they leave only the attempt."""

from __future__ import annotations

from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address
from bot.domain.people import Stranger
from bot.domain.time_words import both_times
from bot.domain.typed_commands import Command
from bot.language.texts import tr
from bot.people import address_binding
from bot.people.enrolment import enrol, hash_of, is_code
from bot.people.guess_limits import after_wrong_code, too_many_codes
from bot.turns.composer import Composer

ANSWERS_A_DAY = 5  #: fixed sentences to one stranger


def stranger_writes(c: Composer, command: Command | None) -> None:
    """Answer somebody who is not enrolled: a code enrols, anything else gets one fixed sentence."""
    c.keep_content = False
    message = c.message
    if message is None or message.sender is None:
        return
    stranger = _today(c, message.sender)
    if command is not None and command.name == "start" and is_code(command.rest):
        _try_code(c, stranger, command.rest, message.sender)
        return
    may_answer = stranger.answered < ANSWERS_A_DAY and (message.in_private or message.button)
    c.people.stranger(replace(stranger, attempts=stranger.attempts + 1, answered=stranger.answered + bool(may_answer)))
    if may_answer:
        c.say(
            tr(
                "en",
                "This line is for enrolled officers. If somebody is in danger, call the police hotline of your "
                "country now. "
                "To enrol, ask your admin for a code and type: /start CODE",
            )
        )


def _today(c: Composer, address: Address) -> Stranger:
    day = c.now.date().isoformat()
    known = c.view.stranger(address) or Stranger(address, day)
    return known if known.day == day else replace(known, day=day, answered=0, attempts=0)


def _try_code(c: Composer, stranger: Stranger, text: str, address: Address) -> None:
    stranger = replace(stranger, attempts=stranger.attempts + 1)
    if stranger.blocked_until is not None and stranger.blocked_until > c.now:
        _refuse(
            c,
            stranger,
            tr("en", "Too many wrong codes. Try again after {moment}.", moment=both_times(stranger.blocked_until, ())),
        )
        return
    if too_many_codes(c):
        _refuse(c, stranger, tr("en", "Too many codes were tried here. Try again in an hour, or ask your admin."))
        return
    invite = c.view.invite(hash_of(text))
    if invite is None or not address_binding.is_alive(c, invite):
        c.journal(JournalAct.WRONG_CODE, wrong=stranger.wrong_codes + 1)
        _refuse(
            c,
            after_wrong_code(stranger, c.now),
            tr("en", "This code is not valid: it is wrong, used or expired. Ask your admin."),
        )
        return
    if invite.person_id is None:
        enrol(c, invite, address)
    else:
        address_binding.bind(c, invite, address)
    c.people.stranger(replace(stranger, wrong_codes=0, blocked_until=None))


def _refuse(c: Composer, stranger: Stranger, sentence: str) -> None:
    may_answer = stranger.answered < ANSWERS_A_DAY
    c.people.stranger(replace(stranger, answered=stranger.answered + may_answer))
    if may_answer:
        c.say(sentence)

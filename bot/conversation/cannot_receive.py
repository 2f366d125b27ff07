"""What somebody sent that we cannot take: they are told so at once, and what to do instead. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.closed_sets import for_each
from bot.domain.frozen import replace
from bot.domain.messages import Inbound, Kind
from bot.domain.unreceived import Unreceived
from bot.intake import interview
from bot.intake.position import in_intake
from bot.intake.showing_back import ask_confirmation, to_confirm
from bot.language.normalise import clean, is_blank
from bot.language.texts import later, tr
from bot.turns.composer import Composer

_SAID: Mapping[Unreceived, str] = for_each(
    Unreceived,
    {
        Unreceived.STICKER: later("I cannot receive stickers. Please write it in words."),
        Unreceived.POLL: later("I cannot receive polls. Please write in words what it asks and what you mean."),
        Unreceived.STORY: later(
            "I cannot receive stories. Please send the photo or video itself, or write what it shows."
        ),
        Unreceived.CHECKLIST: later("I cannot receive checklists. Please send the lines as a text."),
        Unreceived.DICE: later("I cannot receive dice or other moving emoji. Please write it in words."),
        Unreceived.PAID: later("I cannot receive paid media. Please send the photo or video itself."),
        Unreceived.PAYMENT: later("I cannot receive payments or gifts. Please write what you mean in words."),
        Unreceived.GAME: later("I cannot receive games. Please write what you mean in words."),
        Unreceived.OTHER_BOT: later("That command is for another bot, so nothing was done. Leave the bot's name out."),
        Unreceived.EMPTY: later("Your message came without words. Please write it again."),
        Unreceived.NEW: later(
            "I cannot receive what you sent, so nothing of it is stored. Please write it in words, or send it as a "
            "photo or a file."
        ),
    },
)


def as_it_is(message: Inbound) -> Inbound:
    """Clean what was written; a text in which nothing can be seen is none."""
    words = clean(message.text)
    words = "" if is_blank(words) else words
    if message.kind is Kind.TEXT and not words:
        return replace(message, kind=Kind.UNRECEIVED, text="", unreceived=Unreceived.EMPTY)
    return message if words == message.text else replace(message, text=words)


def tell(c: Composer) -> None:
    """Say that it was not taken, and repeat what was asked; in a group only where somebody replies to us with it."""
    message = c.message
    if message is None or message.unreceived is None:
        return
    if not message.in_private and not message.reply_to:
        c.keep_content = False
        return
    sentence = tr(c.language, _SAID[message.unreceived])
    case = in_intake(c) if message.in_private else None
    before = c.conversation.pending
    if case is None or not c.conversation.asking or "held" in before or "prompt" in before:
        c.say(sentence)
    elif waiting := to_confirm(c):
        ask_confirmation(c, case, waiting, sentence, returning=bool(before.get("returning")))
    else:
        interview.ask_current(c, case, sentence)
        c.move(pending=before)

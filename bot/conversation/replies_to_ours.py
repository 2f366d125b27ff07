"""What a reply to one of our messages means: words for its case, or a file of it."""

from __future__ import annotations

from bot.acts import act_table, support
from bot.acts.request import ActRequest
from bot.conversation.case_words import keep_attachments, keep_words, stored
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.messages import OutgoingKind
from bot.domain.people import Role
from bot.intake.position import in_intake
from bot.language.texts import tr
from bot.protection.permissions import may_see
from bot.turns.composer import Composer


def replied(c: Composer, text: str) -> bool:
    """Take a reply to a message about a case for that case: its words, its file; False when it is none."""
    if not text or c.message is None:
        return replied_with_file(c)
    if not replied_note(c, text):
        return False
    keep_attachments(c, c.view.case_replied_to(c.message.place, c.message.reply_to))
    return True


def replied_with_file(c: Composer) -> bool:
    """Keep a place or a file with the case whose message it replies to; False where it is asked about anyway."""
    case = c.view.case_replied_to(c.message.place, c.message.reply_to) if c.message and c.message.reply_to else None
    current = in_intake(c)
    if case is None or c.person is None or not case.is_open or not may_see(c.person, case, c.context.agreement):
        return False
    if current is not None and current.id == case.id:
        return False
    keep_words(c, case)
    c.say(stored(c, case), case=case)
    return True


def replied_note(c: Composer, text: str) -> bool:
    """Take a reply to a message about a case as a note to that case; False when it is none."""
    if c.message is None or c.person is None or not text:
        return False
    replied = c.view.case_replied_to(c.message.place, c.message.reply_to)
    if replied is not None and support.do(c, replied, Act.NOTE.value, text):
        return True
    if replied is None or not may_see(c.person, replied, c.context.agreement):
        return False
    current = in_intake(c)
    if current is not None and current.id == replied.id and not _is_to_others_words(c, replied):
        return False  # it answers the question
    if not c.view.leading_to(replied).is_open and c.message.in_private and c.person.role is Role.OFFICER:
        return False  # what an officer has to say about a closed case may be somebody in danger again
    act_table.do(ActRequest(c, c.person, replied, Act.NOTE, text))
    return True


def _is_to_others_words(c: Composer, case: Case) -> bool:
    """Whether what is replied to is what others wrote or did, and no answer of ours to this person."""
    place, meant = (c.message.place, c.message.reply_to) if c.message is not None else (None, "")
    said = [d.message for d in c.view.said_at(place) if d.external_id == meant]
    return any(message.kind is not OutgoingKind.REPLY and message.case_id == case.id for message in said)


def not_filed(c: Composer) -> None:
    """Say that words reached no case, and how they would."""
    c.say(
        tr(
            c.language,
            "Nothing was filed. To open a case: /alert and what happened. To write to a case: /note REFERENCE text. "
            "What you can do: /help",
        )
    )

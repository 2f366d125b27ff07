"""Words and files that somebody adds to a case they have told of: kept, and answered with what comes next."""

from __future__ import annotations

from bot.conversation import recognised_words
from bot.domain.case import Case, TextKind
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Kind
from bot.intake import interview, purpose_hint
from bot.intake.pieces import keep_piece, words_of
from bot.language.texts import later, tr
from bot.protection.permissions import may_see
from bot.turns.composer import Composer


def keep_words(c: Composer, case: Case) -> None:
    """Keep all that a message says with its case."""
    for piece in words_of(c):
        keep_piece(c, case, piece)
    c.journal(JournalAct.WORDS_KEPT, case)
    purpose_hint.on_texts(c, case, [piece.text for piece in words_of(c) if piece.kind is TextKind.TEXT])
    c.put(case)


def keep_attachments(c: Composer, case: Case | None) -> None:
    """Keep a place or a file with the case that the words under it were about."""
    if case is None or c.person is None or not may_see(c.person, case, c.context.agreement):
        return
    for piece in words_of(c):
        if piece.kind is not TextKind.TEXT:
            keep_piece(c, case, piece)


def keep_with(c: Composer, case: Case) -> None:
    """Keep it, say so and ask again what is asked; of a voice message first, whether its words were heard right."""
    keep_words(c, case)
    if not recognised_words.offer(c, stored(c, case)):
        interview.ask_current(c, case, stored(c, case))


def stored(c: Composer, case: Case) -> str:
    """Say that a place, a contact or a file is in the secure case, and ask to delete it on the phone."""
    message = c.message
    if message is not None and message.origin and message.attachment is None and message.kind is Kind.TEXT:
        return tr(
            c.language,
            "The forwarded words are kept with {reference}, and who said them first in its secure case. They answer "
            "no question.",
            reference=case.reference,
        )
    kind = message.kind if message is not None else Kind.FILE
    sentence = _PLACE_STORED if kind is Kind.LOCATION else _CONTACT_STORED if kind is Kind.CONTACT else _FILE_STORED
    return tr(c.language, sentence, reference=case.reference)


_PLACE_STORED = later("The place is stored in the secure case of {reference}; please delete it here.")
_CONTACT_STORED = later("The contact is stored in the secure case of {reference}; please delete it here.")
_FILE_STORED = later(
    "Stored in the secure case of {reference}; please delete it here, and send no photos of people or documents."
)

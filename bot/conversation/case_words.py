"""Words and files that somebody adds to a case they have told of: kept, and answered with what comes next."""

from __future__ import annotations

from bot.acts import on_paper
from bot.conversation import recognised_words
from bot.domain.case import Case, TextKind
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Kind
from bot.intake import interview, purpose_hint
from bot.intake.pieces import keep_piece, words_of
from bot.intake.question_texts import kept_for_own_side
from bot.language.texts import later, tr
from bot.protection.permissions import may_see
from bot.turns.composer import Composer


def keep_words(c: Composer, case: Case, only: str = "") -> int | None:
    """Keep all that a message says with its case (or `only` these words of it); the words for the own side.

    Returns the id of the text that the words are kept as.
    """
    kept = None
    for piece in words_of(c):
        is_said = piece.kind is TextKind.TEXT
        text_id = keep_piece(c, case, replace(piece, text=only) if only else piece, own_side_only=is_said)
        kept = text_id if is_said else kept
    c.journal(JournalAct.WORDS_KEPT, case)
    purpose_hint.on_texts(c, case, [piece.text for piece in words_of(c) if piece.kind is TextKind.TEXT])
    c.put(case)
    return kept


def keep_attachments(c: Composer, case: Case | None, act: str = "") -> None:
    """Keep a place or a file with the case that the words under it were about; a file under a memo stays with it."""
    if case is None or c.person is None or not may_see(c.person, case, c.context.agreement):
        return
    for piece in words_of(c):
        if piece.kind is not TextKind.TEXT:
            keep_piece(c, c.view.leading_to(case), piece, own_side_only=act == Act.MEMO)
    if act == Act.WRITTEN:
        on_paper.keep_scan(c, c.view.leading_to(case))


def keep_with(c: Composer, case: Case) -> None:
    """Keep it, say so and ask again what is asked; of a voice message first, whether its words were heard right."""
    kept = keep_words(c, case)
    lead = stored(c, case)
    lead = f"{lead} {kept_for_own_side(case, c.language)}" if kept is not None else lead
    if not recognised_words.offer(c, lead):
        interview.ask_current(c, case, lead)


def stored(c: Composer, case: Case) -> str:
    """Say that a place, a contact or a file is in the secure case, and ask to delete it where only the person can."""
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
    if message is not None and message.in_own_pages:
        sentence = _STORED_HERE
    return tr(c.language, sentence, reference=case.reference)


_PLACE_STORED = later("The place is stored in the secure case of {reference}; please delete it here.")
_CONTACT_STORED = later("The contact is stored in the secure case of {reference}; please delete it here.")
_FILE_STORED = later(
    "Stored in the secure case of {reference}; please delete it here, and send no photos of people or documents."
)
_STORED_HERE = later(
    "Stored in the secure case of {reference}; this chat does not show it. Please send no photos of people or "
    "documents."
)

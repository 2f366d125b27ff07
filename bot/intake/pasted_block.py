"""What a pasted block of `label: value` lines does in an intake: all it says is kept at once. Decides, does no I/O."""

from __future__ import annotations

from bot.domain.case import Case, Value
from bot.domain.fields import Field
from bot.domain.journal_acts import JournalAct
from bot.intake import in_english
from bot.intake.answers import follow_up, keep
from bot.intake.question_texts import kept_for_own_side
from bot.intake.reading.answer_reader import read
from bot.intake.reading.block import Block
from bot.intake.reading.result import Confirm, OutsidePurpose, Read, Unclear
from bot.intake.sending import ask_current_or_next
from bot.intake.showing_back import ask_confirmation
from bot.language.texts import tr
from bot.protection.in_english import lacking
from bot.turns.composer import Composer


def apply_block(c: Composer, case: Case, block: Block) -> None:
    """Store all that a block of `label: value` lines says; name back what was not understood."""
    zone = c.context.agreement.zone_of(case.reporting)
    before, stored = case, list[Field]()
    problems: list[str] = []
    confirms: list[tuple[Field, Value, str]] = []
    for asking, text in block.values:
        match read(asking, text, now=c.now, zone=zone, language=c.language):
            case Read(value=value):
                case = keep(c, case, asking, value, "block")
                stored.append(asking)
            case Confirm(value=value, shown=shown):
                confirms.append((asking, value, shown))
            case Unclear(sentence=sentence) as unclear:
                if isinstance(unclear, OutsidePurpose):
                    c.journal(JournalAct.CATEGORY_REFUSED, case)
                problems.append(f"{tr(c.language, asking.label)}: {sentence}")
    labels = ", ".join(tr(c.language, asking.label) for asking in stored)
    lead = [tr(c.language, "Stored: {labels}.", labels=labels)] if stored else []
    case = follow_up(c, case, before) if stored else case
    lead += [tr(c.language, "The other lines: {kept}", kept=kept_for_own_side(case, c.language))] * bool(block.rest)
    lead += problems
    lead += [tr(c.language, "Not known as a label: {label}", label=label) for label in block.unknown_labels]
    if confirms:
        ask_confirmation(c, case, confirms, "\n".join(lead))
        return
    if missing := lacking(case, stored):
        in_english.ask(c, case, missing, "\n".join(lead), is_block=True)
        return
    ask_current_or_next(c, case, "\n".join(lead))

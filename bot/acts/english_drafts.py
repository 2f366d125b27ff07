"""What becomes of a machine's draft: kept as such, and shown to the desk of whoever wrote the original. No I/O."""

from __future__ import annotations

from bot.clock import alerts
from bot.clock.alerts import act_button
from bot.domain import button_data
from bot.domain.case import Case, CaseText, TextKind
from bot.domain.case_acts import Act
from bot.domain.english import English, Translation, TranslationState
from bot.domain.fields import field
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import link, urgency_name
from bot.domain.recipients import Recipient, is_overheard
from bot.intake import in_english
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.in_english import Original, draft_for, original_of, typed_name
from bot.protection.redaction_policy import Way, answer_for, text_for
from bot.protection.standings import Reader
from bot.turns.composer import Composer


def note(outcome: Translation, draft: str, c: Composer) -> None:
    """Keep what became of a draft; one that comes after a person's version, or for what was changed, is dropped."""
    case = c.case(outcome.case_id)
    if case is None:
        return
    c.kept.put_translation(outcome)
    original = _original(c, case, outcome)
    if original is None or original.version is not None:
        return
    if draft:
        _drafted(c, case, original, draft)
    elif outcome.state is TranslationState.PARKED:
        c.journal(JournalAct.ENGLISH_NOT_DRAFTED, case, **in_english.which(original))
        _tell_failed(c, case, original, outcome.reason)


def _original(c: Composer, case: Case, outcome: Translation) -> Original | None:
    if not outcome.field:
        text = c.view.kept_text(outcome.id)
        return original_of(case, text) if text is not None and case.is_open else None
    answer = case.answers.get(outcome.field)
    is_current = answer is not None and answer.id == outcome.id and case.is_open
    return original_of(case, field(outcome.field)) if is_current else None


def _drafted(c: Composer, case: Case, original: Original, draft: str) -> None:
    version = English(
        c.context.new_id(), case.id, original.id, Guarded(draft), c.now, 0, _side(case, original), None, is_machine=True
    )
    c.kept.put_english(version)
    c.journal(JournalAct.ENGLISH_DRAFTED, case, **in_english.which(original), english=version.id)
    case = c.put(in_english.with_version(case, version))
    original = original_of(case, original.of) or original
    label = tr("en", "Confirm: {name}", name=original.name("en"))
    confirm = act_button(case, label, Act.ENGLISH, f"confirm {button_data.to_base36(version.id)}")
    for recipient in alerts.desk_of(c, version.party):
        words, buttons = _shown(c, case, original, recipient), ((confirm,), *_better(case, original))
        is_shown = bool(words)
        words = words or tr("en", "A machine drafted the English of {name}. Read it: {link}", name=original.name("en"),
                            link=link(c.context.public_url, case))  # fmt: skip
        head = f"{urgency_name(case.urgency, 'en')} · {case.reference}"
        key = _key(case, f"draft:{version.id}", version.party)
        c.tell([recipient], key, f"{head}\n{words}", case=case, buttons=buttons if is_shown else ())


def _side(case: Case, original: Original) -> str:
    return original.of.party if isinstance(original.of, CaseText) else case.reporting


def _better(case: Case, original: Original) -> Keyboard:
    return in_english.buttons(case, (original,), "en") if original.field else ()


def _shown(c: Composer, case: Case, original: Original, recipient: Recipient) -> str:
    """The original and its draft as a desk may read them; nothing where others read along."""
    agreement = c.context.agreement
    if is_overheard(recipient, agreement, c.view.directory):
        return ""
    reader = Reader(recipient.party) if recipient.person is None else Reader.of(recipient.person, agreement)
    of, way = original.of, Way.ALERT
    if isinstance(of, CaseText):
        way = Way.RELAY if of.kind is TextKind.NOTE else Way.ALERT
        words = text_for(of, case, reader, way, agreement)
    else:
        value = answer_for(of, case, reader, way, agreement)
        words = None if value is None else str(value)
    draft = draft_for(original, case, reader, way, agreement)
    if words is None or draft is None:
        return ""
    return tr(
        "en",
        "{name}: {words}\nA machine's draft, not confirmed: {draft}\nIt counts only once a person confirms it; or "
        "write a better line: /english {reference} {typed} and one line",
        name=original.name("en"),
        words=words,
        draft=draft,
        reference=case.reference,
        typed=typed_name(original),
    )


def _tell_failed(c: Composer, case: Case, original: Original, reason: str) -> None:
    """Tell the desk that a person must write it, and why."""
    words = tr(
        "en",
        "{urgency} · {reference}\nThere is no machine's draft of {name}: {reason} Please write it: /english "
        "{reference} {typed} and one line",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        name=original.name("en"),
        reason=reason,
        typed=typed_name(original),
    )
    party = _side(case, original)
    key = _key(case, f"no-draft:{original.id}", party)
    c.tell(alerts.desk_of(c, party), key, words, case=case, buttons=_better(case, original))


def _key(case: Case, what: str, party: str) -> str:
    """Name a message that only one side gets; at a closed gate so that the other side never sees that it did."""
    return gates.key_of(case, what) if party == case.reporting else f"case:{case.id}:{what}"

"""The English line that goes with an answer in another script: asked of the officer once, then of their desk. No I/O.

The answer stays as it was typed. Whoever writes in English letters is asked nothing more, and nobody is held up: an
officer who has no English goes on by *Later*, and their own duty desk is asked instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.clock import alerts
from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.english import English, Translation
from bot.domain.fields import Field, field
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Button, Keyboard
from bot.domain.names import rows, urgency_name
from bot.domain.places import named_alone
from bot.intake import purpose_hint
from bot.intake.held_words import move_on
from bot.intake.reading.yes_no import read_agreement
from bot.language import talk_words
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.language.writing_systems import is_record, script_name
from bot.protection import gates
from bot.protection.in_english import Original, lacking, lacks_words, sentence
from bot.protection.redaction_policy import echoed
from bot.turns.composer import Composer

#: What the buttons below it carry, and what is typed where there are none: leave it to the desk, and what is proposed
#: is right.
LATER, RIGHT = "later", "yes"
_ASKED = "english"  #: in the conversation's pending state: ids of the fields of which it is asked
_THEN = "then"  #: likewise: that the first open question comes next, as after a pasted block


def ask(
    c: Composer,
    case: Case,
    missing: Sequence[Original],
    lead: str = "",
    *,
    returning: bool = False,
    is_block: bool = False,
) -> None:
    """Ask for the English of the first of these; the others come after it."""
    pending = {_ASKED: [each.field for each in missing], "returning": returning, _THEN: is_block}
    move_on(c, case_id=case.id, asking=missing[0].field, pending=pending)
    text, laid = question(c, case, missing[0])
    c.say(f"{lead}\n\n{text}" if lead else text, laid, case=case)


def waiting(c: Composer, case: Case) -> Original | None:
    """What the officer is being asked to say in English."""
    names = c.conversation.pending.get(_ASKED)
    if not isinstance(names, list) or c.conversation.case_id != case.id or names[:1] != [c.conversation.asking]:
        return None
    return next(iter(lacking(case, (field(names[0]),))), None)


def following(c: Composer, case: Case) -> tuple[Original, ...]:
    """What is asked after that."""
    names = c.conversation.pending.get(_ASKED)
    return lacking(case, map(field, names[1:])) if isinstance(names, list) else ()


def ask_again(c: Composer, case: Case, lead: str = "") -> bool:
    """Ask again what the officer is being asked to say in English, or what comes after it; False for nothing."""
    missing = waiting(c, case)
    left_over = (*([missing] if missing else []), *following(c, case))
    if left_over:
        returning = bool(c.conversation.pending.get("returning"))
        ask(c, case, left_over, lead, returning=returning, is_block=comes_from_block(c))
    return bool(left_over)


def comes_from_block(c: Composer) -> bool:
    """Whether the first open question comes next."""
    return bool(c.conversation.pending.get(_THEN))


def question(c: Composer, case: Case, missing: Original) -> tuple[str, Keyboard]:
    """Ask for one English line; a place whose name is known is proposed."""
    asked, later = field(missing.field), tr(c.language, "Later")
    lines = [
        tr(
            c.language,
            "{label} is written in {script}, and the formal channels take English only. Please say it in one English "
            "line, or: {later}. What you wrote is kept beside it.",
            label=tr(c.language, asked.label),
            script=script_name(missing.script, c.language),
            later=later,
        )
    ]
    offered = [_button(case, asked, LATER, later)]
    if proposed := _proposed(case, asked):
        lines.append(tr(c.language, "Is this right? {proposed}", proposed=proposed))
        offered.insert(0, _button(case, asked, RIGHT, proposed))
    return "\n".join(lines), rows(offered)


def _button(case: Case, asked: Field, code: str, label: str) -> Button:
    return Button(label, button_data.write(button_data.ChoiceTap(case.id, asked.id, code)))


def _proposed(case: Case, asked: Field) -> str:
    words = echoed(asked, case)
    return named_alone(words) if asked.id == "area" and isinstance(words, str) else ""


def choice_of(c: Composer, case: Case, text: str) -> str:
    """What typed words choose of the buttons below the question; empty for anything else."""
    missing = waiting(c, case)
    if missing is None:
        return ""
    if talk_words.is_later(text) or plain(text) == plain(tr(c.language, "Later")):
        return LATER
    return RIGHT if read_agreement(text, c.language) and _proposed(case, field(missing.field)) else ""


def as_proposed(c: Composer, case: Case, missing: Original) -> Case:
    """Take the name that was proposed."""
    return keep(c, case, missing, _proposed(case, field(missing.field)), is_machine=True)


def keep(c: Composer, case: Case, missing: Original, line: str, *, is_machine: bool = False) -> Case:
    """Keep an English version beside the original; what is like the draft that was shown confirms it."""
    line = " ".join(line.split())
    draft = missing.draft if missing.draft is not None and missing.draft.text == Guarded(line) else None
    version = c.kept.in_english(case, missing.id, line, draft=draft, is_machine=is_machine)
    purpose_hint.on_texts(c, case, [line])
    c.journal(JournalAct.ENGLISH, case, **which(missing), english=version.id, is_machine=version.is_machine)
    return c.put(with_version(case, version))


def with_version(case: Case, version: English) -> Case:
    """The case with a current English version."""
    return replace(case, english={**case.english, version.of: version})


def which(missing: Original) -> dict[str, object]:
    """What the journal says of which it is."""
    return {"field": missing.field} if missing.field else {"text": missing.id}


def is_line(text: str) -> bool:
    """Whether a text can be the English line."""
    return is_record(text)


def carried(c: Composer, before: Case, case: Case, asked: Field) -> Case:
    """Let an answer whose words were only put back keep its English version."""
    was, now = before.answers.get(asked.id), case.answers.get(asked.id)
    version = before.english.get(was.id) if was is not None else None
    if version is None or now is None or was is None or now.id == was.id:
        return case
    again = replace(version, id=c.context.new_id(), of=now.id)
    c.kept.put_english(again)
    return c.put(with_version(case, again))


def ask_desk(c: Composer, case: Case) -> None:
    """Ask the own duty desk for what has no English version, once for each that comes; a machine may draft it now."""
    missing = lacking(case)
    if not missing or case.alerted_at is None or not case.is_open:
        return
    if c.context.drafts_english:
        for each in missing:
            if each.draft is None:
                asked = Translation(each.id, case.id, each.field, next_attempt_at=c.now)
                c.kept.put_translation(asked)
    newest = max(each.id for each in missing)
    words = f"{urgency_name(case.urgency, 'en')} · {case.reference}\n{sentence(missing, case.reference, 'en')}"
    key = gates.key_of(case, f"english:{newest}")
    c.tell(alerts.desk_of(c, case.reporting), key, words, case=case, buttons=buttons(case, missing, "en"))


def buttons(case: Case, missing: Sequence[Original], language: str) -> Keyboard:
    """Offer to write each of these in English."""
    return rows([
        alerts.act_button(case, tr(language, "Write in English: {name}", name=each.name(language)), "english",
                          each.field or button_data.to_base36(each.id))
        for each in missing
    ])  # fmt: skip


def left(case: Case, language: str) -> str:
    """Say to the officer what is left to their desk; empty for nothing."""
    missing = lacking(case)
    if not missing:
        return ""
    return tr(
        language,
        "Without an English version: {names}. Your duty desk is asked for it, or type: /english {reference}",
        names=lacks_words(missing, language),
        reference=case.reference,
    )

"""English versions by whoever follows a case: listed with the originals, written, or a machine's draft confirmed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.acts.finding import is_among_own
from bot.acts.request import ActRequest, done, everybody, is_allowed, offered, prompt, shown_name
from bot.clock.alerts import act_button
from bot.domain import button_data
from bot.domain.agreement import Desk
from bot.domain.case import Case, CaseText, Channel, TextKind
from bot.domain.case_acts import Act
from bot.domain.english import Translation
from bot.domain.fields import Field, by_number, find_label
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import link, moment, rows
from bot.domain.recipients import Recipient
from bot.intake import in_english
from bot.intake.reading.yes_no import read_agreement
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.language.writing_systems import script_name
from bot.protection.in_english import (
    Original,
    draft_for,
    english_of_text,
    english_versions,
    lacks_words,
    missing_english,
    originals,
    sentence,
    typed_name,
    whose,
)
from bot.protection.reasons import Why
from bot.protection.redaction_policy import Way, answer_for, may_read, text_for
from bot.protection.standings import Reader
from bot.relay import relay

_CONFIRM = "confirm"
_WORD = re.compile(r"[\s\N{ZERO WIDTH SPACE}]*([^\s:：.,;)\N{ZERO WIDTH SPACE}]+)([:：.)]*)")
_MOST_WORDS = 4  #: of a label


def write(request: ActRequest) -> None:
    """Keep an English version; without words list what lacks one, with what was written."""
    if not is_allowed(request):
        return
    case, person = request.case, request.person
    found = originals(case, person.party, request.c.view.texts(case.id))
    if not found:
        sentence = tr(request.language, "Your side wrote nothing here that a paper needs in English.")
        request.say(f"{case.reference}: {sentence}")
    elif not request.text.strip():
        _list(request, found)
    elif (draft := _drafted(request.text, found)) is not None:
        _confirm(request, draft)
    else:
        _say(request, *_named(request, found))


def holds_up(request: ActRequest, channel: Channel, desk: Desk) -> bool:
    """Say what the paper for a desk would hold and has no English version of; False when nothing is missing."""
    c, case, language = request.c, request.case, request.language
    agreement = c.context.agreement
    missing = missing_english(case, Reader(desk.party, desk=desk.role), Way.PACKET, agreement)
    if not missing:
        return False
    c.journal(JournalAct.HANDOFF_STOPPED, case, channel=channel.value, reason="no_english")
    in_english.ask_desk(c, case)
    if request.person.party == case.reporting:
        laid = in_english.buttons(case, missing, language)
        request.say(f"{case.reference}: {sentence(missing, case.reference, language)}", laid)
    else:
        request.say(
            tr(
                language,
                "{reference}: not handed off. {party} must first write an English version of {names}; their desk is "
                "asked.",
                reference=case.reference,
                party=case.reporting,
                names=lacks_words(missing, language),
            ),
            offered(case, request),
        )
    return True


def _say(request: ActRequest, original: Original | None, words: str) -> None:
    line, language = " ".join(words.split()), request.language
    if original is None:
        _list(request, _all(request), tr(language, "Which one do you say in English? Write its name first."))
    elif original.draft is not None and (plain(line) == _CONFIRM or read_agreement(line, language)):
        _confirm(request, original)
    elif not line:
        _ask(request, original)
    elif not in_english.is_line(line):
        _ask(request, original, tr(language, "That is not written in English letters."))
    elif len(line) > original.limit:
        sentence = tr(language, "That is too long: at most {limit} characters.", limit=original.limit)
        request.say(f"{request.case.reference}: {sentence}")
    else:
        _keep(request, original, line)


def _all(request: ActRequest) -> tuple[Original, ...]:
    return originals(request.case, request.person.party, request.c.view.texts(request.case.id))


def _drafted(text: str, found: Sequence[Original]) -> Original | None:
    """Read the words of a button: ``confirm`` and the number of the draft that it was shown for."""
    verb, _, number = text.strip().partition(" ")
    if verb != _CONFIRM:
        return None
    draft = button_data.from_base36(number.strip())
    return next((each for each in found if each.draft is not None and each.draft.id == draft), None)


def _named(request: ActRequest, found: Sequence[Original]) -> tuple[Original | None, str]:
    """Read the name at the beginning, and what follows it; without a name it is what alone has no English version."""
    missing = [each for each in found if each.is_missing]
    named, words, is_sure = _leading(request, found)
    if named is None:
        return (missing[0], words) if len(missing) == 1 else (None, words)
    # "5 men hold her" may be the English of what has none, or of number 5 anew: then it is asked, not guessed.
    return (named if is_sure or named.is_missing or not missing else None), words


def _leading(request: ActRequest, found: Sequence[Original]) -> tuple[Original | None, str, bool]:
    """What the first words name, what follows them, and whether it can only be meant as a name: ``summary: ...``."""
    text, ends, marks = request.text, [0], [""]
    while len(ends) <= _MOST_WORDS and (match := _WORD.match(text, ends[-1])):
        ends.append(match.end())
        marks.append(match[2])
    for count in range(len(ends) - 1, 0, -1):
        name, rest = text[: ends[count]].strip(" :：.,)"), text[ends[count] :].strip()
        original = _by_name(name, found, request.language)
        if original is not None:
            return original, rest, bool(marks[count]) or name.startswith("#") or not rest
    return None, text.strip(), False


def _by_name(name: str, found: Sequence[Original], language: str) -> Original | None:
    """What a name stands for: a label or number of a question, ``first``, ``note``, or ``#`` and a text's number."""
    known = find_label(name, language) or find_label(name) or next(iter(by_number(name)), None)
    said = plain(name)
    texts = [each for each in found if isinstance(each.of, CaseText)]
    if name.startswith("#") and (number := button_data.from_base36(name[1:])) is not None:
        exact = next((each for each in texts if each.id == number), None)
        if exact is not None:
            return exact
    kinds = {"first": TextKind.FIRST, "first message": TextKind.FIRST, "note": TextKind.NOTE,
             "reason": TextKind.REASON}  # fmt: skip
    if said in kinds:
        fitting = [each for each in texts if isinstance(each.of, CaseText) and each.of.kind is kinds[said]]
        return next((each for each in reversed(fitting) if each.is_missing), fitting[-1] if fitting else None)
    return next((each for each in found if known is not None and each.field == known.id), None)


def _ask(request: ActRequest, original: Original, lead: str = "") -> None:
    """Show what was written, and take the next words as its English; of a text the whole command is needed."""
    language, name = request.language, typed_name(original)
    lines = [lead, *_shown(request, original)]
    if isinstance(original.of, CaseText):
        typed = tr(language, "Type: /english {reference} {name} and one line",
                   reference=request.case.reference, name=name)  # fmt: skip
        request.say("\n".join(filter(None, [*lines, typed])), _buttons(request, [original]))
        return
    lines.append(tr(language, "Please say it in one English line."))
    prompt(request, "\n".join(filter(None, lines)), f"{name}:", _confirming(request, original))


def _list(request: ActRequest, found: Sequence[Original], lead: str = "") -> None:
    case, language = request.case, request.language
    missing = [each for each in found if each.is_missing]
    head = tr(language, "without an English version:") if missing else tr(language, "Nothing lacks an English version.")
    lines = [lead, f"{case.reference}: {head}"]
    for each in missing or found:
        lines += _shown(request, each)
    how = tr(language, "To write it: /english {reference} {name} and one line", reference=case.reference,
             name=typed_name((missing or found)[0]))  # fmt: skip
    _let_draft(request, missing)
    request.say("\n".join(filter(None, [*lines, how])), _buttons(request, missing))


def _let_draft(request: ActRequest, missing: Sequence[Original]) -> None:
    """Let a machine draft what it has not, where one is set up: somebody looks at it now."""
    for each in missing if request.c.context.drafts_english else ():
        is_reason = isinstance(each.of, CaseText) and each.of.kind is TextKind.REASON
        if each.draft is None and not is_reason:  # that is for a person to say
            asked = Translation(each.id, request.case.id, each.field, next_attempt_at=request.c.now)
            request.c.kept.put_translation(asked)


def _shown(request: ActRequest, original: Original) -> list[str]:
    """Write what somebody wrote, and what there is of it in English, as far as it is read where this is asked."""
    case, language, agreement = request.case, request.language, request.c.context.agreement
    reader = _reader(request)
    of, way = original.of, Way.CASE
    name = original.name(language)
    if isinstance(of, CaseText):
        way = Way.RELAY if of.kind is TextKind.NOTE else Way.CASE
        name += f", {moment(of.at, case, agreement)}"
        words, version = text_for(of, case, reader, way, agreement), english_of_text(of, case, reader, way, agreement)
    else:
        words = _text_of(answer_for(of, case, reader, way, agreement))
        version = english_versions(case, reader, way, agreement).get(of.id)
    if words is None:
        return [tr(language, "{name}: read it on the page: {link}", name=name,
                   link=link(request.c.context.public_url, case))]  # fmt: skip
    script = script_name(original.script, language)
    if original.is_missing:
        name = tr(language, "{name} (written in {script})", name=name, script=script)
    lines = [f"{name}: {words}"]
    if version is not None and not version.is_original:
        lines.append(tr(language, "In English: {text} ({who})", text=version.text, who=whose(version, language)))
    draft = draft_for(original, case, reader, way, agreement)
    return lines + [tr(language, "A machine's draft, not confirmed: {text}", text=draft)] * bool(draft)


def _text_of(value: object) -> str | None:
    return None if value is None else str(value)


def _reader(request: ActRequest) -> Reader:
    is_overheard = not is_among_own(request.c, request.person.party)
    return Reader.of(request.person, request.c.context.agreement, is_overheard=is_overheard)


def _buttons(request: ActRequest, missing: Sequence[Original]) -> Keyboard:
    confirming = [button for each in missing for row in _confirming(request, each) for button in row]
    writing = in_english.buttons(request.case, [each for each in missing if each.field], request.language)
    return (*rows(confirming), *writing)


def _confirming(request: ActRequest, original: Original) -> Keyboard:
    if original.draft is None:
        return ()
    label = tr(request.language, "Confirm: {name}", name=original.name(request.language))
    number = button_data.to_base36(original.draft.id)
    return ((act_button(request.case, label, Act.ENGLISH, f"{_CONFIRM} {number}"),),)


def _confirm(request: ActRequest, original: Original) -> None:
    way = Way.RELAY if isinstance(original.of, CaseText) else Way.CASE
    reader = Reader.of(request.person, request.c.context.agreement)
    line = draft_for(original, request.case, reader, way, request.c.context.agreement)
    if line is not None:
        _keep(request, original, line)


def _keep(request: ActRequest, original: Original, line: str) -> None:
    c, language = request.c, request.language
    case = in_english.keep(c, request.case, original, line)
    shown = _shown(replace(request, case=case), replace(original, version=case.english[original.id]))
    if isinstance(original.of, CaseText) and original.of.kind is TextKind.REASON:
        _tell_of_reason(request, case, original.of, shown)
        return
    if isinstance(original.of, CaseText):
        relayed = relay.pass_on_english(c, case, original.of)
        done(request, case, "\n".join([tr(language, "kept beside the original."), *shown, relayed.sentence(language)]))
        return
    tells = tr("en", "An English version of {label} was added by {who}. {link}", label=original.of.label,
               who=shown_name(request), link=link(c.context.public_url, case))  # fmt: skip
    words = "\n".join([tr(language, "kept beside the original."), *shown])
    done(request, case, words, tells=tells, to=_who_reads(request, case, original.of))


def _tell_of_reason(request: ActRequest, case: Case, text: CaseText, shown: Sequence[str]) -> None:
    """Say that the English of a reason is there to those who follow the case and read the reason on its page."""
    c, why = request.c, Why(text)
    to = [each for each in everybody(request, case) if why.is_read(case, each, c.context.agreement)]
    tells = tr("en", "An English version of a reason was added by {who}. {link}", who=shown_name(request),
               link=link(c.context.public_url, case))  # fmt: skip
    done(request, case, "\n".join([tr(request.language, "kept beside the original."), *shown]), tells=tells, to=to)


def _who_reads(request: ActRequest, case: Case, asked: Field) -> list[Recipient]:
    """Those who follow the case and read the answer, as far as their side does."""
    agreement = request.c.context.agreement
    reads = {party for party in filter(None, (case.reporting, case.requested))
             if may_read(asked, case, Reader(party), Way.ALERT, agreement)}  # fmt: skip
    return [recipient for recipient in everybody(request, case) if recipient.party in reads]

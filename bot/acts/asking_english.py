"""Asking once for the English of words that cross to the other side in another script; nothing waits for it.

The words are kept and sent on as they are. Who wrote them is asked, or the duty desk of their side where only that may
say it.
"""

from __future__ import annotations

from bot.acts.request import ActRequest
from bot.clock import alerts
from bot.domain.case import Case, CaseText, TextKind
from bot.domain.case_acts import Act
from bot.domain.names import urgency_name
from bot.language.texts import tr
from bot.language.writing_systems import Script, script_name, script_of
from bot.protection import gates
from bot.protection.in_english import text_name
from bot.protection.permissions import may
from bot.protection.redaction_policy import script_in


def keep_reason(request: ActRequest, case: Case, reason: str) -> str:
    """Keep a reason in another script as a text too, so that it can be said in English; returns what asks for that."""
    kept = request.c.kept
    if script_of(reason) is Script.LATIN:
        return ""
    kept.text(case, TextKind.REASON, reason)
    return of_text(request, case, kept.texts[-1])


def of_text(request: ActRequest, case: Case, text: CaseText) -> str:
    """Ask for the English of a text that crosses: the sentence for its writer; empty where it needs none."""
    c, party, script = request.c, request.person.party, script_in(text.text)
    if script is Script.LATIN or text.own_side_only:
        return ""
    name = text_name(text)
    if may(request.person, Act.ENGLISH, case, c.context.agreement):
        return _asked(case, script, name, request.language)
    words = f"{urgency_name(case.urgency, 'en')} · {case.reference}\n{_asked(case, script, name, 'en')}"
    c.tell(alerts.desk_of(c, party), gates.own_key(case, party, f"english:{text.id}"), words, case=case)
    return tr(request.language, "It is written in {script}; your duty desk is asked for one English line.",
              script=script_name(script, request.language))  # fmt: skip


def _asked(case: Case, script: Script, name: str, language: str) -> str:
    return tr(
        language,
        "It is written in {script} and is read as it is. Please say it in English too: /english {reference} {name} and "
        "one line",
        script=script_name(script, language),
        reference=case.reference,
        name=name,
    )

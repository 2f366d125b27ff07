"""Joint operations: both sides plan where and when, and each confirms every version: `/operation REF when ...`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.acts.finding import is_among_own
from bot.acts.request import ActRequest, done, everybody, is_allowed, prompt, shown_name
from bot.channels import joint_plans
from bot.domain.case import Case
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.joint_operation import Confirmation, Plan
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import moment, urgency_name
from bot.domain.recipients import Recipient
from bot.intake.reading.typed_times import Trouble, of_coming, parse_coming
from bot.language.folding import begins
from bot.language.texts import tr
from bot.protection.gate_words import waits
from bot.protection.permissions import may_confirm
from bot.protection.redaction_policy import Way, sees_plan
from bot.protection.standings import Reader

_PART = re.compile(r"\W*(when|where|confirm|show)\b[\s,:;]*", re.IGNORECASE)


def operation(request: ActRequest) -> None:
    """Show the plan, change when or where, or confirm it for the own side."""
    if not is_allowed(request):
        return
    case, c = request.case, request.c
    if not sees_plan(case, Reader(request.person.party), Way.CASE, c.context.agreement):
        request.say(waits(case, request.language))  # the same words for a missing answer and a closed border
        return
    found = begins(_PART, request.text)
    part, rest = (found[0][1].lower(), found[1].strip()) if found else ("show", request.text.strip())
    if found is None and rest:
        request.say(tr(request.language, "Please write what it is: /operation {reference} when, where or confirm.",
                       reference=case.reference))  # fmt: skip
        return
    _PARTS[part](request, rest)


def _show(request: ActRequest, _text: str) -> None:
    request.c.saw(request.case)
    request.say(_written(request, request.case), _buttons(request, request.case))


def _written(request: ActRequest, case: Case) -> str:
    """The plan as whoever reads the answer may know it."""
    c, person = request.c, request.person
    reader = Reader.of(person, c.context.agreement, is_overheard=not is_among_own(c, person.party))
    head = tr(request.language, "{reference}: joint operation", reference=case.reference)
    said = joint_plans.lines(case, reader, Way.CASE, c.context.agreement, c.view.directory, request.language)
    elsewhere = (
        [] if said else [tr(request.language, "The plan is shown in private and in your own desk's group only.")]
    )
    return "\n".join([head, *(f"{label}: {value}" for label, value in said), *elsewhere])


def _buttons(request: ActRequest, case: Case) -> Keyboard:
    may = may_confirm(request.person, case, request.c.context.agreement) and _is_waited_for(case, request.person.party)
    return joint_plans.keyboard(case, request.language, may_confirm=may)


def _is_waited_for(case: Case, party: str) -> bool:
    return case.plan is not None and case.plan.confirmed_by(party) is None


def _when(request: ActRequest, text: str) -> None:
    if not text:
        prompt(request, tr(request.language, "When is it to begin? In your local time, for example: 18 Apr 05:00"),
               "when")  # fmt: skip
        return
    c = request.c
    read = parse_coming(text, c.now, c.context.agreement.zone_of(request.person.party))
    if isinstance(read, Trouble):
        prompt(request, of_coming(read, request.language), "when")
        return
    when = moment(read, request.case, c.context.agreement)
    _change(request, replace(_next(request), starts_at=read), tr("en", "It is to begin {when}.", when=when))


def _where(request: ActRequest, text: str) -> None:
    if not text:
        prompt(request, tr(request.language, "Where is it to be? Messengers show the area only; what is exact is read "
                           "in the secure case."), "where")  # fmt: skip
        return
    person = request.person
    exact = _as_written(request, text)
    plan = replace(_next(request), where=Guarded(exact), where_by=person.id, where_party=person.party)
    _change(request, plan, tr("en", "The place is new."))


def _as_written(request: ActRequest, text: str) -> str:
    """The place with what was taken out of the message on its way, which only the secure case shows."""
    c = request.c
    if not c.withheld:
        return text
    written = c.withheld
    c.keep_withheld(request.case, written, message=c.came_as, text_id=None)
    c.withheld = ""
    _, is_command, rest = written.partition("where")
    return rest.strip(" \t\r\n,:;") if is_command and rest.strip() else written


def _confirm(request: ActRequest, _text: str) -> None:
    c, case, person = request.c, request.case, request.person
    plan = case.plan
    if not may_confirm(person, case, c.context.agreement):
        request.say(tr(request.language, "Only the duty desk or a supervisor of {party} can confirm for that side.",
                       party=person.party))  # fmt: skip
    elif plan is None or not plan.is_whole:
        request.say(tr(request.language, "A plan can be confirmed once it says when and where."),
                    joint_plans.keyboard(case, request.language, may_confirm=False))  # fmt: skip
    elif plan.confirmed_by(person.party) is not None:
        request.say(_written(request, case))
    else:
        said = Confirmation(person.party, person.id, c.now)
        case = joint_plans.with_plan(case, replace(plan, confirmations=(*plan.confirmations, said)))
        c.journal(JournalAct.PLAN_CONFIRMED, case, party=person.party)
        left = case.plan.waits_for(case.reporting, case.requested) if case.plan is not None else ()
        state = tr("en", "It still waits for {parties}.", parties=", ".join(left)) if left else tr(
            "en", "Both sides have confirmed it.")  # fmt: skip
        _written_down(request, case, f"{tr('en', '{who} confirmed the plan.', who=shown_name(request))} {state}")


def _next(request: ActRequest) -> Plan:
    """The next version, which nobody has confirmed yet."""
    c, case, person = request.c, request.case, request.person
    known = case.plan
    if known is None:
        return Plan(c.context.new_id(), case.id, c.now, person.id, person.party)
    return replace(known, id=c.context.new_id(), at=c.now, by=person.id, party=person.party, confirmations=())


def _change(request: ActRequest, plan: Plan, what: str) -> None:
    case = joint_plans.with_plan(request.case, plan)
    request.c.journal(JournalAct.PLANNED, case, version=len(case.plans))
    who = tr("en", "{who} changed the plan of the joint operation.", who=shown_name(request))
    asks = tr("en", "Both sides confirm it anew: /operation {reference} confirm", reference=case.reference)
    _written_down(request, case, f"{who} {what} {asks if plan.is_whole else ''}".strip())


def _written_down(request: ActRequest, case: Case, tells: str) -> None:
    """Keep the version, tell both sides as far as it may cross, and show it back."""
    c, agreement = request.c, request.c.context.agreement
    case = joint_plans.watched(c, case)
    parties = joint_plans.parties_of(case, agreement, Way.RELAY)
    to = [r for r in everybody(request, case) if r.party in parties and not _is_here(request, r)]
    key = joint_plans.key_of(case, agreement, str(c.inbox_id))
    words = f"{urgency_name(case.urgency, 'en')} · {case.reference}\n{tells}"
    c.tell(to, key, words, case=case, buttons=joint_plans.keyboard(case, "en", may_confirm=True))
    lines = [tr(request.language, "noted."), _written(request, case)]
    if case.requested and case.requested not in parties:
        lines.append(tr(request.language, "It stays on your own side: nothing more is told to {party} now.",
                        party=case.requested))  # fmt: skip
    done(request, case, "\n".join(lines), aside=_buttons(request, case))


def _is_here(request: ActRequest, recipient: Recipient) -> bool:
    place = request.c.message.place if request.c.message is not None else None
    is_me = recipient.name == f"person:{request.person.id}"
    return is_me or (bool(recipient.addresses) and recipient.addresses[0] == place)


_PARTS: Mapping[str, Callable[[ActRequest, str], None]] = MappingProxyType(
    {"show": _show, "when": _when, "where": _where, "confirm": _confirm}
)

"""Acts on a case: who asks, by command, button or prompt, and which function does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.acts import (
    accepting,
    asking,
    being_late,
    being_on_it,
    desk,
    discarding,
    ending,
    handing_off,
    in_english,
    joining,
    joint,
    keeping_back,
    leading,
    legal,
    liaison,
    looking,
    on_paper,
    persons,
    protecting,
    recalling,
    referring,
    releasing,
    reminding,
    support,
    waiting,
    whom,
    withdrawing,
    words,
)
from bot.acts.finding import find_case, find_referred, no_such_case
from bot.acts.request import ActRequest, stale
from bot.domain import button_data
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.typed_commands import Command
from bot.language.texts import tr
from bot.people import lapsed_enrolment
from bot.protection.permissions import may_see
from bot.turns.composer import Composer

_HANDLERS: Mapping[Act, Callable[[ActRequest], None]] = for_each(
    Act,
    {
        Act.ACK: desk.acknowledge,
        Act.ASSIGN: desk.assign,
        Act.LIAISON: liaison.liaison,
        Act.OPERATION: joint.operation,
        Act.REFER: referring.refer,
        Act.SNOOZE: desk.snooze,
        Act.ONIT: being_on_it.on_it,
        Act.URGENCY: desk.urgency,
        Act.STANDDOWN: ending.stand_down,
        Act.CLOSE: ending.close,
        Act.REOPEN: ending.reopen,
        Act.WITHDRAW: withdrawing.withdraw,
        Act.WRONG: withdrawing.object_to,
        Act.NOTE: words.note,
        Act.MEMO: words.memo,
        Act.OWNSIDE: keeping_back.own_side_only,
        Act.ENGLISH: in_english.write,
        Act.PERSON: persons.person,
        Act.HANDOFF: handing_off.hand_off,
        Act.ACCEPT: accepting.accept,
        Act.RETURN: accepting.send_back,
        Act.DELIVERED: on_paper.delivered,
        Act.REFUSE: accepting.refuse,
        Act.CLARIFY: asking.clarify,
        Act.ANSWER: asking.answer,
        Act.LATE: being_late.late,
        Act.REMIND: reminding.remind,
        Act.RECALL: recalling.recall,
        Act.STOPPED: recalling.stopped,
        Act.WRITTEN: on_paper.written,
        Act.NOTNEEDED: handing_off.not_needed,
        Act.CONSENT: protecting.consent,
        Act.PROTECT: protecting.protect,
        Act.GUARDIAN: protecting.record,
        Act.INTEREST: protecting.record,
        Act.VITAL: protecting.record,
        Act.DECIDE: protecting.decide,
        Act.ALTERNATIVE: protecting.record,
        Act.RELEASE: releasing.release,
        Act.HOLD: legal.hold,
        Act.UNHOLD: legal.release,
        Act.DISCARD: discarding.discard,
        Act.SAME: joining.same,
        Act.RELATED: joining.related,
        Act.DIFFERENT: joining.different,
    },
)


def typed(c: Composer, command: Command) -> None:
    """Do what a typed command about a case asks for."""
    theirs, words = find_referred(c, command.rest)
    if theirs is not None and support.do(c, theirs, command.name, words):
        return
    case, rest = find_case(c, command.rest)
    if case is None or c.person is None:
        no_such_case(c, command.rest)
        return
    if command.name in looking.VIEWS:
        looking.VIEWS[command.name](c, leading.shown(c, case))
        return
    do(ActRequest(c, c.person, case, Act(command.name), rest))


def tapped(c: Composer, promise: button_data.ActTap) -> None:
    """Do what a button under a message promised, if the case still stands as it did then."""
    case = c.case(promise.case_id)
    if case is not None and support.do(c, case, promise.act, promise.argument):
        return
    if case is None or c.person is None or not may_see(c.person, case, c.context.agreement):
        c.say(c.context.no_such_case(c.language))
        return
    c.saw(case)
    if promise.act in looking.VIEWS:
        looking.VIEWS[promise.act](c, leading.shown(c, case))
        return
    if promise.act not in {act.value for act in Act}:
        c.say(tr(c.language, "This button is not known any more. Type /help."))
        return
    request = ActRequest(c, c.person, case, Act(promise.act), promise.argument)
    if promise.stage != case.stage and not request.act.rule.at_any_stage:
        led = leading.led(request)
        if led is not None:
            stale(led)
        return
    do(request)


def do(request: ActRequest) -> None:
    """Do an act for which case and words are known; acknowledging and what the person said never wait for anything."""
    led = leading.led(request)
    if led is None:
        return
    request = led
    if (
        request.act not in (Act.ACK, Act.CONSENT)
        and lapsed_enrolment.is_lapsed(request.c)
        and not waiting.is_refused(request)
    ):
        waiting.wait(request)
        return
    of_whom = whom.named(request)
    if of_whom is not None:
        _HANDLERS[request.act](of_whom)


def waiting_prompt(c: Composer) -> dict[str, object] | None:
    """The question of an act that waits for this person's words in this place, if it has not lapsed."""
    waiting = c.conversation.pending.get("prompt")
    if not isinstance(waiting, dict) or c.message is None:
        return None
    is_here = waiting.get("place") == str(c.message.place)
    return waiting if is_here and datetime.fromisoformat(str(waiting["until"])) >= c.now else None


def forget_prompt(c: Composer, waiting: dict[str, object]) -> None:
    """Wait for the words of an act no longer; the conversation is again where it was before."""
    pending = {k: v for k, v in c.conversation.pending.items() if k != "prompt"}
    before = {"case_id": waiting["from_case"], "asking": waiting["from_asking"]} if "from_case" in waiting else {}
    c.move(pending=pending, **before)


def answered(c: Composer, waiting: dict[str, object], text: str) -> None:
    """Complete an act with the words it waited for."""
    forget_prompt(c, waiting)
    case = c.case(int(str(waiting["case"])))
    if case is not None and support.do(c, case, str(waiting["act"]), text):
        return
    if case is None or c.person is None or not may_see(c.person, case, c.context.agreement):
        c.say(c.context.no_such_case(c.language))
        return
    act = Act(str(waiting["act"]))
    request = ActRequest(c, c.person, case, act, f"{waiting['prefix']} {text}".strip())
    if waiting["stage"] != case.stage and not act.rule.at_any_stage:
        stale(request)
        return
    do(request)

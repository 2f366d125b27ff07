"""What every act needs: the case it is about, the person's right, words for what happened and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.acts.offering import buttons_for
from bot.acts.who_may import WHO_MAY
from bot.clock import alerts, deadlines
from bot.clock.next_due import what_next
from bot.domain.agreement import DeskRole
from bot.domain.case import Case, Channel, Status
from bot.domain.case_acts import Act, Whose
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import standing_name, urgency_name
from bot.domain.people import Person
from bot.domain.recipients import Recipient, at_desks, desk_name, shown_as, side_of_case, unique
from bot.intake.pieces import Piece
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.fitting import fits
from bot.protection.permissions import may
from bot.protection.reasons import Why
from bot.relay import relay
from bot.turns.composer import Composer

#: How long a question like "which reference?" waits for its answer.
PROMPT_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ActRequest:
    """An act that somebody asks for."""

    c: Composer
    person: Person
    case: Case
    act: Act
    text: str = ""  #: what follows the reference: channel, code, reason
    pieces: tuple[Piece, ...] = ()  #: where the text came in as several messages, or in one that is not this turn's
    whom: tuple[int, ...] = ()  #: numbers of the persons that it is about; empty: everybody
    is_taken: bool = False  #: nobody named the case, what was said last did: answered in one line that can be denied

    @property
    def language(self) -> str:
        """The person's language."""
        return self.person.language

    def say(self, sentence: str, buttons: Keyboard = ()) -> None:
        """Answer where the person wrote."""
        self.c.say(sentence, buttons, case=self.case)


def is_allowed(request: ActRequest, channel: Channel | None = None) -> bool:
    """Check the right and whether the act fits the case's state; say so when not."""
    agreement = request.c.context.agreement
    if not may(request.person, request.act, request.case, agreement, channel):
        request.say(_who_may(request))
        request.c.journal(JournalAct.REFUSED, request.case, wanted=request.act.value)
        return False
    if not fits(request.act, request.case, channel) and request.act is not Act.ACK:
        request.say(does_not_fit(request, channel), offered(request.case, request))
        return False
    return True


def prompt(request: ActRequest, sentence: str, prefix: str = "", buttons: Keyboard = ()) -> None:
    """Ask for what is missing; the next words of this person here complete the act."""
    c = request.c
    waiting: dict[str, object] = {
        "act": request.act.value,
        "case": request.case.id,
        "prefix": prefix,
        "until": (c.now + PROMPT_FOR).isoformat(),
        "stage": request.case.stage,
        "place": str(c.message.place) if c.message else "",
    }
    if request.case.officer != request.person.id or not request.case.is_open:
        # A person's own open cases are always at hand, another one only while the conversation is about it.
        waiting |= _came_from(c)
        c.move(case_id=request.case.id, asking="")
    c.move(pending={**_kept(c), "prompt": waiting})
    in_group = c.message is not None and not c.message.in_private
    hint = " " + tr(request.language, "(Reply to this message.)") if in_group else ""
    request.say(sentence + hint, buttons)


def done(
    request: ActRequest,
    case: Case,
    sentence: str,
    *,
    tells: str = "",
    why: Why | None = None,
    to: Iterable[Recipient] | None = None,
    aside: Keyboard | None = None,
) -> Case:
    """Write the changed case, tell the others in one sentence, answer with what happened and what comes next.

    `aside`: the person is in the middle of something else; what happened is said in one line, with these buttons.
    """
    c = request.c
    if request.person.party == case.requested and case.is_open:
        case = deadlines.touched(case, case.policy(c.context.agreement), c.now, c.context.new_id)
    case = c.put(case)
    alerts.refresh(c, case, before=request.case)
    if tells:
        tell(request, case, everybody(request, case) if to is None else to, tells, why=why)
    c.saw(case)
    answer = f"{case.reference}: {sentence}"
    if aside is not None:
        c.say(answer, aside, case=case)
        return case
    coming = what_next(c, case)
    c.say(f"{answer}\n{coming}" if coming else answer, offered(case, request), case=case)
    return case


def tell(
    request: ActRequest,
    case: Case,
    recipients: Iterable[Recipient],
    sentence: str,
    buttons: Keyboard = (),
    *,
    why: Why | None = None,
) -> None:
    """Tell others what was done to a case, in one sentence; and who may read why it was done, that it is there."""
    c, what, told = request.c, f"{request.act.value}:{request.c.inbox_id}", list(recipients)
    is_own = bool(case.apart) and all(recipient.party == case.reporting for recipient in told)
    key = gates.key_of(case, what) if is_own else f"case:{case.id}:{what}"
    told = _others(request, recipients)
    for recipient in told:
        where = why.told(case, recipient, c.context.agreement) if why is not None else ""
        c.tell([recipient], key, _headed(case, f"{sentence} {where}".strip()), case=case, buttons=buttons)
    if f"person:{case.officer}" in {r.name for r in told}:
        for younger, officer in relay.also_reported(c, case):
            c.tell([officer], key, _headed(younger, sentence), case=younger)


def _headed(case: Case, sentence: str) -> str:
    return f"{urgency_name(case.urgency, 'en')} · {case.reference}\n{sentence}"


def apart(
    request: ActRequest, case: Case, act: Act, recipients: Iterable[Recipient]
) -> tuple[list[Recipient], list[Recipient]]:
    """Tell those who may do an act that comes next from those who would only be refused it."""
    able: list[Recipient] = []
    others: list[Recipient] = []
    for recipient in recipients:
        (able if _may_next(request, case, act, recipient) else others).append(recipient)
    return able, others


def _may_next(request: ActRequest, case: Case, act: Act, recipient: Recipient) -> bool:
    if recipient.person is not None:
        return may(recipient.person, act, case, request.c.context.agreement)
    return act.rule.whose is Whose.DESKS or recipient.party == case.requested  # those who follow a case are duty desks


def changed(case: Case, status: Status | None = None) -> Case:
    """Move the case's stage (older buttons become stale) and, if given, its status."""
    return replace(case, stage=case.stage + 1, status=status or case.status)


def everybody(request: ActRequest, case: Case) -> tuple[Recipient, ...]:
    """Everybody who follows a case on both sides: desks, assignees, the reporting officer."""
    agreement, directory = request.c.context.agreement, request.c.view.directory
    parties = filter(None, (case.reporting, case.requested))
    return unique(r for party in parties for r in side_of_case(case, party, agreement, directory))


def duty_desks(request: ActRequest, case: Case) -> tuple[Recipient, ...]:
    """Both duty desks."""
    agreement, directory = request.c.context.agreement, request.c.view.directory
    parties = filter(None, (case.reporting, case.requested))
    return unique(r for party in parties for r in at_desks(agreement, directory, party, DeskRole.DUTY))


def shown_name(request: ActRequest) -> str:
    """Name who acted as the other side sees it: desk or role, never the person."""
    return shown_as(request.person, request.c.context.agreement)


def offered(case: Case, request: ActRequest) -> Keyboard:
    """The acts worth a button for this person, now."""
    return buttons_for(case, request.person, request.c)


def stale(request: ActRequest) -> None:
    """Refuse a button of an earlier moment, and offer those of now."""
    request.say(
        tr(
            request.language,
            "{reference} has moved on since this button was shown: it is {status}. Nothing was changed. You can now:",
            reference=request.case.reference,
            status=standing_name(request.case, request.language),
        ),
        offered(request.case, request),
    )


def _came_from(c: Composer) -> dict[str, object]:
    """Where the conversation goes on when the act is complete."""
    earlier = c.conversation.pending.get("prompt")
    if isinstance(earlier, dict) and "from_case" in earlier:
        return {"from_case": earlier["from_case"], "from_asking": earlier["from_asking"]}
    return {"from_case": c.conversation.case_id, "from_asking": c.conversation.asking}


def _kept(c: Composer) -> dict[str, object]:
    """What else goes on waiting: not that the next words open a case, for they are this act's."""
    return {k: v for k, v in c.conversation.pending.items() if k not in ("prompt", "opens")}


def _others(request: ActRequest, recipients: Iterable[Recipient]) -> list[Recipient]:
    place = request.c.message.place if request.c.message else None
    me = f"person:{request.person.id}"
    return [r for r in recipients if r.name != me and (not r.addresses or r.addresses[0] != place)]


def _who_may(request: ActRequest) -> str:
    case, language, whose = request.case, request.language, request.act.rule.whose
    if request.act is Act.ACK and not case.requested:
        return tr(language, "Nobody can acknowledge yet: the officer must first say which side is asked to help.")
    if request.act is Act.NOTNEEDED:
        return tr(language, "Only a supervisor can record that the diplomatic channel is not needed.")
    duty = request.c.context.agreement.desks_of(case.requested, DeskRole.DUTY)
    return tr(
        language,
        WHO_MAY[whose],
        reference=case.reference,
        desks=", ".join(desk_name(desk) for desk in duty),
        party=case.requested if whose is Whose.CHANNEL else case.reporting,
    )


def does_not_fit(request: ActRequest, channel: Channel | None) -> str:
    """Say why an act makes no sense now."""
    case, language = request.case, request.language
    if request.act is Act.DISCARD:
        return _not_discarded(case, language)
    if request.act is Act.HOLD:
        return tr(language, "{reference} is on legal hold already.", reference=case.reference)
    if request.act is Act.UNHOLD:
        return tr(language, "{reference} is not on legal hold.", reference=case.reference)
    if not case.is_open and not may(request.person, Act.REOPEN, case, request.c.context.agreement):
        return tr(
            language,
            "{reference} is closed, and nothing was sent. If somebody is in danger: /alert and what happened.",
            reference=case.reference,
        )
    if not case.is_open:
        return tr(
            language, "{reference} is closed. To open it again: /reopen {reference} reason", reference=case.reference
        )
    if request.act is Act.OPERATION:
        return tr(language, "Nobody asks for a joint operation in {reference}. Whoever reported it can add that: edit "
                  "11.", reference=case.reference)  # fmt: skip
    if request.act in (Act.ACCEPT, Act.RETURN) and channel is not None:
        return tr(
            language,
            "{reference} is not waiting at the {channel} channel. First: /handoff {reference} {channel}",
            reference=case.reference,
            channel=channel.value,
        )
    return tr(language, "That does not apply: {reference} is {status}.", reference=case.reference,
              status=standing_name(case, language))  # fmt: skip


def _not_discarded(case: Case, language: str) -> str:
    if case.exercise:
        return tr(language, "{reference} is deleted tonight already.", reference=case.reference)
    return tr(
        language,
        "Only an exercise is deleted so, and {reference} is none. To end it: /close {reference} and why.",
        reference=case.reference,
    )

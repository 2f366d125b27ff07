"""The formal channels: handing off, acceptance, return, the confirming letter, or that no step is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.acts import in_english
from bot.acts.finding import channel_of, is_among_own
from bot.acts.offering import recording
from bot.acts.request import ActRequest, changed, does_not_fit, done, everybody, is_allowed, offered, prompt, shown_name
from bot.channels.addressees import Addressees, addressees
from bot.channels.gate_effects import own_desk, own_side
from bot.channels.handoffs import with_handoff
from bot.clock import deadlines
from bot.clock.alerts import act_button
from bot.domain.agreement import Desk
from bot.domain.case import WITH_ITS_DESK, Case, Channel, DeadlineKind, Handoff, HandoffState, TextKind
from bot.domain.case_acts import Act
from bot.domain.fields import field, is_field
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import channel_name, link, rows, urgency_name
from bot.domain.recipients import Recipient, at_desk, desk_name, unique
from bot.domain.subjects import numbers
from bot.intake.consent import ask, whom_to_ask
from bot.language.folding import fold
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.gate_words import for_side, missing_names
from bot.protection.seen_by import seen_by, shown_numbers
from bot.protection.shown_persons import for_whom, in_place_of

_MAIL = "email"  #: the one messenger that carries papers
_SEND = "send"  #: what confirms a hand-off that was shown before


def hand_off(request: ActRequest) -> None:
    """Give the case to a channel, if its gate is open: first it is shown where it would go, then it is sent.

    While answers are missing it is a draft, and they are asked.
    """
    channel, rest = channel_of(request.text)
    if channel is None:
        ask_channel(request, tr(request.language, "To which channel?"))
    elif not is_allowed(request, channel):
        pass  # they have heard it
    elif not request.case.requested:
        request.say(tr(request.language, "First the officer must say which side is asked to help."))
    else:
        _hand_off(request, channel, is_confirmed=fold(rest).strip() == _SEND)


def _hand_off(request: ActRequest, channel: Channel, *, is_confirmed: bool) -> None:
    case, c = request.case, request.c
    verdict, ready = _judged(request, channel)
    if verdict is None:
        request.say(does_not_fit(request, channel), offered(case, request))  # nobody whom they know of is left
        return
    covers = ready if case.apart else ()
    to = addressees(case, channel, covers, c.context.agreement, c.view.directory)
    if to is None:
        request.say(tr(request.language, "There is no desk of {party} that it could go to.", party=case.requested))
    elif isinstance(verdict, gates.Open) and in_english.holds_up(request, channel, to.desk):
        pass  # they have heard what no paper can be made without
    elif isinstance(verdict, gates.Open) and not is_confirmed:
        _preview(request, channel, covers, to)
    elif isinstance(verdict, gates.Open):
        _send(request, replace(_drafted(request, channel, to), covers=covers), to)
        _tell_of_others(request, channel, ready)
    elif isinstance(verdict, gates.Blocked) and not _is_kept_from(request, channel):
        _refuse(request, channel, verdict)
    else:
        _draft(request, replace(_drafted(request, channel, to), state=gates.draft_state(verdict)), verdict)


def _drafted(request: ActRequest, channel: Channel, to: Addressees) -> Handoff:
    """The draft that waits for this channel, or a new one."""
    c, found = request.c, request.case.handoff(channel)
    if found is not None and gates.is_draft(found):
        return found
    made = c.context.new_id()
    return Handoff(made, request.case.id, channel, HandoffState.DRAFTED, to.desk.id, request.person.id, c.now)


def _judged(request: ActRequest, channel: Channel) -> tuple[gates.Verdict | None, tuple[int, ...]]:
    """The gate for those whom a hand-off would be for, and who of them may go; no verdict where nobody is left."""
    case, agreement = request.case, request.c.context.agreement
    known = shown_numbers(case, request.person.party, agreement) or numbers(case)
    done = gates.covered(case, channel)
    found = {n: v for n, v in gates.verdicts(case, channel, agreement).items() if n in known and n not in done}
    ready = tuple(number for number, verdict in found.items() if isinstance(verdict, gates.Open))
    return gates.best(found.values()), ready


def _tell_of_others(request: ActRequest, channel: Channel, ready: Sequence[int]) -> None:
    """Name to the own side who stayed back, with what is missing for each."""
    c, case = request.c, request.c.case(request.case.id) or request.case
    done = {*ready, *gates.covered(case, channel)}
    if others := [number for number in numbers(case) if number not in done]:
        lead = tr("en", "{reference}: not handed to the {channel}:", reference=case.reference,
                  channel=channel_name(channel, "en"))  # fmt: skip
        said = [f"/{number}: {for_side(in_place_of(case, number), channel, case.reporting, c.context.agreement, 'en')}"
                for number in others]  # fmt: skip
        c.tell(own_side(c, case), gates.key_of(case, f"stayed:{c.inbox_id}"), "\n".join([lead, *said]), case=case)


def _is_kept_from(request: ActRequest, channel: Channel) -> bool:
    """Whether the person must not learn that the gate is closed: to the feared side it looks as if answers miss."""
    agreement = request.c.context.agreement
    return channel is Channel.POLICE and gates.stops_relay(request.case, request.person.party, agreement)


def _refuse(request: ActRequest, channel: Channel, verdict: gates.Blocked) -> None:
    """Say that the gate is closed: to the own side why, and how to go on; to the other side that it is."""
    c, case = request.c, request.case
    c.journal(JournalAct.HANDOFF_STOPPED, case, channel=channel.value, row=verdict.row, reason=verdict.reason.value)
    party = request.person.party if is_among_own(c, request.person.party) else ""
    request.say(
        f"{case.reference}: {for_side(case, channel, party, c.context.agreement, request.language)}",
        offered(case, request),
    )


def _draft(request: ActRequest, handoff: Handoff, verdict: gates.Verdict) -> None:
    c, channel = request.c, handoff.channel
    missing = verdict.missing if isinstance(verdict, gates.Needs) else ()
    case = with_handoff(changed(request.case), handoff)
    c.journal(JournalAct.HANDOFF_DRAFTED, case, channel=channel.value, missing=list(missing))
    asked = _ask(request, case, handoff, missing) if missing else _tell_kept_back(request, case)
    party = request.person.party if is_among_own(c, request.person.party) else ""
    done(
        request,
        case,
        tr(
            request.language,
            "drafted for the {channel}, not sent. {why} {who} is asked now; you hear when it can be handed off.",
            channel=channel_name(channel, request.language),
            why=for_side(case, channel, party, c.context.agreement, request.language),
            who=", ".join(dict.fromkeys(r.shown for r in asked)) or tr(request.language, "Nobody can be reached who"),
        ),
    )


def _tell_kept_back(request: ActRequest, case: Case) -> tuple[Recipient, ...]:
    """Tell the own side that the side that is feared wanted to hand off."""
    c = request.c
    words = tr(
        "en",
        "{who} wanted to hand {reference} to the police channel. A supervisor decides: /decide {reference} allowed or "
        "refused, and why",
        who=shown_name(request),
        reference=case.reference,
    )
    to = own_desk(c, case)
    c.tell(to, gates.key_of(case, f"kept-back:{c.inbox_id}"), words, case=case)
    return to


def _ask(request: ActRequest, case: Case, handoff: Handoff, missing: Sequence[str]) -> tuple[Recipient, ...]:
    """Put the first open question to the officer, or ask the own desk for what only a desk records."""
    c, channel = request.c, channel_name(handoff.channel, "en")
    questions = [name for name in missing if is_field(name)]
    if questions:
        lead = tr(
            "en",
            "{reference} is to go to the {channel}. Before that one answer is needed:",
            reference=case.reference,
            channel=channel,
        )
        ask(c, case, field(questions[0]), lead, str(handoff.id))
    words = tr(
        "en",
        "{reference} is to go to the {channel}. Missing: {missing}.",
        reference=case.reference,
        channel=channel,
        missing=missing_names(tuple(missing), case.reference, "en"),
    )
    desk = own_desk(c, case)
    if len(questions) < len(missing):
        laid = recording(case, missing)
        c.tell(desk, gates.key_of(case, f"missing:{handoff.id}:{c.inbox_id}"), words, case=case, buttons=laid)
    return whom_to_ask(c, case) if questions else desk


def _preview(request: ActRequest, channel: Channel, covers: tuple[int, ...], to: Addressees) -> None:
    """Show what would go where. Nothing is sent before somebody who may do it says so."""
    case, language, agreement = request.case, request.language, request.c.context.agreement
    lines = [
        tr(language, "{reference}: ready for the {channel}, not sent yet.",
           reference=case.reference, channel=channel_name(channel, language)),
        tr(language, "To: {desk}", desk=desk_name(to.desk)),
        *([tr(language, "In copy: {desks}", desks=_named(to.copies))] if to.copies else []),
        *([for_whom(seen_by(case, request.person.party, agreement), covers, language).capitalize()] if covers else []),
        tr(language, "To send it, tap, or type: /handoff {reference} {channel} send",
           reference=case.reference, channel=channel.value),
    ]  # fmt: skip
    button = act_button(case, tr(language, "Send it"), Act.HANDOFF, f"{channel.value} {_SEND}")
    request.say("\n".join(lines), rows([button]))


def _named(desks: Sequence[Desk]) -> str:
    return ", ".join(desk_name(desk) for desk in desks)


def _send(request: ActRequest, handoff: Handoff, addressed: Addressees) -> None:
    c, desk = request.c, addressed.desk
    copies = tuple(each.id for each in addressed.copies)
    handoff = replace(
        handoff, state=HandoffState.SENT, sent_at=c.now, by=request.person.id, desk=desk.id, copies=copies
    )
    case = with_handoff(changed(request.case), handoff)
    due = c.now + case.policy(c.context.agreement).answer
    case = deadlines.arm(case, DeadlineKind.ANSWER, due, c.context.new_id, handoff.channel)
    c.journal(JournalAct.HANDOFF_SENT, case, channel=handoff.channel.value, desk=desk.id)
    case = c.put(case)
    to = at_desk(desk, c.view.directory)
    whom = f" ({for_whom(seen_by(case, desk.party, c.context.agreement), handoff.covers, 'en')})" * bool(handoff.covers)
    words = tr(
        "en",
        "{urgency} · {reference}\nHanded to the {channel}{whom} by {who}. Please accept with your formal reference, or "
        "return it "
        "with a reason. {link}",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        channel=channel_name(handoff.channel, "en"),
        whom=whom,
        who=shown_name(request),
        link=link(c.context.public_url, case),
    )
    at_once, by_mail = _by_mail_too(to)
    c.tell(at_once, f"case:{case.id}:handoff:{handoff.id}", words, case=case, buttons=_answers(case, handoff.channel))
    c.tell(by_mail, f"case:{case.id}:papers:{handoff.id}", words, case=case)
    copied = unique(r for each in addressed.copies for r in at_desk(each, c.view.directory))
    copy = tr("en", "{urgency} · {reference}\nIn copy: handed to the {channel}{whom}, {desk}, by {who}. {link}",
              urgency=urgency_name(case.urgency, "en"), reference=case.reference, desk=desk_name(desk), whom=whom,
              channel=channel_name(handoff.channel, "en"), who=shown_name(request),
              link=link(c.context.public_url, case))  # fmt: skip
    c.tell(copied, gates.key_of(case, f"copy:{handoff.id}"), copy, case=case)
    told_names = {r.name for r in (*to, *copied)}
    others = [r for r in everybody(request, case) if r.name not in told_names]
    name = channel_name(handoff.channel, "en")
    done(
        request,
        case,
        tr(
            request.language,
            "handed to the {channel}, {desk}. Not yet accepted: the deadline runs on.",
            channel=channel_name(handoff.channel, request.language),
            desk=desk_name(desk),
        ),
        tells=tr("en", "Handed to the {channel} by {who}, not yet accepted.", channel=name, who=shown_name(request)),
        to=others,
    )


def _by_mail_too(to: Iterable[Recipient]) -> tuple[list[Recipient], list[Recipient]]:
    """Whom a messenger tells, and whose mailbox gets the papers besides; one with nothing else is told there."""
    at_once, by_mail = [], []
    for each in to:
        mails = tuple(a for a in each.addresses if a.messenger == _MAIL)
        others = tuple(a for a in each.addresses if a.messenger != _MAIL)
        at_once.append(replace(each, addresses=others or mails))
        by_mail += [replace(each, addresses=mails)] if others and mails else []
    return at_once, by_mail


def delivered(request: ActRequest) -> None:
    """Record that the signed paper was handed over in person: who took it, and when."""
    channel, whom = channel_of(request.text)
    given = [h for h in request.case.handoffs if h.state in WITH_ITS_DESK and channel in (None, h.channel)]
    if not is_allowed(request, channel):
        return
    if not given:
        request.say(tr(request.language, "Nothing was handed to that channel."))
        return
    if not whom:
        prompt(request, tr(request.language, "Who took the paper? Name and office."), given[-1].channel.value)
        return
    c, handoff = request.c, given[-1]
    case = with_handoff(changed(request.case), replace(handoff, delivered_at=c.now, delivered_to=Guarded(whom)))
    c.journal(JournalAct.PAPER_DELIVERED, case, channel=handoff.channel.value)
    sentence = tr(request.language, "noted: the paper for the {channel} was handed over in person.",
                  channel=channel_name(handoff.channel, request.language))  # fmt: skip
    tells = tr("en", "{who} handed the paper for the {channel} over in person.",
               who=shown_name(request), channel=channel_name(handoff.channel, "en"))  # fmt: skip
    done(request, case, sentence, tells=tells)


def written(request: ActRequest) -> None:
    """Record the confirming letter of an acceptance."""
    if not is_allowed(request):
        return
    channel, letter = channel_of(request.text)
    waiting = [h for h in request.case.handoffs if h.state is HandoffState.ACCEPTED and not h.letter_reference]
    fitting = [h for h in waiting if channel in (None, h.channel)]
    if not fitting:
        request.say(tr(request.language, "No acceptance of that channel waits for a letter."))
        return
    handoff = min(fitting, key=lambda h: h.accepted_at or h.drafted_at)
    if not letter:
        prompt(request, tr(request.language, "Which letter? Type its reference."), handoff.channel.value)
        return
    c = request.c
    case = with_handoff(changed(request.case), replace(handoff, letter_reference=letter, letter_at=c.now))
    case = deadlines.meet(case, DeadlineKind.WRITTEN, c.now, handoff.channel)
    c.journal(JournalAct.CONFIRMED_IN_WRITING, case, channel=handoff.channel.value, letter=letter)
    name = channel_name(handoff.channel, "en")
    done(
        request,
        case,
        tr(
            request.language,
            "letter {letter} recorded for the {channel}.",
            letter=letter,
            channel=channel_name(handoff.channel, request.language),
        ),
        tells=tr("en", "Confirmed in writing for the {channel}.", channel=name),
    )


def not_needed(request: ActRequest) -> None:
    """Record a supervisor's decision that the diplomatic channel is not needed."""
    if not is_allowed(request):
        return
    reason, c = request.text.strip(), request.c
    if not reason:
        prompt(request, tr(request.language, "Why is the diplomatic channel not needed? One line."))
        return
    case = replace(changed(request.case), diplomatic_not_needed_at=c.now)
    case = deadlines.meet(case, DeadlineKind.DIPLOMATIC, c.now)
    c.kept.text(case, TextKind.REASON, reason)
    c.journal(JournalAct.DIPLOMATIC_NOT_NEEDED, case)
    done(
        request,
        case,
        tr(request.language, "recorded: the diplomatic channel is not needed."),
        tells=tr("en", "{who} recorded that the diplomatic channel is not needed.", who=shown_name(request)),
    )


def _answers(case: Case, channel: Channel) -> Keyboard:
    return rows(
        [
            act_button(case, tr("en", "Accept"), Act.ACCEPT, channel.value),
            act_button(case, tr("en", "Return"), Act.RETURN, channel.value),
        ]
    )


def ask_channel(request: ActRequest, sentence: str) -> None:
    """Ask which channel is meant, with a button for each."""
    case, language = request.case, request.language
    choices = [act_button(case, channel_name(channel, language), request.act, channel.value) for channel in Channel]
    prompt(request, sentence, buttons=rows(choices))

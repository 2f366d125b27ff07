"""A hand-off that is shown and then sent: to the desk that must answer, to those in copy, and by mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.acts.finding import is_among_own
from bot.acts.request import ActRequest, changed, done, everybody, shown_name
from bot.channels import paper_links, states_not_told
from bot.channels.addressees import Addressees
from bot.channels.handoffs import with_handoff
from bot.clock import allowed_time, deadlines
from bot.clock.alerts import act_button
from bot.domain.agreement import Desk
from bot.domain.case import Case, Channel, DeadlineKind, Handoff, HandoffState
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import channel_name, link, rows, urgency_name
from bot.domain.recipients import Recipient, at_desk, desk_name, unique
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.redaction_policy import Way
from bot.protection.seen_by import seen_by
from bot.protection.shown_persons import for_whom
from bot.protection.standings import Reader

SEND = "send"  #: what confirms a hand-off that was shown before
_MAIL = "email"  #: the one messenger that carries papers


def preview(request: ActRequest, channel: Channel, covers: tuple[int, ...], to: Addressees) -> None:
    """Show what would go where. Nothing is sent before somebody who may do it says so."""
    case, language, agreement = request.case, request.language, request.c.context.agreement
    is_overheard = not is_among_own(request.c, request.person.party)
    reader = Reader.of(request.person, agreement, is_overheard=is_overheard)
    untold = states_not_told.sentence(case, reader, Way.CASE, agreement, language, covers)
    lines = [
        tr(language, "{reference}: ready for the {channel}, not sent yet.",
           reference=case.reference, channel=channel_name(channel, language)),
        tr(language, "To: {desk}", desk=desk_name(to.desk)),
        *([tr(language, "In copy: {desks}", desks=_named(to.copies))] if to.copies else []),
        *([for_whom(seen_by(case, request.person.party, agreement), covers, language).capitalize()] if covers else []),
        *([untold] if untold and channel is Channel.DIPLOMATIC else []),
        tr(language, "To send it, tap, or type: /handoff {reference} {channel} send",
           reference=case.reference, channel=channel.value),
    ]  # fmt: skip
    button = act_button(case, tr(language, "Send it"), Act.HANDOFF, f"{channel.value} {SEND}")
    request.say("\n".join(lines), rows([button]))


def _named(desks: Sequence[Desk]) -> str:
    return ", ".join(desk_name(desk) for desk in desks)


def send(request: ActRequest, handoff: Handoff, addressed: Addressees) -> None:
    """Give it to its desk, which must answer, and to the desks in copy; everybody else hears where it went."""
    c, desk = request.c, addressed.desk
    handoff = replace(
        handoff, state=HandoffState.SENT, sent_at=c.now, by=request.person.id, desk=desk.id,
        copies=tuple(each.id for each in addressed.copies),
    )  # fmt: skip
    case = with_handoff(changed(request.case), handoff)
    due = allowed_time.due(case, case.policy(c.context.agreement), DeadlineKind.ANSWER, c.now)
    case = deadlines.arm(case, DeadlineKind.ANSWER, due, c.context.new_id, handoff.channel, now=c.now)
    c.journal(JournalAct.HANDOFF_SENT, case, channel=handoff.channel.value, desk=desk.id)
    case = c.put(case)
    told = {recipient.name for recipient in _tell_desks(request, case, handoff, addressed)}
    sentence = tr(request.language, "handed to the {channel}, {desk}. Not yet accepted: the deadline runs on.",
                  channel=channel_name(handoff.channel, request.language), desk=desk_name(desk))  # fmt: skip
    tells = tr("en", "Handed to the {channel} by {who}, not yet accepted.",
               channel=channel_name(handoff.channel, "en"), who=shown_name(request))  # fmt: skip
    done(request, case, sentence, tells=tells, to=[r for r in everybody(request, case) if r.name not in told])


def _tell_desks(request: ActRequest, case: Case, handoff: Handoff, addressed: Addressees) -> tuple[Recipient, ...]:
    """Tell the desk that must answer, on its messenger and by mail, and those in copy; says who was told."""
    c, desk = request.c, addressed.desk
    covers = for_whom(seen_by(case, desk.party, c.context.agreement), handoff.covers, "en") if handoff.covers else ""
    known = {
        "urgency": urgency_name(case.urgency, "en"),
        "reference": case.reference,
        "channel": channel_name(handoff.channel, "en"),
        "whom": f" ({covers})" if covers else "",
        "who": shown_name(request),
        "link": link(c.context.public_url, case),
    }
    words = tr("en", "{urgency} · {reference}\nHanded to the {channel}{whom} by {who}. Please accept with your formal "
               "reference, or return it with a reason. {link}", **known)  # fmt: skip
    to = at_desk(desk, c.view.directory)
    at_once, by_mail = _by_mail_too(to)
    for each in at_once:
        said = f"{words}\n{paper_links.offered_to(c, case, handoff, each)}"
        c.tell([each], f"case:{case.id}:handoff:{handoff.id}", said, case=case, buttons=_answers(case, handoff.channel))
    for each in by_mail:
        said = f"{words}\n{paper_links.offered_to(c, case, handoff, each)}"
        c.tell([each], f"case:{case.id}:papers:{handoff.id}", said, case=case)
    copied = unique(r for each in addressed.copies for r in at_desk(each, c.view.directory))
    copy = tr("en", "{urgency} · {reference}\nIn copy: handed to the {channel}{whom}, {desk}, by {who}. {link}",
              desk=desk_name(desk), **known)  # fmt: skip
    c.tell(copied, gates.key_of(case, f"copy:{handoff.id}"), copy, case=case)
    return (*to, *copied)


def _by_mail_too(to: Iterable[Recipient]) -> tuple[list[Recipient], list[Recipient]]:
    """Whom a messenger tells, and whose mailbox gets the papers besides; one with nothing else is told there."""
    at_once, by_mail = [], []
    for each in to:
        mails = tuple(a for a in each.addresses if a.messenger == _MAIL)
        others = tuple(a for a in each.addresses if a.messenger != _MAIL)
        at_once.append(replace(each, addresses=others or mails))
        by_mail += [replace(each, addresses=mails)] if others and mails else []
    return at_once, by_mail


def _answers(case: Case, channel: Channel) -> Keyboard:
    return rows(
        [
            act_button(case, tr("en", "Accept"), Act.ACCEPT, channel.value),
            act_button(case, tr("en", "Return"), Act.RETURN, channel.value),
        ]
    )

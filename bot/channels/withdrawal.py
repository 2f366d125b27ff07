"""A hand-off taken back: its desk hears at once what it may not do any more, and must confirm that it has stopped."""

from __future__ import annotations

from collections.abc import Collection

from bot.channels.handoffs import at_desks_of, run_again, status_of, with_handoff
from bot.clock import allowed_time, deadlines
from bot.clock.alerts import act_button
from bot.domain.case import Case, DeadlineKind, Handoff, HandoffState
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.names import channel_name, link, moment, rows, urgency_name
from bot.domain.recipients import at_desk
from bot.domain.subjects import numbers
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.shown_persons import for_whom
from bot.turns.composer import Composer


def withdraw(c: Composer, case: Case, handoff: Handoff, reason: str, whom: Collection[int] = ()) -> Case:
    """Take back what a desk has, for everybody or for some of those whom it covers; the rest stays with the desk.

    The channel's deadline runs again for them, the letter is waited for no more, and the desk has as long as the
    level allows for an acknowledgment to say that it stopped.
    """
    left = tuple(n for n in handoff.covers or numbers(case) if whom and n not in whom)
    taken = replace(handoff, state=HandoffState.WITHDRAWN, withdrawn_at=c.now, withdraw_reason=Guarded(reason))
    if left:
        taken = replace(taken, id=c.context.new_id(), covers=tuple(whom))
        case = with_handoff(case, taken, replace(handoff, covers=left))
    else:
        case = _over(c, with_handoff(case, taken), handoff)
    case = run_again(c, replace(case, stage=case.stage + 1, status=status_of(case)), handoff.channel)
    due = allowed_time.due(case, case.policy(c.context.agreement), DeadlineKind.STOP, c.now)
    case = deadlines.arm(case, DeadlineKind.STOP, due, c.context.new_id, handoff.channel, now=c.now)
    c.journal(JournalAct.HANDOFF_WITHDRAWN, case, channel=handoff.channel.value, desk=handoff.desk)
    _tell_the_desk(c, case, taken, is_whole=not left)
    return case


def _over(c: Composer, case: Case, handoff: Handoff) -> Case:
    """Wait no more for what the desk owed, its answer or the letter, unless another hand-off to the channel owes it."""
    left = {h.state for h in case.handoffs if h.channel is handoff.channel and h.id != handoff.id}
    for kind, owes in ((DeadlineKind.ANSWER, HandoffState.SENT), (DeadlineKind.WRITTEN, HandoffState.ACCEPTED)):
        if owes not in left:
            case = deadlines.stop(case, kind, c.now, handoff.channel)
    return case


def _tell_the_desk(c: Composer, case: Case, taken: Handoff, *, is_whole: bool) -> None:
    agreement, channel = c.context.agreement, channel_name(taken.channel, "en")
    if is_whole:
        _let_nothing_more_go(c, case, taken)
    stop = case.deadline(DeadlineKind.STOP, taken.channel)
    words = tr(
        "en",
        "{urgency} · {reference}\n{party} takes back what was handed to the {channel}{whom}. Please stop: do nothing "
        "more about it and pass nothing on. Confirm by {moment} that you have stopped: /stopped {reference} {word}. "
        "{link}",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        party=case.reporting,
        channel=channel,
        whom=f" ({for_whom(case, taken.covers, 'en')})" * bool(taken.covers),
        moment=moment(stop.due_at if stop else c.now, case, agreement),
        word=taken.channel.value,
        link=link(c.context.public_url, case),
    )
    to = at_desks_of([replace(taken, copies=())], agreement, c.view.directory)
    button = act_button(case, tr("en", "We have stopped"), Act.STOPPED, taken.channel.value)
    c.tell(to, f"case:{case.id}:withdrawn:{taken.id}", words, case=case, buttons=rows([button]))
    tell_copies(c, case, taken)


def tell_copies(c: Composer, case: Case, taken: Handoff) -> None:
    """Tell the desks in copy that it is not for them any more; the words are the same for every reason."""
    desks = [d for name in taken.copies if (d := c.context.agreement.desks.get(name)) is not None]
    words = tr(
        "en",
        "{reference}: this is not for you any more. Please do nothing more about it and pass nothing on.",
        reference=case.reference,
    )
    for desk in desks:
        to = at_desk(desk, c.view.directory)
        key = f"not-for:{taken.id}:{desk.id}"
        is_own = desk.party == case.reporting
        c.tell(to, gates.key_of(case, key) if is_own else f"case:{case.id}:{key}", words, case=case)


def _let_nothing_more_go(c: Composer, case: Case, taken: Handoff) -> None:
    """Let a hand-off that its desk has not got yet, its messenger being down, say only that it is taken back."""
    people = {f"person:{person.id}" for person in c.view.directory.people.values() if person.desk in taken.desks}
    words = tr(
        "en",
        "{urgency} · {reference}\nA hand-off to the {channel} was taken back before it reached you. Please do nothing "
        "about it.",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        channel=channel_name(taken.channel, "en"),
    )
    c.withdraw(case, people | {f"desk:{desk}" for desk in taken.desks}, words)

"""What a desk says of two cases: *Same* joins the younger one to the older one, *Related* links, *Different* parts.

A joined case is closed as a duplicate, which lists, reports, exports and retention know; its reference leads to the
older one, and what ends with it runs on there.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.acts.finding import no_such_case
from bot.acts.leading import older_of
from bot.acts.request import ActRequest, changed, everybody, is_allowed, prompt, shown_name, tell
from bot.channels import referrals
from bot.channels.reopening import opened_again
from bot.clock import alerts, deadlines
from bot.clock.alerts import act_button
from bot.domain import button_data, reference
from bot.domain.case import Case, ClosureCode, Status
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.likeness import TAKEN_BACK_WITHIN, Match, Verdict
from bot.domain.recipients import Recipient
from bot.language.texts import later, tr
from bot.protection.matching import is_one_corridor, may_be_joined, may_say
from bot.protection.permissions import may_see

Pair = tuple[Case, Case]  #: the older and the younger one
_BY_HAND = "by hand"


def same(request: ActRequest) -> None:
    """Join the younger case to the older one."""
    pair = _pair(request)
    if pair is None:
        return
    older, younger = pair
    if younger.joined_to == older.id:
        _say(request, pair, later("{younger} is one case with {older} already."))
    elif not younger.is_open:
        _say(request, pair, later("{younger} is closed, so it stays apart. To link them: /related {younger} {older}"))
    elif any(h.is_held for h in younger.handoffs):
        _say(request, pair, later("{younger} is with a formal channel, so it stays apart. To link them: /related "
                                  "{younger} {older}"))  # fmt: skip
    elif not is_one_corridor(older, younger):
        _say(request, pair, later("{younger} and {older} are between other sides, so they cannot be one case. To link "
                                  "them: /related {younger} {older}"))  # fmt: skip
    elif not may_be_joined(older, younger, request.c.context.agreement):
        _say(request, pair, later("Something is kept from a side in {younger} and not in {older}. Record it for "
                                  "{older} first, or link them: /related {younger} {older}"))  # fmt: skip
    else:
        _join(request, older, younger)


def related(request: ActRequest) -> None:
    """Link two cases: each names the other to whoever may see both."""
    pair = _pair(request)
    if pair is None:
        return
    if pair[1].joined_to == pair[0].id:
        _say(request, pair, later("{younger} is one case with {older}. First: /different {younger} {older}"))
        return
    _keep(request, pair, Verdict.RELATED)
    request.c.journal(JournalAct.LINKED, pair[1], other=pair[0].id)
    request.c.put(pair[1])
    _say(request, pair, later("{younger} and {older} are linked."))


def different(request: ActRequest) -> None:
    """Say that two cases are two; within a day of *Same* that takes it back."""
    pair = _pair(request)
    if pair is None:
        return
    older, younger = pair
    if younger.joined_to != older.id:
        _keep(request, pair, Verdict.DIFFERENT)
        request.c.journal(JournalAct.TOLD_APART, younger, other=older.id)
        request.c.put(younger)
        _say(request, pair, later("{younger} and {older} are two cases."))
    elif younger.joined_at is None or request.c.now - younger.joined_at > TAKEN_BACK_WITHIN:
        _say(request, pair, later("{younger} and {older} were made one more than a day ago; that stays. If somebody "
                                  "else is in danger: /alert and what happened."))  # fmt: skip
    else:
        _part(request, older, younger)


def _pair(request: ActRequest) -> Pair | None:
    """The two cases that are meant, if this person may say what they are; says so if not."""
    if not is_allowed(request):
        return None
    c, agreement = request.c, request.c.context.agreement
    if not request.text.strip():
        prompt(request, tr(request.language, "Which other case is meant? Type its reference."))
        return None
    other = _named(request)
    if other is None or not may_see(request.person, other, agreement):
        no_such_case(c, request.text)
        return None
    if request.act is not Act.DIFFERENT:
        other = older_of(c, other)
    if other.id == request.case.id:
        request.say(tr(request.language, "That is this case itself. Please name another one."))
        return None
    older, younger = sorted((request.case, other), key=lambda each: each.id)
    if not may_say(request.person, older, younger, agreement):
        _say(request, (older, younger), later("Only a duty desk that reads all of {younger} and {older} can say that; "
                                              "between other sides, only a supervisor."))  # fmt: skip
        return None
    return older, younger


def _named(request: ActRequest) -> Case | None:
    named = reference.find_in(request.text)
    found = request.c.view.referred(named[0]) if named else None
    return request.c.case(found.id if found else button_data.from_base36(request.text.strip()))


def _join(request: ActRequest, older: Case, younger: Case) -> None:
    c = request.c
    is_watched = older.is_open and older.stood_down_at is None
    opened = _stricter(request, older if is_watched else opened_again(c, older), younger)
    opened = replace(changed(opened), joins=(*older.joins, younger.id))
    ended = deadlines.end(changed(younger, Status.CLOSED), c.now)
    ended = replace(
        ended, closed_at=c.now, closed_by=request.person.id, closure=ClosureCode.DUPLICATE,
        joined_to=older.id, joined_at=c.now,
    )  # fmt: skip
    ended = referrals.kept_on(c, ended)
    c.journal(JournalAct.JOINED, younger, other=older.id)
    c.journal(JournalAct.JOINED, older, other=younger.id)
    _keep(request, (older, younger), Verdict.SAME)
    told = everybody(request, younger)
    if opened.urgency.is_above(older.urgency) and opened.alerted_at is not None:
        opened = alerts.tell(c, opened)
    younger, older = c.put(ended), c.put(opened)
    alerts.refresh(c, older)
    _tell_both(
        request, (older, younger), told,
        later("{younger} is one case with this one now, says {who}. What is written to either goes on here."),
        later("This is one case with {older} now, says {who}: others reported the same. Your reference stays valid, "
              "and what you write to it goes on there. If that is wrong: /wrong {younger}"),
    )  # fmt: skip
    undo = act_button(younger, tr(request.language, "Different"), Act.DIFFERENT, button_data.to_base36(older.id))
    sentence = later(
        "{younger} is one case with {older} now. Its reference leads there, and the clock is the stricter of both. If "
        "that was wrong, within a day: /different {younger} {older}"
    )
    c.say(tr(request.language, sentence, younger=younger.reference, older=older.reference), ((undo,),), case=older)
    c.saw(older)


def _stricter(request: ActRequest, older: Case, younger: Case) -> Case:
    """The older case with the higher urgency and the earlier deadlines of both; answers may raise it, not lower it."""
    c = request.c
    if younger.urgency.is_above(older.urgency):
        rules = dict.fromkeys((*older.rules, *younger.rules, _BY_HAND))
        c.journal(JournalAct.URGENCY, older, before=older.urgency.value, after=younger.urgency.value)
        older = replace(older, urgency=younger.urgency, rules=tuple(rules))
    return deadlines.carried(older, younger, c.now, c.context.new_id)


def _part(request: ActRequest, older: Case, younger: Case) -> None:
    c = request.c
    told = everybody(request, younger)
    status = Status.OPEN if younger.acknowledged_at is None else Status.ACKNOWLEDGED
    again = changed(younger, status)
    if younger.joined_at is not None:
        again = deadlines.resumed(again, younger.joined_at, c.now)
    again = replace(again, joined_to=None, joined_at=None, closed_at=None, closed_by=None, closure=None)
    if not again.is_watched:
        again = deadlines.rearm_from(again, again.policy(c.context.agreement), c.now, c.context.new_id)
    c.journal(JournalAct.PARTED, younger, other=older.id)
    c.journal(JournalAct.PARTED, older, other=younger.id)
    _keep(request, (older, younger), Verdict.DIFFERENT)
    older = c.put(replace(older, joins=tuple(i for i in older.joins if i != younger.id)))
    younger = c.put(again)
    _tell_both(
        request, (older, younger), told,
        later("{younger} is a case of its own again, says {who}."),
        later("This is a case of its own again, says {who}, and no part of {older}. Its clock runs as before."),
    )  # fmt: skip
    _say(request, (older, younger), later("{younger} and {older} are two cases again. Each has its own clock."))


def _tell_both(request: ActRequest, pair: Pair, told: Iterable[Recipient], of_older: str, of_younger: str) -> None:
    """Tell who follows the older case, and who follows only the younger one; no side that was not told of that one."""
    older, younger = pair
    sides = {younger.reporting, *([younger.requested] if younger.alerted_requested_at is not None else [])}
    words = {"younger": younger.reference, "older": older.reference, "who": shown_name(request)}
    theirs = [r for r in everybody(request, older) if r.party in sides]
    tell(request, older, theirs, tr("en", of_older, **words))
    names = {r.name for r in theirs}
    tell(request, younger, [r for r in told if r.name not in names], tr("en", of_younger, **words))


def _keep(request: ActRequest, pair: Pair, verdict: Verdict) -> None:
    older, younger = pair
    c = request.c
    match = c.pairs.match(older, younger) or Match(older.id, younger.id, (), c.now)
    c.pairs.put(replace(match, verdict=verdict, decided_at=c.now, decided_by=request.person.id))


def _say(request: ActRequest, pair: Pair, sentence: str) -> None:
    request.say(tr(request.language, sentence, older=pair[0].reference, younger=pair[1].reference))

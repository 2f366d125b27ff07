"""The acts that a case page offers to its reader; the small forms of those that need words, and what they say. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adapters.web.cases import act_taps, channel_forms, gate_forms, joint_work_forms
from adapters.web.cases.act_taps import Desk
from adapters.web.cases.gate_forms import MAY_BE_EMPTY, Input
from adapters.web.site.page_words import act_name
from bot.channels.handoffs import DEADLINE
from bot.domain.agreement import Urgency
from bot.domain.case import Channel, ClosureCode, DeadlineKind
from bot.domain.case_acts import Act, Of
from bot.domain.closed_sets import for_each
from bot.domain.names import closure_name, urgency_name
from bot.domain.people import Role
from bot.domain.subjects import numbers
from bot.language.texts import later, tr
from bot.protection import gates
from bot.protection.permissions import may_be_given
from bot.protection.redaction_policy import Way
from bot.protection.shown_persons import persons
from bot.protection.standings import Reader


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act that needs words."""

    act: Act
    title: str
    inputs: tuple[Input, ...]
    hint: str = ""
    meets: tuple[DeadlineKind, ...] = ()  #: the deadlines that it answers to

    @property
    def takes_scan(self) -> bool:
        """Whether the scan of a letter may come with it."""
        return self.act is Act.WRITTEN


@dataclass(frozen=True, slots=True)
class Offers:
    """All that a case page offers to its reader."""

    due: DeadlineKind | None
    taps: tuple[act_taps.Tap, ...]
    needed: tuple[ActForm, ...]  #: forms that answer to what is due next
    forms: tuple[ActForm, ...]  #: the others
    data: frozenset[str]  #: data of all buttons that stand for one of these


def offers(desk: Desk) -> Offers:
    """Gather the acts of a page."""
    tapped, filled = tuple(act_taps.taps(desk)), tuple(forms(desk))
    needed = tuple(form for form in filled if desk.due in form.meets)
    data = [tap.data for tap in tapped] + [act_taps.tap(desk, form.title, form.act).data for form in filled]
    return Offers(desk.due, tapped, needed, tuple(f for f in filled if f not in needed), frozenset(data))


def forms(desk: Desk) -> list[ActForm]:
    """List the acts that need words, in the order in which a case goes."""
    made = (_make(act, desk) for act in _FORMS if any(desk.offers(act, c) for c in _channels(act)))
    return [form for form in made if form is not None]


def command(act: Act, reference: str, form: Mapping[str, str]) -> str:
    """Write the command that a filled form stands for; empty when something is missing in it."""
    names = act.rule.takes
    words = [" ".join(form.get(name, "").split()) if name != "text" else form.get(name, "").strip() for name in names]
    if not all(word for name, word in zip(names, words, strict=True) if name not in MAY_BE_EMPTY):
        return ""
    if act is Act.SNOOZE:
        words[0] = f"{words[0]}m"
    if act is Act.ACCEPT:
        # The officer follows after the first space; one inside a formal reference must not end it.
        words[1] = '"' + words[1].replace('"', "'") + '"'
    whom = form.get("whom", "")
    return " ".join([f"/{act}", f"{reference}/{whom}" if whom.isdecimal() else reference, *filter(None, words)])


def _channels(act: Act) -> Iterable[Channel | None]:
    return Channel if act in channel_forms.ACTS else (None,)


def _make(act: Act, desk: Desk) -> ActForm | None:
    inputs = _FORMS[act](desk)
    if any(each.kind == "select" and not each.choices for each in inputs):
        return None
    if act.rule.of is not Of.CASE and act is not Act.PERSON and len(numbers(desk.case)) > 1:
        inputs = (_whom(desk), *inputs)
    is_together = act in joint_work_forms.ACTS
    hint = joint_work_forms.hint(act, desk.person.language) if is_together else _hint(act, desk)
    return ActForm(act, act_name(act, desk.person.language), inputs, hint, _meets(act, desk))


def _whom(desk: Desk) -> Input:
    """Of whom it is: everybody, or one person or group."""
    language = desk.person.language
    choices = [("0", tr(language, "All of them")), *_who(desk)]
    return Input("whom", tr(language, "Of whom"), "select", tuple(choices))


def _who(desk: Desk) -> list[tuple[str, str]]:
    policy = Reader.of(desk.person, desk.agreement)
    found = persons(desk.case, policy, Way.PAGE, desk.agreement, desk.person.language)
    return [(str(each.number), each.line(desk.person.language)) for each in found] or [
        ("1", tr(desk.person.language, "All of them"))
    ]


def _person(desk: Desk) -> tuple[Input, ...]:
    language = desk.person.language
    said = tr(language, "What is said of them: located, age 15, split 2 children, merge 1, add 1")
    return (Input("who", tr(language, "Person or group"), "select", tuple(_who(desk))), Input("said", said))


def _meets(act: Act, desk: Desk) -> tuple[DeadlineKind, ...]:
    if act is Act.ACCEPT:
        return (DeadlineKind.ANSWER, *(kind for channel, kind in DEADLINE.items() if desk.offers(act, channel)))
    return _MEETS.get(act, ())


#: What somebody should know before they do an act; of most there is nothing.
_HINTS: Mapping[Act, str] = MappingProxyType(
    {
        Act.CLOSE: later("Both sides are told, and either may reopen. One line, in English."),
        Act.STANDDOWN: later("Ends every deadline but the review. Both sides are told."),
        Act.SNOOZE: later("Silences repeats only, never the first ping of a deadline. Both sides see it."),
        Act.HOLD: later("Nothing of the case is purged until it is released. Both sides are told."),
        Act.RECALL: later("Its desk is told at once to stop, and must say that it has."),
        Act.LATE: later("Before it is due, and once: the other side is told, and the clock asks at the new time."),
        Act.MEMO: later("Only your own side can read it."),
        **dict.fromkeys(
            (Act.NOTE, Act.CLARIFY, Act.ANSWER),
            later("It is sent in words to the people of the case on both sides. No names or numbers of people."),
        ),
    }
)


def _hint(act: Act, desk: Desk) -> str:
    language = desk.person.language
    if act in (Act.NOTE, Act.CLARIFY, Act.ANSWER) and _is_kept_on_own_side(desk):
        return tr(language, "Only your own side can read it: nothing more is told to the other side now.")
    return tr(language, _HINTS.get(Act.MEMO if act.rule.is_protection else act, ""))


def _is_kept_on_own_side(desk: Desk) -> bool:
    is_own = desk.person.party == desk.case.reporting
    return is_own and gates.stops_relay(desk.case, desk.case.requested, desk.agreement)


def _late(desk: Desk) -> tuple[Input, ...]:
    return (Input("until", tr(desk.person.language, "By when: 2h, or 16:30")), _reason(desk))


def _written(desk: Desk) -> tuple[Input, ...]:
    return (Input("letter", tr(desk.person.language, "Reference of the confirming letter")),)


def _reason(desk: Desk) -> Input:
    return Input("reason", tr(desk.person.language, "Reason"))


def _only_reason(desk: Desk) -> tuple[Input, ...]:
    return (_reason(desk),)


def _sure(desk: Desk) -> tuple[Input, ...]:
    language = desk.person.language
    choices = (("", tr(language, "No")), ("yes", tr(language, "Yes, delete it")))
    return (Input("sure", tr(language, "With all that was written in it?"), "select", choices),)


def _why(desk: Desk) -> tuple[Input, ...]:
    return (Input("why", tr(desk.person.language, "Reason, if you can say it")),)


def _only_text(desk: Desk) -> tuple[Input, ...]:
    return (Input("text", tr(desk.person.language, "Text"), "text"),)


def _assign(desk: Desk) -> tuple[Input, ...]:
    side = (p for p in desk.directory.people.values() if may_be_given(p, desk.person, desk.agreement))
    people = [p for p in side if p.role in (Role.DUTY, Role.SUPERVISOR)]
    choices = tuple((str(p.id), p.name) for p in sorted(people, key=lambda p: p.name))
    return (Input("person", tr(desk.person.language, "Person of your side"), "select", choices),)


def _snooze(desk: Desk) -> tuple[Input, ...]:
    most = int(desk.case.policy(desk.agreement).acknowledge.total_seconds() // 60)
    label = tr(desk.person.language, "Minutes, at most {most}", most=most)
    return (Input("minutes", label, "number", most=most), _reason(desk))


def _urgency(desk: Desk) -> tuple[Input, ...]:
    language = desk.person.language
    levels = tuple((u.value, urgency_name(u, language)) for u in Urgency if u is not desk.case.urgency)
    return (Input("level", tr(language, "New urgency"), "select", levels), _reason(desk))


def _close(desk: Desk) -> tuple[Input, ...]:
    language = desk.person.language
    codes = tuple((c.value, closure_name(c, language)) for c in ClosureCode)
    return (
        Input("code", tr(language, "Why is it closed?"), "select", codes),
        Input("text", tr(language, "Outcome in one line, in English"), "text"),
    )


def _of_gates(act: Act) -> Callable[[Desk], tuple[Input, ...]]:
    return lambda desk: gate_forms.inputs(act, desk.person.language)


def _of_channels(act: Act) -> Callable[[Desk], tuple[Input, ...]]:
    return lambda desk: channel_forms.inputs(act, desk.person.language, [c for c in Channel if desk.offers(act, c)])


def _of_joint_work(act: Act) -> Callable[[Desk], tuple[Input, ...]]:
    return lambda desk: joint_work_forms.inputs(act, desk.person, desk.agreement, desk.directory)


_MEETS: Mapping[Act, tuple[DeadlineKind, ...]] = MappingProxyType(
    {
        Act.WRITTEN: (DeadlineKind.WRITTEN,),
        Act.ANSWER: (DeadlineKind.REPLY,),
        Act.RETURN: (DeadlineKind.ANSWER,),
        Act.REFUSE: (DeadlineKind.ANSWER,),
    }
)
#: The acts that need words, in the order in which a case goes; the others are taps.
_FORMS: Mapping[Act, Callable[[Desk], tuple[Input, ...]]] = for_each(
    Act,
    {
        **{act: _of_channels(act) for act in channel_forms.ACTS},
        Act.WRITTEN: _written,
        Act.ANSWER: _only_text,
        Act.CLARIFY: _only_text,
        Act.LATE: _late,
        **{act: _of_gates(act) for act in gate_forms.ACTS},
        Act.PERSON: _person,
        Act.NOTE: _only_text,
        Act.MEMO: _only_text,
        Act.ASSIGN: _assign,
        **{act: _of_joint_work(act) for act in joint_work_forms.ACTS},
        Act.SNOOZE: _snooze,
        Act.URGENCY: _urgency,
        Act.STANDDOWN: _only_reason,
        Act.CLOSE: _close,
        Act.REOPEN: _only_reason,
        Act.WITHDRAW: _only_reason,
        Act.WRONG: _why,
        Act.HOLD: _only_reason,
        Act.UNHOLD: _only_reason,
        Act.DISCARD: _sure,
    },
    but={
        Act.ACK,
        Act.ONIT,
        Act.OWNSIDE,
        Act.ENGLISH,
        Act.HANDOFF,
        Act.REMIND,
        Act.STOPPED,
        Act.NOTNEEDED,
        Act.RELEASE,
        Act.SAME,
        Act.RELATED,
        Act.DIFFERENT,
    },
)

"""What each party's papers begin and end with, by channel: text files with Jinja blocks that an admin may change.

A block that a file leaves out is the one that ships. Nothing but sentences and a few named words is at hand in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.channels.papers.paper import Letterhead
from bot.domain.agreement import DeskRole

_SHIPPED = Path(__file__).parent / "letterheads"

#: The desks that have papers of their own, each with its letterhead.
DESKS = (DeskRole.POLICE, DeskRole.DIPLOMATIC, DeskRole.SUPPORT)
#: What a template may fill in, with what it looks like.
WORDS: Mapping[str, str] = {
    "party": "Kingdom of Cambodia",
    "other": "People's Republic of China",
    "city": "Phnom Penh",
    "reference": "KC26-M9S34-4",
    "corridor": "KC",
    "desk": "CN Police channel",
    "year": "2026",
    "state_of": "Sat 18 Apr 2026 14:05 Phnom Penh / 15:05 Beijing",
    "message_of": "Sat 18 Apr 2026 13:40 Phnom Penh / 14:40 Beijing",
    "reply_by": "by Sat 18 Apr 2026 15:05 Phnom Penh / 16:05 Beijing",
}
BLOCKS = tuple(each.name for each in fields(Letterhead))

_JINJA = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,  # it becomes words of typst and Word, where nothing is markup
    trim_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Letterheads:
    """The templates of a deployment."""

    texts: Mapping[tuple[str, DeskRole], str] = field(default_factory=dict)  #: by party and desk; else what ships

    def filled(self, party: str, desk: DeskRole, words: Mapping[str, str]) -> Letterhead:
        """Fill in the letterhead of a party's papers."""
        own = self.texts.get((party, desk))
        blocks = {**_rendered(shipped(desk), words), **(_rendered(own, words) if own is not None else {})}
        return Letterhead(**blocks)


@cache
def shipped(desk: DeskRole) -> str:
    """The template that comes with the program."""
    return (_SHIPPED / f"{desk.value}.txt").read_text("utf-8")


def _rendered(text: str, words: Mapping[str, str]) -> dict[str, str]:
    template = _JINJA.from_string(text)
    return {name: "".join(block(template.new_context(dict(words)))).strip() for name, block in template.blocks.items()}


def mistakes_in(text: str) -> list[str]:
    """Everything that is wrong with a template, each in a sentence; empty when it can be filled in."""
    try:
        tree = _JINJA.parse(text)
        if any(meta.find_referenced_templates(tree)):
            return ["takes in another file; it must say everything itself."]
        unknown = sorted(meta.find_undeclared_variables(tree) - WORDS.keys())
        template = _JINJA.from_string(text)
    except TemplateSyntaxError as error:
        return [f"is no Jinja template: line {error.lineno}: {_sentence(error.message or 'it cannot be read')}"]
    return [
        *(f"fills in {name}, which is not known here." for name in unknown),
        *_wrong_blocks(template, {**WORDS, **dict.fromkeys(unknown, "")}),
    ]


def _wrong_blocks(template: Template, words: Mapping[str, str]) -> Iterator[str]:
    if not template.blocks:
        yield f"has no block; it may have {', '.join(BLOCKS)}."
    for name, block in template.blocks.items():
        if name not in BLOCKS:
            yield f"has a block {name}, which no paper has."
            continue
        try:
            "".join(block(template.new_context(dict(words))))
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            yield f"cannot fill in its block {name}: {_sentence(str(error))}"


def _sentence(words: str) -> str:
    return words.rstrip(".") + "."

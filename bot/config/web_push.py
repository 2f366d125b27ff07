"""What Web Push needs in the configuration, beside a contact: a key of its own. Pure, but for reading the keys."""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.draft import Draft
from bot.config.model import Settings
from bot.domain.errors import KeysUnusable, Mistake

_CONTACT = "messengers.web.push_contact"


def push_key_mistakes(settings: Settings) -> Iterator[Mistake]:
    """Look whether there is a key to sign with; what is wrong with the keys themselves is said of them."""
    try:
        is_missing = settings.messengers.web.push_contact and settings.security.source.read().push is None
    except KeysUnusable:
        return
    if is_missing:
        remedy = "Add one with `casebridge keys push`."
        yield Mistake(_CONTACT, "is set, and among the keys is none for push services.", remedy)


def _push(draft: Draft) -> Iterator[Mistake]:
    table = draft.settings.messengers.web
    if table.push_contact and not table.enabled:
        yield Mistake(_CONTACT, "is set, and there is no web chat.", "Set enabled = true, or take it out.")
    if table.push_contact and not table.push_hosts:
        remedy = "Leave it out for those of the usual browsers."
        yield Mistake("messengers.web.push_hosts", "names no push service.", remedy)


PUSH_CHECKS = ((frozenset({"messengers"}), _push),)

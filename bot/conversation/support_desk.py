"""What plain words of somebody at a support desk mean: they are for the side that referred the one case they have."""

from __future__ import annotations

from bot.acts import support
from bot.domain.case_acts import Act
from bot.language.texts import tr
from bot.turns.composer import Composer


def said(c: Composer, text: str) -> bool:
    """Take words in a private chat that name no case; False for whoever has no live referral."""
    found = support.live(c)
    if not found:
        return False
    if not text:
        c.keep_content = False
        c.say(
            tr(c.language, "Only words go on from here. Nothing was kept; please write what it shows, without names.")
        )
    elif len(found) == 1:
        support.do(c, found[0], Act.NOTE.value, text)
    else:
        c.say(tr(c.language, "Nothing was sent: several cases are referred to you. Which one is meant? /note REFERENCE "
                 "text: {references}", references=", ".join(case.reference for case in found)))  # fmt: skip
    return True

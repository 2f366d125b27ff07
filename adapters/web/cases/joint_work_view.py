"""Who works on a case together, as its page shows it: a joint operation, the support desks of a side. Pure."""

from __future__ import annotations

from adapters.web.cases.case_view import Reader, Row, moment
from bot.channels import joint_plans
from bot.channels.referrals import STATES
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.recipients import desk_name
from bot.domain.referral import Referral
from bot.language.texts import tr
from bot.protection.fitting import fits
from bot.protection.redaction_policy import Way, support_words


def plan(case: Case, reader: Reader) -> list[tuple[str, str]]:
    """Write the plan of a joint operation where one is asked for, label by label; nothing where it is not for them."""
    if case.plan is None and not fits(Act.OPERATION, case):
        return []
    return joint_plans.lines(case, reader.policy, Way.PAGE, reader.agreement, reader.directory, reader.language)


def referrals(case: Case, reader: Reader) -> list[Row]:
    """List the referrals that the reader's own side made, newest first; those of the other side are not there."""
    own = [each for each in case.referrals if each.party == reader.person.party]
    return [_referral(each, case, reader) for each in sorted(own, key=lambda each: -each.id)]


def _referral(referral: Referral, case: Case, reader: Reader) -> Row:
    desk = reader.agreement.desks.get(referral.desk)
    name = desk_name(desk) if desk is not None else referral.desk
    state = tr(reader.language, STATES[referral.state])
    by = referral.answered_by if referral.withdrawn_at is None else None
    both = (support_words(words, by, referral.party, case, reader.policy, Way.PAGE)
            for words in (referral.taken_by, referral.reason))  # fmt: skip
    newest = referral.withdrawn_at or referral.answered_at or referral.sent_at
    note = tr(reader.language, "referred by {who}", who=reader.name(referral.by))
    return Row(f"{name}: {state}", "; ".join(filter(None, both)), moment(newest, case, reader.agreement), note)

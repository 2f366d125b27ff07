"""What somebody hears who may not do an act: whose it is."""

from __future__ import annotations

from bot.domain.case_acts import Whose
from bot.domain.closed_sets import for_each
from bot.language.texts import later

_FOR_DESKS = later("That is for the duty desk or a supervisor of either side. To tell them: /note {reference} text")
#: `party` is the side whose act it is.
WHO_MAY = for_each(
    Whose,
    {
        Whose.EVERYBODY: _FOR_DESKS,  # of all who see a case only admins hear it
        Whose.DESKS: _FOR_DESKS,
        Whose.REQUESTED_DUTY: later("Only the requested side can acknowledge: {desks}."),
        Whose.SUPERVISORS: later("Only a supervisor of either side can hold or release a case."),
        Whose.OPERATION: later("Only a duty desk, a supervisor or a liaison officer of the case can plan that."),
        Whose.REPORTING_OFFICER: later("Only whoever reported the case can ask for that."),
        Whose.REPORTING_SUPERVISOR: later("Only a supervisor of {party} can stand this case down."),
        Whose.DESKS_OR_CHANNEL: later("That is for the duty desk, a supervisor, or the desk it was handed to."),
        Whose.REPORTING_DESK: later("Only the duty desk or a supervisor of {party} can take it back."),
        Whose.CHANNEL: later("Only the desk it was handed to, or the duty desk of {party}, can record that."),
        Whose.OFFICER_OR_ANY_DESK: later("Only the reporting officer, or a duty desk or supervisor can do that."),
        Whose.OFFICER_OR_DESK: later(
            "Only the reporting officer, or the duty desk or a supervisor of {party}, can record that."
        ),
        Whose.OWN_DESK: later("Only the duty desk or a supervisor of {party} can record that."),
        Whose.OWN_DUTY: later("Only the duty desk of {party} can record that."),
        Whose.OWN_SUPERVISOR: later("Only a supervisor of {party} can record that."),
    },
)

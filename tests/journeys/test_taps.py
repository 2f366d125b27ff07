"""What an intake costs an officer, counted on ten real stories: never more than when they were counted first."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.triage import assess
from bot.intake.next_question import missing, values
from tests.journeys.taps import Story, before, played, stories


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
async def test_a_story_is_sent_whole_and_costs_no_more_than_at_first(tmp_path: Path, story: Story) -> None:
    cost, case = await played(story, tmp_path)
    assert not missing(case)
    assert case.urgency is assess(values(case))[0]
    assert cost.steps <= before()[story.name].steps, cost

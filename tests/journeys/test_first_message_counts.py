"""The first message counts: what it says is understood, shown, counted at once and not asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.agreement import Urgency
from bot.domain.case import Case
from tests.journeys.either_phone import BOTH, DUTY, OWN_GROUP, officer_on
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
WORDS = "urgent, woman of 25 locked in a flat in Nanchang"
UNDERSTOOD = "I understood: Locked in or held · 18 or over · Nanchang, Jiangxi, China · People affected: 1."


def values(case: Case) -> dict[str, object]:
    return {name: answer.value for name, answer in case.answers.items() if name != "area"}


@BOTH
async def test_a_whole_intake_takes_ten_steps_after_the_first_message(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        steps = ("[No]", "today 9am", "[Yes, that is right]", "unknown", "Cambodia", "rescue, interpreter", "[Yes]",
                 "[Yes to both, no fear]", "send")  # fmt: skip
        case = await phone.reports(*steps, text=WORDS)
        assert len(steps) <= 10
        phone.bridge.expect(phone.who, f"{case.reference} is sent")
        assert values(case) == {
            "danger_now": "no",
            "situation": "confined",
            "age_group": "18_or_over",
            "country": "CN",
            "last_contact_at": "2026-04-18T02:00:00Z",
            "exploitation": "unknown",
            "persons_count": 1,
            "citizenship": ("KH",),
            "assistance": ("urgent_rescue", "interpreter"),
            "safe_to_contact": "yes",
            "consent_police": "yes",
            "consent_diplomatic": "yes",
            "fears_own_authorities": "no",
        }


@BOTH
async def test_what_was_understood_is_said_and_right_is_one_tap(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports(text=WORDS)
        phone.bridge.expect(phone.who, case.reference, UNDERSTOOD, "(1 of 14)")
        await phone.does("[Right]")
        phone.bridge.expect(phone.who, "noted as right", "(1 of 14)")
        assert {a.source for a in (await phone.case(case)).answers.values()} == {"confirmed"}
        await phone.does("[No]")
        phone.bridge.expect(phone.who, "(6 of 14)")
        await phone.does("summary")
        assert "from the first words" not in phone.screen.text


@BOTH
async def test_what_is_wrong_is_asked_and_nothing_is_passed_over(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports("[Change]", text=WORDS)
        asked = phone.bridge.expect(phone.who, "What is not right?").text + "".join(labels(phone.screen))
        assert "Youngest person: 18 or over" in asked
        await phone.does("[Youngest person: 18 or over]")
        phone.bridge.expect(phone.who, "(3 of 14)", "Now: 18 or over")
        await phone.does("15")
        phone.bridge.expect(phone.who, "(1 of 14)")
        await phone.does("no")
        phone.bridge.expect(phone.who, "(6 of 14)")
        case = await phone.case(case)
        assert (case.value("age_group"), case.answers["age_group"].source) == ("12_17", "typed")
        assert case.urgency is Urgency.U1


@BOTH
async def test_who_finds_nothing_wrong_says_so(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports("[Change]", text=WORDS)
        await phone.does("[All is right]" if messenger == "telegram" else "right")
        phone.bridge.expect(phone.who, "noted as right", "(1 of 14)")
        assert {a.source for a in (await phone.case(case)).answers.values()} == {"confirmed"}


async def test_the_desks_are_told_at_once_when_the_first_words_say_the_first_three(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "girl 16 locked in a hotel in Nanchang, they beat her now")
    case = await bridge.only_case()
    bridge.expect(OFFICER, "The desks are told now.", "Danger now: Yes", "(6 of 14)")
    alert = bridge.expect(DUTY, "U1 immediate", case.reference)
    assert "Situation: Locked in or held (from the first words, not confirmed)" in alert.text
    assert "Youngest person: 12 to 17 (from the first words, not confirmed)" in alert.text
    bridge.expect(OWN_GROUP, case.reference, "Danger now: Yes (from the first words, not confirmed)")


async def test_two_of_the_first_three_wait_for_the_third_and_it_is_one_tap(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, WORDS)
    case = await bridge.only_case()
    bridge.expect_nothing(DUTY)
    await bridge.taps(OFFICER, "No")
    bridge.expect(DUTY, case.reference)


async def test_it_raises_the_urgency_at_once_and_lowers_it_only_when_it_is_confirmed(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "woman of 30 at the police station in Kunming, no passport")
    case = await bridge.only_case()
    assert case.urgency is Urgency.U2
    await bridge.taps(OFFICER, "No")
    assert (await bridge.case(case)).urgency is Urgency.U2
    await bridge.says(OFFICER, "right")
    assert (await bridge.case(case)).urgency is Urgency.U3


async def test_an_age_calms_nothing_before_it_is_confirmed(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", text=WORDS)
    bridge.expect(DUTY, "U1 immediate", case.reference)
    await bridge.says(OFFICER, "right")
    assert (await bridge.case(case)).urgency is Urgency.U2


async def test_sending_confirms_what_the_summary_showed(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "summary", text=WORDS)
    bridge.expect(OFFICER, "3. Youngest person: 18 or over (from the first words, not confirmed)")
    await bridge.answers(OFFICER, "send", "send")
    bridge.expect(OFFICER, f"{case.reference} is sent")
    assert "understood" not in {a.source for a in (await bridge.case(case)).answers.values()}
    bridge.forget()
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "from the first words" not in bridge.expect(DUTY, "Situation: Locked in or held").text


async def test_before_the_side_is_known_it_is_said_and_can_be_confirmed_too(bridge: PlayedBridge) -> None:
    inspector = "wecom:inspector"
    await bridge.says(inspector, "woman of 25 held in a house in Kunming")
    asked = bridge.expect(inspector, "I understood: Locked in or held · 18 or over", "Which side is asked to help?")
    assert labels(asked)[-2:] == ["Right", "Change"]
    await bridge.taps(inspector, "Right")
    bridge.expect(inspector, "noted as right", "Which side is asked to help?")
    await bridge.taps(inspector, "Kingdom of Cambodia")
    bridge.expect(inspector, "(1 of 14)")
    await bridge.says(inspector, "no")
    bridge.expect(inspector, "(6 of 14)")


async def test_a_country_outside_the_corridor_is_flagged_only_when_it_is_confirmed(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "woman of 25 locked in a house in Vientiane")
    case = await bridge.only_case()
    bridge.expect(OFFICER, "Vientiane", "Laos")
    bridge.expect_nothing(DUTY, OWN_GROUP, containing="outside this corridor")
    await bridge.taps(OFFICER, "Right")
    bridge.expect(DUTY, case.reference, "outside this corridor")


@pytest.mark.parametrize(
    "words",
    [
        "she is not locked in any more",
        "afraid that they will lock her in",
        "help, they took her phone",
        "caller of 45 says her niece screams for help",
    ],
)
async def test_what_is_not_certain_is_asked_as_ever(bridge: PlayedBridge, words: str) -> None:
    await bridge.says(OFFICER, words)
    assert "I understood" not in bridge.expect(OFFICER, "(1 of 14)").text


async def test_words_that_waited_for_yes_are_read_too(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "how to write this. girl of 16")
    bridge.expect(OFFICER, "Is somebody in danger?")
    await bridge.taps(OFFICER, "Yes, alert")
    bridge.expect(OFFICER, "I understood: 12 to 17", "(1 of 14)")


async def test_a_change_of_the_first_message_that_makes_it_worse_counts_at_once(bridge: PlayedBridge) -> None:
    said = await bridge.says(OFFICER, WORDS)
    await bridge.edits(said, "girl of 15 locked in a flat in Nanchang, they beat her now")
    bridge.expect(OFFICER, "I understood:", "Danger now: Yes", "12 to 17")
    case = await bridge.only_case()
    assert (case.urgency, case.value("age_group")) == (Urgency.U1, "12_17")
    await bridge.taps(OFFICER, "Right")
    assert (await bridge.case(case)).value("age_group") == "12_17"


async def test_a_change_of_the_place_alone_is_understood_anew(bridge: PlayedBridge) -> None:
    said = await bridge.says(OFFICER, WORDS)
    await bridge.edits(said, WORDS.replace("Nanchang", "Hefei"))
    bridge.expect(OFFICER, "I understood: Locked in or held · 18 or over · Hefei, Anhui, China")


async def test_a_change_of_the_first_message_that_would_calm_it_is_asked_about(bridge: PlayedBridge) -> None:
    said = await bridge.says(OFFICER, "girl of 15 locked in a flat in Nanchang")
    await bridge.edits(said, "girl of 15 safe in a shelter in Nanchang")
    bridge.expect(OFFICER, "Your change says something else", "What is not right?")
    case = await bridge.only_case()
    assert (case.urgency, case.value("situation")) == (Urgency.U1, "confined")


async def test_what_was_understood_wrongly_is_replaced_and_what_was_confirmed_is_added_to(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", text="Cambodian woman of 30 locked in a house in Nanning")
    assert (await bridge.case(case)).value("citizenship") == ("KH",)
    await bridge.taps(OFFICER, "Change")
    await bridge.answers(OFFICER, "[Citizenship: Cambodia]", "Viet Nam")
    assert (await bridge.case(case)).value("citizenship") == ("VN",)
    await bridge.answers(OFFICER, "edit 10", "Laos")
    assert (await bridge.case(case)).value("citizenship") == ("VN", "LA")


async def test_a_block_is_read_as_a_block_and_nothing_else(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "danger: no\nsituation: locked in\nage: 17\nfacts: boss of 50 is in Bavet")
    case = await bridge.only_case()
    assert {a.source for a in case.answers.values()} == {"block"}


class TestPermissionIsAskedOnce:
    """Three questions on one screen, while none of them is answered."""

    UP_TO_IT = ("no", "locked in", "16", "China", "Nanchang", "unknown", "unknown", "1", "Cambodia", "rescue", "yes")

    @pytest.mark.parametrize(
        ("step", "answers"),
        [
            ("[Yes to both, no fear]", ("yes", "yes", "no")),
            ("[Police only, fears own State]", ("yes", "no", "yes")),
            ("[Not asked yet]", ("not_asked", "not_asked", "unknown")),
            ("[Cannot be asked]", ("cannot_ask", "cannot_ask", "unknown")),
            ("yes, not asked, unknown", ("yes", "not_asked", "unknown")),
            ("no; no; yes", ("no", "no", "yes")),
            ("not asked yet", ("not_asked", "not_asked", "unknown")),
        ],
    )
    @BOTH
    async def test_a_tap_or_three_words_answer_all(
        self, tmp_path: Path, messenger: str, step: str, answers: tuple[str, ...]
    ) -> None:
        async with officer_on(messenger, tmp_path) as phone:
            case = await phone.reports(*self.UP_TO_IT)
            phone.bridge.expect(phone.who, "(13 of 14)", "police", "embassy", "fear")
            await phone.does(step)
            case = await phone.case(case)
            names = ("consent_police", "consent_diplomatic", "fears_own_authorities")
            assert tuple(case.value(name) for name in names) == answers
            assert "13a. Consent to police" in phone.screen.text

    @BOTH
    async def test_they_can_be_asked_one_by_one(self, tmp_path: Path, messenger: str) -> None:
        async with officer_on(messenger, tmp_path) as phone:
            await phone.reports(*self.UP_TO_IT, "[One by one]")
            phone.bridge.expect(phone.who, "(13a of 14)")
            await phone.does("[Yes]")
            phone.bridge.expect(phone.who, "(13b of 14)")
            await phone.does("back")
            phone.bridge.expect(phone.who, "(13a of 14)", "Now: Yes")

    async def test_one_word_answers_the_first_and_the_others_follow(self, bridge: PlayedBridge) -> None:
        case = await bridge.report_case(*self.UP_TO_IT, "no")
        bridge.expect(OFFICER, "(13b of 14)")
        assert (await bridge.case(case)).value("consent_police") == "no"

    async def test_what_cannot_be_read_is_asked_again_with_the_same_buttons(self, bridge: PlayedBridge) -> None:
        await bridge.report_case(*self.UP_TO_IT, "she is a kind person")
        assert "Yes to both, no fear" in labels(bridge.expect(OFFICER, "Your words are kept", "(13 of 14)"))

    async def test_it_can_be_skipped_and_a_late_tap_still_counts(self, bridge: PlayedBridge) -> None:
        case = await bridge.report_case(*self.UP_TO_IT)
        shown = bridge.phones.newest_with(OFFICER, "Not asked yet")
        await bridge.taps(OFFICER, "Skip")
        bridge.expect(OFFICER, "13a. Consent to police: not answered")
        await bridge.taps(OFFICER, "Not asked yet", of=shown)
        assert (await bridge.case(case)).value("consent_diplomatic") == "not_asked"


class TestNothingSaidOfItAnswersAnotherQuestion:
    """ "Right" and "wrong" are about what was understood, wherever somebody stands in the intake."""

    @pytest.mark.parametrize("said", ["wrong", "not right", "不对", "sai", "ខុស", "change"])
    @BOTH
    async def test_wrong_asks_what_is_wrong(self, tmp_path: Path, messenger: str, said: str) -> None:
        async with officer_on(messenger, tmp_path) as phone:
            case = await phone.reports(said, text=WORDS)
            phone.bridge.expect(phone.who, "What is not right?")
            assert (await phone.case(case)).value("danger_now") is None

    @pytest.mark.parametrize("said", ["correct", "true", "对", "đúng", "ត្រូវ", "right", "All right."])
    @BOTH
    async def test_right_confirms_and_twice_changes_nothing(self, tmp_path: Path, messenger: str, said: str) -> None:
        async with officer_on(messenger, tmp_path) as phone:
            case = await phone.reports(said, said, text=WORDS)
            phone.bridge.expect(phone.who, "noted as right", "(1 of 14)")
            phone.bridge.expect(phone.who, "all is noted", "(1 of 14)")
            case = await phone.case(case)
            assert (case.value("danger_now"), case.answers["age_group"].source) == (None, "confirmed")

    @pytest.mark.parametrize(
        ("said", "then"),
        [
            ("2", "(3 of 14)"),
            ("age", "(3 of 14)"),
            ("no", "noted as right"),
            ("6", "noted as right"),
            ("she is 15", "12 to 17"),
            ("what?", "I could not read that"),
        ],
    )
    @BOTH
    async def test_what_is_typed_below_the_list_is_about_the_list(
        self, tmp_path: Path, messenger: str, said: str, then: str
    ) -> None:
        async with officer_on(messenger, tmp_path) as phone:
            case = await phone.reports(
                "[Change]", said if messenger == "telegram" or said != "6" else "right", text=WORDS
            )
            phone.bridge.expect(phone.who, then)
            assert (await phone.case(case)).value("danger_now") is None

    async def test_neither_is_ever_the_area(self, bridge: PlayedBridge) -> None:
        case = await bridge.report_case("no", "edit 5", "change", text=WORDS)
        bridge.expect(OFFICER, "What is not right?")
        assert (await bridge.case(case)).answers["area"].source == "understood"

    async def test_after_send_right_opens_nothing(self, bridge: PlayedBridge) -> None:
        await bridge.report_case("no", "summary", "send", "send", "right", text=WORDS)
        await bridge.fast_forward(minutes=4)
        assert len(await bridge.cases()) == 1

    @pytest.mark.parametrize("said", ["yes", "right", "no", "1"])
    async def test_while_a_withdrawal_is_asked_about_it_is_meant(self, bridge: PlayedBridge, said: str) -> None:
        case = await bridge.report_case("cancel", said, text=WORDS)
        after = await bridge.case(case)
        assert (after.is_open, after.value("danger_now")) == (True, None)
        bridge.expect_nothing(DUTY)


async def test_of_area_and_country_the_other_is_asked_again_when_one_was_wrong(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", text=WORDS)
    await bridge.answers(OFFICER, "change", "[Area: Nanchang, Jiangxi]", "Bavet")
    bridge.expect(OFFICER, "(4 of 14)", "Now: China")
    await bridge.says(OFFICER, "Cambodia")
    assert (await bridge.case(case)).value("country") == "KH"


async def test_words_after_a_photo_are_read_as_first_words_are(bridge: PlayedBridge) -> None:
    await bridge.sends_photo(OFFICER)
    await bridge.says(OFFICER, "girl 15 locked in a flat in Nanchang")
    said = bridge.expect(OFFICER, "I understood: Locked in or held · 12 to 17 · Nanchang, Jiangxi, China")
    assert labels(said) == ["Right", "Change", "Tell both desks", "No, this is a new alert"]
    bridge.expect(OFFICER, "(1 of 14)")
    case = await bridge.only_case()
    assert case.urgency is Urgency.U1
    assert "girl 15 locked in a flat in Nanchang" in [t.text for t in await bridge.texts(case)]


async def test_words_about_somebody_else_change_nothing_that_was_understood(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, WORDS)
    await bridge.says(OFFICER, "and a boy of 9 is being moved on a bus now")
    bridge.expect(OFFICER, "Your words are kept", "(1 of 14)")
    case = await bridge.only_case()
    assert (case.value("situation"), case.value("age_group")) == ("confined", "18_or_over")
    await bridge.taps(OFFICER, "No, this is a new alert")
    assert len(await bridge.cases()) == 2


async def test_numbers_at_permission_are_those_of_the_screen(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*TestPermissionIsAskedOnce.UP_TO_IT, "1, 2, 3")
    bridge.expect(OFFICER, "I could not read that")
    assert (await bridge.case(case)).value("consent_police") is None
    await bridge.says(OFFICER, "2")
    assert (await bridge.case(case)).value("fears_own_authorities") == "yes"

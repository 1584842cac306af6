from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, from_arrays
from nearer.pipeline import ear_errors, hear
from nearer.records import ACT_INDEX, ActErrors, EarErrors, HeldOut
from nearer.relate import relate
from nearer.relate._bootstrap import DRAWS
from nearer.relate._correction import Errors, any_of, correct, draw_errors, hears, rogan_gladen, undo
from nearer.relate._heard import Heard
from nearer.simulate import example


def _fixed(sensitivity: float, specificity: float) -> Errors:
    return Errors(np.full(1 + DRAWS, sensitivity), np.full(1 + DRAWS, specificity))


def test_the_worked_example() -> None:
    assert rogan_gladen(0.0775, sensitivity=0.6, specificity=0.95) == pytest.approx(0.05)


@pytest.mark.parametrize(("flagged", "true"), [(0.01, 0.0), (0.05, 0.0), (0.6, 1.0), (0.9, 1.0)])
def test_a_share_never_leaves_its_bounds(flagged: float, true: float) -> None:
    assert rogan_gladen(flagged, sensitivity=0.6, specificity=0.95) == pytest.approx(true)


def test_a_table_of_one_flag_is_the_same_rule() -> None:
    cells = np.tile([9225.0, 775.0], (1 + DRAWS, 1))
    corrected = correct(cells, [_fixed(0.6, 0.95)])
    assert corrected[0].tolist() == pytest.approx([9500, 500])


def test_two_flags_are_undone_together() -> None:
    true = np.array([[700.0, 100.0], [50.0, 150.0]])
    first, second = (np.array([[q, 1 - s], [1 - q, s]]) for s, q in ((0.7, 0.95), (0.8, 0.9)))
    flagged = first @ true @ second.T
    cells = np.tile(flagged.ravel(), (1 + DRAWS, 1))
    corrected = correct(cells, [_fixed(0.7, 0.95), _fixed(0.8, 0.9)])
    assert corrected[0] == pytest.approx(true.ravel())


def test_a_certain_flag_is_left_alone() -> None:
    cells = np.tile([10.0, 20.0, 30.0, 40.0], (1 + DRAWS, 1))
    assert correct(cells, [None, None])[0].tolist() == [10, 20, 30, 40]


def test_errors_are_drawn_around_the_figures() -> None:
    errors = draw_errors(ActErrors(hit=70, miss=30, false_alarm=50, quiet=950), random=np.random.default_rng(1))
    assert [errors.sensitivity[0], errors.specificity[0], errors.gain] == pytest.approx([0.7, 0.95, 0.65])
    assert errors.sensitivity[1:].mean() == pytest.approx(71 / 102, abs=0.005)
    assert errors.sensitivity[1:].std() == pytest.approx(np.sqrt(0.7 * 0.3 / 103), rel=0.1)


def test_without_figures_a_flag_is_true() -> None:
    assert draw_errors(None, random=np.random.default_rng(1)).gain == 1


# ------------------------------------------------------------------------------------------------ figures counted on held-out messages


def _held(rows: list[tuple[str, str, str]], *, hands: int = 1, dialogue: int = 1) -> HeldOut:
    """Messages of (true, shown, counted) acts as words; `hands` write in turn, a dialogue holds so many messages."""

    def masks(column: int) -> np.ndarray:
        return np.array([sum(1 << ACT_INDEX[act] for act in row[column].split()) for row in rows], dtype=np.uint32)

    number = np.arange(len(rows), dtype=np.int32)
    talks = number // dialogue
    return HeldOut(masks(0), masks(1), masks(2), talks % hands, np.zeros_like(number), talks, talks, settings=("partner",))


def _asked(held: HeldOut, *acts: str, lines: int = 1, sure: bool = False) -> Errors:
    """Return the errors of a flag in a chat where every answer has so many lines."""
    ear = replace(an_ear(0.8, 0.9), held_out=held)
    heard = Heard(from_arrays(np.zeros(3, dtype=np.int64), np.arange(3), {}, errors=ear), errors=ear)
    return any_of(heard, acts, random=np.random.default_rng(0), lines=np.full(10, lines), sure=sure)


def test_acts_mistaken_for_each_other_are_no_errors_of_their_group() -> None:
    """Every comfort is heard as validate: one by one the ear is deaf and hears what is not there, as a group it is always right."""
    held = _held([("comfort", "", "validate")] * 500 + [("", "", "")] * 500)
    together, alone = _asked(held, "comfort", "validate"), _asked(held, "comfort")
    assert together.sensitivity[0] > 0.99
    assert together.specificity[0] > 0.99
    assert alone.sensitivity[0] < 0.01


def test_a_flag_over_several_lines_is_counted_over_lines_of_one_person_in_one_dialogue() -> None:
    """Each dialogue is a true line that is missed, then one that is found: two lines together are always found, nothing runs over its end."""
    held = _held([("comfort", "", ""), ("comfort", "", "comfort")] * 300, dialogue=2)
    assert _asked(held, "comfort").sensitivity[0] == pytest.approx(0.5, abs=0.01)
    assert _asked(held, "comfort", lines=2).sensitivity[0] > 0.99


def test_hands_that_differ_make_a_new_chat_less_sure() -> None:
    alike = _held(([("", "", "blame")] + [("", "", "")] * 9) * 100, hands=10, dialogue=10)
    rows = [("", "", "blame" if hand % 2 and number < 4 else "") for _ in range(10) for hand in range(10) for number in range(10)]
    unlike = _held(rows, hands=10, dialogue=10)
    widths = [float(np.ptp(np.percentile(_asked(held, "blame").specificity[1:], (5, 95)))) for held in (alike, unlike)]
    assert widths[1] > 3 * widths[0]


def test_one_hand_alone_still_leaves_room_for_another() -> None:
    held = _held([("comfort", "", "comfort")] * 9000 + [("comfort", "", "")] * 1000)
    assert np.ptp(np.percentile(_asked(held, "comfort").sensitivity[1:], (5, 95))) > 0.1


def test_what_is_hardly_ever_shown_is_worth_nothing() -> None:
    held = _held([("humour", "", "humour")] * 95 + [("humour", "humour", "humour")] * 5 + [("", "", "")] * 100)
    assert _asked(held, "humour", sure=True).gain == pytest.approx(0)
    assert _asked(held, "humour").gain > 0.9
    ear: EarErrors = replace(an_ear(0.8, 0.9), held_out=held)
    assert not hears(Heard(from_arrays(np.zeros(3, dtype=np.int64), np.arange(3), {}, errors=ear), errors=ear), ["humour"])


def test_without_clipping_the_sums_are_kept() -> None:
    cells = np.array([[2.0, 50.0, 30.0, 40.0]])
    errors = [Errors(np.array([0.6]), np.array([0.9])), None]
    assert undo(cells, errors).sum() == pytest.approx(cells.sum())
    assert undo(cells, errors).min() < 0 <= correct(cells, errors).min()


def test_the_ear_that_ships_tells_the_built_in_example_as_it_was_planted() -> None:
    """Text, heard by the real ear, against the labels: what is told with an interval holds the truth in it."""
    story = example()
    heard = hear(story.without_labels())
    truth = {(finding.measure, finding.person): finding.value for finding in relate(story.relationship)}
    told = {
        (finding.measure, finding.person): finding
        for finding in relate(heard, errors=ear_errors(heard.messages))
        if finding.measure in {"accessible", "responsive", "engaged", "appreciation"}
    }
    assert len(told) == 8
    for key, finding in told.items():
        planted = truth[key]
        if key[0] == "responsive" and finding.value is None:
            assert finding.needs.startswith("an ear that"), key
            continue
        assert finding.value is not None, key
        assert finding.low is not None
        assert finding.high is not None
        assert planted is not None
        assert finding.low <= planted <= finding.high, key

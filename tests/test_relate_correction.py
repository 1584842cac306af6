import numpy as np
import pytest

from nearer.records import ActErrors
from nearer.relate._bootstrap import DRAWS
from nearer.relate._correction import Errors, correct, draw_errors, rogan_gladen


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

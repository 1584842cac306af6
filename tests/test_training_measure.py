import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nearer.records import ACTS, EMOTIONS

TRAINING = Path(__file__).parents[1] / "training"
MODULES = ("data", "measure", "card")


@pytest.fixture
def training() -> Iterator[dict[str, Any]]:
    """The scripts of training/ that need nothing but Nearer; they leave no name behind."""
    sys.path.insert(0, str(TRAINING))
    kept = {name: sys.modules.pop(name, None) for name in MODULES}
    try:
        yield {name: importlib.import_module(name) for name in MODULES}
    finally:
        sys.path.remove(str(TRAINING))
        for name, module in kept.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def test_a_curve_makes_probabilities_of_logits(training: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4_000, 1))
    truth = (rng.random((4_000, 1)) < 1 / (1 + np.exp(-(2 * logits - 1)))).astype(float)
    curve = training["measure"].curves(logits, truth)
    assert curve[0, 0] == pytest.approx(2, abs=0.2)
    assert curve[1, 0] == pytest.approx(-1, abs=0.2)
    assert training["measure"].ece(training["measure"].scores(logits, curve)[:, 0], truth[:, 0]) < 0.02


def test_calibration_error_of_scores_that_are_always_wrong_is_one(training: dict[str, Any]) -> None:
    assert training["measure"].ece(np.array([1.0, 1.0, 0.0]), np.array([False, False, True])) == pytest.approx(1)
    assert training["measure"].ece(np.array([1.0, 0.0]), np.array([True, False])) == 0


def test_the_precise_point_is_believed_only_with_enough_found(training: dict[str, Any]) -> None:
    measure = training["measure"]
    scores = np.linspace(1, 0, 100)
    few, enough = np.arange(100) < measure.MIN_FOUND - 1, np.arange(100) < measure.MIN_FOUND
    assert measure.shown_at(scores, few, precision=0.8) == measure.NEVER
    limit = measure.shown_at(scores, enough, precision=0.8)
    assert (scores >= limit).sum() == measure.MIN_FOUND
    assert measure.shown_at(scores, enough, precision=0.9) == measure.NEVER


def test_the_counted_point_is_where_both_kinds_of_right_are_highest(training: dict[str, Any]) -> None:
    truth = np.array([True, True, False, True, False, False])
    limit = training["measure"].counted_at(np.array([0.9, 0.8, 0.7, 0.6, 0.2, 0.1]), truth)
    assert 0.2 < limit < 0.6


def test_one_score_for_all_has_no_point_in_between(training: dict[str, Any]) -> None:
    truth = np.array([True] * 6 + [False] * 6)
    assert training["measure"].shown_at(np.full(12, 0.5), truth, precision=0.8) == training["measure"].NEVER


def test_figures_by_setting_need_enough_of_an_act(training: dict[str, Any]) -> None:
    measure, row = training["measure"], training["data"].Row
    rows = [row("x", "g", "dialogue", setting="partner" if i % 2 else "brand") for i in range(60)]
    truth = np.zeros((60, len(ACTS)))
    truth[:24, 0] = 1
    truth[:12, 1:] = 1
    figures, by_setting = measure.act_figures(truth * 0.5 + 0.25, truth, rows)
    assert set(figures) == set(ACTS) == set(by_setting["all"])
    assert set(by_setting["partner"]) == {ACTS[0]}
    assert by_setting["all"][ACTS[0]] == {"hit": 24, "miss": 0, "false_alarm": 0, "quiet": 36}
    assert not by_setting["friend"]


def test_areas_under_curves(training: dict[str, Any]) -> None:
    truth = np.array([True, False, True, False])
    assert training["measure"].auc(np.array([4.0, 3, 2, 1]), truth) == pytest.approx(0.75)
    assert training["measure"].auc(np.zeros(4), truth) == pytest.approx(0.5)
    assert training["measure"].average_precision(np.array([4.0, 3, 2, 1]), truth) == pytest.approx(5 / 6)


def test_the_past_of_a_message_stays_in_its_dialogue(training: dict[str, Any], tmp_path: Path) -> None:
    lines = [("d1", "Ana", "hi"), ("d1", "Ben", "hello"), ("d2", "Ana", "sorry"), ("d2", "Ben", "it's fine"), ("d2", "Ben", "really")]
    rows = [
        {
            "dialogue": d,
            "setting": "family",
            "turn": i,
            "speaker": who,
            "time": f"2026-03-01T09:0{i}:00+00:00",
            "text": text,
            "acts": ["forgive"] * (i == 3),
        }
        for i, (d, who, text) in enumerate(lines)
    ]
    (tmp_path / "hand.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    made = list(training["data"].dialogues(tmp_path))
    assert [row.before for row in made] == [(), ((False, "hi"),), (), ((False, "sorry"),), ((False, "sorry"), (True, "it's fine"))]
    assert made[4].other == "sorry"
    assert made[4].own == "it's fine"
    assert [row.gap for row in made] == [0, 60, 0, 60, 60]
    assert {row.setting for row in made} == {"friend"}
    assert len({row.fold for row in made if row.group == made[2].group}) == 1
    _, has, act, weight = training["data"].targets(made)
    assert not has.any()
    assert act.sum() == 1
    assert weight[3].max() == training["data"].OWN_WEIGHT
    assert weight[0].min() == weight[0].max() == training["data"].REST_WEIGHT


def test_the_same_text_after_another_line_has_another_key(training: dict[str, Any]) -> None:
    row = training["data"].Row
    assert row("ok", "a", "x").key == row("ok", "b", "y").key
    assert row("ok", "a", "x").key != row("ok", "a", "x", ((False, "hi"),)).key


def test_phrases_are_short_runs_and_always_the_same(training: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    data = training["data"]
    monkeypatch.setattr(data, "PHRASES", 50)
    text = " ".join(f"w{i}" for i in range(40))
    first, again = (list(data.phrases([data.Row(text, "g", "goemotions")])) for _ in range(2))
    assert [row.text for row in first] == [row.text for row in again]
    assert all(row.text in text and len(row.text.split()) <= data.PHRASE_WORDS[1] for row in first)
    assert {row.group for row in first} == {"g"}


def test_every_act_has_examples_of_both_kinds(training: dict[str, Any]) -> None:
    found = {(next(iter(row.acts)), next(iter(row.acts.values()))) for row in training["data"].examples()}
    assert found == {(act, truth) for act in ACTS for truth in (0.0, 1.0)}


def test_the_card_says_what_the_figures_say(training: dict[str, Any], tmp_path: Path) -> None:
    at = {"hit": 8, "miss": 12, "false_alarm": 2, "quiet": 78}
    act = {"shown": 0.5, "counted": 0.1, "at_shown": at, "ece": 0.01, "n": 20}
    figures = {
        "name": "swift",
        "version": "9.9",
        "hash": "f" * 64,
        "held_out": {"macro-AUC": 0.9},
        "sources": {"dialogue": 1_000},
        "emotions": {name: {"shown": 0.3, "ece": 0.01, "n": 20, "at_shown": at} for name in EMOTIONS},
        "acts": dict.fromkeys(ACTS, act) | {"blame": act | {"shown": 2.0}},
        "by_setting": {"all": dict.fromkeys(ACTS, at)},
    }
    (tmp_path / "figures.json").write_text(json.dumps(figures), "utf-8")
    training["card"].write_card(tmp_path)
    card = (tmp_path / "MODEL_CARD.md").read_text("utf-8")
    assert "f" * 64 in card
    assert "| apologise | 20 | 0.50 | 0.80 | 0.40 | 0.38 | 0.010 |" in card
    assert "| blame | 20 | not reached, cues only | - | - | 0.38 | 0.010 |" in card

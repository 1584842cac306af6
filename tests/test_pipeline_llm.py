"""The whole road behind the llm ear: what was not answered is not heard, and no number about acts is told as clear."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from conversation import an_ear, from_arrays
from nearer import pipeline
from nearer.cli import app
from nearer.columns import Messages
from nearer.errors import UsageError
from nearer.records import Ear, Message, Origin, Relationship
from nearer.relate import UNMEASURED, measures, relate
from nearer.sense import sense
from nearer.sense.llm import LlmEar
from nearer.sense.llm._address import to_address

wire = pytest.importorskip("nearer.sense.llm._wire", reason="the extra llm is not installed")


class Silent:
    """A server that answers only while it likes."""

    def __init__(self, answers: int) -> None:
        self.left = answers

    def models(self) -> tuple[str, ...]:
        return ("tiny",)

    def ask(self, model: str, *, told: str, given: str, schema: Mapping[str, object]) -> str:
        del model, told, given
        self.left -= 1
        if self.left < 0:
            raise wire.Unanswered("slow")
        properties = schema["properties"]
        assert isinstance(properties, dict)
        return "{" + ",".join(f'"{number}":["appreciate"]' for number in properties) + "}"


def an_llm(answers: int) -> LlmEar:
    return LlmEar(Silent(answers), "tiny", address=to_address("http://127.0.0.1:1"), bounds=wire.Bounds())


def chat(count: int) -> Relationship:
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    rows = [
        Message(
            f"m{n}",
            "home",
            ("Ana", "Ben")[n % 2],
            start + timedelta(minutes=n),
            f"did you see page {n}?",
            "text",
            Origin("chat.txt", n + 1),
        )
        for n in range(count)
    ]
    return Relationship(kind="partner", people=("Ana", "Ben"), messages=Messages.of(rows))


def test_what_was_not_answered_is_not_heard() -> None:
    heard = sense(chat(12).messages, ear=an_llm(1)).senses
    assert heard is not None
    assert heard.heard.tolist() == [True] * 10 + [False] * 2
    assert not heard.acts[10:].any()
    assert not heard.emotions[10:].any()
    assert not heard.emotions_shown[10:].any()
    assert np.isfinite(heard.acts).all()


def test_the_report_says_who_heard_and_what_it_could_not_hear() -> None:
    made = pipeline.report(chat(12), form="text", ear=an_llm(1))
    assert "never measured" in made.text
    assert [problem.says.split(":")[0] for problem in made.relationship.problems] == ["2 messages were not heard"]
    page = pipeline.report(chat(12), ear=an_llm(1)).text
    assert "Heard by llm, version tiny" in page
    assert "never measured" in page
    assert "every number is corrected" not in page


def test_no_number_about_acts_is_clear_when_nobody_measured_the_ear() -> None:
    count = 4_000
    who, minute = np.arange(count) % 2, np.arange(count) * 5
    flags = {"appreciate": np.arange(count) % 4 < 2, "bid_connect": np.arange(count) % 6 == 0}
    labelled = from_arrays(who, minute, flags)
    senses = labelled.messages.senses
    assert senses is not None
    heard = replace(labelled, messages=labelled.messages.with_senses(replace(senses, ear=Ear("llm", "tiny", "0"))))
    of_acts = {name for part in measures().values() if part.NEEDS for name in part.TELLS}
    told, plain = relate(heard), relate(labelled)
    assert {found.says for found in plain if found.measure in of_acts} >= {"clearly"}
    assert "clearly" not in {found.says for found in told if found.measure in of_acts}
    for found, label in zip(told, plain, strict=True):
        assert (UNMEASURED in found.coverage) == (found.measure in of_acts)
        assert (found.value, found.low, found.high) == (label.value, label.low, label.high)
        assert UNMEASURED not in label.coverage


def test_an_ear_that_was_measured_is_not_told_so() -> None:
    ear = an_ear(0.9, 0.9)
    heard = from_arrays(np.arange(90) % 2, np.arange(90) * 5, {"appreciate": np.arange(90) % 4 < 2}, errors=ear)
    assert not any(UNMEASURED in found.coverage for found in relate(heard, errors=ear))


def test_no_errors_are_known_of_the_llm_ear_at_any_stage() -> None:
    assert pipeline.ear_errors(sense(chat(3).messages, ear=an_llm(1))) is None


@pytest.mark.parametrize("command", [["report", "--example"], ["sense", "-"]])
def test_without_a_terminal_it_says_what_to_do(command: list[str], tmp_path: Path) -> None:
    made = CliRunner().invoke(app, [*command, "--ear", "llm", "-o", str(tmp_path / "made.html")], input="")
    assert isinstance(made.exception, UsageError)
    assert "--yes" in str(made.exception)
    made = CliRunner().invoke(app, [*command, "--ear", "llm", "--server", "http://10.0.0.1:80", "--yes", "-o", str(tmp_path / "made.html")])
    assert "only to this machine" in str(made.exception)
    assert not list(tmp_path.glob("made*"))

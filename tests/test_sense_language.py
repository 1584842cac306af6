import numpy as np
import pytest

from nearer.columns import Texts
from nearer.sense._language import HEARD, MIN_BYTES, OTHER, is_other_script, languages


def heard(*lines: str, default: str = "en") -> list[str]:
    codes, names = languages(Texts.of(lines), conversation=np.zeros(len(lines), dtype=np.int32), default=default)
    return [names[code] for code in codes]


def test_an_english_conversation_is_heard() -> None:
    assert heard("I was waiting for you at the station for an hour", "ok", "we could cook together on Sunday evening") == ["en"] * 3
    assert "en" in HEARD


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Ich habe gestern den ganzen Abend auf deine Nachricht gewartet", "de"),
        ("Ayer estuve esperando tu mensaje toda la noche y no llegó nada", "es"),
    ],
)
def test_another_language_is_named(line: str, language: str) -> None:
    assert heard(line, line, "ok") == [language] * 3


def test_what_is_too_short_to_tell_counts_as_the_default() -> None:
    assert len("gestern Abend") < MIN_BYTES
    assert heard("gestern Abend", default="en") == ["en"]
    assert heard("gestern Abend", default="de") == ["de"]


def test_a_row_in_another_script_is_not_english() -> None:
    assert heard("I was waiting for you at the station for an hour", "я скучаю по тебе") == ["en", OTHER]


def test_emoji_and_accents_are_no_script() -> None:
    assert is_other_script(Texts.of(["😂😂", "café", "", "你好"])).tolist() == [False, False, False, True]

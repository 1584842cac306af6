from datetime import UTC, datetime, timedelta

import numpy as np

from nearer.columns import Messages
from nearer.records import ACTS, EMOTIONS, Message, Origin
from nearer.sense import CUE_SCORE, sense

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def chat(*lines: str, what: str = "text") -> Messages:
    return Messages.of(
        Message(str(i), "c", ("Ana", "Ben")[i % 2], START + timedelta(minutes=i), line, what, Origin("x", i + 1))
        for i, line in enumerate(lines)
    )


def test_rows_keep_their_order_and_get_an_ear() -> None:
    messages = chat("thank you so much for the soup!", "any time, love")
    heard = sense(messages)
    assert list(heard.ids) == list(messages.ids)
    assert heard.senses is not None
    assert heard.senses.ear is not None
    assert heard.senses.heard.all()
    assert "gratitude" in heard[0].sensed.emotions_shown  # type: ignore[union-attr]


def test_some_emotion_is_always_shown_where_we_heard() -> None:
    senses = sense(chat("the bus is at nine", "ok", "x")).senses
    assert senses is not None
    assert senses.emotions_shown.any(axis=1).all()


def test_what_is_not_heard_is_silent() -> None:
    for messages in (chat(""), chat("photo.jpg", what="media"), chat("Ich habe gestern den ganzen Abend auf deine Nachricht gewartet")):
        senses = sense(messages).senses
        assert senses is not None
        assert not senses.heard.any()
        assert not senses.emotions.any()
        assert not senses.acts.any()
        assert not senses.emotions_shown.any()
        assert not senses.acts_shown.any()


def test_a_cue_is_shown_with_a_score_to_match() -> None:
    senses = sense(chat("you're pathetic")).senses
    assert senses is not None
    contempt = ACTS.index("contempt")
    assert senses.acts_shown[0, contempt]
    assert senses.acts[0, contempt] >= np.float32(CUE_SCORE)


def test_no_messages_are_no_trouble() -> None:
    senses = sense(Messages.none()).senses
    assert senses is not None
    assert senses.emotions.shape == (0, len(EMOTIONS))

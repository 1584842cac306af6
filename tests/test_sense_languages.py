"""What a chat in another language gets from the ear: its name, and silence (docs/ear.md, Languages). The lines are our own."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nearer.columns import Messages, Senses, Texts
from nearer.records import Message, Origin
from nearer.sense import sense
from nearer.sense._language import HEARD, MIN_BYTES, OTHER, languages

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

CHATS = {
    "de": ("Ich habe mich so gefreut, dass du gestern noch gekommen bist", "ja, war schön", "bis Samstag"),
    "es": ("Me puse muy triste cuando te fuiste sin decirme nada ayer", "perdona", "te llamo luego"),
    "pt": ("Fiquei com tanta raiva de você ontem que nem consegui dormir", "desculpa", "te ligo mais tarde"),
    "ru": ("Я так испугалась, когда ты вчера не ответил на звонок", "прости", "позвоню вечером"),
    "hi": ("कल जब तुमने फ़ोन नहीं उठाया तो मैं बहुत डर गई थी", "माफ़ करना", "शाम को मिलते हैं"),
    "zh": ("昨天你没有接电话，我真的很害怕，一直睡不着觉", "对不起", "晚上见"),
}
SHORT = {"de": ("bin sauer", "warum?", "egal"), "es": ("qué rabia", "¿por qué?", "da igual"), "pt": ("que raiva", "por quê?", "deixa")}


def heard(*lines: str) -> Senses:
    """Hear what Ana and Ben wrote in turns."""
    senses = sense(
        Messages.of(
            Message(str(i), "c", ("Ana", "Ben")[i % 2], START + timedelta(minutes=i), line, "text", Origin("chat.txt", i + 1))
            for i, line in enumerate(lines)
        )
    ).senses
    assert senses is not None
    return senses


def named(senses: Senses) -> list[str]:
    return [senses.languages[code] for code in senses.language]


def is_silent(senses: Senses) -> bool:
    parts = (senses.heard, senses.emotions, senses.emotions_shown, senses.acts, senses.acts_shown)
    return not any(part.any() for part in parts)


@pytest.mark.parametrize("language", CHATS)
def test_a_chat_in_another_language_is_named_and_silent(language: str) -> None:
    senses = heard(*CHATS[language])
    assert named(senses) == [language] * 3
    assert language not in HEARD
    assert is_silent(senses)


def test_the_same_chat_in_english_is_not_silent() -> None:
    senses = heard("I was so scared when you didn't answer the phone last night", "sorry", "see you tonight")
    assert named(senses) == ["en"] * 3
    assert senses.heard.all()
    assert "fear" in senses.row(0).emotions_shown


@pytest.mark.parametrize("language", ["ru", "hi", "zh"])
def test_a_short_line_in_another_script_is_never_taken_for_english(language: str) -> None:
    senses = heard(CHATS[language][1])
    assert named(senses) == [OTHER]
    assert is_silent(senses)


@pytest.mark.parametrize("language", SHORT)
def test_only_short_latin_lines_count_as_english(language: str) -> None:
    """What the gate can't do, as docs/ear.md says: nothing here is long enough to tell."""
    assert max(len(line.encode()) for line in SHORT[language]) < MIN_BYTES
    assert heard(*SHORT[language]).heard.all()


def test_posts_without_a_conversation_count_as_the_default() -> None:
    """They never vote, however long they are; only another script is noticed."""
    none = np.full(2, -1, dtype=np.int32)
    codes, names = languages(Texts.of([CHATS["de"][0], CHATS["ru"][0]]), conversation=none, default="en")
    assert [names[code] for code in codes] == ["en", OTHER]


@pytest.mark.parametrize("language", SHORT)
def test_one_long_line_names_the_short_ones_around_it(language: str) -> None:
    senses = heard(*SHORT[language], CHATS[language][0])
    assert named(senses) == [language] * 4
    assert is_silent(senses)


def test_a_line_in_another_script_is_silent_among_english_ones() -> None:
    """Its conversation stays English, and the others are heard."""
    senses = heard("I was waiting for you at the station for an hour", CHATS["ru"][1], "where were you?")
    np.testing.assert_array_equal(senses.heard, [True, False, True])

"""Names of strangers: controls shown, look-alikes told apart, isolates in sentences."""

import pytest

from nearer.show._names import CLOSE, NAME_LENGTH, NO_NAME, OPEN, Cast, cut, names_pattern, skeleton, visible, without_isolates


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ana", "Ana"),
        ("Zoë 🧡", "Zoë 🧡"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\u2068b\u2069", "a⟨U+2068⟩b⟨U+2069⟩"),
        ("a\x1b[31m\x00", "a⟨U+001B⟩[31m⟨U+0000⟩"),
        ("a\nb\u2028c", "a⟨U+000A⟩b⟨U+2028⟩c"),
        ("tab\tand\u00a0space", "tab and space"),
        ("family 👩‍👧", "family 👩‍👧"),
        ("flag 🏴\U000e0067\U000e0062\U000e007f", "flag 🏴\U000e0067\U000e0062\U000e007f"),
    ],
)
def test_controls_are_shown_and_emoji_stay_whole(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_and_marks_stay_only_where_asked() -> None:
    assert visible("a\nb\u200f", lines=True, marks=True) == "a\nb\u200f"
    assert visible("a\u200fb") == "a⟨U+200F⟩b"


def test_cutting_keeps_the_length_and_says_so() -> None:
    assert cut("abcde", 5) == "abcde"
    assert cut("abcdef", 5) == "abcd…"
    assert len(cut("x" * 10_000, 1_200)) == 1_200


def test_empty_and_long_names_are_shown() -> None:
    cast = Cast.of(("", "x" * 10_000), (), me=None)
    assert cast.plain("") == NO_NAME
    assert len(cast.plain("x" * 10_000)) == NAME_LENGTH


def test_names_that_look_alike_get_a_number_and_others_do_not() -> None:
    cast = Cast.of(("Mum", "Мum"), ("Ben",), me=None)
    assert [cast.plain(name) for name in cast.raw] == ["Mum (1)", "Мum (2)", "Ben"]
    assert skeleton("Мum") == skeleton("Mum") != skeleton("Mun")
    assert skeleton("...") == "..."


def test_a_name_stands_in_its_isolates_and_cannot_leave_them() -> None:
    cast = Cast.of((f"A{CLOSE}b{OPEN}", "Ben"), (), me=None)
    assert cast.said(cast.raw[0]) == f"{OPEN}A⟨U+2069⟩b⟨U+2068⟩{CLOSE}"
    assert cast.both().count(OPEN) == cast.both().count(CLOSE) == 2


def test_isolates_stay_in_plain_forms_only_where_a_name_runs_the_other_way() -> None:
    cast = Cast.of(("Ana", "دانا"), (), me=None)
    assert without_isolates(cast.both()) == f"Ana and {OPEN}دانا{CLOSE}"


def test_names_inside_foreign_sentences_are_whole_words_and_the_longest_first() -> None:
    cast = Cast.of(("Ana", "Ana Maria"), (), me=None)
    assert cast.inside("Ana Maria opened, Anabel not, Ana did") == (f"{OPEN}Ana Maria{CLOSE} opened, Anabel not, {OPEN}Ana{CLOSE} did")
    assert Cast.of((), (), me=None).inside("x\u202e") == "x⟨U+202E⟩"
    assert names_pattern(("", "")) is None


def test_a_name_of_signs_is_found_without_word_edges() -> None:
    assert Cast.of(("(*)",), (), me=None).inside("a(*)b") == f"a{OPEN}(*){CLOSE}b"


def test_only_the_two_have_a_hue() -> None:
    cast = Cast.of(("Ana", "Ben", "Chloe"), (), me="Ana")
    assert [cast.place(name) for name in ("Ana", "Ben", "Chloe", None)] == [0, 1, None, None]

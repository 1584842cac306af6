"""C33, T8, 3.1, 3.2: the help page: warm first, nothing of the messages, the right country or the directory, never in a shared report."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from nearer.columns import Messages
from nearer.records import Message, Origin, Relationship, Sensed
from nearer.show import show
from nearer.show._help import APART, FITTING, HelpLine, HelpPage, help_lines, help_page, help_text, quiet_page, stale

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
KINDS = {"emergency", "suicide", "domestic violence", "sexual violence", "child", "general"}
MEANS = "pill overdose drug poison rope hang bridge jump knife gun blade cut wrist train rail gas weapon dose roof drown shoot".split()
UNKIND = (
    "stay strong",
    "think of your family",
    "attention",
    "abuser",
    "victim",
    "you should have",
    "your fault",
    "forgive",
    "repair",
    "score",
    "!",
    "how did",
    "did you",
    "?",
)


def heard(
    *care: str, at: Sequence[timedelta] | None = None, homes: Sequence[str] | None = None, text: str = "Ana will not be quoted"
) -> Relationship:
    """Return a relationship with one message for each entry of `care` ("" is a quiet one), an hour apart unless `at` says when."""
    times = at or [timedelta(hours=i) for i in range(len(care))]
    sensed = [Sensed({}, (), {}, (), {}, "en", heard=not kind, ear=None, care=kind) for kind in care]
    messages = Messages.of(
        Message(str(i), (homes or ["home"] * len(care))[i], "Ana", START + times[i], text, "text", Origin("x", i + 1), sensed=sensed[i])
        for i in range(len(care))
    )
    return Relationship("partner", ("Ana", "Ben"), messages, me="Ana")


def page_of(*care: str, country: str | None = "DE", **given: Any) -> HelpPage:
    page = help_page(heard(*care, **given), country=country)
    assert page is not None
    return page


def words() -> dict[str, Any]:
    return tomllib.loads(files("nearer.show").joinpath("help", "words.toml").read_text(encoding="utf-8"))


def every_sentence() -> list[str]:
    return [sentence for about in FITTING for sentence in (words()[about]["title"], *words()[about]["says"])]


# ------------------------------------------------------------------------------------------------------------------------ who sees it


def test_a_chat_without_words_of_care_has_no_page() -> None:
    assert help_page(heard("", ""), country="DE") is None
    assert help_text(heard("", ""), country="DE") == ""
    unheard = Relationship("partner", ("Ana", "Ben"), Messages.none())
    assert help_page(unheard, country="DE") is None
    assert help_text(unheard, country=None) == ""


def test_a_report_for_both_never_holds_it() -> None:
    alone = heard("crisis", "violence")
    assert help_page(alone, country="DE") is not None
    assert help_page(replace(alone, both=True), country="DE") is None
    assert help_text(replace(alone, both=True), country="DE") == ""


@pytest.mark.parametrize("form", ["text", "md", "json", "html"])
def test_a_shared_report_is_the_same_with_words_of_care_and_without(form: str) -> None:
    care, quiet = heard("crisis", "violence"), heard("", "")
    assert "not wanting to live" in " ".join(show(care, [], [], form=form, country="DE").split())
    shared = [show(replace(relationship, both=True), [], [], form=form, country="DE") for relationship in (care, quiet)]
    assert shared[0] == shared[1]
    assert "not wanting to live" not in " ".join(shared[0].split())


def test_crisis_violence_and_both_have_their_own_words() -> None:
    pages = [page_of("crisis"), page_of("violence"), page_of("crisis", "violence")]
    assert len({page.says for page in pages}) == 3
    crisis, violence, both = (" ".join(page.says) for page in pages)
    assert "not wanting to live" in crisis
    assert "afraid of" not in crisis
    for hurt in (violence, both):
        assert "do not show this page to anyone you are afraid of" in hurt
        assert "Delete the report file" in hurt
    for page in pages:
        said = " ".join(page.says)
        assert "Nobody was told" in said
        assert "a song, a film or a joke" in said


def test_warm_words_stand_first_and_help_lines_last() -> None:
    for page in (page_of("crisis"), page_of("violence"), page_of("crisis", "violence")):
        assert "alone" in page.says[0] or "Nobody deserves" in page.says[0]
        assert not re.search(r"\d", page.says[0])
    assert help_text(heard("crisis"), country="DE").rstrip().endswith("findahelpline.com")


# ----------------------------------------------------------------------------------------------------------------- what it must not say


def test_it_holds_nothing_of_the_messages() -> None:
    for care in (("crisis",), ("violence",), ("crisis", "violence")):
        said = help_text(heard(*care, text="zebra Ana Ben umbrella"), country="GB")
        assert not [word for word in ("zebra", "umbrella", "Ana", "Ben") if re.search(rf"\b{word}\b", said)]


@pytest.mark.parametrize("sentence", every_sentence())
def test_no_means_no_verdict_no_question(sentence: str) -> None:
    said = sentence.casefold()
    assert not [word for word in MEANS if re.search(rf"\b{word}(s|ed|ing)?\b", said)]
    assert not [word for word in UNKIND if word in said]
    assert len(sentence.split()) <= 60


def test_only_the_passages_are_counted() -> None:
    unfilled = [set(re.findall(r"{(\w+)}", sentence)) for sentence in every_sentence()]
    assert set().union(*unfilled) == {"passages", "emergency"}
    assert not [sentence for sentence in every_sentence() if re.search(r"\d", sentence)]


# ------------------------------------------------------------------------------------------------------------------------- the passages


def test_passages_are_counted_by_time_and_conversation() -> None:
    apart = timedelta(microseconds=APART)
    more = apart + timedelta(microseconds=1)
    assert said_of("crisis") == "one passage"
    assert said_of("crisis", "", "crisis", at=[timedelta(0), apart / 2, apart]) == "one passage"
    assert said_of("crisis", "", "crisis", at=[timedelta(0), apart / 2, more]) == "2 passages"
    assert said_of("crisis", "violence", "crisis", homes=["home", "home", "work"]) == "2 passages"
    assert said_of("crisis", "crisis", at=[more, timedelta(0)]) == "2 passages"


def said_of(*care: str, **given: Any) -> str:
    found = re.search(r"Nothing was measured in (.*?):", " ".join(page_of(*care, **given).says))
    assert found is not None
    return found[1]


# -------------------------------------------------------------------------------------------------------------------------- the numbers


@pytest.mark.parametrize("country", sorted({line.country for line in help_lines()}))
def test_a_country_shows_its_own_lines_only(country: str) -> None:
    for care in (("crisis",), ("violence",), ("crisis", "violence")):
        *local, directory = page_of(*care, country=country).lines
        assert local
        assert {line.country for line in local} == {country}
        assert all(line.verified_on and line.number for line in local)
        assert directory.number == "findahelpline.com"
        assert any(line.kind != "emergency" for line in local)


@pytest.mark.parametrize("country", [None, "", "XX", "USA", "Germany", "\u202eED", "D E"])
def test_an_unknown_country_gets_the_directory_and_no_number(country: str | None) -> None:
    for care in ("crisis", "violence"):
        said = help_text(heard(care), country=country)
        assert "findahelpline.com" in said
        assert "the emergency number where you are" in said
        assert not re.search(r"\d", said)


def test_the_country_may_be_written_small() -> None:
    assert page_of("crisis", country=" gb ").lines == page_of("crisis", country="GB").lines


def test_the_first_number_is_the_one_for_now() -> None:
    page = page_of("crisis", country="DE")
    assert page.lines[0].number == "112"
    assert "call 112." in " ".join(page.says)
    assert [line.kind for line in page.lines[1:-1]] == ["suicide"]
    assert [line.kind for line in page_of("violence", country="DE").lines[1:-1]] == ["domestic violence", "suicide"]


def test_a_number_that_was_never_read_in_a_source_is_never_shown() -> None:
    unread = [line for line in help_lines() if not line.verified_on]
    assert unread
    shown = {line for line in help_lines() for page in pages_of(line.country) for line in page.lines}
    assert not shown & set(unread)


def pages_of(country: str) -> list[HelpPage]:
    return [page_of("crisis", country=country), page_of("violence", country=country), quiet_page(country=country)]


def test_text_holds_the_same_words_as_the_page() -> None:
    page, said = page_of("violence", country="AU"), help_text(heard("violence"), country="AU")
    assert said.startswith(page.title)
    assert [said.index(sentence) for sentence in page.says] == sorted(said.index(sentence) for sentence in page.says)
    assert "Lifeline: 13 11 14 (text 0477 13 11 14, 24 hours)" in said
    assert all(line.number in said for line in page.lines)


def test_the_quiet_page_is_the_same_for_everybody() -> None:
    page = quiet_page(country="FR")
    assert page == quiet_page(country="FR")
    assert "3114" in {line.number for line in page.lines}
    assert "3919" in {line.number for line in page.lines}
    assert quiet_page(country=None).lines[-1].number == "findahelpline.com"


# -------------------------------------------------------------------------------------------------------------------------- the table


def test_the_table_is_whole() -> None:
    lines = help_lines()
    read = [line for line in lines if line.verified_on]
    assert len({line.country for line in read}) >= 30
    assert len({line.country for line in read if line.kind == "suicide"}) >= 25
    assert len({line.country for line in read if line.kind == "domestic violence"}) >= 18
    for line in lines:
        assert re.fullmatch(r"[A-Z]{2}", line.country)
        assert re.fullmatch(r"[a-z]{2}", line.language)
        assert line.kind in KINDS
        assert line.name
        assert re.fullmatch(r"[*0-9][0-9A-Z -]*", line.number)
        assert bool(line.source) == bool(line.verified_on)
        assert not line.source or re.match(r"https?://[^\s]+$", line.source)
    assert len({(line.country, line.kind, line.number, line.language) for line in lines}) == len(lines)


def test_numbers_of_one_country_stand_in_no_other() -> None:
    assert {line.country for line in help_lines() if line.number == "988"} == {"US", "CA"}
    assert "911" not in {line.number for line in help_lines() if line.country not in {"US", "AR"}}


def test_lines_grow_old() -> None:
    line = HelpLine("a", "suicide", "1", "", "https://a.invalid", "2026-01-01", "en")
    never = replace(line, verified_on="")
    day = date(2026, 1, 1)
    assert stale([line, never], day + timedelta(days=180)) == stale([], day)
    assert stale([line, never], day + timedelta(days=181)).warn == (line,)
    assert stale([line, never], day + timedelta(days=365)).warn == (line,)
    assert stale([line, never], day + timedelta(days=365)).fail == ()
    assert stale([line, never], day + timedelta(days=366)).fail == (line,)
    assert stale([line, never], day + timedelta(days=366)).warn == ()


def test_no_row_was_read_after_its_table_was_made() -> None:
    made = date.fromisoformat(tomllib.loads(files("nearer.show").joinpath("help", "lines.toml").read_text(encoding="utf-8"))["version"])
    assert all(date.fromisoformat(line.verified_on) <= made for line in help_lines() if line.verified_on)
    assert stale(help_lines(), made) == stale([], made)


@pytest.mark.slow
def test_no_number_is_too_old_today() -> None:
    assert not stale(help_lines(), datetime.now(UTC).date()).fail

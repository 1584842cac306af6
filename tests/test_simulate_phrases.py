"""The phrase book: enough of it, labelled by the codebook, with no word that nobody should read."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import pytest

from nearer.errors import UnknownName
from nearer.records import ACTS
from nearer.simulate._exchanges import POOLS
from nearer.simulate._phrases import LINES, Phrase, load_book, to_mask, to_phrase, to_script
from nearer.simulate._quarrels import MOVES
from nearer.simulate._voices import Voice, dressed, is_said_by, load_voice, polished, smileys_for

BIDS = to_mask("bid_connect", "bid_comfort", "good_news", "disclose_feeling", "request_need")
FITS = to_mask("comfort", "validate", "curious_question", "celebrate")
UNFIT = to_mask("turn_away", "blame", "contempt")
COMPUTED = frozenset({"clock", "earlier", "today", "me", "you", "friend", "it", "due", "minutes", "back", "do", "done", "did"})
SLOT = re.compile(r"\{(\w+?)\d*\}")
BANNED = re.compile(
    r"\b(toxic|narcissis\w*|gaslight\w*|codependen\w*|trauma\w*|triggered|boundar(y|ies) (issue|work)|red flags?|love languages?|inner child|"
    r"self-care|healing|soulmates?|hysteric\w*|crazy|psycho\w*|insane|bipolar|ocd|autis\w*|schizo\w*|retard\w*|slut|bitch|whore|fuck\w*|"
    r"kill\w*|suicid\w*|die|dead|end it all|hit (you|me)|beat (you|me)|communication skills|validate your feelings|hold space)\b",
    re.IGNORECASE,
)
"""Verdicts, diagnoses, counsellors' talk, slurs, violence. (`dead` is a battery in two places: see ALLOWED.)"""
ALLOWED = ("phone was dead", "line was dead", "line dead")
VOICES = ("quick", "careful", "dry", "second", "few", "customer", "agent")


def phrases() -> Iterator[tuple[str, Phrase]]:
    """Yield every phrase with where it stands."""
    book = load_book()
    for name, pool in book.pools.items():
        yield from ((name, phrase) for phrase in pool)
    for name, scripts in book.scripts.items():
        yield from ((name, phrase) for script in scripts for phrase in script)
    for kind, topics in book.topics.items():
        for topic in topics:
            yield from ((f"{kind} {name}", phrase) for name, lines in topic.lines.items() for phrase in lines)
            yield from ((f"{kind} answers", phrase) for phrase in topic.answers.values())
            yield from ((f"{kind} later", phrase) for pair in topic.later for phrase in pair)


def acts_of(phrase: Phrase) -> int:
    made = 0
    for part in phrase.parts:
        made |= part.acts
    return made


def test_there_are_thousands_and_hardly_one_twice() -> None:
    texts = [" ".join(part.text for part in phrase.parts) for _, phrase in phrases()]
    assert load_book().count() == len(texts) >= 3_000
    long = [text for text in texts if len(text.split()) > 5]
    assert len(set(long)) > 0.97 * len(long)


def test_nothing_that_nobody_should_read() -> None:
    for where, phrase in phrases():
        for part in phrase.parts:
            text = part.text
            for fine in ALLOWED:
                text = text.replace(fine, "")
            assert not BANNED.search(text), (where, part.text)


def test_the_banned_words_are_found_where_they_stand() -> None:
    assert BANNED.search("that is so Toxic of you")
    assert BANNED.search("you need healing")


def test_every_part_has_words_and_no_mark_is_left_in_them() -> None:
    for where, phrase in phrases():
        for part in phrase.parts:
            assert part.text == part.text.strip() != "", where
            assert not re.search(r"(^|\s)[*~#/>]|\s#\w", part.text.replace("\n-", "\n")), (where, part.text)


def test_every_slot_has_words() -> None:
    book = load_book()
    for where, phrase in phrases():
        for part in phrase.parts:
            unknown = set(SLOT.findall(part.text)) - COMPUTED - set(book.words)
            assert not unknown, (where, part.text)
    assert all(len(set(words)) == len(words) >= 3 for words in book.words.values())


def test_bids_stand_only_where_an_answer_is_drawn_for_them() -> None:
    """What one tells is counted as it is told; a bid anywhere else would blur the planted shares."""
    told = {f"{kind} says" for kind in ("distress", "news", "feeling", "reach", "ask")} | {"ask_for"}
    for where, phrase in phrases():
        assert bool(acts_of(phrase) & BIDS) == (where in told), (where, phrase)


def test_exactly_one_part_of_a_bid_is_the_bid() -> None:
    for where, phrase in phrases():
        if where.endswith(" says"):
            assert sum(bool(part.acts) for part in phrase.parts) == 1, phrase


FITTING_POOLS = {name for key, name in POOLS.items() if key in {"comfort", "validate", "ask", "cheer"}} | {"ask_after_news"}
UNFIT_POOLS = {"turn_away", "turn_away_news", "advise", "bare"}


def test_answers_that_fit_fit_and_the_others_do_not() -> None:
    for where, phrase in phrases():
        name = where.split()[-1]
        if where in FITTING_POOLS or (" " in where and name in {"validate", "cheer", "ask"}):
            first = phrase.parts[0].acts | phrase.parts[min(1, len(phrase.parts) - 1)].acts
            assert first & FITS, (where, phrase)
            assert not acts_of(phrase) & UNFIT, (where, phrase)
        if where in UNFIT_POOLS or (" " in where and name in {"away", "advise"}):
            assert not acts_of(phrase) & FITS, (where, phrase)


def test_what_ends_an_exchange_does_nothing_to_it() -> None:
    """The last words of somebody who told something neither fit nor turn away."""
    ends = ("met_", "unmet_", "thanks_", "ask_end", "reach_end", "goes_on", "modest", "errand", "called")
    for where, phrase in phrases():
        if where.startswith(ends):
            assert not acts_of(phrase) & (FITS | UNFIT | BIDS), (where, phrase)


def test_small_talk_and_errands_do_no_act_but_thanks() -> None:
    for where, phrase in phrases():
        if where in {"small", "errand"}:
            assert acts_of(phrase) & ~to_mask("appreciate") == 0, phrase


def test_moves_of_a_quarrel_are_in_the_book() -> None:
    book = load_book()
    names = {move.split()[1] for scripts in MOVES.values() for script in scripts for move in script.split(", ")}
    assert {"complain", "blame", "withdraw", "pause", "own", "sorry", "forgive"} <= names
    for voice in map(load_voice, VOICES):
        for pool in ("withdraw", "contempt", "pause_with_return", "own_reactivity", "forgive", "first_warm", "warm_back", "complain_any"):
            assert any(is_said_by(phrase, voice) for phrase in book.pools[pool]), (voice.name, pool)


def test_full_and_hollow_apologies_say_what_they_are() -> None:
    for where, phrase in phrases():
        for part in phrase.parts:
            if part.acts & to_mask("apologise"):
                assert part.attributes["apologise"]["quality"] in {"full", "partial", "hollow"}, (where, part)
                assert isinstance(part.attributes["apologise"]["parts"], list), (where, part)


def test_a_phrase_is_read_with_its_parts_acts_and_attributes() -> None:
    phrase = to_phrase("oh no / *come here #humour / <photo>", acts=("comfort",))
    assert [part.text for part in phrase.parts] == ["oh no", "come here", "<photo>"]
    assert [part.acts for part in phrase.parts] == [0, to_mask("comfort", "humour"), 0]
    assert [part.is_photo for part in phrase.parts] == [False, False, True]
    sorry = to_phrase("sorry #apologise[parts=regret;quality=partial]").parts[0]
    assert sorry.attributes == {"apologise": {"parts": ["regret"], "quality": "partial"}}


def test_a_tilde_takes_the_acts_off_a_line_and_a_sentence_may_carry_them() -> None:
    assert to_phrase("~ok", acts=("humour",)).parts[0].acts == 0
    both = to_phrase("they rang. *i'm shaking, are you there", acts=("bid_comfort",)).parts
    assert [part.acts for part in both] == [0, to_mask("bid_comfort")]


def test_an_act_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="flirt"):
        to_phrase("hey you #flirt")


def test_a_script_hands_the_word_over() -> None:
    assert [turn.parts[0].text for turn in to_script("is it raining > yes > ok")] == ["is it raining", "yes", "ok"]


def test_every_topic_has_what_its_kind_needs() -> None:
    for kind, topics in load_book().topics.items():
        for topic in topics:
            needed = {"promise": set(), "quarrel": {"complain", "blame"}}.get(kind, {"says"})
            assert all(topic.lines[name] for name in needed), (kind, topic.name)
            assert set(topic.lines) == set(LINES[kind])
            assert 0.0 <= topic.when[0] < topic.when[1] <= 1.0
            assert topic.words.get("who", "0") in {"0", "1"}
            if kind == "promise":
                assert {"do", "done", "did"} <= set(topic.words)


def test_a_promise_and_the_word_that_closes_it_name_the_same_two_things() -> None:
    def words(text: str) -> set[str]:
        return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3}

    for topic in load_book().topics["promise"]:
        for name in ("done", "did"):
            assert len(words(topic.words["do"]) & words(topic.words[name])) >= 2, topic.words


def test_only_our_cast_is_named() -> None:
    folder = files("nearer.simulate").joinpath("phrases")
    text = "\n".join(entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    named = set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}", text)) - {"Sunday", "Tuesday", "Thursday", "May", "March"}
    assert named <= {"Chloe", "Delta", "Moss", "Portugal"}, named
    tomllib.loads(folder.joinpath("voices.toml").read_text("utf-8"))


# ------------------------------------------------------------------------------------------------------------------------------ voices


def test_a_careful_voice_writes_sentences_and_a_quick_one_lines() -> None:
    phrase = to_phrase("oh no / *i'm here", acts=("comfort",))
    assert [line.text for line in dressed(phrase, load_voice("careful"), burst=False)] == ["Oh no. I'm here."]
    assert [line.text for line in dressed(phrase, load_voice("quick"), burst=True)] == ["oh no", "i'm here"]
    assert [line.text for line in dressed(phrase, load_voice("quick"), burst=False)] == ["oh no, i'm here"]


def test_joined_lines_keep_every_act_and_a_picture_stays_a_line() -> None:
    lines = dressed(to_phrase("look #bid_connect / <photo> / that's me #humour"), load_voice("dry"), burst=False)
    assert [(line.text, line.acts) for line in lines] == [
        ("Look.", to_mask("bid_connect")),
        ("<photo>", 0),
        ("That's me.", to_mask("humour")),
    ]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("is it raining there", "Is it raining there?"),
        ("what a face", "What a face."),
        ("when your aunt came", "When your aunt came."),
        ("when does the shop close", "When does the shop close?"),
        ("was in the shower", "Was in the shower."),
        ("do what you want", "Do what you want."),
        ("ok. how many", "Ok. How many?"),
        ("yes!!", "Yes!!"),
        ("❤️", "❤️"),
        ("i think i'll go on monday", "I think I'll go on Monday."),
    ],
)
def test_sentences_get_their_capitals_and_the_mark_they_lack(said: str, written: str) -> None:
    assert dressed(to_phrase(said), load_voice("careful"), burst=False)[0].text == written


def test_a_phrase_of_a_voice_is_said_by_it_alone_and_as_it_was_written() -> None:
    own = Phrase(to_phrase("yo").parts, "quick")
    assert [name for name in VOICES if is_said_by(own, load_voice(name))] == ["quick"]
    assert dressed(own, load_voice("careful"), burst=False)[0].text == "yo"


def test_a_voice_of_few_words_says_short_things_and_an_agent_only_its_own() -> None:
    long = to_phrase("this is a line of far more than six words")
    assert not is_said_by(long, load_voice("few"))
    assert is_said_by(to_phrase("just a short one"), load_voice("few"))
    assert not is_said_by(long, load_voice("agent"))
    assert is_said_by(long, load_voice("quick"))


def test_an_unknown_voice_names_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="careful"):
        load_voice("pirate")


def test_no_smiley_under_a_serious_line() -> None:
    assert smileys_for(to_mask("humour"))
    for act in ("complain", "blame", "contempt", "withdraw", "bid_comfort", "apologise", "disclose_feeling"):
        assert smileys_for(to_mask(act)) == ()
        assert smileys_for(to_mask(act, "humour")) == ()
    assert smileys_for(0) == ()


def test_the_words_of_acts_are_the_acts() -> None:
    assert to_mask(*ACTS) == 2 ** len(ACTS) - 1
    assert polished("on friday i") == "On Friday I"
    assert Voice("x").sentences

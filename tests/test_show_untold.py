"""What can't be told yet: one line a subject, the one thing that is missing in words a person has, everything else behind it."""

import re

import pytest

from nearer.records import Finding
from nearer.show import show
from nearer.show._missing import missing_of
from nearer.show._names import Cast, without_isolates
from nearer.show._report import Report, make_report
from nearer.show._untold import Group, Subject
from nearer.show._words import load_words
from report_reader import Page, a_finding, both_ways, cannot, two

WORDS = load_words("partner")
CAST = Cast.of(("Ana", "Ben"), (), me=None)
SORTS = ("more", "clearer", "ear", "unheard", "group")
JARGON = re.compile(r"\bear\b|sens|spec|held|interval|\b0\.\d|nearer sense|worth|errors")
NEEDS = (
    ("6 quarrels; 4 so far", "more", "This can be told from 6 quarrels on; 4 so far."),
    ("30 bids; 12 so far", "more", "This can be told from 30 times of reaching out on; 12 so far."),
    ("20 tellings of a feeling over 26 weeks; 3 over 5 weeks so far", "more", "from 20 times a feeling was told over 26 weeks on"),
    (
        "more apologies: the interval is wider than 0.4; 11 so far",
        "more",
        "This needs more apologies: with 11 so far, too much stays open.",
    ),
    ("more whole weeks: they differ too much; 4 so far", "more", "with 4 so far"),
    ("messages of both; none so far", "more", "This needs messages from both; none so far."),
    ("", "more", "This needs more messages."),
    ("a clearer difference; 115 so far", "clearer", "The difference is too small to be told."),
    ("weeks that differ less, or a clearer change; 51 so far", "clearer", "too small"),
    ("a cycle that stands out from chance; none does in 14 quarrels", "clearer", "No round comes back more often"),
    (
        "an ear that hears bids more surely: 0.00, 0.30 is the least",
        "ear",
        "Nearer's listening isn't sure enough about complaints to count it.",
    ),
    (
        "an ear that hears this more surely: it is worth 0.00 here (1 is perfect), 0.30 is the least",
        "ear",
        "isn't sure enough about complaints",
    ),
    ("an ear that hears apologies more surely: of ten it heard here about 3 are likely to be one", "ear", "about 3 are likely to be one"),
    ("an ear that finds every quarrel: one it missed would count here as talk", "ear", "misses quarrels"),
    ("an ear whose errors are known for a chat like this: what was heard lies beyond what they allow", "ear", "In a chat like this"),
    ("an ear that was measured on more answers to this: so few were held out that nobody knows", "ear", "Nobody has measured yet"),
    (
        "an ear that hears the first warm word after a quarrel more surely: of ten held-out ones it names 3",
        "ear",
        "isn't sure enough about",
    ),
    ("an ear whose errors about hollow apologies were measured", "ear", "Nobody has measured yet"),
    ("approval heard in the messages by an ear whose errors about it are known", "ear", "Nobody has measured yet"),
    ("messages that were heard (nearer sense); none so far", "unheard", "Nobody has listened to these messages yet."),
    ("emotions in the messages, heard or labelled; none so far", "unheard", "Nobody has listened to the feelings"),
    ("messages in which feelings were heard (nearer sense); none so far", "unheard", "Nobody has listened to the feelings"),
    (
        "messages that say whom they are for: in this group no answer and no name leads from one of the two to the other",
        "group",
        "for whom",
    ),
)


def report(*findings: Finding, kind: str = "partner") -> Report:
    return make_report(two(kind=kind), findings, [], incognito=False, about={}, with_help=False)


def subjects(*findings: Finding) -> list[Subject]:
    return [one for group in report(*findings).untold for one in group.subjects]


@pytest.mark.parametrize(("needs", "sort", "says"), NEEDS)
def test_what_a_measure_needs_is_said_as_one_hears_it(needs: str, sort: str, says: str) -> None:
    missing = missing_of(needs, hears="complaints", words=WORDS, cast=CAST)
    assert missing.sort == sort
    assert says in missing.says
    assert missing.says.endswith(".")
    assert not JARGON.search(f"{missing.says} {missing.short}")
    assert "{" not in missing.says + missing.short


def test_names_and_controls_in_what_is_needed_are_shown_harmlessly() -> None:
    missing = missing_of("5 {messages} of Ben\u202e; 1 so far", hears="x", words=WORDS, cast=CAST)
    assert missing.short == "from 5 {messages} of \u2068Ben\u2069⟨U+202E⟩ on; 1 so far"


def test_every_sort_has_a_group_and_every_card_says_what_it_would_tell_and_listen_for() -> None:
    for kind in ("partner", "friend", "brand"):
        words = load_words(kind)
        assert tuple(words.table["untold"]) == SORTS
        assert {entry["sort"] for entry in words.table["missing"]} == set(SORTS)
        for key in words.table["card"]:
            card = words.card(key)
            assert card["would"][0].isupper(), key
            assert card["hears"], key
            assert not card["would"].endswith("."), key


def test_subjects_stand_with_those_that_miss_the_same_and_in_the_order_of_the_page() -> None:
    ear = "an ear that hears this more surely: it is worth 0.00 here (1 is perfect), 0.30 is the least"
    groups = report(
        *[cannot(name, needs=ear) for name in ("talk_mix", "turning_toward")], cannot("quarrels", needs="6 quarrels; 4 so far")
    ).untold
    assert groups == tuple(
        sorted(groups, key=lambda group: ["Too few", "Nothing", "Nearer"].index(group.title.rsplit(" to ")[0].split("'")[0]))
    )
    assert [[one.key for one in group.subjects] for group in groups] == [["often"], ["turning", "talk"]]


def test_a_subject_that_tells_anything_is_not_among_them_and_its_card_says_what_waits() -> None:
    made = report(*both_ways("accessible"), cannot("answered_bids"), cannot("answered_bids", person="Ana", toward="Ben"))
    assert made.untold == ()
    assert made.waits
    assert made.cards[0].waits == "was there and did not turn away"


def test_a_line_that_tells_in_one_direction_does_not_wait() -> None:
    made = report(a_finding(), cannot(person="Ana", toward="Ben"))
    assert made.cards[0].waits == ""
    assert not made.waits


def test_the_one_thing_is_what_most_miss() -> None:
    ear = "an ear that hears apologies more surely: of ten it heard here about 0 are likely to be one"
    few = cannot("apology_responsibility", needs="more apologies: the interval is wider than 0.4; 11 so far")
    [one] = subjects(few, cannot("apology_regret", needs=ear), cannot("apology_repair", needs=ear))
    assert one.missing.short == "not sure enough about apologies and how they are met"
    assert len(one.behind) == 2


@pytest.mark.parametrize(
    ("first", "second", "short"),
    [
        ("20 answered good news; 15 so far", "20 answered good news; 15 so far", "from 20 answers to good news on; 15 so far"),
        ("20 answered good news; 15 so far", "20 answered good news; 7 so far", "from 20 answers to good news on; 15 and 7 so far"),
        (
            "5 quarrels; 4 so far",
            "15 quarrels; 4 so far",
            "Ana → Ben: from 5 quarrels on; 4 so far · Ben → Ana: from 15 quarrels on; 4 so far",
        ),
    ],
)
def test_both_directions_make_one_line(first: str, second: str, short: str) -> None:
    [one] = subjects(cannot("good_news_shared", person="Ana", toward="Ben", needs=first), cannot("good_news_shared", needs=second))
    assert without_isolates(one.missing.short) == short


def test_behind_a_line_each_need_stands_once_and_a_direction_only_where_they_differ() -> None:
    ways = [
        cannot(name, person=p, toward=q, needs="6 quarrels; 4 so far") for name in ("quarrel_blame", "quarrel_defence") for p, q in PAIRS
    ]
    [one] = subjects(*ways)
    assert one.behind == (("explained, or turned it around; said whose fault it was", "This can be told from 6 quarrels on; 4 so far."),)
    [one] = subjects(
        *[cannot("apologies", person=p, toward=q, needs=f"{n} apologies; 1 so far") for n, (p, q) in enumerate(PAIRS, start=5)]
    )
    assert [without_isolates(which) for which, _ in one.behind] == ["Ana → Ben, said sorry", "Ben → Ana, said sorry"]


PAIRS = (("Ana", "Ben"), ("Ben", "Ana"))


def test_a_measure_without_words_stands_there_too() -> None:
    made = make_report(two(both=True), [cannot("odd_thing", needs="an ear that hears it")], [], incognito=False, about={}, with_help=False)
    [group] = made.untold
    assert isinstance(group, Group)
    assert (group.subjects[0].would, group.subjects[0].missing.short) == ("Odd thing", "not sure enough about this")


def test_the_page_opens_one_line_for_each_subject() -> None:
    html = show(two(), [cannot(), cannot("quarrels", needs="6 quarrels; 4 so far")], [])
    page = Page.of(html)
    assert len([one for one in page.named("details") if "subject" in one.get("class", "")]) == 2
    assert "How often you quarrel here" in page.text
    assert "from 6 quarrels on; 4 so far" in page.text


@pytest.mark.parametrize("form", ["md", "json"])
def test_the_other_forms_say_the_same(form: str) -> None:
    text = show(two(), [cannot("quarrels", needs="6 quarrels; 4 so far")], [], form=form)
    assert "How often you quarrel here" in text
    assert "from 6 quarrels on; 4 so far" in text

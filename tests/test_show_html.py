"""The page: one file, escaped, neutral, in order, the same bytes each time; help first for the one who opened it alone."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from conversation import talk
from nearer.columns import Messages
from nearer.errors import UnknownName
from nearer.records import Episode, Finding, Relationship
from nearer.relate import about
from nearer.show import show
from report_reader import Page, a_finding, a_report, a_year, cannot, evidence, the_html, two

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    '=HYPERLINK("x")',
    "a\u202eb\u2066c",
    "javascript:alert(1)",
    "</style></svg><b>",
    "{person} {0} %s",
    "![x](y) **b**",
    "x" * 10_000,
    "",
    "Мum",
)


@pytest.fixture(scope="module")
def page() -> Page:
    return Page.of(the_html())


# ----------------------------------------------------------------------------------------------------------------------- one safe file


def test_the_page_asks_for_nothing_and_allows_nothing(page: Page) -> None:
    html = the_html()
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:|//)""", html)
    assert not re.search(r"@import|@font-face|url\((?!#)", html)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "iframe", "object", "embed", "form", "img", "audio", "video", "base"})
    assert not any(name.startswith("on") or name == "style" for _, attributes in page.tags for name in attributes)
    [policy] = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    style = html.split("<style>")[1].split("</style>")[0]
    assert b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy


def test_the_title_and_the_icon_say_nothing() -> None:
    assert "<title>Report</title>" in the_html()
    assert "Ana" not in the_html().split("</head>")[0]


def test_links_lead_only_into_the_page_or_to_a_telephone(page: Page) -> None:
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    for link in page.named("a"):
        assert link["href"].startswith("tel:") or link["href"][1:] in ids, link


def test_ids_are_unique_and_every_name_is_found(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for name in attributes.get("aria-labelledby", "").split():
            assert name in ids


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_every_picture_has_words(page: Page) -> None:
    for svg in page.named("svg"):
        hidden = svg.get("aria-hidden") == "true"
        assert hidden or (svg["role"] == "img" and (svg.get("aria-labelledby") or svg.get("aria-label"))), svg


# ---------------------------------------------------------------------------------------------------------------------- what is in it


def test_the_order_of_the_page(page: Page) -> None:
    headings = [text for level, text in page.headings if level <= 2]
    assert headings == [
        "What Ana and Ben wrote to each other",
        "What the two of you did well",
        "What got lost",
        "To talk about tonight",
        "Can we reach each other",
        "Two minutes for the two of you",
        "Over the months",
        "Reaching each other",
        "Quarrels and how they ended",
        "Promises",
        "What you keep repeating",
        "Good words and talk",
        "Contact",
        "Can't tell yet",
        "What is not seen here",
        "What this report does not say",
        "If you need somebody to talk to",
    ]


def test_every_number_stands_with_out_of_how_many_and_opens_to_file_and_line(page: Page) -> None:
    text = page.text
    assert re.search(r"\d+ of \d+ times Ana reached out", text)
    assert re.search(r"Ana, \d+ \w+ 2026, \d\d:\d\d · chat.txt, line \d+", text)


def test_what_is_not_seen_is_asked_for_and_printed(page: Page) -> None:
    assert "How much of your contact is in this chat?" in page.text
    assert len([box for box in page.named("input") if box["type"] == "radio"]) == 4
    for words in (
        "lines that could not be used 1",
        "does not hold: reactions",
        "chat.txt, line 77: this date does not exist",
        "Silence here",
    ):
        assert words in page.text, words


def test_what_is_not_said_is_said_once(page: Page) -> None:
    assert page.text.count("whether a relationship will last or end") == 1


def test_a_measure_explains_itself_with_its_own_text(page: Page) -> None:
    first = " ".join(about()["accessible"].split())[:80]
    assert first in page.text


def test_the_ritual_that_stopped_and_the_strip_of_weeks_are_there(page: Page) -> None:
    assert "The good night that Ana and Ben had was here on all of fourteen days." in page.text
    assert any("good night" in svg.get("aria-label", "") for svg in page.named("svg"))


# --------------------------------------------------------------------------------------------------------------------------- the same


def test_the_same_input_gives_the_same_bytes() -> None:
    assert a_report() == the_html()


def test_it_makes_no_difference_whether_all_messages_are_there_or_only_the_quoted_ones() -> None:
    relationship, findings, happened = a_year()
    ids = {e.id for finding in findings for e in (*finding.evidence, *finding.against)} | {made for e in happened for made in e.messages}
    quoted = Messages.of([message for message in relationship.messages if message.id in ids], tz=relationship.tz)
    assert show(replace(relationship, messages=quoted), findings, happened, about=about()) == the_html()


def test_the_page_stays_small() -> None:
    assert len(the_html().encode()) < 1_500_000


def test_an_unknown_form_is_refused_and_named() -> None:
    with pytest.raises(UnknownName, match="pdf"):
        a_report("pdf")


# --------------------------------------------------------------------------------------------------------------------------- help first


def with_care(relationship: Relationship) -> Relationship:
    senses = relationship.messages.senses
    assert senses is not None
    return replace(relationship, messages=relationship.messages.with_senses(replace(senses, care={3: "violence"})))


def test_help_stands_before_everything_for_the_one_who_opened_it_alone() -> None:
    relationship, findings, happened = a_year()
    html = show(with_care(relationship), findings, happened, about=about(), country="DE")
    first = Page.of(html)
    assert first.headings[0] == (2, "Before the report")
    assert html.index("116 016") < html.index("What <bdi>Ana")
    assert "Nothing has to be talked about tonight." in first.text
    assert "Would you both" not in first.text


def test_a_report_for_both_gives_nothing_away() -> None:
    relationship, findings, happened = a_year()
    calm, cared = (show(replace(made, both=True), findings, happened, about=about()) for made in (relationship, with_care(relationship)))
    assert calm == cared
    assert "Before the report" not in calm


# ----------------------------------------------------------------------------------------------------------------------------- hostile


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_words_stay_text(name: str) -> None:
    relationship = two(people=(name, f"{name}2"), text=f"{name} wrote https://example.invalid")
    findings = [
        a_finding(
            person=name,
            toward=f"{name}2",
            evidence=evidence("m1", why=name),
            coverage=name,
            unit=name,
            sensitivity=({"setting": name, "value": 0.1},),
        ),
        cannot("engaged", person=f"{name}2", toward=name, needs=name),
        a_finding(f"odd{name[:40]}", person=None, toward=None),
    ]
    happened = [
        Episode(
            name, f"{name}-e1", "quarrel", name, 0.5, {name: name}, ("m1",), relationship.messages[0].time, relationship.messages[1].time
        )
    ]
    page = Page.of(show(relationship, findings, happened, about={"accessible": name}))
    allowed = {tag for tag, _ in Page.of(the_html()).tags}
    assert {tag for tag, _ in page.tags} <= allowed
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert "\u202e" not in page.text
    assert "49" not in page.text or "{{ 7*7 }}" in page.text
    if 0 < len(name) < 30 and name.isascii():
        assert name in page.text


def test_ten_thousand_characters_are_cut_and_counted() -> None:
    html = show(two(text="y" * 10_000), [a_finding(evidence=evidence("m1"))], [])
    assert "8,800 more characters are in the export" in html
    assert "y" * 1_201 not in html


@pytest.mark.parametrize("people", [(), ("Ana",), ("Ana", "Ben", "Chloe")])
def test_nobody_one_and_three_people(people: tuple[str, ...]) -> None:
    relationship = talk("\n".join(f"2026-03-01 0{n}:00 {name}: hi" for n, name in enumerate(people)), people=people)
    page = Page.of(show(relationship, [], []))
    assert page.headings[0][0] == 1
    assert ("Can we reach each other" in page.text) is (len(people) > 1)


def test_a_report_with_nothing_told_is_readable() -> None:
    page = Page.of(show(two(), [cannot(), cannot("contact", person=None, toward=None, needs="4 whole weeks; 0 so far")], []))
    assert "The weeks can't be drawn yet." in page.text
    assert "from 30 times of reaching out on; 12 so far" in page.text


@pytest.mark.parametrize("kind", ["partner", "friend", "brand"])
def test_every_kind_has_its_page(kind: str) -> None:
    assert Page.of(a_report(kind=kind)).headings[1][1] == {"brand": "What worked"}.get(kind, "What the two of you did well")


def test_findings_of_another_day_of_another_zone_are_written_on_their_own_clock() -> None:
    late: Finding = a_finding(since=None, until=None)
    assert "Counted: 80 of 100 times Ana reached out." in Page.of(show(two(), [late], [])).text
    moved = replace(a_finding(), until=(a_finding().since or two().messages[0].time) + timedelta(hours=1))
    assert "since 5 January 2026" in Page.of(show(two(), [moved], [])).text

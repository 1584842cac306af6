"""The other forms: JSON that any program reads, Markdown in which nothing foreign acts, one aligned screen of a terminal."""

import json
from dataclasses import replace

import pytest

from nearer.records import Relationship
from nearer.relate import about
from nearer.show import show
from nearer.show._markdown import escaped
from nearer.show._text import pad
from report_reader import a_finding, a_report, a_year, both_ways, cannot, evidence, two

# -------------------------------------------------------------------------------------------------------------------------------- json


def test_json_is_one_document_as_the_contract_writes_it() -> None:
    document = json.loads(a_report("json", me="Ana"))
    assert (document["what"], document["people"], document["me"], document["both"]) == ("report", ["Ana", "Ben"], "Ana", False)
    told = next(row for row in document["findings"] if row["measure"] == "accessible")
    assert set(told) >= {"value", "low", "high", "n", "out_of", "says", "since", "until", "evidence", "against", "coverage", "sensitivity"}
    assert told["sentence"].startswith("Of the times Ben reached out, Ana answered")
    assert told["belongs"] == "between"
    untold = next(row for row in document["findings"] if row["says"] == "cannot_tell")
    assert "value" not in untold
    assert untold["sentence"].startswith("This can be told from ")
    assert {row["sort"] for row in document["cannot_tell"]} <= {"more", "clearer", "ear", "unheard", "group"}
    assert [line["heading"] for line in document["first"]] == ["What the two of you did well", "What got lost", "To talk about tonight"]
    assert len(document["not_said"]) == 7


def test_json_holds_no_nan_and_every_evidence_leads_to_a_message() -> None:
    text = a_report("json")
    assert "NaN" not in text
    document = json.loads(text)
    ids = {row["id"] for row in document["messages"]}
    assert {found["id"] for row in document["findings"] for found in row["evidence"]} <= ids
    assert {row["origin"]["file"] for row in document["messages"]} == {"chat.txt"}


def test_json_leaves_out_what_belongs_to_one_alone_and_what_they_tell_of_themselves() -> None:
    document = json.loads(a_report("json", me="Ana"))
    assert {row["person"] for row in document["findings"] if row["belongs"] == "alone"} == {"Ana"}
    assert "talk" not in {episode["what"] for episode in document["episodes"]}
    assert document["left_out"] > 0
    assert json.loads(a_report("json", both=True))["left_out"] == 0


# ---------------------------------------------------------------------------------------------------------------------------- markdown


@pytest.mark.parametrize(
    "text",
    [
        "# a",
        "- a",
        "1. a",
        "[a](b)",
        "![a](b)",
        "<b>",
        "**a**",
        "`a`",
        "https://a.b",
        "www.a.b",
        "a\n\n# b",
        "    code",
        "> a",
        "| a |",
        "\\*",
        "a@b.c",
    ],
)
def test_nothing_foreign_is_markdown(text: str) -> None:
    made = escaped(text)
    assert "\n" not in made
    assert not made.startswith(" ")
    unescaped = ["#", "[", "]", "(", ")", "<", ">", "*", "`", "|", "!", ".", ":", "@", "-", "_", "+"]
    for mark in unescaped:
        assert made.count(mark) == made.count(f"\\{mark}"), made


def test_names_are_escaped_in_sentences_and_ours_stay_readable() -> None:
    text = show(
        two(people=("*Ana*", "B_en")),
        [a_finding(person="B_en", toward="*Ana*")],
        [],
        form="md",
    )
    assert "Of the times \\*Ana\\* reached out, B\\_en answered about eight of ten within a day." in text
    assert "*Ana*" not in text.replace("\\*Ana\\*", "")


def test_markdown_has_all_parts_of_the_report() -> None:
    text = a_report("md")
    for heading in (
        "# What Ana and Ben wrote",
        "## What got lost",
        "## Promises",
        "## The quarrels, latest first",
        "## Can't tell yet",
        "## What is not seen here",
    ):
        assert heading in text
    assert "chat\\.txt, line 77: this date does not exist" in text
    assert text.endswith("order\n")


# ------------------------------------------------------------------------------------------------------------------------------ text


def test_a_terminal_gets_one_aligned_screen() -> None:
    text = a_report("text", me="Ben")
    lines = text.splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 79
    header = next(line for line in lines if "out of" in line)
    assert header.index("Ben") < header.index("Ana")
    row = next(line for line in lines if line.startswith("when one of you reaches"))
    assert row[26:].startswith("almost all") or row[26:].startswith("nineteen")
    assert row.endswith("157, 107") or row.rsplit(" ", 1)[-1].isdigit()


def test_long_amounts_stand_on_lines_of_their_own_with_a_name() -> None:
    text = show(two(), both_ways("reply_lag", value=0.5, low=0.4, high=0.6), [], form="text")
    assert "Ana: one and a half times the usual time" in text
    assert "Ben: one and a half times the usual time" in text


def test_one_direction_and_the_pair_stand_in_the_table_too() -> None:
    text = show(
        two(),
        [
            a_finding("talk_mix", person=None, toward=None),
            a_finding("contact", person=None, toward=None, value=90.0),
            *both_ways("contact", value=45.0),
        ],
        [],
        form="text",
    )
    assert "90 messages a week" in text
    assert "45 messages a week    45 messages a week" in text
    assert "Ben: eight of ten" in show(two(), [a_finding()], [], form="text")


def test_controls_never_reach_a_terminal() -> None:
    for text in ("\x1b]0;x\x07", "\u202e", "\x9b31m"):
        shown = show(
            two(people=(f"A{text}", "Ben"), text=text),
            [a_finding(person="Ben", toward=f"A{text}", evidence=evidence("m1"))],
            [],
            form="text",
        )
        assert text[0] not in shown


def test_columns_count_wide_letters_twice_and_marks_not_at_all() -> None:
    assert pad("日本", 6) == "日本  "
    assert pad("e\u0301\u2068a\u2069", 4) == "e\u0301\u2068a\u2069  "
    assert pad("too long", 3) == "too long "


# ------------------------------------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("form", ["md", "text", "json"])
def test_help_stands_first_in_every_form(form: str) -> None:
    relationship, findings, happened = a_year()
    senses = relationship.messages.senses
    assert senses is not None
    cared: Relationship = replace(relationship, messages=relationship.messages.with_senses(replace(senses, care={3: "crisis"})))
    text = show(cared, findings, happened, form=form, about=about(), country="DE")
    assert "0800 111 0 111" in text
    assert text.index("Before the report") < text.index("What Ana and Ben wrote" if form != "json" else '"first"')
    assert "0800" not in show(replace(cared, both=True), findings, happened, form=form, country="DE")


def test_nothing_told_is_a_short_text() -> None:
    text = show(two(), [cannot()], [], form="text")
    assert "Too few to tell so far (1): when one of you reaches out." in text
    assert show(two(people=("Ana",)), [], [], form="md").startswith("# Only one person writes here")

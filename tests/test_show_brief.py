"""Two minutes for two people: one sentence of each part, both named, nothing twice, nothing where nothing can be told."""

from nearer.records import Finding
from nearer.show import show
from nearer.show._names import without_isolates
from nearer.show._report import Report, make_report
from report_reader import Page, a_finding, a_report, both_ways, cannot, the_html, two


def report(*findings: Finding, **changed: object) -> Report:
    return make_report(two(**changed), findings, [], incognito=False, about={}, with_help=False)  # type: ignore[arg-type]


def test_each_part_that_tells_gives_one_sentence_in_the_order_of_the_page() -> None:
    made = report(
        *both_ways("promises", value=0.6, low=0.5, high=0.69), *both_ways("openings"), cannot("quarrels"), *both_ways("engaged", value=0.5)
    )
    assert [one.section for one in made.brief] == ["reach", "promises", "contact"]
    assert all(one.sentence.count("Ana") == one.sentence.count("Ben") for one in made.brief)


def test_what_the_first_screen_said_is_not_said_again_where_there_is_something_else() -> None:
    both = report(*both_ways("accessible", value=0.9, low=0.85, high=0.95), *both_ways("engaged", value=0.5, low=0.4, high=0.6))
    assert both.first[0].card == "reached"
    assert [one.card for one in both.brief] == ["mind"]
    alone = report(*both_ways("accessible", value=0.9, low=0.85, high=0.95))
    assert [one.card for one in alone.brief] == ["reached"]


def test_hours_are_no_news_and_nobody_alone_has_two_minutes() -> None:
    assert report(a_finding("hours", person=None, toward=None)).brief == ()
    assert report(a_finding("contact", person=None, toward=None), people=("Ana",)).brief == ()
    assert "Two minutes" not in show(two(), [], [])


def test_what_belongs_to_the_other_alone_is_not_in_it() -> None:
    mine = report(*both_ways("own_part"), me="Ana")
    assert [without_isolates(one.sentence)[:27] for one in mine.brief] == ["Of the quarrels, Ana named "]
    assert report(a_finding("own_part"), me="Ana").brief == ()


def test_each_leads_to_its_part() -> None:
    page = Page.of(the_html())
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = [link["href"] for link in page.named("a") if link["href"].startswith("#section-")]
    assert len(links) == len(set(links)) >= 5
    assert {link[1:] for link in links} <= ids
    assert "## Two minutes for the two of you" in a_report("md")

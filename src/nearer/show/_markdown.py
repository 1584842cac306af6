"""The report as Markdown for a notes app. Imported text is never Markdown: every mark in it is escaped, every line end is taken out.

Safety.md rule 13 and T18: no heading, list, link, picture or HTML can come from a name or a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nearer.show._cards import Card
from nearer.show._episodes import Listed
from nearer.show._help import HelpPage
from nearer.show._names import CLOSE, OPEN, without_isolates
from nearer.show._pictures import round_of
from nearer.show._quotes import Quote
from nearer.show._report import Report

MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&=:@$^])")
"""Every character that some Markdown gives a meaning to; a backslash before it takes the meaning away."""
BACKSLASHED = r"\\\1"
NAME = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")


def to_markdown(report: Report, *, help_page: HelpPage | None = None) -> str:
    """Write a report as Markdown."""
    blocks = [*_help(help_page), *_first(report), *_cards(report), *_lists(report), *_untold(report), *_seen(report), *_refused(report)]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Return imported text as one line in which nothing is Markdown."""
    return MARKS.sub(BACKSLASHED, " ".join(without_isolates(text).split()))


def said(sentence: str) -> str:
    """Return a sentence of ours: only the names in it are escaped."""
    return without_isolates(NAME.sub(lambda found: f"{OPEN}{MARKS.sub(BACKSLASHED, found[1])}{CLOSE}", sentence))


def _help(page: HelpPage | None) -> Iterator[str]:
    if page is None:
        return
    yield f"# {escaped(page.title)}"
    yield from (said(sentence) for sentence in page.says)
    yield "\n".join(f"- **{escaped(line.number)}** {escaped(line.name)}. {escaped(line.hours)}" for line in page.lines)


def _first(report: Report) -> Iterator[str]:
    yield f"# {said(report.title)}"
    if report.span:
        yield said(report.span)
    for line in report.first:
        yield f"## {said(line.heading)}"
        yield said(line.sentence)
        if line.quotes:
            yield _quotes(line.quotes)
    yield from (said(sentence) for sentence in report.notice)
    if report.brief:
        yield f"## {said(report.words.page('two_minutes'))}"
        yield "\n".join(f"- {said(one.title)}: {said(one.sentence)}" for one in report.brief)


def _cards(report: Report) -> Iterator[str]:
    page = report.words.table["page"]
    for key, section in report.words.table["section"].items():
        cards = [card for card in report.cards if card.section == key and card.tells]
        if cards:
            yield f"## {said(section['title'])}"
        for card in cards:
            yield from _card(card, report, page)


def _card(card: Card, report: Report, page: dict[str, str]) -> Iterator[str]:
    yield f"### {said(card.title)}"
    yield from (said(sentence) for sentence in card.sentences(report.cast))
    telling = [told for told in card.told if told.tells]
    drawn = round_of(card, words=report.words, cast=report.cast)
    if drawn is not None:
        yield said(drawn.says)
    yield "\n".join(
        f"- {said(told.who)}, {said(told.words.line)}: {said(told.amount)} ({said(told.between)}; {said(told.counted)})" for told in telling
    )
    yield f"{said(page['cannot_know'])} {said(card.cannot)}"
    for told in telling:
        if told.evidence or told.against:
            yield f"{said(told.who)}, {said(told.words.line)}: {said(page['evidence'])}"
            yield _quotes(told.evidence)
        if told.against:
            yield said(page["against"])
            yield _quotes(told.against)
        if told.sensitivity:
            yield said(told.sensitivity)
    if card.waits:
        yield said(page["cannot_tell"]) + f": {said(card.waits)}"


def _quotes(found: Iterable[Quote]) -> str:
    return "\n".join(
        f"- “{escaped(quote.text)}” {said(quote.name)}, {said(quote.when)}, {escaped(quote.file)}, line {quote.line}" for quote in found
    )


def _lists(report: Report) -> Iterator[str]:
    for listed in (report.quarrels, report.promises):
        if listed is not None:
            yield from _list(listed)


def _list(listed: Listed) -> Iterator[str]:
    yield f"## {said(listed.title)}"
    yield said(listed.says)
    yield "\n".join(f"- {said(one.day)}: {said(one.ended)}. {escaped(one.where)}" for one in (*listed.latest, *listed.earlier))


def _untold(report: Report) -> Iterator[str]:
    if report.untold:
        yield f"## {said(report.words.page('cannot_tell'))}"
        yield said(report.words.page("cannot_tell_says"))
        for group in report.untold:
            yield f"### {said(group.title)}"
            yield "\n".join(f"- {said(one.would)}: {said(one.missing.short)}" for one in group.subjects)


def _seen(report: Report) -> Iterator[str]:
    words, seen = report.words.table["seen"], report.seen
    yield f"## {said(words['title'])}"
    yield said(words["says"])
    yield f"{said(words['ask'])} ({said(', '.join(words['answers']))})"
    for file in seen.files:
        counts = "; ".join(f"{name}: {count:,}" for name, count in file.counts.items())
        yield f"- {escaped(file.name)}. {escaped(counts)}"
        yield from (f"- {escaped(note)}" for note in file.notes)
        if file.cannot_carry:
            yield escaped(words["cannot_carry"].format(things=file.cannot_carry))
    yield escaped(words["problems_says"].format(n=f"{seen.problem_total:,}") if seen.problem_total else words["no_problems"])
    if seen.problems:
        yield "\n".join(f"- {escaped(where)}: {escaped(says or what)}" for what, where, says in seen.problems)
    yield from (said(sentence) for sentence in seen.ear)


def _refused(report: Report) -> Iterator[str]:
    words = report.words.table["refused"]
    yield f"## {said(words['title'])}"
    yield said(words["says"])
    yield "\n".join(f"- {said(claim)}" for claim in report.refused)

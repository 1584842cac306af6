"""The report as one JSON document: findings, episodes, exports and problems as contract.md writes them, the quoted messages, the sentences.

Keys follow the contract; `sentence` and `counted` are what the other forms say. There is no NaN: a number that is none is null.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from nearer.show._first import Line
from nearer.show._help import HelpPage
from nearer.show._names import without_isolates
from nearer.show._quotes import Quote
from nearer.show._report import Report
from nearer.show._told import Told
from nearer.show._untold import Subject
from nearer.stream import dump, to_envelope, to_episode, to_finding


def to_json(report: Report, *, help_page: HelpPage | None = None) -> str:
    """Write a report as JSON, one object and nothing else."""
    relationship = report.relationship
    document = {
        **to_envelope(relationship),
        "what": "report",
        **({"help": _help(help_page)} if help_page is not None else {}),
        "first": [_line(line) for line in report.first],
        "notice": [without_isolates(sentence) for sentence in report.notice],
        "left_out": report.left_out,
        "findings": [_finding(told) for told in report.told],
        "episodes": [to_episode(episode) for episode in report.episodes],
        "messages": [_quote(quote) for quote in _quotes(report)],
        "cannot_tell": [_subject(one) for group in report.untold for one in group.subjects],
        "heard": list(report.seen.ear),
        "not_said": list(report.refused),
    }
    return dump(document).decode()


def _finding(told: Told) -> dict[str, Any]:
    return to_finding(told.finding) | {
        "sentence": without_isolates(told.sentence),
        "counted": without_isolates(told.counted),
        "belongs": told.words.belongs,
    }


def _line(line: Line) -> dict[str, Any]:
    return {"heading": line.heading, "sentence": without_isolates(line.sentence), "messages": [quote.id for quote in line.quotes]}


def _subject(subject: Subject) -> dict[str, Any]:
    return {"says": without_isolates(subject.would), "missing": without_isolates(subject.missing.short), "sort": subject.missing.sort}


def _quotes(report: Report) -> list[Quote]:
    """Return every message that a finding points to, in order of time."""
    ids = {found.id for finding in report.findings for found in (*finding.evidence, *finding.against)}
    return [report.quotes.quote(message) for made, message in report.quotes.by_id.items() if made in ids]


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "id": quote.id,
        "person": without_isolates(quote.name),
        "time": quote.time.isoformat(),
        "text": quote.text if quote.is_text else None,
        "origin": {"file": quote.file, "line": quote.line},
    }


def _help(page: HelpPage) -> dict[str, Any]:
    return {"title": page.title, "says": list(page.says), "lines": [asdict(line) for line in page.lines]}

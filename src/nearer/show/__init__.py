"""Show: findings, problems and messages said in words and pictures, as HTML, Markdown, text or JSON.

`show` makes a report; `FORMS` are its forms. What belongs to one person alone is left out unless both agreed (decision (a) of safety.md);
with `incognito` there are no names and no words in any form, and people of a group who are not of the two have numbers for names. The help page stands first for the person who opened this alone, and never in
a report that both will see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from nearer.errors import UnknownName
from nearer.records import Episode, Finding, Relationship
from nearer.show._help import help_page, help_text, quiet_page
from nearer.show._names import visible
from nearer.show._quotes import wanted
from nearer.show._report import make_report

__all__ = ["FORMS", "help_text", "show", "visible", "wanted"]

FORMS = ("html", "md", "text", "json")
NOTHING: Mapping[str, str] = MappingProxyType({})


def show(
    relationship: Relationship,
    findings: Iterable[Finding],
    episodes: Iterable[Episode],
    *,
    form: str = "html",
    incognito: bool = False,
    about: Mapping[str, str] = NOTHING,
    country: str | None = None,
    name_others: bool = False,
) -> str:
    """Return the report in one of FORMS; raises UnknownName for another.

    `relationship.messages` may be all messages or only the quoted ones. `about` maps a measure to the text that says how it is counted;
    `country` chooses the help lines; `name_others` keeps the names of people in a group who are not of the two (safety.md, rule 7)."""
    if form not in FORMS:
        raise UnknownName("form", form, FORMS)
    page = None if relationship.both else help_page(relationship, country=country)
    chosen = {"incognito": incognito, "with_help": page is not None, "name_others": name_others}
    report = make_report(relationship, findings, episodes, about=about, **chosen)
    if form == "html":
        from nearer.show._html import to_html  # noqa: PLC0415 - only the drawn form pays for its drawing tools

        return to_html(report, quiet=quiet_page(country=country), help_page=page)
    if form == "json":
        from nearer.show._json import to_json  # noqa: PLC0415 - one form, one cost

        return to_json(report, help_page=page)
    if form == "md":
        from nearer.show._markdown import to_markdown  # noqa: PLC0415 - one form, one cost

        return to_markdown(report, help_page=page)
    from nearer.show._text import to_text  # noqa: PLC0415 - one form, one cost

    return to_text(report, help_page=page)

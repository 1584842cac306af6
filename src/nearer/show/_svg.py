"""Make a drawn chart safe and at home in the page: only known elements and attributes stay, its colours become those of the page.

vl-convert returns a picture with fixed colours and a white ground. The charts are drawn in ink names (`INK["one"]`, ...): here each becomes
the page's CSS variable, so that the same picture is right in light and in dark. Everything else that a picture does not need (classes,
roles, ids, links, styles) is dropped; an element that we do not know is refused, never passed on. Safety.md T18.
"""

from __future__ import annotations

import re

INK = {
    "ink": "#101011",
    "muted": "#202021",
    "line": "#303031",
    "one": "#404041",
    "two": "#505051",
    "pair": "#606061",
    "card": "#707071",
}
"""Colours that stand for the page's own, one for each CSS variable; no chart uses them for anything else."""

ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "text", "circle"})
ATTRIBUTES = frozenset(
    "d x y x1 x2 y1 y2 cx cy r rx width height transform fill stroke fill-opacity stroke-opacity opacity stroke-width stroke-dasharray "
    "stroke-linecap stroke-linejoin text-anchor font-size font-weight viewBox".split(),
)
SAFE_VALUE = re.compile(r"[\w\s#.,()%+-]*")
TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+\s*=\s*\"[^\"<]*\")*)\s*(/?)>")
ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*\"([^\"<]*)\"")
EMPTY = re.compile(r"<(g|path|rect)( transform=\"[^\"]*\")?></\1>|<path d=\"\"/>")
ROUGH = re.compile(r"(\d+\.\d)\d+")


class StrangePicture(ValueError):
    """A drawn chart holds an element that no chart of ours has."""


def at_home(svg: str, *, label: str) -> str:
    """Return the chart as an element of the page: `role="img"`, named by the id `label` of its title (which the page writes)."""
    pieces, end = [], 0
    for found in TAG.finditer(svg):
        between = svg[end : found.start()]
        if "<" in between:
            raise StrangePicture("a tag that can't be read")
        pieces += [between, _tag(found, label)]
        end = found.end()
    if "<" in svg[end:]:
        raise StrangePicture("a tag that can't be read")
    return _without_empty("".join(pieces))


def _tag(found: re.Match[str], label: str) -> str:
    closing, name, attributes, alone = found.groups()
    if name not in ELEMENTS:
        raise StrangePicture(name)
    if closing:
        return f"</{name}>"
    kept = "".join(
        f' {key}="{_value(key, value)}"'
        for key, value in ATTRIBUTE.findall(attributes)
        if key in ATTRIBUTES and SAFE_VALUE.fullmatch(value)
    )
    if name == "svg":
        kept += f' role="img" aria-labelledby="{label}"'
    return f"<{name}{kept}{'/' if alone else ''}>"


def _value(key: str, value: str) -> str:
    for name, colour in INK.items():
        if value == colour:
            return f"var(--{name})"
    return ROUGH.sub(r"\1", value) if key in {"d", "transform"} else value


def _without_empty(svg: str) -> str:
    """Drop groups that hold nothing, from the inside out."""
    while True:
        svg, count = EMPTY.subn("", svg)
        if not count:
            return svg

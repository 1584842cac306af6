"""A table with one message a row: CSV (any common separator), JSON lines, or Parquet; `--map text=body,time=created,person=author`.

Needed are the columns text, time and person; conversation, id, what and reply_to are taken where they are. What `nearer read` writes is
known without a map, with its origins, reactions and all other keys. A missing column, or a time column that holds no times, ends the
reading before the first message. A row that cannot be used is a problem with its line (Parquet: its row).

Times: ISO 8601 with or without zone (without: the clock of settings.tz), seconds or milliseconds since 1970, and day/month/year with
slashes, dots or dashes: their order is voted over the whole file and asked on a tie (`--dates`).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nearer.columns import Messages
from nearer.errors import ChoiceNeeded, UnknownName, Unreadable
from nearer.read._rows import STILL_USED, Rows
from nearer.read._settings import Dates, Settings
from nearer.read._table_files import SUFFIXES, Row, columns_of, form_of, rows_of
from nearer.read._times import Votes, to_time
from nearer.records import WHAT_INDEX, Export, Origin, Problem, Reaction

GENERAL = True
"""Any other reader that knows a file goes first."""

NEEDED = ("text", "time", "person")
TAKEN = (*NEEDED, "conversation", "id", "what", "reply_to")
"""Our names for a table's columns."""

ROWS_TRIED = 200
"""If none of the first times can be read, the column holds no times: that is said at once."""

_OWN = frozenset(["id", "conversation", "person", "time", "text", "what", "origin"])
_OWN_TAKEN = frozenset([*_OWN, "reply_to", "reactions", "edited"])
_HEARD = frozenset("emotions emotions_shown acts acts_shown attributes language ear heard care".split())
_CARRIED = {"reactions": "reactions", "reply_to": "replies", "what": "media"}


def identify(path: Path) -> bool:
    """Say whether this is a table: by its suffix, or by first bytes that only Parquet or our own lines have."""
    if not path.is_file():
        return False
    return path.suffix.lower() in SUFFIXES or form_of(path) is not None


def read(path: Path, *, settings: Settings) -> Iterator[Messages | Problem | Export]:
    """Yield the messages in file order, chunk by chunk, and what could not be used; the Export comes last.

    Raises Unreadable, UnknownName or ChoiceNeeded before any output when a column is missing, holds no times, or its days are in doubt."""
    settings.limits.check("file_bytes", path.stat().st_size, file=path.name, unit="bytes")
    if not path.stat().st_size:
        raise Unreadable(path.name, "the file is empty")
    there = columns_of(path, settings=settings)
    columns = _columns(path.name, there, settings.columns)
    dates, note = _dates(path, columns["time"], settings=settings)
    table = _Table(path.name, columns, dates, settings=settings, own=not settings.columns and set(there) >= _OWN)
    for row in rows_of(path, columns, settings=settings):
        problem = row.problem or table.add(row)
        if problem is not None:
            table.problems += problem.what not in STILL_USED
            yield problem
        if len(table.rows) >= settings.rows:
            yield table.make()
        table.account(row)
    if len(table.rows):
        yield table.make()
    yield table.export(form_of(path) or "csv", notes=note)


def _columns(file: str, there: list[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return {our name: their column} for the columns that are used."""
    for ours, theirs in chosen.items():
        if ours not in TAKEN:
            raise UnknownName("column of ours", ours, TAKEN)
        if theirs not in there:
            raise UnknownName("column", theirs, there)
    lower = {name.strip().lower(): name for name in reversed(there)}
    columns = {name: chosen.get(name) or lower[name] for name in TAKEN if name in chosen or name in lower}
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        listed = ", ".join(there) or "none"
        says = f"we do not know which column holds {' and '.join(missing)}. Columns there are: {listed}. Name them: --map "
        raise Unreadable(file, says + ",".join(f"{name}=COLUMN" for name in missing))
    return columns


def _dates(path: Path, column: str, *, settings: Settings) -> tuple[Dates | None, tuple[str, ...]]:
    """Vote on the order of day and month over the whole file where there is doubt; refuse a column that holds no times."""
    votes, tried, known = Votes(), 0, 0
    for row in rows_of(path, {"time": column}, settings=settings):
        given = row.values.get("time")
        if row.problem or given is None or given == "":
            continue
        tried += 1
        known += votes.add(given) or to_time(given, tz=settings.tz, dates=None) is not None
        if tried >= ROWS_TRIED and (not votes.seen or settings.dates):
            break
    if tried and not known:
        raise Unreadable(path.name, f"the column {column!r} holds no times we can read. Write them like 2026-03-01 09:00:00")
    if not votes.seen:
        return settings.dates, ()
    if settings.dates:
        return settings.dates, (f"dates read as {settings.dates}, as you said",)
    order = votes.winner()
    if order is None:
        raise ChoiceNeeded(f"{path.name}: no date tells whether day or month comes first.", "--dates", ["dmy", "mdy"])
    return order, (f"dates read as {order} ({votes.certain(order):,} of {votes.seen:,} dates can only be that)",)


class _Unusable(Exception):
    """A row that cannot be used; raised and caught inside this file only."""

    def __init__(self, what: str, says: str) -> None:
        super().__init__(says)
        self.what, self.says = what, says


class _Table:
    """One table on its way into columns."""

    def __init__(self, file: str, columns: Mapping[str, str], dates: Dates | None, *, settings: Settings, own: bool) -> None:
        self.rows = Rows(file, settings=settings)
        self.columns, self.dates, self.settings, self.own = columns, dates, settings, own
        self.conversation = Path(file).stem
        self.ids: list[str] = []
        self.lines = self.messages = self.system = self.problems = self.continuations = 0

    def add(self, row: Row) -> Problem | None:
        """Take one row; returns the problem of a row that cannot be used."""
        if self.own and row.whole.get("what") == "relationship":
            self.continuations += 1
            return None
        try:
            return self._add(row)
        except _Unusable as unusable:
            return Problem(unusable.what, unusable.says, self.rows.origin(row.line))

    def _add(self, row: Row) -> Problem | None:
        values = row.values
        what = _what(values.get("what"))
        text = values.get("text")
        if text is None and what == "text":
            raise _Unusable("no_text", "the row has no text")
        time = to_time(values.get("time"), tz=self.settings.tz, dates=self.dates)
        if time is None:
            raise _Unusable("no_time", "the row has no time that can be read")
        person = _name(values.get("person"))
        if not person and what != "system":
            raise _Unusable("no_person", "the row does not say who wrote it")
        given_id = _name(values.get("id"))
        if "id" in self.columns and not given_id:
            raise _Unusable("no_id", "the row has no id")
        conversation = _name(values.get("conversation")) or self.conversation
        problem = self.rows.add(person, time, text=_words(text), line=row.line, conversation=conversation, what=what)
        self.messages += what != "system"
        self.system += what == "system"
        self.ids.append(given_id)
        reply_to = _name(values.get("reply_to"))
        if reply_to:
            self.rows.reply_to[len(self.rows) - 1] = reply_to
        if self.own:
            self._own(row.whole)
        return problem

    def _own(self, whole: Mapping[str, Any]) -> None:
        """Take what only our own lines carry."""
        at = len(self.rows) - 1
        origin, reactions = whole.get("origin"), whole.get("reactions")
        if isinstance(origin, dict) and isinstance(origin.get("file"), str) and type(origin.get("line")) is int:
            self.rows.add_origin(Origin(origin["file"], origin["line"]))
        if isinstance(reactions, list):
            kept = [Reaction(_name(one.get("emoji")), _name(one.get("person"))) for one in reactions if isinstance(one, dict)]
            self.rows.reactions[at] = tuple(kept)
        if whole.get("edited") is True:
            self.rows.edited.append(at)
        extra = {key: value for key, value in whole.items() if key not in _OWN_TAKEN and key not in _HEARD}
        if extra:
            self.rows.extra[at] = extra

    def account(self, row: Row) -> None:
        """Count the lines of a row after its first, and those before it that hold none (the names of the columns, empty lines)."""
        self.continuations += row.last - self.lines - 1
        self.lines = row.last

    def make(self) -> Messages:
        """Return what was gathered and begin anew."""
        ids, self.ids = tuple(self.ids), []
        return self.rows.make(ids=ids if "id" in self.columns else None)

    def export(self, form: str, *, notes: tuple[str, ...]) -> Export:
        """Return how the file was used."""
        lacks = () if self.own else tuple(word for name, word in _CARRIED.items() if name not in self.columns)
        return Export(self.rows.file, form, self.lines, self.messages, self.system, self.continuations, self.problems, lacks, notes)


def _what(given: object) -> str:
    what = str(given or "text").strip().lower()
    if what not in WHAT_INDEX:
        raise _Unusable("unknown_what", f"`what` is none of {', '.join(WHAT_INDEX)}")
    return what


def _name(given: object) -> str:
    return given.strip() if isinstance(given, str) else str(given) if isinstance(given, int) else ""


def _words(given: object) -> str:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise _Unusable("no_text", "the text is not words")
    return given

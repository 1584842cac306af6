"""What a person may decide about reading, and the bounds every reader keeps (safety.md 4.8; each is settable and tested on both sides)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nearer.errors import TooLarge

Dates = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound of the readers, by name. Bytes unless the name says otherwise."""

    file_bytes: int = 2 << 30
    unpacked_bytes: int = 2 << 30
    unpacked_ratio: int = 200
    ratio_from_bytes: int = 10 << 20
    archive_members: int = 20_000
    line_bytes: int = 1 << 20
    message_bytes: int = 256 << 10
    json_depth: int = 64
    integer_digits: int = 20
    people: int = 5_000

    def check(self, bound: str, seen: int, *, file: str, unit: str) -> None:
        """Raise TooLarge when `seen` is more than the bound of that name; at the bound itself all is well."""
        limit: int = getattr(self, bound)
        if seen > limit:
            raise TooLarge(file, bound, limit, unit)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to read: `tz` is the zone the export's clock ran in, `dates` the order of day and month where the person said it,
    `columns` maps our names to a table's (`text` → `body`), `rows` is how many messages a chunk holds at most (about).
    """

    tz: str = "UTC"
    dates: Dates | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    rows: int = 50_000

"""Find the parts of a room: every module in its folder without a leading underscore, then (only if asked) entry points.

A part is a module with two or three fixed names (house.md, Layout). There is no list to edit: the folder is the list. A part that lacks
a fixed name is an error at load, never a part silently left out. Entry points of other packages are read only with `also_installed`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.resources import files
from types import MappingProxyType, ModuleType


@cache
def load_parts(room: str, *, needs: tuple[str, ...] = (), also_installed: bool = False) -> Mapping[str, ModuleType]:
    """Return the parts of a room by name, sorted; raises AttributeError for a part that lacks one of the names in `needs`."""
    names = sorted(
        entry.name.removesuffix(".py")
        for entry in files(f"nearer.{room}").iterdir()
        if entry.name.endswith(".py") and not entry.name.startswith("_")
    )
    parts = {name: import_module(f"nearer.{room}.{name}") for name in names}
    if also_installed:
        parts |= {point.name: point.load() for point in entry_points(group=f"nearer.{room}")}
    for name, part in parts.items():
        _check(name, part, room=room, needs=needs)
    return MappingProxyType(parts)


def _check(name: str, part: ModuleType, *, room: str, needs: Sequence[str]) -> None:
    missing = [need for need in needs if not hasattr(part, need)]
    if missing:
        raise AttributeError(f"the part {name!r} of room {room!r} lacks {', '.join(missing)}")

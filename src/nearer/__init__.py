"""Nearer measures, explains and grows emotional connection from the conversations people already have.

    from nearer import Settings, find, hear, load_exports, report

    relationship = hear(load_exports(["WhatsApp Chat with Ben.txt"], settings=Settings(tz="Europe/Berlin"), me="Ana"))
    for finding in find(relationship):
        print(finding.measure, finding.person, finding.says, finding.value, finding.low, finding.high)

Each name is fetched from its room when it is first asked for, so that `import nearer` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nearer.errors import NearerError
    from nearer.pipeline import find, hear, load_exports, report
    from nearer.read import Settings
    from nearer.records import Conversation, Episode, Finding, Message, Origin, Person, Problem, Relationship

__version__ = "0.1.0"

__all__ = [
    "Conversation",
    "Episode",
    "Finding",
    "Message",
    "NearerError",
    "Origin",
    "Person",
    "Problem",
    "Relationship",
    "Settings",
    "__version__",
    "find",
    "hear",
    "load_exports",
    "report",
]

_HOMES = {"NearerError": "errors", "Settings": "read"} | dict.fromkeys(("find", "hear", "load_exports", "report"), "pipeline")


def __getattr__(name: str) -> Any:
    """Fetch a public name from its room; raises AttributeError for any other."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"nearer.{_HOMES.get(name, 'records')}"), name)

"""Where the server of the llm ear may listen: on this machine, and nowhere else (safety rule 1, C25).

An address is taken apart by one strict pattern and never looked up. `localhost` is taken for 127.0.0.1 without asking a resolver, so no
entry in a hosts file and no answer of a name server can lead it elsewhere.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from nearer.errors import UsageError
from nearer.sense.llm._words import words

HTTP_PORT, PORTS = 80, 65_535
PATH = "/v1"
"""Where servers that speak the OpenAI way have it, unless the address says another path."""

_ADDRESS = re.compile(
    r"http://(?:(?P<name>localhost)|(?P<v4>[0-9.]{7,15})|\[(?P<v6>[0-9A-Fa-f:]{2,39})\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)/?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Address:
    """A place on this machine: a loopback host without brackets, a port, a path."""

    host: str
    port: int
    path: str = PATH

    def __str__(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address a client begins from."""
        return f"{self}{self.path}"


def to_address(given: str) -> Address:
    """Convert what a person typed; raises UsageError for anything that is not plain http on the loopback address."""
    found = _ADDRESS.fullmatch(given)
    host = _loopback(found) if found else ""
    port = int(found["port"] or HTTP_PORT) if found else 0
    if not found or not host or not 0 < port <= PORTS:
        raise UsageError(words("server")["address"].format(given=given))
    return Address(host, port, found["path"] or PATH)


def _loopback(found: re.Match[str]) -> str:
    """Return the host as a loopback address, or "" when it is not one."""
    if found["name"]:
        return "127.0.0.1"
    try:
        made = ip_address(found["v4"] or found["v6"])
    except ValueError:
        return ""
    return str(made) if made.is_loopback else ""

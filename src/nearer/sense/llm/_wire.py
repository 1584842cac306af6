"""The only way out of this process: one loopback address, bounded in bytes and in time (safety rules 1 and 14, C25).

Whatever the client above it is asked, told or redirected to, a connection to any other host or port is refused here, where connections
are made. No proxy is ever used. Of a request only plain headers go out: no key, no name of this machine, nothing from the environment.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpcore2
import httpx2

from nearer.sense.llm._address import Address

SENT = frozenset((b"host", b"accept", b"content-type", b"content-length", b"connection"))
"""The headers that go out."""
KEPT = frozenset((b"content-type",))
"""The headers that come in."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the server may cost: seconds for one answer and for all of them, bytes and tokens of one answer, failures in a row."""

    answer_seconds: float = 120.0
    all_seconds: float = 14_400.0
    answer_bytes: int = 262_144
    answer_tokens: int = 1_024
    failures: int = 3


class Unanswered(Exception):
    """The server gave no answer that can be used; `why` is a key of `[missed]` in prompt.toml. It never holds text."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Wire(httpx2.BaseTransport):
    """Carries requests to one address; raises Unanswered for everything that goes wrong on the way."""

    def __init__(self, address: Address, bounds: Bounds) -> None:
        self._line = _Line(address, bounds)
        self._pool = httpcore2.ConnectionPool(network_backend=self._line, max_connections=1)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and read its whole answer within the bounds."""
        self._line.begin()
        headers = [(name, value) for name, value in request.headers.raw if name.lower() in SENT]
        url = httpcore2.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path)
        asked = httpcore2.Request(request.method, url, headers=headers, content=request.read(), extensions=request.extensions)
        try:
            with closing(self._pool.handle_request(asked)) as answered:
                content = answered.read()
        except httpcore2.TimeoutException:
            raise Unanswered("slow") from None
        except httpcore2.ProtocolError:
            raise Unanswered("garbled") from None
        except httpcore2.NetworkError:
            raise Unanswered("away") from None
        return httpx2.Response(answered.status, headers=[pair for pair in answered.headers if pair[0].lower() in KEPT], content=content)

    def close(self) -> None:
        """Close what is still open."""
        self._pool.close()


class _Line(httpcore2.NetworkBackend):
    """Makes connections to one address and counts what one answer takes."""

    def __init__(self, address: Address, bounds: Bounds) -> None:
        self._address, self._bounds = address, bounds
        self._bytes, self._until = 0, 0.0

    def begin(self) -> None:
        """Begin to count anew."""
        self._bytes, self._until = self._bounds.answer_bytes, monotonic() + self._bounds.answer_seconds

    def seconds(self) -> float:
        """Return the seconds that are left for this answer; raises Unanswered when there are none."""
        left = self._until - monotonic()
        if left <= 0:
            raise Unanswered("slow")
        return left

    def take(self, count: int) -> None:
        """Count bytes that came; raises Unanswered above the bound."""
        self._bytes -= count
        if self._bytes < 0:
            raise Unanswered("long")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the time is the one of the whole answer
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the one address there is."""
        if (host, port) != (self._address.host, self._address.port):
            raise Unanswered("elsewhere")
        made = httpcore2.SyncBackend().connect_tcp(
            host, port, timeout=self.seconds(), local_address=local_address, socket_options=socket_options
        )
        return _Stream(made, self)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every read and write is held against the bounds."""

    def __init__(self, stream: httpcore2.NetworkStream, line: _Line) -> None:
        self._stream, self._line = stream, line

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the time is the one of the whole answer
        data = self._stream.read(max_bytes, timeout=self._line.seconds())
        self._line.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the time is the one of the whole answer
        self._stream.write(buffer, timeout=self._line.seconds())

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

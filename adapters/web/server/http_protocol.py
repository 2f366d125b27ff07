"""HTTP as uvicorn speaks it, with an end to how much is read of a request: httptools itself sets none."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from adapters.web.site.answer_headers import headers

HEAD_LIMIT = 32 << 10  #: bytes of address and headers together; also of what comes after the answer or says nothing
_AROUND = len(": \r\n")  #: bytes of a header beside its name and value
_LINES = "".join(f"{name}: {value}\r\n" for name, value in headers(over_tls=False).items())
_REFUSED = f"HTTP/1.1 400 Bad Request\r\n{_LINES}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


class TooLong(Exception):
    """The head of a request is over the limit; uvicorn answers 400 and hangs up."""


class Bounded(HttpToolsProtocol):
    """One connection. A head that is too long is refused as soon as it is known to be, finished or not.

    A body is read as far as whoever answers wants it. Once that was answered, and while no content comes, little
    more is read before the connection ends.
    """

    _in_head = False
    _fed = 0  #: bytes that came since the head began
    _size = 0  #: bytes of its address and of its finished headers
    _in_body = False
    _unheard = 0  #: bytes of its body that nobody was given

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._fed += len(data)
        self._unheard += len(data)
        super().data_received(data)
        if self._in_head and self._fed > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response("too long")
        if self._in_body and self._unheard > HEAD_LIMIT and not self.transport.is_closing():
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; what comes before the answer is counted by whoever reads it."""
        super().on_body(body)
        if not self.cycle.response_complete:
            self._unheard = 0

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._in_head, self._size = True, 0

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._count(len(name) + len(value) + _AROUND)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Go on to the body, which is counted by whoever reads it."""
        self._in_head, self._in_body, self._fed, self._unheard = False, True, 0, 0
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what is wrong with it is of no use to anybody
        """Refuse what is no request that we take; no application comes to answer it."""
        self.transport.write(_REFUSED)
        self.transport.close()

    def on_message_complete(self) -> None:
        """Whatever comes now is the next head."""
        self._in_body, self._fed = False, 0
        super().on_message_complete()

    def _count(self, more: int) -> None:
        self._size += more
        if self._size > HEAD_LIMIT:
            raise TooLong

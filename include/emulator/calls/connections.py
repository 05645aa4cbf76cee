"""Open connections by client address, so that a fault can cut one without an answer."""

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_transports: dict[tuple[str, int], asyncio.Transport] = {}


class CuttableProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol, remembering its transport while it is open."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the connection."""
        super().connection_made(transport)
        self._peer = transport.get_extra_info("peername")[:2]
        _transports[self._peer] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        _transports.pop(self._peer, None)
        super().connection_lost(exc)


def abort_connection(client: Any) -> None:
    """Cut the client's connection with a TCP reset, as a dying server or network does."""
    transport = _transports.get(tuple(client))
    if transport is None:
        return
    # Zero linger turns the close into a reset, so the client cannot take it for an empty answer.
    handle: socket.socket = transport.get_extra_info("socket")
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()

"""Free TCP ports on the loopback address."""

import socket
import sys
from types import TracebackType
from typing import Self

from local_stack.errors import LocalStackError

LOOPBACK = "127.0.0.1"
_PORTS_TRIED = 50


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port now, on the loopback or on any address."""
    # A server on 0.0.0.0 does not keep another one off 127.0.0.1 on every system, hence both.
    for address in (LOOPBACK, ""):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def free_port(preferred: int = 0, taken: frozenset[int] = frozenset()) -> int:
    """Return `preferred`, else the next free port after it; any free port when it is 0.

    `taken` are ports promised to others who do not listen yet.
    Raises LocalStackError when the 50 ports from `preferred` on are all in use.
    """
    if preferred == 0:
        while True:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.bind((LOOPBACK, 0))
                port = int(probe.getsockname()[1])
            if port not in taken:
                return port
    for port in range(preferred, min(preferred + _PORTS_TRIED, 65536)):
        if port not in taken and is_free(port):
            return port
    raise LocalStackError(
        f"ports {preferred} to {preferred + _PORTS_TRIED - 1} are all in use on this machine: "
        "free one of them or start with another port"
    )


class PortClaims:
    """Free ports, each kept from other stacks of this machine until this one ends.

    A server takes many seconds from its start to its port; two stacks that start together would
    choose the same one. The claim is a name in the kernel that goes with this process, whatever
    user it runs as. Only Linux has such names; elsewhere a port is merely free.
    """

    def __init__(self) -> None:
        self._claims: dict[int, socket.socket] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for claim in self._claims.values():
            claim.close()
        self._claims.clear()

    def take(self, preferred: int = 0) -> int:
        """Return a port as `free_port` does, claimed. Raises LocalStackError as it does."""
        refused = set(self._claims)
        while True:
            port = free_port(preferred, frozenset(refused))
            if self._claim(port):
                return port
            refused.add(port)

    def _claim(self, port: int) -> bool:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            if sys.platform == "linux":
                claim.bind(f"\0adlaunch-port-{port}")
        except OSError:
            claim.close()
            return False
        self._claims[port] = claim
        return True

"""Free TCP ports on the loopback address."""

import socket

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

import socket

import pytest

from local_stack.errors import LocalStackError
from local_stack.ports import PortClaims, free_port, is_free


@pytest.fixture
def used_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_preferred_port_that_is_free_is_taken():
    port = free_port()
    assert free_port(port) == port


def test_a_preferred_port_in_use_gives_the_next_free_one(used_port):
    assert not is_free(used_port)
    assert used_port < free_port(used_port) < used_port + 50


def test_a_port_promised_to_another_is_not_given_again():
    port = free_port()
    assert free_port(port, frozenset({port})) != port


def test_a_port_used_on_any_address_is_not_free():
    with socket.socket() as server:
        server.bind(("", 0))
        server.listen()
        assert not is_free(server.getsockname()[1])


def test_no_free_port_in_reach_is_an_error_that_names_the_range():
    taken = frozenset(range(50000, 50050))
    with pytest.raises(LocalStackError, match="ports 50000 to 50049 are all in use"):
        free_port(50000, taken)


def test_two_stacks_that_start_together_get_different_ports() -> None:
    wanted = free_port()
    with PortClaims() as first, PortClaims() as second:
        assert first.take(wanted) == wanted
        assert second.take(wanted) != wanted
    with PortClaims() as third:
        assert third.take(wanted) == wanted

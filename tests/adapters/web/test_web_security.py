"""Who is believed about what: proxies, origins."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from adapters.web.site.request_checks import Proxies, is_same_origin
from tests.kit.site import connection


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ([], "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (["10.0.0.0/8"], "10.1.1.1", "198.51.100.7", "198.51.100.7"),
        (["10.0.0.0/8"], "10.1.1.1", "127.0.0.1, 198.51.100.7", "198.51.100.7"),
        (["10.0.0.0/8"], "10.1.1.1", "198.51.100.7, 10.2.2.2", "198.51.100.7"),
        (["10.0.0.0/8"], "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (["10.0.0.0/8"], "10.1.1.1", "", "10.1.1.1"),
        (["127.0.0.1"], "::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
    ],
)
async def test_only_proxies_we_know_are_believed_about_the_client(
    trusted: Sequence[str], peer: str, forwarded: str, client: str
) -> None:
    assert Proxies(trusted).client(connection(peer, x_forwarded_for=forwarded)) == client


async def test_only_proxies_we_know_are_believed_about_the_scheme() -> None:
    behind = connection("10.1.1.1", x_forwarded_proto="https")
    assert Proxies(["10.0.0.0/8"]).scheme(behind) == "https"
    assert Proxies([]).scheme(behind) == "http"


async def test_a_client_behind_a_known_proxy_on_this_machine_is_not_local() -> None:
    proxies = Proxies(["127.0.0.1"])
    assert not proxies.is_local(connection("127.0.0.1", x_forwarded_for="198.51.100.7"))
    assert not proxies.is_local(connection("127.0.0.1", x_forwarded_for="127.0.0.1, 198.51.100.7"))
    assert proxies.is_local(connection("127.0.0.1"))


async def test_a_proxy_that_is_no_address_stops_the_start() -> None:
    with pytest.raises(ValueError, match="nginx"):
        Proxies(["nginx"])


async def test_an_origin_is_ours_when_host_and_scheme_are() -> None:
    ours = connection("10.1.1.1", origin="https://bridge.example")
    assert is_same_origin(ours, "https://bridge.example/", "http")
    assert is_same_origin(connection("1.1.1.1", origin="http://bridge.example"), "https://other.example", "http")
    assert not is_same_origin(connection("1.1.1.1", origin="http://bridge.example:81"), "http://bridge.example", "http")

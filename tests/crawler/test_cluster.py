"""A cluster is on this machine, or has certificates: Dask asks nobody who he is."""

import pytest

from crawler.cluster import ClusterError, check_address, connect


@pytest.mark.parametrize(
    "url", ["tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786", "tls://10.0.0.1:8786"]
)
def test_addresses_that_are_used(url: str) -> None:
    assert check_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "tcp://10.0.0.1:8786",
        "tcp://0.0.0.0:8786",
        "tcp://example.org:8786",
        "tcp://127.0.0.1.example.org:8786",
        "tls://example.org",
        "http://127.0.0.1:8786",
        "ucx://127.0.0.1:8786",
        "127.0.0.1:8786",
        "tcp://[bad:1",
        "tcp://127.0.0.1:x",
        "",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ClusterError):
        check_address(url)


def test_tls_without_certificates_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # Runs where Dask is installed (extras dev, cluster; so in CI): one machine alone needs none.
    pytest.importorskip(
        "distributed",
        reason="Dask is not installed: it runs with the extras dev and cluster, so in CI",
    )
    with pytest.raises(ClusterError, match="certificates"):
        connect("tls://127.0.0.1:1")

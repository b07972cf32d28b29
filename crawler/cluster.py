"""The connection to a Dask cluster, for back-fills and for runs that are carried elsewhere.

Dask has no authentication: whoever reaches its scheduler runs code on every machine of the
cluster.  So a cluster is on the loopback, or speaks TLS with certificates on both sides; any
other address is refused before anything is sent.  The files of the certificates are Dask's own
settings (``DASK_DISTRIBUTED__COMM__TLS__CA_FILE`` and the like, docs/backfill.md).

Dask comes with the extra ``cppcc-monitor[cluster]``; nothing else imports it.
"""

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 15.0


class ClusterError(Exception):
    """A cluster cannot be used, in words."""


def check_address(url: str) -> str:
    """``url`` as Dask takes it.

    :raises ClusterError: for what is no address of a scheduler, or one that strangers can use.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ClusterError(f"{url} is no address of a cluster: {error}") from error
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or port is None:
        raise ClusterError(f"{url} is no address of a cluster; write it as tls://HOST:8786")
    if parts.scheme == "tcp" and not _is_loopback(parts.hostname):
        raise ClusterError(
            f"{url}: Dask asks nobody who he is; beyond this machine only tls:// is used"
        )
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def connect(url: str) -> "Client":
    """A client of the cluster at ``url``; its owner closes it.

    :raises ClusterError: when the address is refused (see ``check_address``), Dask or its
        certificates are not there, or nobody answers.
    """
    check_address(url)
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError as error:
        raise ClusterError("a cluster needs Dask: pip install 'cppcc-monitor[cluster]'") from error
    security = Security(require_encryption=True) if url.startswith("tls:") else None
    if security is not None and not all(
        (security.tls_ca_file, security.tls_client_cert, security.tls_client_key)
    ):
        raise ClusterError(
            "tls:// needs certificates: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE,"
            " ...__CLIENT__CERT and ...__CLIENT__KEY"
        )
    try:
        return Client(url, security=security, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # TimeoutError is one
        raise ClusterError(f"no cluster answers at {url}: {error}") from error

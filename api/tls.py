"""Whom the service trusts when it calls others over TLS."""

import ssl
from functools import cache

import httpx2


@cache
def trusted() -> ssl.SSLContext:
    """Return the machine's authorities, read once for all clients of a process; SSL_CERT_FILE names others."""
    return httpx2.create_ssl_context()

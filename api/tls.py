"""Whom the service trusts when it calls others over TLS."""

import ssl
from functools import cache

import httpx2


@cache
def trusted(*, by_environment: bool) -> ssl.SSLContext:
    """Return the machine's authorities, or those of SSL_CERT_FILE if it counts, read once for a process's clients."""
    return httpx2.create_ssl_context(trust_env=by_environment)

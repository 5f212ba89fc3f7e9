"""Outgoing HTTP through the SSRF guard: only addresses of the public internet, or those the operator opened.

Nothing here imports httpx before the first call.
"""

from weft.platform.http.addresses import IPAddress, is_public
from weft.platform.http.client import GuardedHttp
from weft.platform.http.guard import Guard, PrivateHosts, Resolver, system_resolver

__all__ = ["Guard", "GuardedHttp", "IPAddress", "PrivateHosts", "Resolver", "is_public", "system_resolver"]

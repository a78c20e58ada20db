"""Which limits a log-in is counted against. Pure.

Two lanes. A browser in which this person has logged in before has one of its own: whatever strangers do, who works
here every night gets in (OWASP calls it a device cookie). All others are strangers. They are counted by name and
address, by address (of IPv6 its /64), by name, and all together; the last also bounds what hashing can cost.
"""

import ipaddress

from monitor.access.limiter import Charge, Limit

KNOWN_BROWSER = Limit(burst=10, every_s=30.0)
NAME_AT_ADDRESS = Limit(burst=5, every_s=60.0)
ADDRESS = Limit(burst=20, every_s=10.0)
NAME = Limit(burst=20, every_s=60.0)
STRANGERS = Limit(burst=30, every_s=2.0)


def charges(name: str, address: str, known_browser: str | None) -> tuple[Charge, ...]:
    """Return what a log-in as ``name`` counts against; ``known_browser``: the id of a session of that person's."""
    if known_browser is not None:
        return (Charge(("browser", known_browser), KNOWN_BROWSER),)
    place = network(address)
    return (
        Charge(("name at address", name, place), NAME_AT_ADDRESS),
        Charge(("address", place), ADDRESS),
        Charge(("name", name), NAME),
        Charge(("strangers",), STRANGERS),
    )


def network(address: str) -> str:
    """Return what one customer of a network has: an IPv4 address, or a /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)

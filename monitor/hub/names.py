"""What printers are called at the hub: two sites may both have a p01. An id has no dot, so the names never clash.

They begin with the peer's name, which is the site's id unless the site's file says otherwise: so a printer is called
the same for ever, also one that has left its site's farm and is in the history only.
"""


def at_hub(peer: str, printer: str) -> str:
    """Return the hub's name for a printer of a peer."""
    return f"{peer}.{printer}"


def peer_of(printer: str) -> str:
    """Return the peer that tells of a printer of the hub."""
    return printer.partition(".")[0]


def at_site(printer: str) -> str:
    """Return the site's own name for a printer of the hub."""
    return printer.partition(".")[2]

"""What printers are called at the hub: two sites may both have a p01. An id has no dot, so the names never clash."""


def at_hub(site: str, printer: str) -> str:
    """Return the hub's name for a printer of a site."""
    return f"{site}.{printer}"


def at_site(printer: str) -> str:
    """Return the site's own name for a printer of the hub."""
    return printer.partition(".")[2]

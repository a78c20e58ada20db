"""``vigie bench-hub``: what the line between a site and the hub carries, and whether 90 printers fit into 1 Mbit/s.

A real bridge over TLS, a real hub; bytes are counted on the line. docs/region.md says how to read the figures.
"""

import argparse
import json
import logging

from monitor.bench.processes import ending_in_order
from monitor.bench.region import SiteTraffic, measure_site
from monitor.errors import VigieError
from monitor.malloc import limit_arenas

HELP = "measure what the line between a site and the hub carries, in kbit/s"
COUNTS = "5,90"
REGION = 90  # printers of the region that the figures are for
UPLINK_KBIT_S = 1_000.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--printers", default=COUNTS, metavar="N,M", help=f"printers of a site ({COUNTS})")
    parser.add_argument("--seconds", type=int, default=120, metavar="S", help="length of the measurement at rest (120)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 when 90 printers do not fit."""
    try:
        counts = [int(word) for word in options.printers.split(",")]
    except ValueError:
        counts = []
    if not counts or min(counts) < 2 or options.seconds < 10:
        raise VigieError("--printers: write numbers from 2 on, such as 5,90; --seconds: 10 or more")
    logging.getLogger("monitor").setLevel(logging.ERROR)
    limit_arenas()
    with ending_in_order():
        found = [measure_site(count, options.seconds) for count in counts]
    bounds = {f"{REGION} printers as sites of {one.printers}": bound_of(one) for one in found}
    if options.json:
        for one in found:
            print(json.dumps(one.as_json()))
        print(json.dumps({"uplink_kbit_s": UPLINK_KBIT_S} | bounds))
    else:
        for one in found:
            print("\n".join(f"{name:22} {value}" for name, value in one.as_json().items()) + "\n")
        for name, kbit_s in bounds.items():
            fits = "fits" if kbit_s <= UPLINK_KBIT_S else "does NOT fit"
            print(f"{name}, every fifth failing in one minute: {kbit_s:.0f} kbit/s: {fits} into 1 Mbit/s")
    return 0 if all(kbit_s <= UPLINK_KBIT_S for kbit_s in bounds.values()) else 1


def bound_of(one: SiteTraffic) -> float:
    """Return what the whole region tells in kbit/s when every fifth print fails in the same minute.

    One site's line is judged by its busiest seconds; of many, each on its own line, the sum over that minute counts at
    the hub's end: pictures that come at the same moment come some seconds later there.
    """
    if one.printers >= REGION:
        return max(one.rest.peak_kbit_s, one.incident.peak_kbit_s, one.storm.peak_kbit_s)
    return one.storm.up_kbit_s * REGION / one.printers

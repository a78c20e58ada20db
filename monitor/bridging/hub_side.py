"""The hub's part: a listener for all sites, and who may do what."""

import re

from monitor.bridging.plan import HUB, SIGNATURE, Auth, Plan

LARGEST_MESSAGE = 1_048_576  # bytes: a farm of some thousand printers is the longest that is told
QUEUED = 1_000  # messages for each client; the hub itself is the only one for whom many come


def hub_listener(plan: Plan) -> str:
    """Return the configuration of the hub's mosquitto; it is the same for all sites of a region."""
    return f"""\
{SIGNATURE}: the hub, by {plan.auth}. Keep your own lines in another file.

allow_anonymous false
password_file {plan.passwords}
acl_file {plan.acl}
max_packet_size {LARGEST_MESSAGE}
max_queued_messages {QUEUED}
{_own_listener(plan)}
# For the sites: TLS only.
listener {plan.port}
cafile {plan.authority}
certfile {plan.certificate(HUB)}
keyfile {plan.key(HUB)}
tls_version tlsv1.2
{_who(plan)}
# A site's connection bears its own name whatever it says: no site can throw another one out.
use_username_as_clientid true
"""


def _own_listener(plan: Plan) -> str:
    if plan.hub_listens_on is None:
        return (
            f"\n# The listener of the hub itself (user {plan.hub_user}) is not on this machine's loopback: write it.\n"
        )
    host, port = plan.hub_listens_on
    return f"\n# For the hub itself, user {plan.hub_user}.\nlistener {port} {host}\n"


def _who(plan: Plan) -> str:
    if plan.auth is Auth.CERTIFICATE:
        return "# Who a site is, its certificate says.\nrequire_certificate true\nuse_identity_as_username true"
    return "# Who a site is, its user name and password say.\nrequire_certificate false"


def acl_block(plan: Plan) -> str:
    """Return what the site may do at the hub's broker: tell of itself, and hear what it is asked."""
    return f"user {plan.peer}\ntopic write {plan.told}\ntopic read {plan.asked}\n"


def hub_block(plan: Plan) -> str:
    """Return what the hub itself may do there."""
    return f"user {plan.hub_user}\ntopic read {plan.base}-peers/#\ntopic write {plan.base}-asks/#\n"


def with_block(text: str, block: str) -> str:
    """Return an access list in which a user's block stands once, as it is now; all others stay as they are."""
    who = block.splitlines()[0].split()
    head, *blocks = re.split(r"^(?=user[ \t])", text, flags=re.MULTILINE)
    theirs = [number for number, one in enumerate(blocks) if one.splitlines()[0].split() == who]
    place = theirs[0] if theirs else len(blocks)
    blocks[place : place + 1] = [block]
    others = [one for number, one in enumerate(blocks) if number == place or number not in theirs]
    head = head.strip() or f"{SIGNATURE}: who may do what at the hub's broker. What is not here is refused."
    return "\n\n".join([head, *(one.strip() for one in others)]) + "\n"

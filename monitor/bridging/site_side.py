"""The site's part: a section of its mosquitto's configuration, and stunnel's, which brings TLS to it.

Not mosquitto's own TLS: when a handshake ends without a word (a proxy whose server is away, a connection reset), the
bridge of mosquitto 2.0.11, Debian 12's, turns in a circle after some tries and serves nobody at the site any more.
tests/bridging shows it.
"""

from monitor.bridging.passwords import PASSWORD_PLACE
from monitor.bridging.plan import SIGNATURE, Auth, Plan

KEEPALIVE_S = 10  # asks whether the line lives after so long without a word; without an answer it is cut as long after
RETRY_S = (
    1,
    20,
)  # the first wait, and the longest: the wait grows, with chance in it, so that sites do not come at once
QUEUED_BYTES = 8_388_608  # for each client: mosquitto has no limit for the bridge alone
LARGEST_QUESTION = 65_536  # bytes: no question of the hub is longer (docs/mqtt.md)


def site_bridge(plan: Plan, password: str | None = None) -> str:
    """Return the section; without ``password`` there is a place for it where one is needed."""
    return f"""\
{SIGNATURE}: {plan.peer}, the bridge to the hub. Keep your own lines in another file.

connection vigie-hub
# stunnel: to {plan.host}:{plan.port}
address 127.0.0.1:{plan.tunnel_port}
bridge_protocol_version mqttv50
# Names of our own: machines that were copied from one image have one host name, and would throw each other out.
remote_clientid {plan.peer}
local_clientid vigie-bridge
{_user(plan, password)}
# Two trees, each in one direction, and apart from all else: nothing can run in a circle.
# Outwards QoS 0: it is never kept for a line that is cut. What must not be lost the hub asks for, by number.
topic {plan.told} out 0
topic {plan.asked} in 1

# What could not be told is not told late; while it is tried, some seconds' worth waits, and never more than this.
cleansession true
max_queued_bytes {QUEUED_BYTES}
bridge_outgoing_retain true
bridge_max_packet_size {LARGEST_QUESTION}

# A line that hangs is noticed within {2 * KEEPALIVE_S} s, and tried again for ever.
keepalive_interval {KEEPALIVE_S}
restart_timeout {RETRY_S[0]} {RETRY_S[1]}
start_type automatic
try_private true
bridge_attempt_unsubscribe false

# Whether it stands is told here and not at the hub: mosquitto_sub -v -t '$SYS/broker/connection/#'
# (after a line that hangs, mosquitto 2.0 goes on saying 1: there, its log tells).
notifications true
notifications_local_only true
"""


def site_tunnel(plan: Plan) -> str:
    """Return the configuration of stunnel: the hub proves who it is, and, with a certificate, so does the site."""
    kind, _, name = plan.alternative_name.partition(":")
    own = ""
    if plan.auth is Auth.CERTIFICATE:
        own = f"cert = {plan.certificate(plan.peer)}\nkey = {plan.key(plan.peer)}\n"
    return f"""\
; {SIGNATURE[2:]}: {plan.peer}, the way to the hub. Debian: systemctl enable --now stunnel@vigie-hub
foreground = quiet
pid =
setuid = stunnel4
setgid = stunnel4
socket = r:TCP_NODELAY=1

[vigie-hub]
client = yes
accept = 127.0.0.1:{plan.tunnel_port}
connect = {plan.host}:{plan.port}
CAfile = {plan.authority}
verifyChain = yes
check{"IP" if kind == "IP" else "Host"} = {name}
{own}sslVersionMin = TLSv1.2
TIMEOUTconnect = 10
TIMEOUTclose = 1
"""


def _user(plan: Plan, password: str | None) -> str:
    if plan.auth is Auth.CERTIFICATE:
        return ""
    return f"remote_username {plan.peer}\nremote_password {password or PASSWORD_PLACE}\n"

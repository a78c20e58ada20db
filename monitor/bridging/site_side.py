"""The site's part: the line broker, which has the bridge, and stunnel, which brings TLS to it.

A broker of its own, because mosquitto lets a bridge write whatever the other side sends, on any topic, past the access
list (tried with 2.0.11): in the site's own broker the hub could order pauses. In the line broker there is nothing to
order: Vigie reads its questions there, and nobody else anything. With ``line_port`` None the bridge is a section for
the site's own broker after all.

Not mosquitto's own TLS: when a handshake ends without a word (a proxy whose server is away, a connection reset), the
bridge of mosquitto 2.0.11, Debian 12's, turns in a circle after some tries and serves nobody at the site any more.
tests/bridging shows it.
"""

from monitor.bridging.passwords import PASSWORD_PLACE
from monitor.bridging.plan import LINE_SECRET, LINE_SERVICE, SIGNATURE, Auth, Plan

KEEPALIVE_S = 10  # asks whether the line lives after so long without a word; without an answer it is cut as long after
RETRY_S = (1, 20)  # the first wait and the longest: it grows, by chance, so that sites do not come all at once
QUEUED_BYTES = 8_388_608  # for each client of the site's own broker: mosquitto has no limit for the bridge alone
LINE_QUEUED_BYTES = 2_097_152  # for each client of the line broker, which are Vigie and the bridge
LINE_QUEUED = 1_000  # messages, likewise
LARGEST_MESSAGE = 1_048_576  # bytes: a farm of some thousand printers is the longest that is told
CONNECTIONS = 16
LARGEST_QUESTION = 65_536  # bytes: no question of the hub is longer (docs/mqtt.md)


def site_bridge(plan: Plan, password: str | None = None) -> str:
    """Return what has the bridge; without ``password`` there is a place for it where one is needed."""
    return (_section_head(plan) if plan.line_port is None else _line_head(plan, plan.line_port)) + _bridge(
        plan, password
    )


def _section_head(plan: Plan) -> str:
    return f"""\
{SIGNATURE}: {plan.peer}, the bridge to the hub. Keep your own lines in another file.
# It stands in the site's own broker: whoever has the hub's machine can write anything here (docs/region.md#lines).
max_queued_bytes {QUEUED_BYTES}
"""


def _line_head(plan: Plan, port: int) -> str:
    return f"""\
{SIGNATURE}: {plan.peer}, the broker of the line to the hub ({LINE_SERVICE}.service).
# A broker of its own, for a bridge may write whatever the hub sends. The site's own broker must not read this file.

listener {port} 127.0.0.1
max_connections {CONNECTIONS}
allow_anonymous false
password_file {plan.line_passwords}
acl_file {plan.line_acl}
log_dest stderr

# Nothing is kept over a restart, and little while it runs: these limits are the line's alone.
persistence false
max_queued_messages {LINE_QUEUED}
max_queued_bytes {LINE_QUEUED_BYTES}
max_packet_size {LARGEST_MESSAGE}
"""


def line_acl(plan: Plan) -> str:
    """Return what Vigie may do at the line broker: hear what it is asked, and tell of itself. Nobody else is let in."""
    return (
        f"{SIGNATURE}: who may do what at the line broker. What is not here is refused.\n\n"
        f"user {plan.line_user}\ntopic read {plan.asked}\ntopic write {plan.told}\n"
    )


def line_secret(plan: Plan, password: str) -> str:
    """Return the line of an environment file from which cameras.yaml has the password."""
    return f"{SIGNATURE}: {plan.peer}, hub.mqtt.password of cameras.yaml\n{LINE_SECRET}={password}\n"


def _bridge(plan: Plan, password: str | None) -> str:
    return f"""\

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

# What could not be told is not told late; while it is tried, some seconds' worth waits (max_queued_bytes).
cleansession true
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

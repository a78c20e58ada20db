"""How the certificates are made: a shell script around openssl, to be read before it is run."""

from monitor.bridging.plan import HUB, SIGNATURE, Auth, Plan

CA_DAYS, DAYS = 3650, 825
RENEW_DAYS = 60  # what ends within so many days is made anew


def certificates_script(plan: Plan, before: str = "") -> str:
    """Return a script that makes what is missing or ends soon, in the folder in which it lies; safe to run again.

    ``before``: the script that it takes the place of, whose other sites stay.
    """
    issued = {line.split()[1]: f"{line}\n" for line in before.splitlines() if line.startswith("issue vigie-")}
    issued[f"vigie-{HUB}"] = _issue(HUB, plan.host, "serverAuth", f"subjectAltName={plan.alternative_name}")
    if plan.auth is Auth.CERTIFICATE:
        issued[f"vigie-{plan.peer}"] = _issue(plan.peer, plan.peer, "clientAuth", "subjectKeyIdentifier=hash")
    return f"""\
#!/bin/sh
{SIGNATURE}: the certificates of a hub and its sites.
# What is there stays; what ends within {RENEW_DAYS} days is made anew, with its key. Run it again once a month.
# Run it where the region's authority is kept. Whoever has vigie-ca.key can be any site.
set -eu
umask 077
cd "$(dirname "$0")"

lasts() {{ [ -e "$1" ] && openssl x509 -in "$1" -noout -checkend {RENEW_DAYS * 86_400} >/dev/null; }}

if [ ! -e vigie-ca.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days {CA_DAYS} \\
    -keyout vigie-ca.key -out vigie-ca.crt -subj "/CN=Vigie region" \\
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
fi

issue() {{  # file, common name, use, one extension more
  if lasts "$1.crt"; then return; fi
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \\
    -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" 2>/dev/null
  printf 'basicConstraints=critical,CA:FALSE\\nkeyUsage=critical,digitalSignature\\nextendedKeyUsage=%s\\n%s\\n' \\
    "$3" "$4" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA vigie-ca.crt -CAkey vigie-ca.key -CAcreateserial \\
    -days {DAYS} -extfile "$1.ext" -out "$1.crt" 2>/dev/null
  rm "$1.csr" "$1.ext"
  echo "made $1.crt and its key"
}}

{"".join(issued.values())}"""


def _issue(who: str, name: str, use: str, more: str) -> str:
    return f"issue vigie-{who} '{name}' {use} {more}\n"

"""What is wrong with certificates and passwords stands where a technician looks: in mosquitto's log, at both ends."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.bench.bridged import Bridged, make_certificates
from monitor.bridging.check import check
from monitor.bridging.plan import Auth
from monitor.errors import BridgeRefused
from tests.bridging.conftest import Make
from tests.bridging.onlooker import folder_of
from tests.brokers import free_port
from tests.support import wait_until


def _others(made: Bridged) -> None:
    """Make the certificates of another region, with the same names."""
    folder = made.folder / "another"
    folder.mkdir()
    shutil.copy(made.folder / "written" / "certificates" / "make-certificates.sh", folder)
    make_certificates(folder)


def another_authority(made: Bridged) -> None:
    """Have the site trust another authority than the hub's."""
    _others(made)
    of_the_hub = made.hub.folder / "conf.d" / "vigie-hub.conf"
    shutil.copy(made.etc / "certs" / "vigie-ca.crt", made.etc / "certs" / "of-the-hub.crt")
    of_the_hub.write_text(of_the_hub.read_text().replace("vigie-ca.crt", "of-the-hub.crt"))
    shutil.copy(made.folder / "another" / "vigie-ca.crt", made.etc / "certs" / "vigie-ca.crt")


def another_site(made: Bridged) -> None:
    """Give the site a certificate of its name that another authority has made."""
    _others(made)
    for name in ("vigie-amiens.crt", "vigie-amiens.key"):
        shutil.copy(made.folder / "another" / name, made.etc / "certs" / name)


def _reissued(who: str, name: str, days: int, use: str) -> Callable[[Bridged], None]:
    def change(made: Bridged) -> None:
        authority = made.folder / "written" / "certificates" / "vigie-ca"
        commands = (
            f"openssl req -new -key vigie-{who}.key -subj /CN=amiens -out request && "
            f"printf 'subjectAltName={name}\\nextendedKeyUsage={use}' > more && "
            f"openssl x509 -req -in request -CA {authority}.crt -CAkey {authority}.key -CAcreateserial -days {days} "
            f"-extfile more -out vigie-{who}.crt"
        )
        subprocess.run(["sh", "-c", commands], cwd=made.etc / "certs", check=True, capture_output=True)

    return change


def wrong_password(made: Bridged) -> None:
    """Mistype it."""
    for file in (folder_of(made, "amiens"), Path(made.plans["amiens"].bridge)):
        file.write_text(re.sub("remote_password .*", "remote_password mistyped", file.read_text()))


def no_key(made: Bridged) -> None:
    """Forget to carry the key to the site."""
    (made.etc / "certs" / "vigie-amiens.key").unlink()


@pytest.mark.parametrize(
    ("change", "auth", "at_site", "at_hub", "checked"),
    [
        (
            another_authority,
            Auth.CERTIFICATE,
            "certificate verify failed",
            "alert unknown ca",
            "certificate verify failed",
        ),
        (another_site, Auth.CERTIFICATE, "alert unknown ca", "certificate verify failed", "unknown ca"),
        (
            _reissued("amiens", "DNS:amiens", -1, "clientAuth"),
            Auth.CERTIFICATE,
            "alert certificate expired",
            "certificate verify failed",
            "certificate expired",
        ),
        (
            _reissued("hub", "IP:127.0.0.1", -1, "serverAuth"),
            Auth.CERTIFICATE,
            "certificate verify failed",
            "alert certificate expired",
            "certificate has expired",
        ),
        (
            _reissued("hub", "DNS:elsewhere", 9, "serverAuth"),
            Auth.CERTIFICATE,
            "certificate verify failed",
            "",
            "mismatch",
        ),
        (
            _reissued("amiens", "DNS:amiens", 9, "serverAuth"),
            Auth.CERTIFICATE,
            "",
            "certificate verify failed",
            "alert",
        ),
        (
            wrong_password,
            Auth.PASSWORD,
            "Connection Refused: Not authorized",
            "not authorised",
            "refuses user 'amiens'",
        ),
        (no_key, Auth.CERTIFICATE, "vigie-amiens.key: No such file or directory", "", "are they there"),
    ],
)
def test_what_is_wrong_is_told(
    bridged: Make, change: Callable[[Bridged], None], auth: Auth, at_site: str, at_hub: str, checked: str
) -> None:
    """And no bridge stands: a hub that cannot prove who it is hears nothing, a site that cannot tells nothing.

    ``vigie bridge-config --check`` says more than mosquitto does.
    """
    made = bridged(auth=auth)
    change(made)
    with made:
        site = made.sites["amiens"]
        assert wait_until(lambda: at_site in site.said() and at_hub in made.hub.said()), site.said() + made.hub.said()
        assert "as amiens" not in made.hub.said()
        with pytest.raises(BridgeRefused, match=checked):
            check(made.plans["amiens"])


@pytest.mark.parametrize("auth", list(Auth))
def test_what_is_right_is_told_as_well(bridged: Make, auth: Auth) -> None:
    """Also that the access list lacks the site, of which mosquitto says nothing."""
    with bridged(auth=auth) as made:
        check(made.plans["amiens"])
        assert wait_until(lambda: made.hub.said().count("as amiens") >= 2), "the bridge comes back by itself"
    line_acl = made.sites["amiens"].broker.folder / "vigie-line.acl"
    before = line_acl.read_text()
    line_acl.write_text(before.replace("topic write", "topic read"))
    with made, pytest.raises(BridgeRefused, match=r"but nothing that it tells .*was vigie-line restarted"):
        check(made.plans["amiens"], made.sites["amiens"].broker.endpoint)
    acl = made.etc / "vigie-hub.acl"
    acl.write_text(acl.read_text().replace("user amiens", "user amiens-est"))
    with made, pytest.raises(BridgeRefused, match="takes amiens, but nothing that it tells"):
        check(made.plans["amiens"])


def test_the_line_broker_is_tried_as_well(bridged: Make) -> None:
    """As Vigie uses it: a wrong password, a broker that is not there, a bridge that an older version has left."""
    with bridged() as made:
        plan, line = made.plans["amiens"], made.sites["amiens"].broker.endpoint
        check(plan, line)
        with pytest.raises(BridgeRefused, match="refuses user 'vigie'"):
            check(plan, replace(line, password="mistyped"))
        with pytest.raises(BridgeRefused, match="cannot reach"):
            check(plan, replace(line, port=free_port()))
        former = made.etc / "conf.d" / "vigie-bridge.conf"
        former.parent.mkdir(exist_ok=True)
        former.touch()
        with pytest.raises(BridgeRefused, match="still has a bridge to the hub"):
            check(plan, line)

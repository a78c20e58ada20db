"""The section ``cluster`` of cameras.yaml."""

import os
from pathlib import Path

import pytest

from monitor.config.load import find_faults, load
from monitor.config.model import Cluster

FARM = """\
mqtt: {{host: broker}}
{cluster}
sites:
  - id: cochin
    agent: elsewhere
    rooms:
      - id: hall
        printers:
          - {{id: p01, camera: simulated, control: none}}
"""


def farm(folder: Path, cluster: str) -> Path:
    """A small farm with this section."""
    path = folder / "cameras.yaml"
    path.write_text(FARM.format(cluster=cluster))
    return path


def test_an_address_alone_is_a_cluster(tmp_path: Path) -> None:
    """The node is called after its host, and weighs as much as it has cores."""
    cluster = load(farm(tmp_path, "cluster: nats://a:4222"), {}).cluster
    assert cluster == Cluster(urls=("nats://a:4222",))
    assert cluster.node_name
    assert len(os.sched_getaffinity(0)) == cluster.share
    assert "vigie" == cluster.bucket


def test_the_whole_section_is_read(tmp_path: Path) -> None:
    """Paths start at the file's folder."""
    (tmp_path / "ca.pem").touch()
    section = "cluster: {urls: ['nats://a:4222', 'tls://b:4222'], node: north, weight: 2.5, bucket: chain, "
    path = farm(tmp_path, section + "username: v, password: '${SECRET}', tls: {ca: ca.pem}}")
    cluster = load(path, {"SECRET": "hush"}).cluster
    assert cluster is not None
    assert ("north", 2.5, "chain", "v", "hush") == (
        cluster.node_name,
        cluster.share,
        cluster.bucket,
        cluster.username,
        cluster.password,
    )
    assert cluster.tls is not None
    assert str(tmp_path / "ca.pem") == cluster.tls.ca
    assert "hush" not in repr(cluster)


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ("cluster: http://a:4222", "is not an address of a NATS server; write nats://host:4222"),
        ("cluster: nats://v:secret@a:4222", "holds a user name or a password; write them as username and password"),
        ("cluster: {urls: []}", "must not be empty"),
        ("cluster: {urls: ['nats://a:99999']}", "is not an address"),
        ("cluster: {node: north}", "cluster.urls: is missing"),
        ("cluster: {urls: ['nats://a'], node: No.1}", "has a form or characters that cannot stand here"),
        ("cluster: {urls: ['nats://a'], weight: 0}", "must be at least 0.1"),
        ("cluster: {urls: ['nats://a'], tls: {ca: gone.pem}}", "is not a file"),
        ("cluster: {urls: ['nats://a'], weigth: 1}", "did you mean weight"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, section: str, fault: str) -> None:
    """And nothing of it holds a secret."""
    faults = [str(one) for one in find_faults(farm(tmp_path, section), {})]
    assert 1 == len(faults), faults
    assert ":2" in faults[0]
    assert fault in faults[0]
    assert "secret" not in faults[0]


def test_a_cluster_is_shown_at_no_hub(tmp_path: Path) -> None:
    """Told with the section's line, and where all printers are to be seen."""
    path = farm(tmp_path, "cluster: nats://a:4222")
    path.write_text(path.read_text() + "hub: {peer: chain}\n")
    (fault,) = [str(one) for one in find_faults(path, {})]
    line = path.read_text().splitlines().index("hub: {peer: chain}") + 1
    assert f":{line}" in fault
    assert "cannot stand beside cluster" in fault
    assert "the wall of any node of the cluster shows all printers" in fault


def test_a_cluster_needs_a_broker_and_agents_elsewhere(tmp_path: Path) -> None:
    """Both are told at once."""
    path = farm(tmp_path, "cluster: nats://a:4222")
    path.write_text(path.read_text().replace("mqtt: {host: broker}", "").replace("    agent: elsewhere\n", ""))
    faults = "\n".join(str(one) for one in find_faults(path, {}))
    assert "needs a broker that all its monitors share" in faults
    assert "write agent: elsewhere at the site, and run vigie agent --site cochin" in faults

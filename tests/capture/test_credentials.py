"""Answers to challenges, against the examples of the RFCs."""

import re

import pytest

from monitor.capture.credentials import Credentials
from monitor.capture.masking import masked

NONCE = 'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"'


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_digest_is_that_of_rfc_7616(algorithm: str, expected: str) -> None:
    """Section 3.9.1, user Mufasa."""
    credentials = Credentials("Mufasa", "Circle of Life")
    challenge = f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, {NONCE}'
    assert credentials.accept([challenge])
    credentials._count = 1
    answer = credentials._answer("/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    assert f'response="{expected}"' in answer


def test_a_kept_nonce_is_counted() -> None:
    """Each request with the same nonce has the next count; a new challenge starts again."""
    credentials = Credentials("me", "secret")

    def counts(times: int) -> list[str]:
        return re.findall(r"nc=(\w+)", " ".join(credentials.header("/") or "" for _ in range(times)))

    assert credentials.accept(['Digest realm="r", nonce="a", qop="auth"'])
    assert ["00000001", "00000002"] == counts(2)
    assert credentials.accept(['Digest realm="r", nonce="b", qop="auth"'])
    assert ["00000001"] == counts(1)


def test_digest_is_preferred_to_basic() -> None:
    """Also when one header carries both, and when a digest that we cannot compute comes first."""
    for challenges in (
        ['Basic realm="r"', 'Digest realm="r", nonce="a"'],
        ['Basic realm="r", Digest realm="r", nonce="a"'],
        ['Digest realm="r", nonce="a", algorithm=SHA-512-256', 'Digest realm="r", nonce="a", opaque="o"'],
    ):
        credentials = Credentials("me", "secret")
        assert credentials.accept(challenges)
        assert (credentials.header("/") or "").startswith('Digest username="me"')


def test_a_challenge_that_nobody_can_answer_is_not_accepted() -> None:
    """No user, an unknown scheme, or a digest without a nonce."""
    assert not Credentials("", "").accept(['Basic realm="r"'])
    assert not Credentials("me", "x").accept(["Negotiate"])
    assert not Credentials("me", "x").accept(['Digest realm="r"'])
    assert Credentials("me", "x").header("/") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://cam/stream", "http://cam/stream"),
        ("rtsp://me:hush@cam:554/a", "rtsp://***@cam:554/a"),
        ("http://me:hu@sh@[::1]:80/a?x=1", "http://***@[::1]:80/a?x=1"),
        ("http://cam/s?user=me&pwd=hush&w=640", "http://cam/s?user=***&pwd=***&w=640"),
        ("http://cam/s?apikey=hush", "http://cam/s?apikey=***"),
        ("http://[bad", "the camera's URL"),
    ],
)
def test_secrets_in_urls_are_masked(url: str, expected: str) -> None:
    """User, password and what looks like one in the query."""
    assert expected == masked(url)

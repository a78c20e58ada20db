"""Identifiers of incidents, commands and events: UUID version 7 (RFC 9562, section 5.7)."""

import secrets
import uuid


def uuid7(unix_s: float) -> str:
    """Return a UUIDv7 as text: 48 bits of unix milliseconds, then random bits, so text order is time order."""
    milliseconds = int(unix_s * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return str(uuid.UUID(int=value))


def unix_s_of(identifier: str) -> float:
    """Return the unix seconds at which a UUIDv7 was made, to the millisecond; raises ValueError when it is no UUID."""
    return (uuid.UUID(identifier).int >> 80) / 1000

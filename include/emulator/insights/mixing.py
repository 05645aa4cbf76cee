"""Numbers that look random and never change: made from ids and days, not from a generator."""

import hashlib

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def seed_of(text: str) -> int:
    """Return 64 bits that depend on a text alone."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def mixed(number: int) -> int:
    """Return 64 well mixed bits for a number (the finalizer of SplitMix64)."""
    bits = (number * _GOLDEN) & _MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
    return bits ^ (bits >> 31)


def fraction(bits: int) -> float:
    """Return the lowest 20 bits as a number from 0 to below 1."""
    return (bits & 0xFFFFF) / 1048576

"""A step: one object a launch needs at Meta, and the Graph parameters that create it."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from meta_ads.planning.canonical import digest

REFERENCE = "$step"


class StepKind(StrEnum):
    """What a step makes. The order is the order in which objects need each other."""

    VIDEO = "video"
    IMAGE = "image"
    CREATIVE = "creative"
    CAMPAIGN = "campaign"
    AD_SET = "ad_set"
    AD = "ad"


def step_key(account_id: str, owner: str, kind: StepKind, ordinal: int | str) -> str:
    """Return the step's name for ever: `act_1/spring_sale/ad_set/0`.

    It holds no run id and no date, so triggering again reaches the same step. Media are owned by
    the account (`owner` is `media`) and counted by the sha256 of the file, so that a file is
    uploaded once however many campaigns use it.
    """
    return f"{account_id}/{owner}/{kind}/{ordinal}"


def marker(key: str) -> str:
    """Return the ten characters by which a lost object is found again: base32 of sha256(key)."""
    return b32encode(hashlib.sha256(key.encode()).digest()).decode()[:10]


@dataclass(frozen=True, slots=True)
class Step:
    """One create or upload.

    `params` are Graph parameters in which `{"$step": KEY}` stands for the id that another step
    yields; `source` is the file below `creatives/` a media step sends (None: the image is the
    preferred frame of the video it refers to). `late_params` are sent too, but may differ at the
    next launch without being another object (an ad set's `start_time`). `paused`: it stays off when
    its launch goes live, and goes off when it is.
    """

    key: str
    kind: StepKind
    params: Mapping[str, Any]
    source: str | None = None
    late_params: Mapping[str, Any] = field(default_factory=dict)
    paused: bool = False

    @property
    def marker(self) -> str:
        """The tag in the object's name and label."""
        return marker(self.key)

    @property
    def spec_hash(self) -> str:
        """The digest of what makes this object the one it is."""
        return digest({"kind": self.kind, "params": self.params})

    @property
    def parents(self) -> tuple[str, ...]:
        """The keys of the steps whose ids the parameters need, sorted."""
        return tuple(sorted(set(_references(self.params))))


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if REFERENCE in value:
            yield value[REFERENCE]
        else:
            for item in value.values():
                yield from _references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _references(item)


def resolve(value: Any, ids: Mapping[str, str]) -> Any:
    """Return `value` with every reference replaced by its id.

    Raises KeyError with the step's key when a parent has no id yet.
    """
    if isinstance(value, Mapping):
        if REFERENCE in value:
            return ids[value[REFERENCE]]
        return {name: resolve(item, ids) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, ids) for item in value]
    return value

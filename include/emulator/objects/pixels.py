"""Pixels: which account they belong to, whether they work, and whether they hear anything."""

from emulator.calls.kinds import Edge, Kind, Row
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.state import Object


def is_lost(pixel: Object | None) -> bool:
    """Whether the pixel cannot be used any more: gone, no longer shared, or switched off."""
    return pixel is None or bool(pixel.fields.get("is_unavailable"))


def _stats(emulator: Emulator, call: Call, pixel: Object) -> list[Row]:
    """List nothing: no website reports events here, and an invented number would be a lie."""
    return []


def _creation_time(emulator: Emulator, pixel: Object) -> str:
    return emulator.moment_text(pixel, pixel.created)


def _unavailable(emulator: Emulator, pixel: Object) -> bool:
    return is_lost(pixel)


PIXEL = Kind(
    name="pixel",
    title="AdsPixel",
    sdk_class="AdsPixel",
    computed={"creation_time": _creation_time, "is_unavailable": _unavailable},
    edges={"stats": Edge(None, _stats)},
)

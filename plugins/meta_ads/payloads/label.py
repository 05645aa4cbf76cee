"""The marker of an object: how it stands in its name and its label."""

from __future__ import annotations


def tagged(name: str, marker: str) -> str:
    """Return the name with its marker: `Spring Sale [#AB12CD34EF]`."""
    return f"{name} [#{marker}]"


def adlabels(marker: str) -> list[dict[str, str]]:
    """Return the `adlabels` parameter: a second marker that survives renaming the object."""
    return [{"name": f"adlaunch:{marker}"}]

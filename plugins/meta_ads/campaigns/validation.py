"""From pydantic's findings to problems a media buyer can act on."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from inspect import get_annotations
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from meta_ads.campaigns.source import Source
from meta_ads.errors import Problem

Model = TypeVar("Model", bound=BaseModel)


def validated(
    model: type[Model], source: Source, value: object, prefix: str = ""
) -> tuple[Model | None, list[Problem]]:
    """Return the model of `value`, or None and every problem found.

    `prefix` is the YAML path of `value` in the source.
    """
    try:
        return model.model_validate(value), []
    except ValidationError as invalid:
        return None, [
            _problem(model, source, prefix, error) for error in invalid.errors(include_url=False)
        ]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return `Did you mean “name”?`, or the list of what is allowed."""
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if near:
        return f"Did you mean “{by_lower[near[0]]}”?"
    return f"Allowed: {', '.join(known)}."


def _problem(model: type[BaseModel], source: Source, prefix: str, error: Any) -> Problem:
    path = _path(prefix, error["loc"])
    kind: str = error["type"]
    value = error["input"]
    if kind == "extra_forbidden":
        move = _right_place(model, prefix, error["loc"])
        if move:
            return source.key_problem(path, "stands in the wrong place", move)
        known = _fields(model, error["loc"][:-1])
        remedy = did_you_mean(str(error["loc"][-1]), known)
        return source.key_problem(path, "is not a known key", remedy)
    if kind == "missing":
        return source.problem(path, "is missing", f"Add “{error['loc'][-1]}: …”.")
    if kind in ("model_type", "dict_type", "mapping_type"):
        keys = ", ".join(_fields(model, error["loc"]))
        return source.problem(
            path, "should hold keys and values", f"Its keys are {keys}.", _text(value)
        )
    if kind in ("tuple_type", "list_type"):
        return source.problem(
            path, "should be a list", "Put it in brackets, as in [A, B].", _text(value)
        )
    if kind == "string_type":
        if value is None:
            return source.problem(path, "is empty", "Give it a value.")
        return source.problem(path, "should be one value, not several", "Write one value.")
    if kind == "value_error":
        cause = error["ctx"]["error"]
        message, remedy = (*cause.args, "Correct it.")[:2]
        return source.problem(path, message, remedy, _text(value))
    limits = error.get("ctx", {})
    if kind in ("string_too_long", "too_long"):
        longest, what = limits["max_length"], "characters" if isinstance(value, str) else "entries"
        return source.problem(
            path,
            f"has {len(value)} {what}, at most {longest} are allowed",
            "Shorten it.",
            _text(value),
        )
    if kind == "too_short" and value:
        return source.problem(
            path, f"has {len(value)}, at least {limits['min_length']} are needed", "Add more."
        )
    if kind in ("string_too_short", "too_short"):
        return source.problem(path, "is empty", "Give it a value.", _text(value))
    return source.problem(path, error["msg"], "Correct it.", _text(value))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _path(prefix: str, location: Sequence[str | int]) -> str:
    path = prefix
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path


def _fields(model: type[BaseModel], location: Sequence[str | int]) -> Sequence[str]:
    """Return the known keys of the (nested) model at `location`."""
    current: type[BaseModel] = model
    for part in location:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part)
        nested = _model_in(field.annotation) if field else None
        if nested is None:
            return ()
        current = nested
    # Its own keys first, then those that may stand at several levels.
    classes = [kind for kind in current.__mro__ if issubclass(kind, BaseModel)]
    return [
        name for kind in classes for name in get_annotations(kind) if name in current.model_fields
    ]


def _right_place(model: type[BaseModel], prefix: str, location: Sequence[str | int]) -> str | None:
    """Return what to do with a known key that stands one level too high or too low."""
    word = str(location[-1]).rpartition(".")[2]
    if word in model.model_fields:
        return f"Move it out of “{_path(prefix, location[:-1])}”."
    for name in model.model_fields:
        if word in _fields(model, (name,)):
            return f"Move it below “{_path(prefix, (name,))}”."
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation holds, alone, in a list or among alternatives."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None

"""Checks what a client sent against a signature, and turns text into values."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from emulator.calls import schema
from emulator.calls.loose_json import read_loose_json
from emulator.clock import parse_moment
from emulator.policy.rules import broken

#: Parameters that every Graph call accepts, whatever its operation.
GRAPH_WIDE = frozenset(
    [
        "access_token",
        "appsecret_proof",
        "debug",
        "execution_options",
        "fields",
        "format",
        # Meta's own SDK for Node repeats the id of the path in every write.
        "id",
        "include_headers",
        "locale",
        "method",
        "pretty",
        "summary",
        "suppress_http_code",
        "transport",
        "method_override",
        "suppress_http_codes",
    ]
)
_SCALARS = frozenset(("string", "int", "unsigned int", "float", "bool", "datetime", "file"))
_COLLECTION = re.compile(r"^(list|map)(?:<(.*)>)?$")


def check(signature: schema.Signature, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the operation's own parameters, decoded; raise for unknown or ill-typed ones."""
    checked: dict[str, Any] = {}
    for name, raw in params.items():
        if name in signature.types:
            checked[name] = _value(name, signature.types[name], raw, signature.enums)
        elif name not in GRAPH_WIDE and not name.startswith("_"):
            raise broken("unknown_param", blame=name, param=name)
    return checked


def require(params: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raise for the first of these parameters that is missing, null or empty text."""
    for name in names:
        if params.get(name) in (None, ""):
            raise broken("missing_param", blame=name, param=name)


def decode_json(raw: Any) -> Any:
    """Return the value of JSON text, as loosely written as Meta takes it; else ``raw`` itself."""
    if isinstance(raw, str):
        try:
            return json.loads(raw, parse_constant=_no_number)
        except (ValueError, RecursionError):
            pass
        try:
            return read_loose_json(raw)
        except ValueError:
            return raw
    return raw


def _no_number(text: str) -> Any:
    """Refuse NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(text)


def _value(path: str, kind: str, raw: Any, enums: Mapping[str, frozenset[str]]) -> Any:
    if raw is None or (raw == "null" and kind != "string"):
        return None
    if kind == "any":
        return decode_json(raw)
    if kind in enums:
        return _enum(path, raw, enums[kind])
    if kind in _SCALARS:
        return _scalar(path, kind, raw)
    collection = _COLLECTION.match(kind)
    if collection and collection[1] == "list":
        return _list(path, collection[2], raw, enums)
    value = decode_json(raw)
    if not isinstance(value, dict):
        # Meta also takes a list where its own definition says Object.
        if kind == "Object" and isinstance(value, list):
            return value
        raise broken("wrong_type", blame=path, param=path, expected="a JSON object")
    if collection or kind == "Object":
        return value
    return _structure(path, kind, value)


def _structure(path: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    signature = schema.structure(kind)
    if signature is None:
        return value
    checked = {}
    for name, raw in value.items():
        inner = f"{path}[{name}]"
        if name not in signature.types:
            raise broken("unknown_param", blame=path, param=inner)
        checked[name] = _value(inner, signature.types[name], raw, signature.enums)
    return checked


def _list(
    path: str, item_kind: str | None, raw: Any, enums: Mapping[str, frozenset[str]]
) -> list[Any]:
    value = decode_json(raw)
    if isinstance(value, dict) and all(str(key).isdigit() for key in value):
        value = list(value.values())
    if not isinstance(value, list):
        raise broken("wrong_type", blame=path, param=path, expected="an array")
    kind = item_kind or "any"
    return [_value(f"{path}[{index}]", kind, item, enums) for index, item in enumerate(value)]


def _enum(path: str, raw: Any, allowed: frozenset[str]) -> str:
    if not isinstance(raw, str) or raw not in allowed:
        raise broken("not_in_enum", blame=path, param=path, allowed=", ".join(sorted(allowed)))
    return raw


def _scalar(path: str, kind: str, raw: Any) -> Any:
    if kind == "string":
        if isinstance(raw, dict | list):
            raise broken("wrong_type", blame=path, param=path, expected="a string")
        return raw if isinstance(raw, str) else json.dumps(raw)
    if kind == "bool":
        words = {"true": True, "1": True, "false": False, "0": False}
        text = str(raw).lower()
        if text not in words:
            raise broken("wrong_type", blame=path, param=path, expected="a boolean")
        return words[text]
    if kind in ("int", "unsigned int"):
        if isinstance(raw, bool) or not re.fullmatch(r"-?\d+", str(raw)):
            raise broken("wrong_type", blame=path, param=path, expected="an integer")
        if kind == "unsigned int" and int(raw) < 0:
            raise broken("wrong_type", blame=path, param=path, expected="a non-negative integer")
        return int(raw)
    try:
        if kind == "datetime":
            parse_moment(raw, "UTC")
            return raw
        return float(raw) if kind == "float" else raw
    except (TypeError, ValueError):
        expected = "a valid time" if kind == "datetime" else "a number"
        raise broken("wrong_type", blame=path, param=path, expected=expected) from None

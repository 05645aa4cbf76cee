"""Batch calls: up to fifty in one request, later ones able to use earlier answers."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from emulator.calls.kinds import Json
from emulator.calls.param_types import decode_json
from emulator.calls.protocol import Call, Upload, make_call, query_params
from emulator.policy.rules import broken

LARGEST_BATCH = 50
#: Runs one call; returns its status, headers and JSON body.
RunCall = Callable[[Call], tuple[int, dict[str, str], Any]]

_REFERENCE = re.compile(r"\{result=([^:}]+):\$\.?([^}]*)\}")
_VERSIONED = re.compile(r"^v\d+\.\d+(/|$)")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\*)\]")


def run_batch(call: Call, run: RunCall, *, cut_short: bool = False) -> list[Json | None]:
    """Run the items of a batch in order and return their answers; one may fail alone.

    Of a batch that is ``cut_short`` the first half is answered, the next item is run and its
    answer lost, and the others are not run: the client sees null for all of the second half.
    """
    items = decode_json(call.params.get("batch"))
    if not isinstance(items, list) or not items:
        raise broken("batch_malformed")
    if len(items) > LARGEST_BATCH:
        raise broken("batch_too_large", limit=LARGEST_BATCH)
    shows_headers = str(call.params.get("include_headers", "true")).lower() not in ("false", "0")
    bodies: dict[str, Any] = {}
    failed: set[str] = set()
    answers: list[Json | None] = []
    answered = len(items) // 2 if cut_short else len(items)
    for item in items[: answered + 1]:
        if not isinstance(item, dict) or not item.get("relative_url"):
            raise broken("batch_malformed")
        name = item.get("name")
        if item.get("depends_on") in failed or not _known(item, bodies):
            answers.append(None)
            if name:
                failed.add(name)
            continue
        status, headers, body = run(_item_call(call, item, bodies))
        if name:
            bodies[name] = body
            if status >= 400:
                failed.add(name)
        omitted = name and status < 400 and item.get("omit_response_on_success", True)
        if omitted and _is_used(str(name), items):
            answers.append(None)
            continue
        answers.append(_answer(status, headers if shows_headers else None, body))
    return [*answers[:answered], *[None] * (len(items) - answered)]


def _answer(status: int, headers: Mapping[str, str] | None, body: Any) -> Json:
    answer: Json = {"code": status, "body": json.dumps(body)}
    if headers is not None:
        shown = {"Content-Type": "text/javascript; charset=UTF-8", **headers}
        answer["headers"] = [{"name": name, "value": value} for name, value in shown.items()]
    return answer


def _item_call(call: Call, item: Json, bodies: Mapping[str, Any]) -> Call:
    path, _, query = str(item["relative_url"]).partition("?")
    params = {
        name: value
        for name, value in call.params.items()
        if name in ("access_token", "appsecret_proof")
    }
    params |= query_params(query)
    body = item.get("body", "")
    params |= body if isinstance(body, dict) else query_params(str(body))
    filled = {name: _filled(value, bodies) for name, value in params.items()}
    files: dict[str, Upload] = {
        name: call.files[name]
        for name in str(item.get("attached_files", "")).split(",")
        if name in call.files
    }
    method = str(item.get("method", "GET"))
    path = _filled(unquote(path), bodies).lstrip("/")
    if not _VERSIONED.match(path):
        path = f"v{call.version[0]}.{call.version[1]}/{path}"
    return make_call(method, path, filled, call.base_url, files)


def _references(item: Json) -> list[str]:
    text = unquote(f"{item.get('relative_url', '')} {item.get('body', '')}")
    return [match[1] for match in _REFERENCE.finditer(text)]


def _known(item: Json, bodies: Mapping[str, Any]) -> bool:
    return all(name in bodies and "error" not in (bodies[name] or {}) for name in _references(item))


def _is_used(name: str, items: list[Json]) -> bool:
    return any(name in _references(item) or item.get("depends_on") == name for item in items)


def _filled(value: Any, bodies: Mapping[str, Any]) -> Any:
    if not isinstance(value, str):
        return value
    return _REFERENCE.sub(lambda match: _json_path(bodies.get(match[1]), match[2]), value)


def _json_path(body: Any, path: str) -> str:
    """Return what a JSONPath (names, ``[n]``, ``*``) finds, joined by commas as Meta does."""
    found = [body]
    for name, index in _STEP.findall(path):
        step = name or index
        following: list[Any] = []
        for value in found:
            if step == "*":
                inner = value.values() if isinstance(value, dict) else value
                following.extend(inner or [])
            elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                following.append(value[int(step)])
            elif isinstance(value, dict) and step in value:
                following.append(value[step])
        found = following
    return ",".join(item if isinstance(item, str) else json.dumps(item) for item in found)

"""JSON as Meta's samples and other people's clients write it is understood."""

from typing import Any

import pytest

from emulator.calls.param_types import decode_json
from tests.emulator.server import Graph

_FILTER = [{"field": "name", "operator": "IN", "value": ["a", 5, 2.5, -3, True, None]}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("['ACTIVE', 'PAUSED']", ["ACTIVE", "PAUSED"]),
        ("{'since':'2026-01-01','until':\"2026-01-31\"}", {"since": "2026-01-01"}),
        ("[{field:\"name\",operator:'IN',value:['a',5,2.5,-3,true,null]}]", _FILTER),
        ('{"a": [1, 2, ], }', {"a": [1, 2]}),
        ("""{'a': 'it\\'s "new"'}""", {"a": 'it\'s "new"'}),
        ("{'a':'x\\n'}", {"a": "x\n"}),
        ("\n[ ]"[1:], []),
        ("{}", {}),
    ],
)
def test_lists_and_objects_are_read_as_loosely_as_meta_reads_them(text: str, value: Any) -> None:
    decoded = decode_json(text)
    if isinstance(value, dict):
        decoded = {name: decoded[name] for name in value}
    assert decoded == value


@pytest.mark.parametrize(
    "text",
    ["{campaign.name}", "[ACTIVE]", "{'a':}", "['a'", "['a'] b", "[1 2]", "{:1}", "[01]", "'a'"],
)
def test_text_that_spells_no_value_stays_text(text: str) -> None:
    assert decode_json(text) == text


def test_nesting_without_end_stays_text() -> None:
    assert decode_json("[" * 100_000) == "[" * 100_000


def test_fields_may_be_a_list_in_single_quotes(graph: Graph) -> None:
    answer = graph.get("me/adaccounts", fields="['account_id', 'currency']", limit="1")
    assert set(answer["data"][0]) == {"account_id", "currency", "id"}

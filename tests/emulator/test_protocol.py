"""The wire: tokens, versions, the ways parameters travel, batches, headers."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, US
from tests.emulator.refusals import assert_broken
from tests.emulator.server import TOKEN, EmulatorProcess, Graph


def _error(answer: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    return error


@pytest.mark.parametrize(
    ("token", "rule"),
    [("nobody", "bad_token"), ("emulator-expired-token", "expired_token")],
)
def test_a_token_that_does_not_work_is_code_190(
    emulator: EmulatorProcess, token: str, rule: str
) -> None:
    answer = Graph(emulator, token).call("GET", "me")
    assert answer.status_code == 400
    assert_broken(rule, _error(answer))


def test_a_call_without_token_is_refused(emulator: EmulatorProcess) -> None:
    assert_broken("no_token", _error(emulator.http.get("/v26.0/me")))


def test_a_token_may_travel_as_header_or_parameter(emulator: EmulatorProcess) -> None:
    calls = (
        emulator.http.get("/v26.0/me", headers={"Authorization": f"Bearer {TOKEN}"}),
        emulator.http.get("/v26.0/me", headers={"Authorization": f"OAuth {TOKEN}"}),
        emulator.http.get("/v26.0/me", params={"access_token": TOKEN}),
        emulator.http.post(
            f"/v26.0/{SG}/adlabels", data={"access_token": TOKEN, "name": "by form"}
        ),
    )
    assert [answer.status_code for answer in calls] == [200] * 4


def test_a_reading_token_may_not_write(emulator: EmulatorProcess) -> None:
    reader = Graph(emulator, "emulator-readonly-token")
    assert reader.get(SG, fields="name")["name"] == "Sunrise Retail SG"
    error = reader.error("POST", f"{SG}/campaigns", **launches.campaign())
    assert_broken("no_permission", error)


def test_a_wrong_appsecret_proof_is_refused_and_a_right_one_passes(graph: Graph) -> None:
    right = hmac.new(b"emulator-app-secret", TOKEN.encode(), hashlib.sha256).hexdigest()
    graph.get("me", appsecret_proof=right)
    assert_broken("bad_proof", graph.error("GET", "me", appsecret_proof="0" * 64))


def test_an_app_may_demand_the_proof(emulator: EmulatorProcess, graph: Graph) -> None:
    right = hmac.new(b"emulator-app-secret", TOKEN.encode(), hashlib.sha256).hexdigest()
    emulator.control("POST", "app", {"require_appsecret_proof": True})
    assert_broken("proof_missing", graph.error("GET", "me"))
    graph.get("me", appsecret_proof=right)
    emulator.restart()
    assert_broken("proof_missing", graph.error("GET", "me"))
    emulator.control("POST", "app", {"require_appsecret_proof": False})
    graph.get("me")
    assert emulator.http.post("/_emulator/app", json={"proof": True}).status_code == 400


def test_debug_token_tells_scopes_and_validity(graph: Graph) -> None:
    data = graph.get("debug_token", input_token=TOKEN)["data"]
    assert data["is_valid"] is True
    assert "ads_management" in data["scopes"]
    assert data["app_id"] == "900000000000001"
    assert graph.get("debug_token", input_token="x")["data"]["is_valid"] is False


@pytest.mark.parametrize("version", ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"])
def test_supported_versions_answer_also_with_a_trailing_slash(
    emulator: EmulatorProcess, version: str
) -> None:
    answer = Graph(emulator, version=version).call("GET", f"{SG}/")
    assert answer.json() == {"account_id": SG[4:], "id": SG}
    assert answer.headers["facebook-api-version"] == version


@pytest.mark.parametrize(("version", "warned"), [("v24.0", True), ("v25.0", False)])
def test_an_expired_version_is_upgraded_with_a_warning(
    emulator: EmulatorProcess, version: str, warned: bool
) -> None:
    answer = Graph(emulator, version=version).call("GET", SG)
    assert ("x-ad-api-version-warning" in answer.headers) is warned


def test_a_call_without_version_is_answered_by_the_newest(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = emulator.http.get(f"/{SG}", headers=headers)
    assert answer.json() == graph.get(SG)
    assert answer.headers["facebook-api-version"] == "v26.0"


def test_a_version_that_does_not_exist_is_an_unknown_path(emulator: EmulatorProcess) -> None:
    assert_broken("unknown_path", Graph(emulator, version="v99.0").error("GET", SG))


def test_a_long_read_may_be_a_post_with_the_method_in_it(graph: Graph) -> None:
    node = graph.post(f"{SG}/campaigns", **launches.campaign())["id"]
    sent = {"access_token": TOKEN, "fields": "name", "method": "GET"}
    answer = graph.server.http.post(f"/v26.0/{node}", data=sent)
    assert answer.json() == {"name": "Spring", "id": node}
    sent = {"access_token": TOKEN, "method": "delete"}
    answer = graph.server.http.get(f"/v26.0/{node}", params=sent)
    assert answer.json() == {"success": True}


def test_errors_can_travel_as_http_200(graph: Graph) -> None:
    answer = graph.call("GET", "nobody", suppress_http_code="1")
    assert answer.status_code == 200
    assert_broken("unknown_alias", _error(answer))


def test_what_v26_ignores_changes_nothing(graph: Graph) -> None:
    plain = graph.call("GET", SG, fields="name")
    asked = graph.call("GET", SG, fields="name", pretty="1", debug="all")
    assert asked.content == plain.content
    assert "etag" not in plain.headers
    headers = {"Authorization": f"Bearer {TOKEN}", "If-None-Match": '"anything"'}
    assert graph.server.http.get(f"/v26.0/{SG}", headers=headers).status_code == 200


def test_metadata_tells_fields_and_connections(graph: Graph) -> None:
    metadata = graph.get(SG, metadata="1")["metadata"]
    assert metadata["type"] == "adaccount"
    assert {"name": "currency", "type": "string"} in metadata["fields"]
    assert metadata["connections"]["campaigns"] == f"{graph.server.url}/v26.0/{SG}/campaigns"
    assert "metadata" not in graph.get(SG)


def test_a_retired_version_is_code_2635(emulator: EmulatorProcess) -> None:
    error = Graph(emulator, version="v20.0").error("GET", SG)
    assert_broken("deprecated_version", error)


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("23859999999999999", "unknown_node"),
        ("act_1", "unknown_node"),
        ("somebody", "unknown_alias"),
        (f"{SG}/surprises", "unknown_path"),
        (f"{SG}/campaigns/more", "unknown_path"),
    ],
)
def test_unknown_paths_get_metas_error(graph: Graph, path: str, rule: str) -> None:
    assert_broken(rule, graph.error("GET", path))


def test_a_write_that_does_not_exist_is_refused(graph: Graph) -> None:
    assert_broken("unsupported_method", graph.error("POST", "me", name="Renamed"))


def test_ids_and_date_format_fail_as_in_v26(graph: Graph) -> None:
    answer = graph.call("GET", "", ids=f"{SG},{US}")
    assert answer.status_code == 500
    assert_broken("ids_gone", _error(answer))
    assert_broken("date_format_gone", graph.error("GET", SG, date_format="U"))


def _as_brackets(params: dict[str, Any]) -> dict[str, str]:
    flat = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in params.items()
        if name != "special_ad_categories"
    }
    return {**flat, "special_ad_categories[0]": "NONE"}


@pytest.mark.parametrize("way", ["query", "form", "multipart", "json", "brackets"])
def test_parameters_may_travel_every_way(emulator: EmulatorProcess, way: str) -> None:
    params = launches.campaign()
    text = {key: v if isinstance(v, str) else json.dumps(v) for key, v in params.items()}
    content: dict[str, Any] = {
        "query": {"params": text},
        "form": {"data": text},
        "multipart": {"files": {key: (None, value) for key, value in text.items()}},
        "json": {"json": params},
        "brackets": {"data": _as_brackets(params)},
    }[way]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = emulator.http.post(f"/v26.0/{SG}/campaigns", headers=headers, **content)
    assert answer.status_code == 200, answer.text
    read = Graph(emulator).get(answer.json()["id"], fields="name,daily_budget")
    assert (read["name"], read["daily_budget"]) == ("Spring", "5000")


def test_a_body_that_is_no_json_is_refused(emulator: EmulatorProcess) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    answer = emulator.http.post(f"/v26.0/{SG}/campaigns", headers=headers, content=b"{")
    assert_broken("bad_json", _error(answer))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\nnonsense"),
    ],
)
def test_a_broken_form_is_refused(emulator: EmulatorProcess, kind: str, body: bytes) -> None:
    headers = {"Content-Type": kind, "Authorization": f"Bearer {TOKEN}"}
    answer = emulator.http.post(f"/v26.0/{SG}/campaigns", headers=headers, content=body)
    assert_broken("bad_form", _error(answer))


def test_a_write_may_repeat_the_id_of_its_path(graph: Graph) -> None:
    node = graph.post(f"{SG}/campaigns", **launches.campaign(id=SG))["id"]
    assert graph.post(node, id=node, name="Renamed") == {"success": True}


def test_lists_in_single_quotes_are_taken_as_meta_takes_them(graph: Graph) -> None:
    params = launches.campaign(special_ad_categories="['NONE']")
    node = graph.post(f"{SG}/campaigns", **params)["id"]
    answer = graph.get(f"{SG}/campaigns", effective_status="['IN_PROCESS', 'PAUSED']")
    assert [row["id"] for row in answer["data"]] == [node]


def test_every_answer_carries_trace_and_usage(graph: Graph) -> None:
    for path in (f"{SG}/campaigns", "nobody"):
        headers = graph.call("GET", path).headers
        assert headers["x-fb-trace-id"]
        assert headers["x-fb-rev"]
        assert headers["x-fb-request-id"]
        assert headers["x-fb-debug"]
        assert json.loads(headers["x-app-usage"])["call_count"] == 0
    headers = graph.call("GET", f"{SG}/insights").headers
    use_case = json.loads(headers["x-business-use-case-usage"])[SG[4:]][0]
    assert use_case["type"] == "ads_insights"
    assert 0 < json.loads(headers["x-ad-account-usage"])["acc_id_util_pct"] < 1
    assert json.loads(headers["x-fb-ads-insights-throttle"])["app_id_util_pct"] == 0

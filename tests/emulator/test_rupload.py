"""Videos sent as raw bytes to an address of their own, gone on with where they broke off."""

import hashlib
import socket
from typing import Any

import httpx

from emulator.policy.rules import all_rules
from tests.emulator.launches import SG
from tests.emulator.refusals import assert_broken
from tests.emulator.server import TOKEN, Graph, wait_until


def _start(graph: Graph) -> dict[str, str]:
    answer: dict[str, str] = graph.post(f"{SG}/video_ads", upload_phase="start")
    return answer


def _send(graph: Graph, url: str, content: bytes, **headers: object) -> httpx.Response:
    sent = {"Authorization": f"OAuth {TOKEN}", **{name: str(one) for name, one in headers.items()}}
    return graph.server.http.post(url, content=content, headers=sent)


def _refused(rule_name: str, answer: httpx.Response) -> dict[str, Any]:
    rule, shown = all_rules()[rule_name], answer.json()["debug_info"]
    assert (answer.status_code, shown["type"]) == (rule.http_status, rule.error_type), shown
    assert shown["message"].startswith(rule.message.partition("{")[0])
    return dict(shown)


def test_a_video_sent_in_one_request_becomes_ready(graph: Graph, video: bytes) -> None:
    start = _start(graph)
    assert start["upload_url"] == (f"{graph.server.url}/video-ads-upload/v26.0/{start['video_id']}")
    answer = _send(graph, start["upload_url"], video, offset=0, file_size=len(video))
    assert answer.json() == {"success": True}
    done = graph.post(f"{SG}/video_ads", upload_phase="finish", video_id=start["video_id"])
    assert done == {"success": True}
    graph.server.pass_time()
    shown = graph.get(start["video_id"], fields="status")["status"]
    assert shown["video_status"] == "ready"
    assert shown["publishing_phase"]["status"] == "complete"
    kept = graph.server.control("GET", f"videos/{start['video_id']}")
    assert kept["sha256"] == hashlib.sha256(video).hexdigest()
    assert [row["id"] for row in graph.get(f"{SG}/video_ads")["data"]] == [start["video_id"]]


def test_a_broken_connection_keeps_what_had_arrived(graph: Graph, video: bytes) -> None:
    start = _start(graph)
    url = httpx.URL(start["upload_url"])
    half = len(video) // 2
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: OAuth {TOKEN}\r\n"
        f"offset: 0\r\nfile_size: {len(video)}\r\nContent-Length: {len(video)}\r\n\r\n"
    )
    with socket.create_connection((url.host, url.port or 80)) as line:
        line.sendall(head.encode() + video[:half])

    def transferred() -> int:
        status = graph.get(start["video_id"], fields="status")["status"]
        return int(status["uploading_phase"]["bytes_transferred"])

    received = wait_until(transferred)
    assert received == half
    rest = _send(graph, start["upload_url"], video[half:], offset=half, file_size=len(video))
    assert rest.json() == {"success": True}
    graph.post(f"{SG}/video_ads", upload_phase="finish", video_id=start["video_id"])
    kept = graph.server.control("GET", f"videos/{start['video_id']}")
    assert kept["sha256"] == hashlib.sha256(video).hexdigest()


def test_an_offset_where_the_upload_does_not_stand_is_refused(graph: Graph, video: bytes) -> None:
    start = _start(graph)
    wrong = _send(graph, start["upload_url"], video[10:], offset=10, file_size=len(video))
    assert _refused("rupload_wrong_offset", wrong)["retriable"] is True
    right = _send(graph, start["upload_url"], video, offset=0, file_size=len(video))
    assert right.status_code == 200


def test_fewer_bytes_than_announced_are_kept_and_asked_for(graph: Graph, video: bytes) -> None:
    start = _start(graph)
    short = _send(graph, start["upload_url"], video[:1000], offset=0, file_size=len(video))
    _refused("rupload_partial", short)
    early = graph.error(
        "POST", f"{SG}/video_ads", upload_phase="finish", video_id=start["video_id"]
    )
    assert_broken("upload_incomplete", early)
    again = _send(graph, start["upload_url"], video, offset=0, file_size=len(video))
    assert again.status_code == 200


def test_headers_and_token_are_needed(graph: Graph, video: bytes) -> None:
    url = _start(graph)["upload_url"]
    _refused("rupload_header_missing", _send(graph, url, video, offset=0))
    stranger = graph.server.http.post(url, content=video, headers={"offset": "0"})
    assert stranger.json()["debug_info"]["type"] == "NotAuthorizedError"


def test_an_address_is_only_fetched_where_that_was_allowed(graph: Graph) -> None:
    url = _start(graph)["upload_url"]
    answer = _send(graph, url, b"", file_url="https://example.com/clip.mp4")
    assert answer.json()["debug_info"]["message"] == all_rules()["file_url_not_allowed"].message

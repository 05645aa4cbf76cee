"""Videos arrive byte for byte in the pieces the server asks for, and take time to be ready."""

import base64
import hashlib
import signal
from typing import Any

import httpx
import pytest

from tests.emulator.launches import SG, US
from tests.emulator.refusals import assert_broken
from tests.emulator.server import EmulatorProcess, Graph


def _start(graph: Graph, size: int) -> dict[str, Any]:
    answer: dict[str, Any] = graph.post(f"{SG}/advideos", upload_phase="start", file_size=size)
    return answer


def _send(graph: Graph, session: str, offset: int, chunk: bytes) -> httpx.Response:
    return graph.call(
        "POST",
        f"{SG}/advideos",
        files={"video_file_chunk": ("chunk", chunk)},
        upload_phase="transfer",
        upload_session_id=session,
        start_offset=offset,
    )


def _finish(graph: Graph, session: str) -> httpx.Response:
    return graph.call("POST", f"{SG}/advideos", upload_phase="finish", upload_session_id=session)


def test_the_server_chooses_pieces_of_growing_size(graph: Graph, video: bytes) -> None:
    start = _start(graph, len(video))
    session, sizes, step = start["upload_session_id"], [], start
    while step["start_offset"] != step["end_offset"]:
        first, end = int(step["start_offset"]), int(step["end_offset"])
        sizes.append(end - first)
        step = _send(graph, session, first, video[first:end]).json()
    assert len(sizes) > 2
    assert sizes[1] == 2 * sizes[0]
    assert _finish(graph, session).json() == {"success": True}
    kept = graph.server.control("GET", f"videos/{start['video_id']}")
    assert kept["sha256"] == hashlib.sha256(video).hexdigest()


def test_a_wrong_offset_is_told_the_right_one(graph: Graph, video: bytes) -> None:
    start = _start(graph, len(video))
    session, end = start["upload_session_id"], int(start["end_offset"])
    step = _send(graph, session, 0, video[:end]).json()
    again = _send(graph, session, 0, video[:end])
    assert again.status_code == 400
    error = again.json()["error"]
    assert_broken("wrong_offset", error)
    assert error["error_data"] == step
    kept = graph.server.control("GET", f"videos/{start['video_id']}")
    assert kept["bytes_received"] == end


def test_a_piece_longer_than_asked_is_refused(graph: Graph, video: bytes) -> None:
    start = _start(graph, len(video))
    refused = _send(graph, start["upload_session_id"], 0, video)
    assert_broken("chunk_too_long", refused.json()["error"])


def test_a_shorter_piece_is_kept_and_the_rest_asked_for(graph: Graph, video: bytes) -> None:
    start = _start(graph, len(video))
    step = _send(graph, start["upload_session_id"], 0, video[:1000]).json()
    assert step == {"start_offset": "1000", "end_offset": start["end_offset"]}


def test_an_upload_cannot_finish_before_all_bytes_are_there(graph: Graph, video: bytes) -> None:
    start = _start(graph, len(video))
    assert_broken("upload_incomplete", _finish(graph, start["upload_session_id"]).json()["error"])


def test_a_cancelled_session_takes_nothing_more(graph: Graph, video: bytes) -> None:
    session = _start(graph, len(video))["upload_session_id"]
    graph.post(f"{SG}/advideos", upload_phase="cancel", upload_session_id=session)
    assert_broken("unknown_upload_session", _send(graph, session, 0, b"x").json()["error"])


def test_an_upload_goes_on_after_the_server_was_killed(graph: Graph, video: bytes) -> None:
    start = _start(graph, len(video))
    session, end = start["upload_session_id"], int(start["end_offset"])
    step = _send(graph, session, 0, video[:end]).json()
    graph.server.restart(signal.SIGKILL)
    while step["start_offset"] != step["end_offset"]:
        first, end = int(step["start_offset"]), int(step["end_offset"])
        step = _send(graph, session, first, video[first:end]).json()
    assert _finish(graph, session).status_code == 200
    kept = graph.server.control("GET", f"videos/{start['video_id']}")
    assert kept["sha256"] == hashlib.sha256(video).hexdigest()


def test_a_video_is_processed_before_it_is_ready(graph: Graph, video: bytes) -> None:
    start = _start(graph, len(video))
    node = start["video_id"]
    _send(graph, start["upload_session_id"], 0, video[:1000])
    status = graph.get(node, fields="status")["status"]
    assert status["uploading_phase"] == {"status": "in_progress", "bytes_transferred": 1000}
    assert status["processing_phase"]["status"] == "not_started"

    node = graph.upload(SG, video, title="Clip of spring")
    status = graph.get(node, fields="status")["status"]
    assert status["video_status"] == "processing"
    assert status["processing_phase"]["status"] == "in_progress"
    assert graph.get(f"{node}/thumbnails")["data"] == []

    graph.server.pass_time()
    shown = graph.get(node, fields="status{video_status},length,title")
    assert shown["status"] == {"video_status": "ready"}
    assert shown["length"] == pytest.approx(2.0, abs=0.2)
    assert shown["title"] == "Clip of spring"


def test_a_ready_video_has_real_thumbnails_one_of_them_preferred(
    graph: Graph, video: bytes
) -> None:
    node = graph.upload(SG, video)
    graph.server.pass_time()
    rows = graph.get(f"{node}/thumbnails", fields="uri,is_preferred,width,height")["data"]
    assert [row["is_preferred"] for row in rows].count(True) == 1
    assert (rows[0]["width"], rows[0]["height"]) == (180, 320)
    for row in rows:
        picture = httpx.get(row["uri"], trust_env=False)
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")


def test_a_file_that_is_no_video_fails_after_the_upload(graph: Graph) -> None:
    node = graph.upload(SG, b"not a video at all" * 100)
    assert graph.get(node, fields="status")["status"]["video_status"] == "processing"
    graph.server.pass_time()
    status = graph.get(node, fields="status")["status"]
    assert status["video_status"] == "error"
    assert status["processing_phase"]["errors"][0]["message"]


def test_a_video_is_listed_once_its_upload_has_finished(graph: Graph, video: bytes) -> None:
    _start(graph, len(video))
    node = graph.upload(SG, video)
    assert [row["id"] for row in graph.get(f"{SG}/advideos")["data"]] == [node]


def test_a_whole_file_in_one_call_becomes_a_video(graph: Graph, video: bytes) -> None:
    answer = graph.post(f"{SG}/advideos", files={"source": ("clip.mp4", video)}, title="Whole")
    kept = graph.server.control("GET", f"videos/{answer['id']}")
    assert kept["sha256"] == hashlib.sha256(video).hexdigest()


def test_nothing_is_fetched_from_a_host_that_was_not_allowed(graph: Graph) -> None:
    error = graph.error("POST", f"{SG}/advideos", file_url="https://example.com/clip.mp4")
    assert_broken("file_url_not_allowed", error)


@pytest.mark.parametrize(
    ("size", "rule"), [(1023, "video_too_small"), (10 * 1024**3 + 1, "video_too_large")]
)
def test_an_upload_of_such_a_size_does_not_start(graph: Graph, size: int, rule: str) -> None:
    error = graph.error("POST", f"{SG}/advideos", upload_phase="start", file_size=size)
    assert_broken(rule, error)
    assert _start(graph, 1024)["video_id"]


def test_a_transfer_without_a_file_is_refused(graph: Graph) -> None:
    session = _start(graph, 2000)["upload_session_id"]
    phase = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": 0}
    assert_broken("no_video_selected", graph.error("POST", f"{SG}/advideos", **phase))


def test_an_upload_left_alone_for_a_day_expires(graph: Graph, video: bytes) -> None:
    start = _start(graph, len(video))
    graph.server.pass_time(86_000)
    assert _send(graph, start["upload_session_id"], 0, video[:1000]).status_code == 200
    graph.server.pass_time(500)
    late = _send(graph, start["upload_session_id"], 1000, video[1000:2000])
    assert_broken("upload_timed_out", late.json()["error"])
    assert graph.get(start["video_id"], fields="status")["status"]["video_status"] == "expired"


def test_the_last_piece_sent_again_is_told_that_all_has_arrived(graph: Graph) -> None:
    session = _start(graph, 2000)["upload_session_id"]
    assert _send(graph, session, 0, bytes(2000)).status_code == 200
    error = _send(graph, session, 0, bytes(2000)).json()["error"]
    assert_broken("wrong_offset", error)
    assert error["error_data"] == {"start_offset": "2000", "end_offset": "2000"}


def test_the_same_bytes_again_are_another_video(graph: Graph, video: bytes) -> None:
    assert graph.upload(SG, video) != graph.upload(SG, video)


def test_the_same_image_is_one_image(graph: Graph, image: bytes) -> None:
    digest = hashlib.md5(image, usedforsecurity=False).hexdigest()
    by_file = graph.post(f"{SG}/adimages", files={"a.jpg": ("a.jpg", image)})
    assert by_file["images"]["a.jpg"]["hash"] == digest
    by_bytes = graph.post(f"{SG}/adimages", bytes=base64.b64encode(image).decode())
    assert by_bytes["images"]["bytes"]["hash"] == digest
    rows = graph.get(f"{SG}/adimages", hashes=[digest], fields="hash,width,name")["data"]
    assert rows == [{"hash": digest, "width": 64, "name": "a.jpg", "id": f"{SG[4:]}:{digest}"}]
    graph.delete(f"{SG}/adimages", hash=digest)
    assert graph.get(f"{SG}/adimages")["data"] == []


def test_several_images_come_in_one_call_and_show_where_they_are(
    graph: Graph, image: bytes
) -> None:
    other = image + b"\0"
    files = {"one.jpg": ("one.jpg", image), "two.jpg": ("two.jpg", other)}
    made = graph.post(f"{SG}/adimages", files=files)["images"]
    assert set(made) == {"one.jpg", "two.jpg"}
    for row in graph.get(f"{SG}/adimages", fields="url,permalink_url,name")["data"]:
        assert row["url"] == made[row["name"]]["url"]
        content = httpx.get(row["permalink_url"], trust_env=False).content
        assert (
            content == dict(zip(("one.jpg", "two.jpg"), (image, other), strict=True))[row["name"]]
        )


def test_an_image_is_copied_from_another_account(graph: Graph, image: bytes) -> None:
    digest = hashlib.md5(image, usedforsecurity=False).hexdigest()
    origin = {"source_account_id": SG[4:], "hash": digest}
    assert_broken("unknown_image", graph.error("POST", f"{US}/adimages", copy_from=origin))
    graph.post(f"{SG}/adimages", files={"a.jpg": ("a.jpg", image)})
    copied = graph.post(f"{US}/adimages", copy_from=origin)
    assert copied["images"]["a.jpg"]["hash"] == digest


def test_what_is_no_image_is_refused(graph: Graph) -> None:
    refused = graph.call("POST", f"{SG}/adimages", files={"a.jpg": ("a.jpg", b"text")})
    assert_broken("not_an_image", refused.json()["error"])


def test_each_phase_of_an_upload_stands_in_the_journal(
    emulator: EmulatorProcess, graph: Graph, video: bytes
) -> None:
    graph.upload(SG, video)
    kinds = [entry["kind"] for entry in emulator.journal()]
    assert (kinds[0], kinds[-1]) == ("upload_start", "upload_finish")
    assert set(kinds[1:-1]) == {"upload_chunk"}

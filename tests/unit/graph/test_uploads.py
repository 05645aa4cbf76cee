from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

import pytest

from meta_ads.errors import OutcomeUnknown, RejectedByMeta, Throttled
from meta_ads.graph.platform import MetaPlatform
from meta_ads.launching.ports import UploadSession, VideoState
from tests.unit.graph.scripted_graph import ACCOUNT, Asked, ScriptedGraph

SESSION = UploadSession("s1", "55", 0, 4)


def parts(asked: Asked) -> dict[str, tuple[str | None, bytes]]:
    """Return the parts of a multipart request: field -> (file name, bytes)."""
    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    message = message_from_bytes(head + asked.content, policy=HTTP)
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_filename(),
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    }


def test_an_upload_is_opened_with_the_size_and_goes_on_where_the_server_says(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(
        {"upload_session_id": "s1", "video_id": "55", "start_offset": "0", "end_offset": "4"}
    )
    assert meta.start_video(ACCOUNT, 9) == SESSION
    assert graph.asked[0].path == f"/v26.0/{ACCOUNT}/advideos"
    assert graph.asked[0].form.items() >= {"upload_phase": "start", "file_size": "9"}.items()


def test_a_chunk_travels_byte_for_byte(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"start_offset": "4", "end_offset": "9"})
    chunk = bytes(range(256)) + b"\r\n--boundary--\r\n"
    after = meta.send_chunk(ACCOUNT, SESSION, chunk)
    assert (after.start_offset, after.end_offset, after.complete) == (4, 9, False)
    sent = parts(graph.asked[0])
    assert sent["video_file_chunk"][1] == chunk
    assert sent["upload_phase"] == (None, b"transfer")
    assert sent["start_offset"] == (None, b"0")


@pytest.mark.parametrize("as_text", [False, True])
def test_a_chunk_at_the_wrong_place_goes_on_at_the_place_the_server_names(
    graph: ScriptedGraph, meta: MetaPlatform, as_text: bool
) -> None:
    data: Any = {"start_offset": "2", "end_offset": "6"}
    graph.error(6001, 1363037, error_data=json.dumps(data) if as_text else data)
    after = meta.send_chunk(ACCOUNT, SESSION, b"abcd")
    assert (after.start_offset, after.end_offset) == (2, 6)


@pytest.mark.parametrize(
    "body",
    [{}, {"start_offset": "x", "end_offset": "9"}, {"start_offset": "9", "end_offset": "4"}],
)
def test_an_answer_without_the_next_offsets_leaves_the_chunk_open(
    graph: ScriptedGraph, meta: MetaPlatform, body: dict[str, Any]
) -> None:
    graph.reply(body)
    with pytest.raises(OutcomeUnknown):
        meta.send_chunk(ACCOUNT, SESSION, b"abcd")


def test_a_wrong_place_without_a_right_one_leaves_the_chunk_open(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.error(6001, 1363037)
    with pytest.raises(OutcomeUnknown):
        meta.send_chunk(ACCOUNT, SESSION, b"abcd")


def test_a_throttled_chunk_waits(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.error(613)
    with pytest.raises(Throttled):
        meta.send_chunk(ACCOUNT, SESSION, b"abcd")


def test_an_upload_is_closed_under_its_title(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"success": True})
    meta.finish_video(ACCOUNT, SESSION, "a.mp4 [#M]")
    form = graph.asked[0].form
    assert (form["upload_phase"], form["upload_session_id"]) == ("finish", "s1")
    assert form["title"] == "a.mp4 [#M]"


def test_an_upload_whose_end_is_not_confirmed_may_be_closed(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({})
    with pytest.raises(OutcomeUnknown):
        meta.finish_video(ACCOUNT, SESSION, "t")


def test_a_picture_is_sent_as_a_file_and_its_hash_returned(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"images": {"M.jpg": {"hash": "abc", "url": "https://x.invalid"}}})
    assert meta.upload_image(ACCOUNT, "M.jpg", b"\xff\xd8\xff\x00") == "abc"
    assert parts(graph.asked[0])["M.jpg"] == ("M.jpg", b"\xff\xd8\xff\x00")


@pytest.mark.parametrize("body", [{}, {"images": {}}, {"images": []}, {"images": {"a": {}}}])
def test_an_image_answer_without_a_hash_leaves_it_open(
    graph: ScriptedGraph, meta: MetaPlatform, body: dict[str, Any]
) -> None:
    graph.reply(body)
    with pytest.raises(OutcomeUnknown):
        meta.upload_image(ACCOUNT, "M.jpg", b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"video_status": "ready"}, VideoState.READY),
        ({"video_status": "error"}, VideoState.ERROR),
        ({"video_status": "expired"}, VideoState.ERROR),
        ({"video_status": "processing"}, VideoState.PROCESSING),
        ({"video_status": "uploading"}, VideoState.UPLOADING),
        (
            {"video_status": "processing", "uploading_phase": {"status": "in_progress"}},
            VideoState.UPLOADING,
        ),
        (
            {"video_status": "processing", "uploading_phase": {"status": "complete"}},
            VideoState.PROCESSING,
        ),
        ({"video_status": "something new"}, VideoState.PROCESSING),
        ({}, VideoState.PROCESSING),
        (None, VideoState.PROCESSING),
    ],
)
def test_a_video_is_where_meta_says(
    graph: ScriptedGraph, meta: MetaPlatform, status: Any, state: VideoState
) -> None:
    graph.reply({"id": "55", "status": status})
    assert meta.video_status("55").state is state


def test_a_failed_video_says_why(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    phase = {"status": "error", "errors": [{"code": 1363024, "message": "Unsupported format"}]}
    graph.reply({"status": {"video_status": "error", "processing_phase": phase}})
    status = meta.video_status("55")
    assert status.reason == "Unsupported format (code 1363024)"


def test_progress_is_told_when_meta_tells_it(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"status": {"video_status": "processing", "processing_progress": 42}})
    assert meta.video_status("55").progress == 42


def test_a_video_that_does_not_exist_is_refused(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.error(100, 33)
    with pytest.raises(RejectedByMeta):
        meta.video_status("55")

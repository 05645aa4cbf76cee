"""Sending pictures and videos. Source: Marketing API, "Advertising Videos", chunked upload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meta_ads.graph.classification import Effect
from meta_ads.graph.client import GraphClient, as_parameters, checked_id
from meta_ads.graph.outcomes import uncertain
from meta_ads.launching.ports import UploadSession, VideoState, VideoStatus

_OTHER_OFFSET = 1363037

_STATES = {
    "uploading": VideoState.UPLOADING,
    "upload_complete": VideoState.PROCESSING,
    "processing": VideoState.PROCESSING,
    "ready": VideoState.READY,
    "error": VideoState.ERROR,
    "expired": VideoState.ERROR,
}
_NOT_UPLOADED = ("not_started", "in_progress")


def upload_image(client: GraphClient, account_id: str, name: str, data: bytes) -> str:
    """Send a picture; return its hash. The answer files it under the name we gave."""
    doing = f"upload the picture {name}"
    path = (checked_id(account_id), "adimages")
    body = client.post(doing, Effect.UPDATE, path, {}, files={name: (name, data)})
    images = body.get("images")
    for image in images.values() if isinstance(images, dict) else ():
        if isinstance(image, dict) and image.get("hash"):
            return str(image["hash"])
    raise uncertain(doing, Effect.UPDATE, "Meta's answer names no hash")


def start_video(client: GraphClient, account_id: str, file_size: int) -> UploadSession:
    """Open an upload of `file_size` bytes."""
    doing = "open the video upload"
    form = {"upload_phase": "start", "file_size": file_size}
    path = (checked_id(account_id), "advideos")
    body = client.post(doing, Effect.CREATE, path, form)
    start, end = _offsets(body, doing)
    session_id, video_id = body.get("upload_session_id"), body.get("video_id")
    if not session_id or not video_id:
        raise uncertain(doing, Effect.CREATE, "Meta's answer names no session")
    return UploadSession(str(session_id), str(video_id), start, end)


def send_chunk(
    client: GraphClient, account_id: str, session: UploadSession, chunk: bytes
) -> UploadSession:
    """Send the bytes asked for; return the session with the server's next wish.

    The server decides: when it holds another number of bytes than we thought, it says so with
    1363037 and the offsets it wants, and those are returned.
    """
    doing = f"send the video's bytes from {session.start_offset}"
    form = {
        "upload_phase": "transfer",
        "upload_session_id": session.session_id,
        "start_offset": session.start_offset,
    }
    answer = client.send(
        "POST",
        doing,
        Effect.UPDATE,
        (checked_id(account_id), "advideos"),
        form=as_parameters(form),
        files={"video_file_chunk": ("chunk", chunk)},
        total_timeout=client.settings.upload_timeout,
    )
    envelope = client.judge.envelope(answer)
    if envelope is not None and _OTHER_OFFSET in (envelope.fault.subcode, envelope.fault.code):
        start, end = _offsets(envelope.data, doing)
    else:
        start, end = _offsets(client.judge.value(answer, doing, Effect.UPDATE), doing)
    return UploadSession(session.session_id, session.video_id, start, end)


def finish_video(client: GraphClient, account_id: str, session: UploadSession, title: str) -> None:
    """Close the upload under `title`."""
    doing = "finish the video upload"
    form = {
        "upload_phase": "finish",
        "upload_session_id": session.session_id,
        "title": title,
    }
    path = (checked_id(account_id), "advideos")
    body = client.post(doing, Effect.UPDATE, path, form)
    if body.get("success") is not True:
        raise uncertain(doing, Effect.UPDATE, "Meta did not confirm it")


def video_status(client: GraphClient, video_id: str) -> VideoStatus:
    """Return where Meta is with the video. A state we do not know counts as processing."""
    body = client.get(f"read video {video_id}", checked_id(video_id), fields="status")
    status = body.get("status")
    if not isinstance(status, dict):
        return VideoStatus(VideoState.PROCESSING)
    progress = status.get("processing_progress")
    state = _STATES.get(str(status.get("video_status")), VideoState.PROCESSING)
    if state is VideoState.PROCESSING and _phase(status, "uploading_phase") in _NOT_UPLOADED:
        # Meta says `processing` from the first byte on; the phase tells the two apart.
        state = VideoState.UPLOADING
    return VideoStatus(
        state,
        reason=client.transport.scrub(_reason(status)) if state is VideoState.ERROR else None,
        progress=progress if isinstance(progress, int) and 0 <= progress <= 100 else None,
    )


def _phase(status: Mapping[str, Any], name: str) -> str | None:
    phase = status.get(name)
    return phase.get("status") if isinstance(phase, dict) else None


def _reason(status: Mapping[str, Any]) -> str:
    """Return what the failed phases say. Source: VideoStatus, `errors` of each phase."""
    said: list[str] = []
    for name in ("uploading_phase", "processing_phase", "publishing_phase"):
        phase = status.get(name)
        if not isinstance(phase, dict):
            continue
        errors = phase.get("errors") or phase.get("error") or []
        for error in errors if isinstance(errors, list) else [errors]:
            if isinstance(error, dict) and error.get("message"):
                code = f" (code {error['code']})" if error.get("code") else ""
                said.append(f"{error['message']}{code}")
    if said:
        return "; ".join(said)
    return f"Meta gives no reason (video_status {status.get('video_status')})"


def _offsets(body: Mapping[str, Any], doing: str) -> tuple[int, int]:
    """Return the bytes the server wants next, [start, end)."""
    try:
        start, end = int(body["start_offset"]), int(body["end_offset"])
    except (KeyError, TypeError, ValueError):
        start, end = 0, -1
    if not 0 <= start <= end:
        raise uncertain(doing, Effect.UPDATE, "Meta's answer names no next bytes")
    return start, end

"""What becomes of an uploaded video over time: uploading, processing, publishing."""

from typing import Any

from emulator.calls.kinds import Json
from emulator.emulator import Emulator
from emulator.media import probing
from emulator.media.video_files import file_of
from emulator.state import Object

THUMBNAIL_COUNT = 3
#: Parameters of an upload that stay with the video.
KEPT = ("title", "name", "description")
# Meta's number for a file that is no video, and its words.
_NO_VIDEO = {
    "code": 1363031,
    "message": "No Video Detected. It looks like you are uploading a file that is not a video.",
}


def finished(emulator: Emulator, video: Object, params: dict[str, Any]) -> Object:
    """Return the video as it starts processing; what it holds is found out right away."""
    probe = probing.probe_video(file_of(emulator, video))
    now = emulator.clock.now()
    changes: dict[str, Any] = {
        "_phase": "finished",
        "_finished": now,
        "_broken": None if probe else True,
        **{name: params[name] for name in KEPT if params.get(name)},
    }
    if probe:
        changes |= {
            "length": round(probe.seconds, 3),
            "_width": probe.width,
            "_height": probe.height,
            "_thumbnails": [emulator.state.new_id() for _ in range(THUMBNAIL_COUNT)],
        }
    return video.with_fields(changes, now)


def video_status(emulator: Emulator, video: Object) -> str:
    """Return Meta's ``video_status``: processing, ready, error, expired."""
    done = video.fields.get("_finished")
    if done is None:
        lifetime = emulator.settings.upload_session_seconds
        return "expired" if emulator.clock.now() >= video.created + lifetime else "processing"
    if emulator.clock.now() < done + emulator.settings.video_seconds:
        return "processing"
    return "error" if video.fields.get("_broken") else "ready"


def status(emulator: Emulator, video: Object) -> Json:
    """Return the ``status`` field: the whole and its three phases."""
    whole = video_status(emulator, video)
    shown: Json = {"video_status": whole}
    processing: Json = {"status": "in_progress"}
    publishing: Json = {"status": "not_started"}
    uploading: Json = {"status": "complete", "bytes_transferred": video.fields["_received"]}
    if video.fields.get("_finished") is None:
        received = video.fields["_received"]
        begun = "in_progress" if received or "_route" not in video.fields else "not_started"
        uploading["status"] = "error" if whole == "expired" else begun
        processing = {"status": "not_started"}
    elif whole == "ready":
        done = int(video.fields["_finished"] + emulator.settings.video_seconds)
        processing = {"status": "complete"}
        publishing = {"status": "complete", "publish_status": "published", "publish_time": done}
    elif whole == "error":
        processing = {"status": "error", "errors": [_NO_VIDEO]}
    else:
        passed = emulator.clock.now() - video.fields["_finished"]
        shown["processing_progress"] = int(100 * passed / emulator.settings.video_seconds)
    return {
        **shown,
        "uploading_phase": uploading,
        "processing_phase": processing,
        "publishing_phase": publishing,
    }

"""An in-memory Meta for tests of use cases: light on rules, exact about what was committed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from meta_ads.errors import NotReadyYet
from meta_ads.launching.ports import FoundObject, UploadSession, VideoState, VideoStatus
from meta_ads.planning.step import StepKind
from tests.fakes.scripted_calls import Fault, ScriptedCalls, refusal

ACCOUNT = "act_100000000000101"
CHUNK_BYTES = 64 * 1024


@dataclass(slots=True)
class MetaObject:
    """One object as the fake holds it."""

    object_id: str
    kind: StepKind
    account_id: str
    params: dict[str, Any]
    created_at: datetime
    visible_at: datetime
    status: str = "PAUSED"
    labels: set[str] = field(default_factory=set)
    copied_from: str | None = None

    @property
    def name(self) -> str:
        """The name, or the title of a video."""
        return str(self.params.get("name") or self.params.get("title") or "")


@dataclass(slots=True)
class Upload:
    """One video: its bytes so far and its state."""

    video_id: str
    account_id: str
    file_size: int
    data: bytearray = field(default_factory=bytearray)
    finished: bool = False
    failure: str | None = None
    reads_until_ready: int = 0


class FakePlatform:
    """Implements `AdPlatform` and `launching.trial.Trials`.

    `clock` gives aware UTC. `created` lists every committed create in order: the oracle for
    "exactly once". `updates` lists every committed update. `calls` lists every method called.
    New objects stay out of `find` for `list_lag`. A video is ready after `processing_reads` looks.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        list_lag: timedelta = timedelta(0),
        processing_reads: int = 0,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        self.clock = clock
        self.list_lag = list_lag
        self.processing_reads = processing_reads
        self.chunk_bytes = chunk_bytes
        self.created: list[MetaObject] = []
        self.updates: list[tuple[str, dict[str, Any]]] = []
        self.objects: dict[str, MetaObject] = {}
        self.images: dict[str, bytes] = {}
        self.videos: dict[str, Upload] = {}
        # Looked up at each call, because a test may give the platform another clock.
        self._calls = ScriptedCalls(lambda: self.clock())
        self._next_id = 120_000_000_000_000

    @property
    def calls(self) -> list[str]:
        """Every method called, in order."""
        return self._calls.made

    def fail_next(
        self,
        method: str,
        fault: Fault,
        *,
        kind: StepKind | None = None,
        times: int = 1,
        delay: timedelta = timedelta(seconds=60),
    ) -> None:
        """Let the next `times` calls of `method` meet `fault`.

        `kind` picks the creates or searches of one kind. `delay` is the wait a throttle names, or
        how late a late commit comes.
        """
        self._calls.fail_next(method, fault, kind, times, delay)

    def of_kind(self, kind: StepKind) -> list[MetaObject]:
        """Return every committed object of a kind, deleted ones too."""
        return [item for item in self.created if item.kind is kind]

    def rename(self, object_id: str, name: str) -> None:
        """Rename an object as a person in Ads Manager would."""
        self.objects[object_id].params["name"] = name

    def remove_labels(self, object_id: str) -> None:
        """Remove an object's labels as a person would."""
        self.objects[object_id].labels.clear()

    def create(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> str:
        """Create one object."""
        return self._calls.write(
            "create", f"create the {kind}", lambda: self._commit(kind, account_id, params), kind
        )

    def validate(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> None:
        """Refuse what `create` would refuse, and make nothing."""
        self._calls.meet("validate", f"ask about the {kind}", kind)
        self._check_parent(kind, params)

    def find(self, kind: StepKind, account_id: str, marker: str) -> Sequence[FoundObject]:
        """Find by label and by name; deleted and not yet listed objects are invisible."""
        self._calls.meet("find", "find", kind)
        now = self.clock()
        return sorted(
            (
                FoundObject(
                    item.object_id,
                    item.name,
                    self._effective(item),
                    item.created_at,
                    item.copied_from,
                )
                for item in self.objects.values()
                if item.kind is kind
                and item.account_id == account_id
                and item.status != "DELETED"
                and item.visible_at <= now
                and (f"adlaunch:{marker}" in item.labels or f"[#{marker}]" in item.name)
            ),
            key=lambda found: (len(found.object_id), found.object_id),
        )

    def read(self, object_id: str, fields: Sequence[str]) -> Mapping[str, Any]:
        """Read one object; a deleted one too, as Meta does."""
        self._calls.meet("read", f"read {object_id}")
        item = self._existing(object_id)
        shown = {
            **item.params,
            "status": item.status,
            "configured_status": item.status,
            "effective_status": self._effective(item),
            "created_time": item.created_at.strftime("%Y-%m-%dT%H:%M:%S%z"),
        }
        if item.kind is StepKind.CAMPAIGN:
            shown["advantage_state_info"] = self._advantage(item)
        asked = [name.strip() for field in fields for name in field.split(",")]
        return {"id": object_id} | {name: shown[name] for name in asked if name in shown}

    def update(self, object_id: str, params: Mapping[str, Any]) -> None:
        """Change one object."""

        def commit() -> None:
            item = self._existing(object_id)
            self.updates.append((object_id, dict(params)))
            item.params.update({k: v for k, v in params.items() if k != "status"})
            item.status = str(params.get("status", item.status))

        self._calls.write("update", f"change {object_id}", commit)

    def upload_image(self, account_id: str, name: str, data: bytes) -> str:
        """Keep the picture under its hash."""

        def commit() -> str:
            image_hash = hashlib.md5(data, usedforsecurity=False).hexdigest()
            self.images[image_hash] = data
            return image_hash

        return self._calls.write("upload_image", f"upload {name}", commit)

    def start_video(self, account_id: str, file_size: int) -> UploadSession:
        """Open an upload."""

        def commit() -> UploadSession:
            video_id = self._new_id()
            self.videos[video_id] = Upload(
                video_id, account_id, file_size, reads_until_ready=self.processing_reads
            )
            return self._wish(f"session-{video_id}", self.videos[video_id])

        return self._calls.write("start_video", "open the video upload", commit)

    def send_chunk(self, account_id: str, session: UploadSession, chunk: bytes) -> UploadSession:
        """Take the bytes when they start where the server is; answer with the next wish."""

        def commit() -> UploadSession:
            upload = self._upload(session.video_id)
            if session.start_offset == len(upload.data):
                upload.data += chunk[: upload.file_size - len(upload.data)]
            return self._wish(session.session_id, upload)

        return self._calls.write("send_chunk", "send bytes", commit)

    def finish_video(self, account_id: str, session: UploadSession, title: str) -> None:
        """Close an upload whose bytes are all here."""

        def commit() -> None:
            upload = self._upload(session.video_id)
            if len(upload.data) != upload.file_size:
                raise refusal("finish the video upload", "the upload is not complete")
            if not upload.finished:
                upload.finished = True
                self._add(upload.video_id, StepKind.VIDEO, account_id, {"title": title})

        self._calls.write("finish_video", "finish the video upload", commit)

    def video_status(self, video_id: str) -> VideoStatus:
        """Return the state; each look brings the video nearer to ready."""
        self._calls.meet("video_status", f"read video {video_id}")
        upload = self._upload(video_id)
        if upload.failure:
            return VideoStatus(VideoState.ERROR, upload.failure)
        if not upload.finished:
            return VideoStatus(VideoState.UPLOADING)
        if upload.reads_until_ready > 0:
            upload.reads_until_ready -= 1
            return VideoStatus(VideoState.PROCESSING, progress=50)
        return VideoStatus(VideoState.READY, progress=100)

    def preferred_thumbnail(self, video_id: str) -> bytes:
        """Return a picture once the video is ready."""
        self._calls.meet("preferred_thumbnail", f"thumbnail of {video_id}")
        upload = self._upload(video_id)
        if not upload.finished or upload.reads_until_ready > 0:
            raise NotReadyYet("no thumbnail yet", self.clock() + timedelta(seconds=5))
        return b"\xff\xd8\xff" + bytes(upload.data[:64])

    def _commit(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> str:
        self._check_parent(kind, params)
        return self._add(self._new_id(), kind, account_id, params).object_id

    def _check_parent(self, kind: StepKind, params: Mapping[str, Any]) -> None:
        parent = {StepKind.AD_SET: "campaign_id", StepKind.AD: "adset_id"}.get(kind)
        if parent is not None:
            found = self.objects.get(str(params.get(parent)))
            if found is None or found.status == "DELETED":
                raise refusal(f"create the {kind}", f"{parent} names no object")

    def _add(
        self, object_id: str, kind: StepKind, account_id: str, params: Mapping[str, Any]
    ) -> MetaObject:
        now = self.clock()
        item = MetaObject(
            object_id,
            kind,
            account_id,
            {key: value for key, value in params.items() if key not in ("adlabels", "status")},
            created_at=now,
            visible_at=now + self.list_lag,
            status=str(params.get("status", "ACTIVE")),
            labels={str(label["name"]) for label in params.get("adlabels", ())},
        )
        self.objects[object_id] = item
        self.created.append(item)
        return item

    def _effective(self, item: MetaObject) -> str:
        if item.status != "ACTIVE":
            return item.status
        for parent, paused in (("adset_id", "ADSET_PAUSED"), ("campaign_id", "CAMPAIGN_PAUSED")):
            above = self.objects.get(str(item.params.get(parent)))
            if above is not None and self._effective(above) != "ACTIVE":
                return paused if above.status != "ACTIVE" else self._effective(above)
        return "ACTIVE"

    def _advantage(self, campaign: MetaObject) -> dict[str, str]:
        budget = "daily_budget" in campaign.params or "lifetime_budget" in campaign.params
        return {
            "advantage_state": "ADVANTAGE_PLUS_SALES" if budget else "DISABLED",
            "advantage_budget_state": "ENABLED" if budget else "DISABLED",
            "advantage_audience_state": "ENABLED",
            "advantage_placement_state": "ENABLED",
        }

    def _wish(self, session_id: str, upload: Upload) -> UploadSession:
        start = len(upload.data)
        end = min(start + self.chunk_bytes, upload.file_size)
        return UploadSession(session_id, upload.video_id, start, end)

    def _existing(self, object_id: str) -> MetaObject:
        if object_id not in self.objects:
            raise refusal(f"read {object_id}", "the object does not exist", subcode=33)
        return self.objects[object_id]

    def _upload(self, video_id: str) -> Upload:
        if video_id not in self.videos:
            raise refusal(f"read video {video_id}", "the video does not exist", subcode=33)
        return self.videos[video_id]

    def _new_id(self) -> str:
        self._next_id += 1
        return str(self._next_id)

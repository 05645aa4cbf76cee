"""A file reaches Meta once, byte for byte, wherever its upload stops. Real Postgres."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import pytest

from meta_ads.errors import (
    FixInput,
    NotReadyYet,
    PlanMismatch,
    RejectedByMeta,
    StepBusy,
    TryAgain,
)
from meta_ads.launching.uploading import Uploader
from meta_ads.media.files import CreativeFiles
from meta_ads.planning.step import REFERENCE, Step, StepKind, step_key
from meta_ads.store.database import Database
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.fakes.platform import ACCOUNT, FakePlatform, Fault
from tests.fakes.scripted_calls import refusal

log = logging.getLogger(__name__)
CHUNK = 1000
VIDEO = bytes(range(256)) * 40
DIGEST = hashlib.sha256(VIDEO).hexdigest()
VIDEO_STEP = Step(
    key=step_key(ACCOUNT, "media", StepKind.VIDEO, DIGEST),
    kind=StepKind.VIDEO,
    params={"sha256": DIGEST},
    source="spring/a.mp4",
)
FRAME_STEP = Step(
    key=step_key(ACCOUNT, "media", StepKind.IMAGE, f"frame-of-{DIGEST}"),
    kind=StepKind.IMAGE,
    params={"preferred_frame_of": {REFERENCE: VIDEO_STEP.key}},
)


class Upload:
    """One account's uploads on real Postgres and a fake Meta; each call is another worker."""

    def __init__(self, database: Database, creatives: Path) -> None:
        self.platform = FakePlatform(chunk_bytes=CHUNK)
        self.ledger = PostgresStepLedger(database)
        self.creatives = creatives
        self.workers = 0

    def worker(self) -> Uploader:
        self.workers += 1
        return Uploader(
            self.platform,
            self.ledger,
            CreativeFiles(self.creatives),
            f"worker-{self.workers}",
            log.info,
        )

    def video(self, step: Step = VIDEO_STEP) -> str:
        return self.worker().ensure_video(step, ACCOUNT)

    def confirm(self) -> str:
        return self.worker().confirm_video(VIDEO_STEP, ACCOUNT)

    @property
    def finished(self) -> list[bytes]:
        return [bytes(item.data) for item in self.platform.videos.values() if item.finished]


@pytest.fixture
def upload(database: Database, tmp_path: Path) -> Upload:
    (tmp_path / "spring").mkdir()
    (tmp_path / "spring" / "a.mp4").write_bytes(VIDEO)
    return Upload(database, tmp_path)


def test_a_video_arrives_byte_for_byte(upload: Upload) -> None:
    video_id = upload.video()
    assert upload.confirm() == video_id
    assert upload.finished == [VIDEO]


@pytest.mark.parametrize(("chunk", "lines"), [(CHUNK, 11), (20, 20)])
def test_an_upload_says_how_far_it_is_and_not_with_each_of_many_pieces(
    upload: Upload, caplog: pytest.LogCaptureFixture, chunk: int, lines: int
) -> None:
    upload.platform.chunk_bytes = chunk
    with caplog.at_level(logging.INFO):
        upload.video()
    told = [record.getMessage() for record in caplog.records if "uploaded" in record.getMessage()]
    shares = [line for line in told if line.endswith("%")]
    assert len(shares) == lines
    assert shares[-1] == "uploaded 100%"


def test_the_same_file_is_uploaded_once(upload: Upload) -> None:
    first = upload.video()
    assert upload.video() == first
    upload.confirm()
    calls = len(upload.platform.calls)
    assert upload.video() == first
    assert len(upload.platform.calls) == calls
    assert upload.finished == [VIDEO]


@pytest.mark.parametrize("chunk", range(len(VIDEO) // CHUNK + 1))
def test_a_worker_killed_at_any_chunk_is_continued_by_the_next(upload: Upload, chunk: int) -> None:
    class Killed(BaseException):
        pass

    send, sent = upload.platform.send_chunk, 0

    def die_at_chunk(*args: object) -> object:
        nonlocal sent
        if sent == chunk:
            raise Killed
        sent += 1
        return send(*args)  # type: ignore[arg-type]

    upload.platform.send_chunk = die_at_chunk  # type: ignore[assignment,method-assign]
    with pytest.raises(Killed):
        upload.video()
    upload.platform.send_chunk = send  # type: ignore[method-assign]
    upload.video()
    assert upload.finished == [VIDEO]
    assert len(upload.platform.videos) == 1


@pytest.mark.parametrize("fault", [Fault.LOSE_CALL, Fault.LOSE_ANSWER, Fault.NOT_SENT])
def test_a_lost_chunk_is_asked_for_again(upload: Upload, fault: Fault) -> None:
    upload.platform.fail_next("send_chunk", fault, times=2)
    upload.video()
    assert upload.finished == [VIDEO]


def test_an_upload_that_keeps_breaking_gives_the_worker_back(upload: Upload) -> None:
    upload.platform.fail_next("send_chunk", Fault.LOSE_CALL, times=3)
    with pytest.raises(TryAgain, match="byte 0"):
        upload.video()
    upload.video()
    assert upload.finished == [VIDEO]
    assert len(upload.platform.videos) == 1


def test_a_lost_answer_to_the_end_of_the_upload_is_read_back(upload: Upload) -> None:
    upload.platform.fail_next("finish_video", Fault.LOSE_ANSWER)
    upload.video()
    assert upload.finished == [VIDEO]


def test_an_end_that_never_arrived_is_sent_again(upload: Upload) -> None:
    upload.platform.fail_next("finish_video", Fault.LOSE_CALL)
    with pytest.raises(TryAgain):
        upload.video()
    upload.video()
    assert upload.finished == [VIDEO]
    assert len(upload.platform.videos) == 1


def test_a_worker_that_was_overtaken_finds_nothing_wrong_with_the_upload(
    upload: Upload, database: Database
) -> None:
    send = upload.platform.send_chunk

    def overtaken(*args: object) -> object:
        upload.platform.send_chunk = send  # type: ignore[method-assign]
        database.rows("UPDATE meta_ads.step SET lease_until = now() - interval '1 second'")
        upload.video()
        upload.confirm()
        raise refusal("send the video's bytes", "the upload session has ended")

    upload.platform.send_chunk = overtaken  # type: ignore[assignment,method-assign]
    with pytest.raises(StepBusy):
        upload.video()
    assert upload.video() == upload.confirm()
    assert upload.finished == [VIDEO]


def test_a_refused_chunk_of_ones_own_upload_is_told(upload: Upload) -> None:
    upload.platform.fail_next("send_chunk", Fault.REFUSE)
    with pytest.raises(RejectedByMeta):
        upload.video()


def test_a_lost_start_leaves_no_second_video(upload: Upload) -> None:
    upload.platform.fail_next("start_video", Fault.LOSE_ANSWER)
    with pytest.raises(TryAgain):
        upload.video()
    upload.video()
    assert upload.finished == [VIDEO]


def test_a_file_changed_after_the_plan_is_not_uploaded(upload: Upload) -> None:
    (upload.creatives / "spring" / "a.mp4").write_bytes(VIDEO + b"!")
    with pytest.raises(PlanMismatch, match="changed after"):
        upload.video()
    assert upload.platform.videos == {}


def test_a_video_is_confirmed_only_when_meta_has_finished_it(upload: Upload) -> None:
    upload.platform.processing_reads = 1
    upload.video()
    with pytest.raises(NotReadyYet):
        upload.confirm()
    assert upload.confirm() in upload.platform.videos


def test_a_video_meta_cannot_process_is_uploaded_anew_by_the_next_launch(upload: Upload) -> None:
    broken = upload.video()
    upload.platform.videos[broken].failure = "no video stream"
    with pytest.raises(FixInput, match="no video stream"):
        upload.confirm()
    assert upload.video() != broken
    upload.confirm()


def test_without_a_thumbnail_metas_preferred_frame_is_used(upload: Upload) -> None:
    upload.video()
    upload.confirm()
    image_hash = upload.worker().ensure_image(FRAME_STEP, ACCOUNT)
    assert upload.worker().ensure_image(FRAME_STEP, ACCOUNT) == image_hash
    assert list(upload.platform.images) == [image_hash]


def test_a_refused_picture_can_be_tried_again(upload: Upload) -> None:
    upload.video()
    upload.confirm()
    upload.platform.fail_next("upload_image", Fault.REFUSE)
    with pytest.raises(RejectedByMeta):
        upload.worker().ensure_image(FRAME_STEP, ACCOUNT)
    assert upload.worker().ensure_image(FRAME_STEP, ACCOUNT) in upload.platform.images

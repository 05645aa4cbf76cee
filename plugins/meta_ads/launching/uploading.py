"""Bring a video and its thumbnail to Meta: once per file and account, resumed where it stopped."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import timedelta
from typing import BinaryIO

from meta_ads.errors import (
    FixInput,
    Held,
    NotReadyYet,
    OutcomeUnknown,
    PlanMismatch,
    RejectedByMeta,
    StepBusy,
    Throttled,
    TryAgain,
    WaitUntil,
)
from meta_ads.launching.ports import (
    AdPlatform,
    Lease,
    MediaFiles,
    Progress,
    StepLedger,
    StepState,
    UploadSession,
    VideoState,
)
from meta_ads.planning.step import REFERENCE, Step

READ_BYTES = 1 << 20
# A chunk that did not arrive is asked for again this often before the task gives up.
CHUNK_TRIES = 3
# How much further an upload is before its log says so again.
STEP_PERCENT = 5
POLL_SECONDS = 2


class Uploader:
    """Takes media steps. `owner` names the worker in the ledger, unique to this process."""

    def __init__(
        self,
        platform: AdPlatform,
        ledger: StepLedger,
        files: MediaFiles,
        owner: str,
        log: Progress,
    ) -> None:
        self._platform = platform
        self._ledger = ledger
        self._files = files
        self._owner = owner
        self._log = log

    def ensure_video(self, step: Step, account_id: str) -> str:
        """Return the video's id, sending only the bytes Meta does not have yet.

        The step is done once `confirm_video` has seen the video ready.

        PlanMismatch when the file is no longer the one that was planned.
        """
        with self._ledger.lease(step, account_id, self._owner) as lease:
            if lease.record.state is StepState.DONE:
                assert lease.record.object_id is not None, "a constraint of the ledger"
                self._log("video %s is already at Meta: %s", step.source, lease.record.object_id)
                return lease.record.object_id
            _refuse_waiting(lease)
            with self._open(step) as file:
                size = _checked_size(file, step)
                lease, session = self._session(lease, account_id, size)
                if session is None:
                    return _saved_session(lease).video_id
                try:
                    session = self._send(lease, account_id, file, session, size)
                    return self._finish(lease, account_id, session, step)
                except RejectedByMeta as refusal:
                    if self._ledger.still_mine(lease):
                        raise
                    # A worker that took over has closed the upload: nothing is wrong with it.
                    raise StepBusy(
                        f"{step.source} is being uploaded by another worker.",
                        lease.now + timedelta(seconds=POLL_SECONDS),
                    ) from refusal

    def confirm_video(self, step: Step, account_id: str) -> str:
        """Record the video once Meta has finished it, and return its id.

        NotReadyYet while Meta works on it. FixInput with Meta's reason when it failed; the next
        launch then uploads it anew.
        """
        with self._ledger.lease(step, account_id, self._owner) as lease:
            if lease.record.state is StepState.DONE:
                assert lease.record.object_id is not None, "a constraint of the ledger"
                return lease.record.object_id
            if not lease.record.progress:
                raise TryAgain(f"{step.source} was not uploaded yet; clear the task upload_video.")
            video_id = _saved_session(lease).video_id
            status = self._platform.video_status(video_id)
            if status.state is VideoState.READY:
                return self._ledger.record_done(lease, video_id, "uploaded")
            if status.state is VideoState.ERROR:
                reason = (
                    f"Meta could not process creatives/{step.source} (video {video_id}): "
                    f"{status.reason or 'no reason given'}. Export it again as MP4 with H.264 "
                    "video and AAC sound, then trigger the launch again."
                )
                self._ledger.record_refused(lease, reason, None)
                raise FixInput(reason)
            raise NotReadyYet(
                f"Meta is processing {step.source}.", lease.now + timedelta(seconds=POLL_SECONDS)
            )

    def ensure_image(self, step: Step, account_id: str) -> str:
        """Return the image's hash. Equal bytes have equal hashes at Meta, so repeating is safe.

        NotReadyYet when the picture is a frame of a video Meta has not finished.
        """
        with self._ledger.lease(step, account_id, self._owner) as lease:
            if lease.record.state is StepState.DONE:
                assert lease.record.object_id is not None, "a constraint of the ledger"
                return lease.record.object_id
            _refuse_waiting(lease)
            data = self._picture(step)
            lease = self._ledger.begin(lease)
            try:
                image_hash = self._platform.upload_image(account_id, f"{step.marker}.jpg", data)
            except Throttled as wait:
                self._ledger.record_refused(lease, str(wait), wait.not_before)
                raise
            except RejectedByMeta as refusal:
                self._ledger.record_refused(lease, str(refusal), None)
                raise
            self._ledger.record_done(lease, image_hash, "uploaded")
            self._log("thumbnail uploaded: %s", image_hash)
            return image_hash

    def _picture(self, step: Step) -> bytes:
        if step.source is not None:
            with self._open(step) as file:
                _checked_size(file, step)
                return file.read()
        video = step.params["preferred_frame_of"][REFERENCE]
        return self._platform.preferred_thumbnail(self._ledger.object_ids([video])[video])

    def _open(self, step: Step) -> BinaryIO:
        assert step.source is not None, "a video step always names its file"
        return self._files.open(step.source)

    def _session(
        self, lease: Lease, account_id: str, size: int
    ) -> tuple[Lease, UploadSession | None]:
        """Return the open upload session, or None when Meta already has every byte."""
        if lease.record.state is StepState.INFLIGHT and lease.record.progress:
            session = _saved_session(lease)
            try:
                status = self._platform.video_status(session.video_id)
            except RejectedByMeta:
                self._log("the earlier upload is gone at Meta; starting anew")
            else:
                if status.state in (VideoState.PROCESSING, VideoState.READY):
                    return lease, None
                if status.state is VideoState.UPLOADING:
                    self._log("upload goes on at %s of %s bytes", session.start_offset, size)
                    return lease, session
                self._log("the earlier upload failed at Meta: %s; starting anew", status.reason)
        lease = self._ledger.begin(lease)
        try:
            session = self._platform.start_video(account_id, size)
        except Throttled as wait:
            self._ledger.record_refused(lease, str(wait), wait.not_before)
            raise
        except RejectedByMeta as refusal:
            self._ledger.record_refused(lease, str(refusal), None)
            raise
        except (TryAgain, OutcomeUnknown) as error:
            # A start whose answer was lost leaves an empty session: no video, nothing to find.
            self._ledger.record_refused(lease, str(error), None)
            raise TryAgain(f"The upload could not be opened: {error}") from error
        self._ledger.save_progress(lease, asdict(session))
        return lease, session

    def _send(
        self,
        lease: Lease,
        account_id: str,
        file: BinaryIO,
        session: UploadSession,
        size: int,
    ) -> UploadSession:
        failures, told = 0, 0
        while not session.complete:
            file.seek(session.start_offset)
            chunk = file.read(session.end_offset - session.start_offset)
            try:
                session = self._platform.send_chunk(account_id, session, chunk)
            except (OutcomeUnknown, TryAgain) as error:
                # Repeating a chunk is safe: the server answers with the offset it wants.
                failures += 1
                if failures >= CHUNK_TRIES:
                    raise TryAgain(f"The upload stopped at byte {session.start_offset}.") from error
                continue
            failures = 0
            self._ledger.save_progress(lease, asdict(session))
            percent = 100 * session.start_offset // size
            if percent >= told + STEP_PERCENT or session.complete:
                self._log("uploaded %d%%", percent)
                told = percent
        return session

    def _finish(self, lease: Lease, account_id: str, session: UploadSession, step: Step) -> str:
        try:
            self._platform.finish_video(account_id, session, f"{step.source} [#{step.marker}]")
        except (OutcomeUnknown, TryAgain) as error:
            status = self._platform.video_status(session.video_id)
            if status.state not in (VideoState.PROCESSING, VideoState.READY):
                raise TryAgain(f"Meta did not close the upload: {error}") from error
        self._log("video uploaded: %s", session.video_id)
        return session.video_id


def _saved_session(lease: Lease) -> UploadSession:
    assert lease.record.progress is not None, "callers check"
    return UploadSession(**lease.record.progress)


def _refuse_waiting(lease: Lease) -> None:
    record = lease.record
    if record.state is StepState.HELD:
        raise Held(record.last_error or f"Step {record.key} is held.")
    if record.not_before is not None and lease.now < record.not_before:
        raise WaitUntil(record.last_error or "Meta asked to wait.", record.not_before)


def _checked_size(file: BinaryIO, step: Step) -> int:
    """Return the file's size in bytes, and leave it at its start. PlanMismatch when changed."""
    digest = hashlib.sha256()
    while block := file.read(READ_BYTES):
        digest.update(block)
    size = file.tell()
    file.seek(0)
    if digest.hexdigest() != step.params["sha256"]:
        raise PlanMismatch(
            f"creatives/{step.source} changed after this launch was planned. "
            "Trigger the launch again to plan it with the new file."
        )
    return size

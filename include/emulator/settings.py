"""What a run of the emulator is told on its command line."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_WORLD = Path(__file__).with_name("world.yaml")


@dataclass(frozen=True)
class Settings:
    """One run's choices; all durations are seconds of the emulator's own clock."""

    state: Path
    world: Path = DEFAULT_WORLD
    video_seconds: float = 3.0
    review_seconds: float = 2.0
    process_seconds: float = 1.0
    first_chunk_bytes: int = 64 * 1024
    largest_chunk_bytes: int = 4 * 1024 * 1024
    #: How long an unfinished upload can be gone on with; Meta does not say (inferred).
    upload_session_seconds: float = 24 * 3600.0
    #: Hosts (``name`` or ``name:port``) whose files a ``file_url`` may name; none by default.
    fetch_from: frozenset[str] = frozenset()
    #: The app's access tier, "full" or "development"; None leaves it to the world file.
    tier: str | None = None

    @property
    def videos(self) -> Path:
        """The folder holding uploaded video files, one per video id."""
        return self.state / "videos"

    @property
    def images(self) -> Path:
        """The folder holding uploaded images, one per account and hash."""
        return self.state / "images"

    @property
    def snapshots(self) -> Path:
        """The folder holding the snapshots, one folder per name."""
        return self.state / "snapshots"

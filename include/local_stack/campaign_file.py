"""The sample campaign file the demo puts into the watched folder."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from local_stack.errors import LocalStackError

_TEMPLATE = Path(__file__).with_name("demo_campaign.yaml")
_ACCOUNT_ZONE = ZoneInfo("Asia/Singapore")
_VIDEO = Path("creatives/samples/vertical.mp4")


@dataclass(frozen=True)
class DemoCampaign:
    """One written campaign file. `activate_at` is aware UTC, in whole seconds."""

    path: Path
    campaign_id: str
    activate_at: datetime

    @property
    def dag_id(self) -> str:
        """The DAG that Airflow makes of the file."""
        return f"launch__{self.campaign_id}"


def campaign_path(project: Path) -> Path:
    """Return where the demo writes its file."""
    return project / "include/campaigns/demo.yaml"


def write_campaign(project: Path, activates_in: timedelta) -> DemoCampaign:
    """Write the file with an activation time that far ahead.

    Raises LocalStackError when its video is missing or a file of somebody else's has its name.
    """
    if not (project / _VIDEO).is_file():
        raise LocalStackError(
            f"the demo's video {_VIDEO} is missing in {project}: restore it with "
            f"git checkout -- {_VIDEO}"
        )
    path = campaign_path(project)
    if path.exists() and not _is_ours(path):
        raise LocalStackError(
            f"{path} is not the demo's own file, and the demo would overwrite it: rename it"
        )
    now = datetime.now(UTC)
    activate_at = (now + activates_in).replace(microsecond=0)
    campaign_id = f"demo_{now:%Y%m%d_%H%M%S}"
    content = _TEMPLATE.read_text().format(
        campaign_id=campaign_id,
        started=f"{now:%Y-%m-%d %H:%M:%S}",
        activate_at=f"{activate_at.astimezone(_ACCOUNT_ZONE):%Y-%m-%dT%H:%M:%S}",
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    except OSError as error:
        raise LocalStackError(f"cannot write {path}: {error.strerror}") from error
    return DemoCampaign(path, campaign_id, activate_at)


def remove_campaign(project: Path) -> None:
    """Remove the demo's file, if it is there and the demo's."""
    path = campaign_path(project)
    if path.exists() and _is_ours(path):
        path.unlink()


def _is_ours(path: Path) -> bool:
    first_line = _TEMPLATE.read_text().splitlines()[0]
    return path.read_text(errors="replace").startswith(first_line)

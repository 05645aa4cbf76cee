from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml

from local_stack.campaign_file import campaign_path, remove_campaign, write_campaign
from local_stack.errors import LocalStackError


@pytest.fixture
def project(tmp_path):
    video = tmp_path / "creatives/samples/vertical.mp4"
    video.parent.mkdir(parents=True)
    video.touch()
    return tmp_path


def test_the_written_time_is_the_activation_time_in_the_accounts_zone(project):
    campaign = write_campaign(project, timedelta(seconds=60))
    content = yaml.safe_load(campaign.path.read_text())
    written = datetime.fromisoformat(content["schedule"]["activate_at"])
    assert written.tzinfo is None
    assert written.replace(tzinfo=ZoneInfo("Asia/Singapore")) == campaign.activate_at
    assert 55 < (campaign.activate_at - datetime.now(UTC)).total_seconds() <= 60
    assert campaign.dag_id == f"launch__{content['campaign_id']}"


def test_the_demos_file_is_removed_again(project):
    write_campaign(project, timedelta(seconds=60))
    remove_campaign(project)
    assert not campaign_path(project).exists()


def test_a_file_of_somebody_elses_is_neither_overwritten_nor_removed(project):
    campaign_path(project).parent.mkdir(parents=True)
    campaign_path(project).write_text("campaign_id: mine\n")
    with pytest.raises(LocalStackError, match="rename it"):
        write_campaign(project, timedelta(seconds=60))
    remove_campaign(project)
    assert campaign_path(project).read_text() == "campaign_id: mine\n"


def test_a_missing_video_is_an_error_that_names_it(tmp_path):
    with pytest.raises(LocalStackError, match=r"creatives/samples/vertical\.mp4"):
        write_campaign(tmp_path, timedelta(seconds=60))

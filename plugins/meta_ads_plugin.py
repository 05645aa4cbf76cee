"""The only file of this package that Airflow itself loads from plugins/."""

import os
from pathlib import Path

from airflow.plugins_manager import AirflowPlugin

from meta_ads.airflow.deadlines import ActivationTime
from meta_ads.airflow.links import AdsManagerLink, CampaignPageLink
from meta_ads.airflow.timetable import ZonedCronTimetable
from meta_ads.web.lazy import PREFIX, LazyApp

# The folder that holds plugins/, configs/ and creatives/ side by side.
HOME = Path(os.environ.get("ADLAUNCH_HOME") or Path(__file__).resolve().parent.parent)


class MetaAdsPlugin(AirflowPlugin):
    """Registers links of launch tasks, their deadline, the schedule of insights, and the page."""

    name = "meta_ads"
    operator_extra_links = [AdsManagerLink(), CampaignPageLink()]  # noqa: RUF012  Airflow's own declaration
    timetables = [ZonedCronTimetable]  # noqa: RUF012
    deadline_references = [ActivationTime]  # noqa: RUF012
    fastapi_apps = [  # noqa: RUF012
        {"app": LazyApp(HOME), "url_prefix": PREFIX, "name": "Campaigns"}
    ]
    external_views = [  # noqa: RUF012
        {
            "name": "Campaigns",
            "href": f"{PREFIX.removeprefix('/')}/",
            "destination": "nav",
            "url_route": "campaigns",
            "nav_top_level": True,
        }
    ]

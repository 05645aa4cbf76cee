"""The SDK reads insights, at once and as a report run."""

from facebook_business.adobjects.adreportrun import AdReportRun

from tests.contract.sdk.conftest import Place

_ASKED = {"level": "campaign", "date_preset": "last_7d"}


def test_a_report_run_is_started_watched_and_read(place: Place) -> None:
    run = place.account.get_insights(fields=["spend"], params=_ASKED, is_async=True)
    assert isinstance(run, AdReportRun)
    place.settle()
    shown = run.api_get()
    assert shown[AdReportRun.Field.async_status] == "Job Completed"
    assert shown[AdReportRun.Field.async_percent_completion] == 100
    at_once = place.account.get_insights(fields=["spend"], params=_ASKED)
    assert len(run.get_insights()) == len(at_once)

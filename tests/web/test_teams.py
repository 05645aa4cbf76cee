"""With Airflow's teams, a role is a role within one's own teams."""

from __future__ import annotations

import pytest
from airflow.api_fastapi import app as airflow_app
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.models.team import Team

from meta_ads.web.access import Visitor
from meta_ads.web.airflow_wiring import AirflowAccess
from tests.web.people import Manager


def visitor(role: str, teams: list[str]) -> Visitor:
    user = SimpleAuthManagerUser(username="ann", role=role, teams=teams)
    return Visitor(user.get_name(), str(user.get_id()), user)


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> AirflowAccess:
    """Airflow's rules where there are two teams."""
    monkeypatch.setattr(airflow_app._AuthManagerState, "instance", Manager())
    monkeypatch.setattr(Team, "get_all_team_names", lambda: {"retail", "travel"})
    return AirflowAccess()


@pytest.mark.parametrize(
    ("teams_on", "role", "teams", "sees_all"),
    [
        ("False", "VIEWER", [], True),
        ("True", "VIEWER", ["retail"], False),
        ("True", "VIEWER", ["retail", "travel"], True),
        ("True", "ADMIN", [], True),
    ],
)
def test_who_sees_all_is_of_every_team(
    access: AirflowAccess,
    monkeypatch: pytest.MonkeyPatch,
    teams_on: str,
    role: str,
    teams: list[str],
    sees_all: bool,
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__MULTI_TEAM", teams_on)
    assert access.may_see_all(visitor(role, teams)) is sees_all

"""What `deploy/` ships speaks of metrics that exist, and its alerts fire when they should."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import yaml

from meta_ads.syncing.measures import HELP
from tests.conftest import PROJECT

DEPLOY = PROJECT / "deploy"
RULES = yaml.safe_load((DEPLOY / "alert-rules.yaml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
MATCHER = re.compile(r'\{__name__=~"\(airflow_\)\?meta_ads_(\(?[\w|]+\)?)"\}')


def names(expression: str) -> set[str]:
    return {name for found in MATCHER.findall(expression) for name in found.strip("()").split("|")}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_is_about_a_metric_that_exists_and_says_what_to_do(rule: dict) -> None:
    assert names(rule["expr"])
    assert names(rule["expr"]) <= set(HELP)
    assert {"summary", "what_to_do"} == rule["annotations"].keys()


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    shown = [names(target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]
    assert all(shown)
    assert set().union(*shown) == set(HELP)


def test_every_alert_is_tried_both_ways() -> None:
    tried = yaml.safe_load((DEPLOY / "alert-tests.yaml").read_text())["tests"]
    both = {
        (case["alertname"], bool(case["exp_alerts"]))
        for test in tried
        for case in test["alert_rule_test"]
    }
    assert both == {(rule["alert"], fires) for rule in RULES for fires in (True, False)}


def test_the_alerts_fire_when_they_should() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian's package prometheus)")
    done = subprocess.run(
        [promtool, "test", "rules", "alert-tests.yaml"],
        cwd=DEPLOY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

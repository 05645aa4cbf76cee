"""docker-compose.yaml asks for every secret, watches every service and pins every image."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.docs.documents import PROJECT

TEXT = (PROJECT / "docker-compose.yaml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
# Where Meta is; empty stands for Meta itself.
NO_SECRET = {"META_BASE_URL"}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:?[-?]?)")


def test_every_variable_is_in_the_example_and_no_other():
    example = (PROJECT / ".env.example").read_text()
    named = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert {name for name, _ in VARIABLE.findall(TEXT)} == named


def test_the_example_holds_no_value():
    lines = (PROJECT / ".env.example").read_text().splitlines()
    assert [line for line in lines if re.match(r"\w+=.", line)] == []


def test_no_secret_has_a_default():
    without = {name for name, kind in VARIABLE.findall(TEXT) if kind != ":?"}
    assert without == NO_SECRET


def test_every_service_has_an_image_or_is_built_from_our_dockerfile():
    assert all(
        ("image" in service) != (service.get("build") == ".") for service in SERVICES.values()
    )


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"airflow-init"}))
def test_every_service_that_stays_has_a_health_check(service):
    assert SERVICES[service]["healthcheck"]["test"]


def test_every_foreign_image_is_pinned():
    images = [service["image"] for service in SERVICES.values() if "image" in service]
    dockerfile = (PROJECT / "Dockerfile").read_text()
    images += re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert [image for image in images if not re.search(r":\d+\.\d+", image)] == []


def test_the_image_is_the_airflow_of_the_pinned_requirements():
    (pinned,) = re.findall(
        r"^apache-airflow==(\S+)", (PROJECT / "requirements.txt").read_text(), re.MULTILINE
    )
    assert f"FROM apache/airflow:{pinned}-" in (PROJECT / "Dockerfile").read_text()


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_folders_of_the_repository_exist_and_are_mounted_read_only(service):
    for mount in SERVICES[service].get("volumes", ()):
        if mount.startswith("./"):
            folder, _, mode = mount.split(":")
            assert (PROJECT / folder).is_dir()
            assert mode == "ro"


def test_nothing_listens_beyond_this_machine():
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_a_queue_of_its_own_serves_going_live_and_somebody_listens_to_every_queue():
    environment = SERVICES["scheduler"]["environment"]
    queue = environment["AIRFLOW__META_ADS__ACTIVATION_QUEUE"]
    listening = [
        re.search(r"--queues (\S+)", str(service.get("command"))) for service in SERVICES.values()
    ]
    assert {found[1] for found in listening if found} == {"default", queue}


def test_the_waits_outlive_one_triggerer():
    assert SERVICES["triggerer"]["deploy"]["replicas"] >= 2


def compose(*words: str, environment: dict[str, str], file: Path) -> int:
    """Run Compose's own check of a file; skip where it is not installed."""
    binary = shutil.which("docker-compose") or os.environ.get("ADLAUNCH_COMPOSE")
    if binary is None:
        pytest.skip("no docker-compose on the PATH and none in ADLAUNCH_COMPOSE")
    command = [binary, "--file", str(file), "--profile", "emulator", "config", "--quiet", *words]
    path = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        command, env=environment | path, capture_output=True, check=False
    ).returncode


def test_compose_itself_takes_the_file_and_refuses_it_without_a_secret():
    values = {name: "x" for name, _ in VARIABLE.findall(TEXT)}
    file = PROJECT / "docker-compose.yaml"
    assert compose(environment=values, file=file) == 0
    del values["REDIS_PASSWORD"]
    assert compose(environment=values, file=file) != 0

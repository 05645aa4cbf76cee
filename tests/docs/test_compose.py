"""docker-compose.yaml reads secrets from files, watches every service and pins every image."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs.documents import PROJECT

TEXT = (PROJECT / "docker-compose.yaml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
VARIABLE = re.compile(r"(?<!\$)\$\{?(\w+)")
MAKE = PROJECT / "deploy" / "make_secrets"


def granted(service: dict) -> set[str]:
    """Return the files below /run/secrets that a service sees."""
    return {
        item if isinstance(item, str) else item["target"] for item in service.get("secrets", ())
    }


def test_no_value_comes_from_the_environment_where_whoever_looks_at_a_container_sees_it():
    assert VARIABLE.findall(TEXT) == []
    settings = [
        value for service in SERVICES.values() for value in service.get("environment", {}).items()
    ]
    named = [name for name, _ in settings if re.search("PASSWORD|SECRET|TOKEN|_KEY|CONN_", name)]
    assert named
    plain = {"AIRFLOW__SECRETS__BACKEND", "AIRFLOW__SECRETS__BACKEND_KWARGS"}
    assert {name for name in named if not name.endswith(("_CMD", "_FILE"))} <= plain


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_sees_the_secrets_it_reads_and_no_other_of_databases_and_people(name):
    service = SERVICES[name]
    read = set(re.findall(r"/run/secrets/([\w.]+)", str(service)))
    if name == "airflow-init":
        read |= {f"{who}_password" for who in ("admin", "clerk")}
    assert read == granted(service)


def test_every_secret_is_a_file_that_make_secrets_writes(tmp_path):
    folder = make_secrets(tmp_path)
    declared = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    assert {path.name for path in folder.iterdir()} == declared


def make_secrets(folder: Path, *words: str) -> Path:
    """Write the secrets of a rehearsal."""
    command = [sys.executable, str(MAKE), "--folder", str(folder / "secrets"), "--rehearsal"]
    done = subprocess.run([*command, *words], check=True, capture_output=True, text=True)
    shown = done.stdout + done.stderr
    assert not [path for path in (folder / "secrets").iterdir() if path.read_text() in shown]
    return folder / "secrets"


def test_secrets_are_new_each_time_and_kept_once_they_are_there(tmp_path):
    first, second = (make_secrets(tmp_path / name) for name in made(tmp_path, "one", "two"))
    before = {path.name: path.read_text() for path in first.iterdir()}
    assert not [name for name, text in before.items() if (second / name).read_text() == text]
    (first / "jwt_secret").unlink()
    make_secrets(first.parent)
    after = {path.name: path.read_text() for path in first.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"jwt_secret"}
    assert first.stat().st_mode & 0o077 == 0, "nobody else of the machine gets in"


def made(folder: Path, *names: str) -> tuple[str, ...]:
    for name in names:
        (folder / name).mkdir()
    return names


def test_without_a_token_nothing_is_made_up(tmp_path):
    command = [sys.executable, str(MAKE), "--folder", str(tmp_path / "secrets")]
    done = subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    assert done.returncode != 0
    assert not (tmp_path / "secrets" / "connections.json").exists()


READ = """
import json
from airflow.configuration import conf
from airflow.models.connection import Connection
from meta_ads.airflow.hooks.meta_ads import settings_of
from meta_ads.airflow.hooks.ledger import database_url
options = [("core", "fernet_key"), ("database", "sql_alchemy_conn"), ("api", "secret_key"),
           ("api_auth", "jwt_secret")]
meta, ledger = (Connection.get_connection_from_secrets(f"meta_ads_{n}") for n in ("default", "db"))
print(json.dumps([[conf.get(*option) for option in options],
                  [settings_of(meta).token, settings_of(meta).app_secret, database_url(ledger)]]))
"""


def test_airflow_reads_its_options_and_our_connections_from_the_files(tmp_path):
    folder = make_secrets(tmp_path)
    environment = {
        name: str(value).replace("/run/secrets", str(folder))
        for name, value in SERVICES["scheduler"]["environment"].items()
        if name.startswith("AIRFLOW__") and "AUTH_MANAGER" not in name
    }
    paths = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT / "plugins")}
    done = subprocess.run(
        [sys.executable, "-c", READ],
        env={**environment, **paths, "AIRFLOW_HOME": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    options, connections = json.loads(done.stdout.splitlines()[-1])
    names = ("fernet_key", "airflow_database", "secret_key", "jwt_secret")
    assert options == [(folder / name).read_text() for name in names]
    assert connections[:2] == ["emulator-token", "emulator-app-secret"]
    password = (folder / "postgres_password").read_text()
    assert connections[2].startswith(f"postgresql://airflow:{password}@postgres")


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


def compose(file: Path) -> int:
    """Run Compose's own check of a file; skip where it is not installed."""
    own = os.environ.get("ADLAUNCH_COMPOSE") or shutil.which("docker-compose")
    begin = [own] if own else ["docker", "compose"]
    if own is None and not _has_plugin():
        pytest.skip("no Docker Compose here; scripts/compose brings one")
    command = [*begin, "--file", str(file), "--profile", "emulator", "config", "--quiet"]
    path = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, env=path, capture_output=True, check=False).returncode


def _has_plugin() -> bool:
    if shutil.which("docker") is None:
        return False
    ask = ["docker", "compose", "version"]
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0


def test_compose_itself_takes_the_file_and_refuses_a_secret_that_is_none(tmp_path):
    assert compose(PROJECT / "docker-compose.yaml") == 0
    broken = tmp_path / "docker-compose.yaml"
    broken.write_text(TEXT.replace("      - redis_password\n", "      - redis_passwort\n"))
    assert compose(broken) != 0

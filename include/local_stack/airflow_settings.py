"""How the stack's Airflow is set up: everything by environment, nothing in a file of the user's."""

import base64
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from local_stack.ports import LOOPBACK

USER = "admin"
PASSWORD = "admin"
# Who writes notes on runs. Its password is none that Airflow could meet elsewhere and hide.
CLERK = "clerk"
USERS = f"{USER}:admin,{CLERK}:op"
EMULATOR_TOKEN = "emulator-token"
EMULATOR_APP_SECRET = "emulator-app-secret"
GRAPH_API_VERSION = "v26.0"
# Airflow reads this file in every process it starts. Tasks and the readings of DAG files are forks
# of those: what is imported before need not be imported in each of them.
_LOCAL_SETTINGS = """
import meta_ads.airflow.insights_dag
import meta_ads.airflow.launch_dag
import meta_ads.airflow.reconcile_dag
import meta_ads.airflow.switch_dags
import meta_ads.airflow.sync_dag
"""


@dataclass(frozen=True)
class AirflowSettings:
    """What one stack's Airflow is to know.

    `home` is its private folder, `project` the folder with dags/, plugins/ and include/.
    The database URLs are `postgresql://`, passwords included. `more` are Airflow options by
    section and name that are to hold instead of the stack's own.
    """

    home: Path
    project: Path
    port: int
    worker_log_port: int
    trigger_log_port: int
    metadata_url: str
    ads_url: str
    emulator_url: str
    more: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the user interface and the REST API answer."""
        return f"http://{LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        """Make the private folder and what Airflow wants to find in it."""
        self.home.mkdir(parents=True, exist_ok=True)
        local_settings = self.home / "config" / "airflow_local_settings.py"
        local_settings.parent.mkdir(exist_ok=True)
        local_settings.write_text(_LOCAL_SETTINGS)
        if not self._secrets.exists():
            _write_private(
                self._secrets,
                json.dumps(
                    {
                        "fernet_key": base64.urlsafe_b64encode(os.urandom(32)).decode(),
                        "jwt_secret": secrets.token_urlsafe(64),
                        "secret_key": secrets.token_urlsafe(32),
                    }
                ),
            )
        passwords = {USER: PASSWORD, CLERK: self._clerks_password()}
        _write_private(self._passwords, json.dumps(passwords))

    def environment(self) -> dict[str, str]:
        """Return the whole environment of the Airflow processes, and of `adlaunch`.

        It is this process's own, less every AIRFLOW variable of the user's.
        """
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")
        }
        options = {
            f"AIRFLOW__{section}__{name}".upper(): value
            for sections in (self._options(), self.more)
            for section, section_options in sections.items()
            for name, value in section_options.items()
        }
        return (
            inherited
            | options
            | _direct_loopback(inherited)
            | {
                "AIRFLOW_HOME": str(self.home),
                "AIRFLOW_CONN_META_ADS_DEFAULT": self._meta_connection(),
                "AIRFLOW_CONN_META_ADS_DB": _postgres_connection(self.ads_url),
                "AIRFLOW_CONN_META_ADS_AIRFLOW": self._airflow_connection(),
                "ADLAUNCH_HOME": str(self.project),
                "PYTHONPATH": os.pathsep.join(
                    str(self.project / folder) for folder in ("plugins", "include")
                ),
                "PYTHONUNBUFFERED": "1",
                # macOS ends forked children that touch its system libraries unless told not to.
                **({"OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"} if _is_macos() else {}),
            }
        )

    @property
    def _passwords(self) -> Path:
        return self.home / "passwords.json"

    @property
    def _secrets(self) -> Path:
        return self.home / "secrets.json"

    def _options(self) -> dict[str, dict[str, str]]:
        keys = json.loads(self._secrets.read_text())
        return {
            "core": {
                "dags_folder": str(self.project / "dags"),
                "plugins_folder": str(self.project / "plugins"),
                "executor": "LocalExecutor",
                "parallelism": "4",
                "load_examples": "False",
                # The message is written for a media buyer; where in our code it was raised is not.
                "dagbag_import_error_tracebacks": "False",
                "dags_are_paused_at_creation": "False",
                "simple_auth_manager_users": USERS,
                "simple_auth_manager_passwords_file": str(self._passwords),
                "execution_api_server_url": f"{self.url}/execution/",
                "fernet_key": keys["fernet_key"],
                "test_connection": "Enabled",
            },
            "database": {
                "sql_alchemy_conn": self.metadata_url.replace("postgresql:", _DRIVER, 1),
                "sql_alchemy_pool_size": "3",
            },
            "api": {
                "host": LOOPBACK,
                "port": str(self.port),
                "base_url": self.url,
                "secret_key": keys["secret_key"],
                "workers": "1",
                "instance_name": "Meta ads (local)",
            },
            "api_auth": {"jwt_secret": keys["jwt_secret"], "jwt_issuer": "adlaunch-local"},
            "dag_processor": {
                # A new campaign file shows within seconds; production polls more calmly.
                "refresh_interval": "3",
                "min_file_process_interval": "3",
                "bundle_refresh_check_interval": "2",
                "parsing_processes": "1",
                "dag_bundle_storage_path": str(self.home / "bundles"),
            },
            "scheduler": {
                # How long the scheduler sleeps when there was nothing to do: most of the time
                # between two tasks of a chain.
                "scheduler_idle_sleep_time": "0.2",
            },
            "logging": {
                "base_log_folder": str(self.home / "logs"),
                "dag_processor_child_process_log_directory": str(self.home / "logs/dag_processor"),
                "colored_console_log": "False",
                "worker_log_server_port": str(self.worker_log_port),
                "trigger_log_server_port": str(self.trigger_log_port),
            },
            "usage_data_collection": {"enabled": "False"},
        }

    def _meta_connection(self) -> str:
        return json.dumps(
            {
                "conn_type": "meta_ads",
                "host": self.emulator_url,
                "password": EMULATOR_TOKEN,
                "extra": {"app_secret": EMULATOR_APP_SECRET, "api_version": GRAPH_API_VERSION},
            }
        )

    def _airflow_connection(self) -> str:
        password = self._clerks_password()
        return json.dumps(
            {"conn_type": "generic", "host": self.url, "login": CLERK, "password": password}
        )

    def _clerks_password(self) -> str:
        key = json.loads(self._secrets.read_text())["secret_key"]
        return sha256(f"{CLERK} {key}".encode()).hexdigest()


_DRIVER = "postgresql+psycopg2:"


def _postgres_connection(url: str) -> str:
    parts = urlsplit(url)
    return json.dumps(
        {
            "conn_type": "postgres",
            "host": parts.hostname,
            "port": parts.port or 5432,
            "login": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "schema": parts.path.lstrip("/"),
        }
    )


def _direct_loopback(environment: Mapping[str, str]) -> dict[str, str]:
    """Keep an HTTP proxy of the user's out of the way between the stack's own processes."""
    return {
        name: ",".join(filter(None, [environment.get(name), LOOPBACK, "localhost"]))
        for name in ("NO_PROXY", "no_proxy")
    }


def _write_private(path: Path, content: str) -> None:
    path.touch(mode=0o600)
    path.write_text(content)


def _is_macos() -> bool:
    return sys.platform == "darwin"

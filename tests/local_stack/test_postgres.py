import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from local_stack.errors import LocalStackError
from local_stack.postgres import LocalPostgres
from local_stack.postgres_home import PostgresHome
from local_stack.postgres_server import ExternalPostgres, open_postgres

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with LocalPostgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


def rows(server, statement, database="ads"):
    with psycopg.connect(server.url(database), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_both_databases_are_there_once_it_is_started(server):
    assert [rows(server, "SELECT current_database()", name) for name in ("airflow", "ads")] == [
        [("airflow",)],
        [("ads",)],
    ]


def test_a_wrong_password_is_refused(server):
    url = server.url("ads").replace("adlaunch:", "adlaunch:x")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_a_database_of_ones_own_can_be_created_more_than_once(server):
    server.create_database("another one")
    server.create_database("another one")
    assert rows(server, "SELECT current_database()", "another one") == [("another one",)]


def test_data_and_address_survive_a_restart(server):
    rows(server, "CREATE TABLE kept_over_restart AS SELECT 7 AS value")
    before = server.url("ads")
    server.restart()
    assert server.url("ads") == before
    assert rows(server, "SELECT value FROM kept_over_restart") == [(7,)]


def test_committed_data_survives_a_crash_of_the_server(server):
    rows(server, "CREATE TABLE kept_over_crash AS SELECT 7 AS value")
    server.crash()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url("ads"))
    server.start()
    assert rows(server, "SELECT value FROM kept_over_crash") == [(7,)]


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to tell whose a process is")
def test_a_pid_file_that_names_another_living_process_does_not_keep_it_from_starting(tmp_path):
    with LocalPostgres(tmp_path, databases=("ads",)) as server:
        pid_file = PostgresHome(tmp_path).path() / "data/postmaster.pid"
        content = pid_file.read_text().splitlines()
        owner = pid_file.stat()
        server.crash()
        with subprocess.Popen(
            ["sleep", "60"], **({"user": owner.st_uid} if AS_ROOT else {})
        ) as bystander:
            pid_file.write_text("\n".join([str(bystander.pid), *content[1:]]) + "\n")
            os.chown(pid_file, owner.st_uid, owner.st_gid)
            server.start()
            assert rows(server, "SELECT 1") == [(1,)]
            assert bystander.poll() is None
            bystander.kill()


def test_a_server_left_by_a_killed_run_is_ended_and_its_data_taken_over(tmp_path):
    script = """
import os, signal, sys
from pathlib import Path
from local_stack.postgres import LocalPostgres
server = LocalPostgres(Path(sys.argv[1]))
server.start()
os.killpg(server._processes._guardian.pid, signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert ended.returncode == -9
    with LocalPostgres(tmp_path) as server:
        assert rows(server, "SELECT 1") == [(1,)]


def test_durable_data_survives_the_end(tmp_path):
    with LocalPostgres(tmp_path, durable=True) as server:
        rows(server, "CREATE TABLE kept AS SELECT 7 AS value")
    with LocalPostgres(tmp_path, durable=True) as server:
        assert rows(server, "SELECT value FROM kept") == [(7,)]
    with LocalPostgres(tmp_path) as server:
        pass
    with LocalPostgres(tmp_path) as server, pytest.raises(psycopg.errors.UndefinedTable):
        rows(server, "SELECT value FROM kept")


@pytest.mark.skipif(not AS_ROOT, reason="an ordinary user's server runs as that user")
def test_roots_server_works_below_a_folder_only_root_may_enter(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with LocalPostgres(closed / "postgres", databases=("ads",)) as server:
        assert rows(server, "SELECT 1") == [(1,)]
        home = Path((closed / "postgres/home").read_text())
        assert home.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not home.exists()


def test_the_users_own_server_is_used_when_it_is_named(server, tmp_path, monkeypatch):
    monkeypatch.setenv("ADLAUNCH_POSTGRES_URL", server.url("postgres"))
    with open_postgres(tmp_path) as external:
        assert rows(external, "SELECT current_database()", "ads") == [("adlaunch_demo_ads",)]
    assert list(tmp_path.iterdir()) == []


def test_a_users_server_that_is_down_is_an_error_that_names_the_variable():
    external = ExternalPostgres("postgresql://nobody:secret@127.0.0.1:1/postgres")
    with pytest.raises(LocalStackError, match="ADLAUNCH_POSTGRES_URL"):
        external.create_database("ads")

"""The embedded server: one for all users of a folder, gone after the last, however that one ends."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hocsuotdoi.config.database import DatabaseProblem, EmbeddedServer, check_reachable, make_data_dir

pytestmark = pytest.mark.slow
USER = """
import sys, time
from pathlib import Path
from hocsuotdoi.config.database import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), durable=False).attach()
print("attached", flush=True)
sys.stdin.readline()
server.detach()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own temporary folder: as root, the server's user must be able to pass through to it.
    path = Path(tempfile.mkdtemp(prefix="hsd-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


def start_user(folder: Path) -> subprocess.Popen[str]:
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "attached\n"
    return user


def leave(user: subprocess.Popen[str]) -> None:
    user.communicate("\n", timeout=30)


def is_running(folder: Path) -> bool:
    return (folder / "postgres" / "postmaster.pid").exists()


def wait_until_stopped(folder: Path) -> None:
    deadline = time.monotonic() + 20
    while is_running(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(folder)


def test_server_serves_all_users_and_stops_after_the_last(folder):
    first, second = start_user(folder), start_user(folder)
    leave(first)
    assert is_running(folder)
    assert check_reachable(EmbeddedServer(folder).url()) == 18
    leave(second)
    assert not is_running(folder)


def test_server_whose_users_were_killed_stops_by_itself(folder):
    first, second = start_user(folder), start_user(folder)
    for user in (first, second):
        assert is_running(folder)
        user.send_signal(signal.SIGKILL)
        user.communicate()
    wait_until_stopped(folder)
    leave(start_user(folder))
    assert not is_running(folder)


def test_pid_file_naming_another_program_is_no_hindrance(folder):
    leave(start_user(folder))
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n")
    user = start_user(folder)
    assert check_reachable(EmbeddedServer(folder).url()) == 18
    leave(user)


def test_folder_with_a_long_path_gets_a_short_socket(folder):
    deep = folder / ("d" * 120)
    user = start_user(deep)
    assert check_reachable(EmbeddedServer(deep).url()) == 18
    leave(user)


def test_cut_short_creation_is_begun_anew(folder):
    (folder / "postgres").mkdir()
    (folder / "postgres" / "half").write_text("")
    leave(start_user(folder))
    assert (folder / "postgres" / "PG_VERSION").exists()


def test_data_of_another_version_is_refused(folder):
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseProblem, match="was made by PostgreSQL 16"):
        EmbeddedServer(folder).attach()


def test_database_knows_vietnamese_letters_on_any_machine(folder):
    user = start_user(folder)
    with psycopg.connect(EmbeddedServer(folder).url()) as connection:
        assert connection.execute("SELECT lower('ĐƯỜNG')").fetchone() == ("đường",)
    leave(user)


def test_folder_that_cannot_be_written_is_refused():
    with pytest.raises(DatabaseProblem, match="cannot be written"):
        make_data_dir(Path("/proc/nowhere"))

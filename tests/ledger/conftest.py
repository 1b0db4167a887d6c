"""An institution with a place, and a database of its own for tests that commit.

Rows of append-only tables cannot be flushed after a test; so a test with several connections gets a copy of the test
database and throws it away.
"""

import datetime as dt
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections

from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.places.enums import InstitutionClass, Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement

ADDRESS = {"host", "port", "user", "password"}


def make_library(name: str = "Thư viện phường Bắc Kạn") -> Institution:
    ward = AdminUnit.objects.create(
        code="01840",
        tier=Tier.COMMUNE,
        kind=UnitKind.WARD,
        name="Phường Bắc Kạn",
        short_name="Bắc Kạn",
        sort_key=sort_key("Bắc Kạn"),
        starts_on=dt.date(2025, 7, 1),
    )
    library = Institution.objects.create(
        code=f"library-{uuid.uuid4().hex[:8]}",
        name=name,
        sort_key=sort_key(name),
        institution_class=InstitutionClass.LIBRARY_COMMUNE,
    )
    InstitutionPlacement.objects.create(institution=library, unit=ward, starts_on=dt.date(2025, 7, 1))
    return library


@pytest.fixture
def library(db: None) -> Institution:
    return make_library()


@pytest.fixture
def own_database(db: None) -> Iterator[None]:
    """A committed copy of the test database, read and written by as many connections as the test likes.

    The test's own transaction is given up first (PostgreSQL copies only a database that nobody is connected to);
    Django rolls an abandoned transaction back when the test ends.
    """
    tests_own = connections["default"]
    settings = tests_own.settings_dict
    original, copy = settings["NAME"], f"copy_{uuid.uuid4().hex}"
    tests_own.close()
    parameters = {key: value for key, value in tests_own.get_connection_params().items() if key in ADDRESS}
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
        settings["NAME"] = copy
        connections["default"] = connections.create_connection("default")
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"] = tests_own
            settings["NAME"] = original
            server.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')

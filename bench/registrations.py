"""Accepted registrations a second, against the same statements without the program, and against a form that does
nothing."""

import re
import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.fill import opening
from bench.load import post, rush
from bench.report import Table
from bench.stage import Stage, settle
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.registration import register

CLIENTS, SECONDS = 16, 8
NAME = "Lý Thị Mai"


def run(stage: Stage) -> Table:
    session = opening()
    script = as_script(session)
    settle()
    plain = stage.pgbench(script, clients=CLIENTS, seconds=SECONDS)
    before = session.registrations.count()
    with stage.program():
        join = f"/activities/{session.activity_id}/join/"
        rush(stage.port, lambda n: post("/nothing/", form(session)), clients=CLIENTS, seconds=2)
        nothing = rush(stage.port, lambda n: post("/nothing/", form(session)), clients=CLIENTS, seconds=SECONDS)
        joined = rush(stage.port, lambda n: post(join, form(session)), clients=CLIENTS, seconds=SECONDS)
    accepted = session.registrations.count() - before
    assert joined.statuses == {302: accepted}, (joined.statuses, accepted)
    assert Session.objects.get(pk=session.pk).places_taken == session.registrations.count()
    rate = accepted / joined.seconds
    table = Table("Registrations", "accepted a second, all for one session, two web processes, sixteen clients")
    table.add("over HTTP", f"{rate:,.0f}/s", f"wait {joined.middle:.0f} ms in the middle")
    table.add("the same statements in pgbench", f"{plain:,.0f}/s", f"HTTP is {rate / plain:.2f} of it")
    table.add("a form that does nothing", f"{nothing.rate:,.0f}/s", f"joining is {rate / nothing.rate:.2f} of it")
    return table


def form(session: Session) -> dict[str, str]:
    return {"session": str(session.pk), "name": NAME, "group_size": "1", "form_key": str(uuid.uuid4())}


def as_script(session: Session) -> str:
    """What one registration says to the database, as a script that makes a fresh one each time."""
    key = uuid.uuid4()
    with CaptureQueriesContext(connection) as said:
        made = register(session, name=NAME, form_key=key, at=timezone.now())
    statements = [query["sql"].rstrip(";") for query in said.captured_queries]
    fresh = {made.pk.hex: fresh_uuid("a"), key.hex: fresh_uuid("b")}
    lines = ["\\set a random(1, 1000000000000)", "\\set b random(1, 1000000000000)", "\\set c random(1, 4000000000)"]
    for statement in statements:
        for value, expression in fresh.items():
            statement = re.sub(f"'{'-?'.join(value)}'(::uuid)?", expression, statement)
        statement = statement.replace(f"'{made.code}'", "upper(lpad(to_hex(:c), 8, '0'))")
        lines.append(re.sub(r"\s+", " ", statement) + ";")
    return "\n".join(lines)


def fresh_uuid(variable: str) -> str:
    return f"('00000000-0000-7000-8000-' || lpad(to_hex(:{variable}), 12, '0'))::uuid"

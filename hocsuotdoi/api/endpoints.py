"""All endpoints together: a new router is added here, in the order in which the description shows them."""

import datetime as dt
import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from hocsuotdoi.api.activities import (
    bookings,
    clubs,
    enrolments,
    equipment,
    marks,
    notices,
    offers,
    pictures,
    programmes,
    questions,
    ratings,
    recordings,
    registrations,
    registrations_staff,
    rolls,
    schedules,
    sessions,
    visits,
)
from hocsuotdoi.api.errors import install
from hocsuotdoi.api.indicators import completeness, definitions, population, totals, values
from hocsuotdoi.api.inspection import ending
from hocsuotdoi.api.papers import papers
from hocsuotdoi.api.places import agencies, institutions, units
from hocsuotdoi.api.programme import money, plan_steps, plans, task_rehoming, tasks
from hocsuotdoi.api.reporting import cycles, issuing, reports, typed

VERSION = "1.0"


class JsonParser(Parser):
    """JSON as the standard has it: NaN and Infinity are none. What cannot be read ninja answers with 400."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body, parse_constant=_not_json)


class WholeEncoder(NinjaJSONEncoder):
    """A moment as it is kept, not cut to the millisecond: a phone sends it back to say which words it has seen."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, dt.datetime) else super().default(o)


class ReadableRenderer(JSONRenderer):
    """Vietnamese as it is written, not as escapes."""

    encoder_class = WholeEncoder
    json_dumps_params = {"ensure_ascii": False}


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


api = NinjaAPI(
    title=_("Học Suốt Đời: interface for programs"),
    version=VERSION,
    description=_(
        "What the pages can, a program can, under the same rules. What is public on the pages is public here; for the "
        "rest send a key (Authorization: Bearer …), which acts with the roles of whoever made it."
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    parser=JsonParser(),
    renderer=ReadableRenderer(),
)
install(api)
for module in (
    offers,
    pictures,
    questions,
    schedules,
    sessions,
    equipment,
    registrations,
    enrolments,
    clubs,
    registrations_staff,
    notices,
    rolls,
    marks,
    recordings,
    ratings,
    programmes,
    bookings,
    visits,
    institutions,
    units,
    agencies,
    definitions,
    values,
    totals,
    completeness,
    population,
    papers,
    money,
    plans,
    plan_steps,
    task_rehoming,
    tasks,
    ending,
    issuing,
    reports,
    typed,
    cycles,
):
    api.add_router("", module.router)

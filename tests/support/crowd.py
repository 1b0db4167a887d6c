"""A crowd of people with phones: they post a form, and post it again when the answer does not come."""

import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

TOKEN = "t" * 32
"""A token that the client brings itself, as cookie and as field: that is how the check works."""


@dataclass
class Person:
    """Joins one session by its form; `answers` are the statuses heard, 0 for no answer at all."""

    url: str
    activity: uuid.UUID
    session: uuid.UUID
    name: str = "Lý Thị Mai"
    group_size: int = 1
    form_key: uuid.UUID = field(default_factory=uuid.uuid4)
    answers: list[int] = field(default_factory=list)

    def join(self, *, tries: int = 1) -> tuple[int, str]:
        """What the person is told in the end: the status, and the code (empty: no place). The same form is sent again
        after no answer or a server's error, as a browser's reload does."""
        form = {
            "session": str(self.session),
            "name": self.name,
            "group_size": str(self.group_size),
            "form_key": str(self.form_key),
            "csrfmiddlewaretoken": TOKEN,
        }
        code = ""
        for attempt in range(tries):
            # Connections wait in the queue of the server while hundreds stand in line.
            try:
                with _client(self.url) as client:
                    answer = client.post(f"/activities/{self.activity}/join/", data=form)
            except httpx.HTTPError:
                self.answers.append(0)
            else:
                self.answers.append(answer.status_code)
                found = re.search(r"/sessions/[0-9a-f-]{36}/(\w{8})/", answer.headers.get("location", ""))
                code = found[1] if found else ""
                if answer.status_code < 500:
                    break
            if attempt + 1 < tries:
                time.sleep(0.5)
        return self.answers[-1], code


def _client(url: str) -> httpx.Client:
    # No certificates for plain HTTP: reading them for each of hundreds takes longer than what they ask, so that they
    # would come one after another.
    return httpx.Client(base_url=url, cookies={"csrftoken": TOKEN}, timeout=120, verify=False)


def cancel(url: str, session: uuid.UUID, code: str) -> int:
    """Gives one's places back; the status."""
    with _client(url) as client:
        where = f"/activities/sessions/{session}/{code}/cancel/"
        return client.post(where, data={"csrfmiddlewaretoken": TOKEN}).status_code


def all_at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(max_workers=len(acts)) as people:
        return [each.result() for each in [people.submit(act) for act in acts]]

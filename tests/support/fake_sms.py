"""An SMS gateway as docs/how-to/add-a-channel.md describes it."""

import json
import re
from typing import Any

from tests.support.fake_service import FakeService, as_json


class FakeSms(FakeService):
    token, sender = "sms-secret", "THUVIEN"

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, as_json({"error": "unauthorized"})
        if self.is_too_much():
            return 429, as_json({"error": "too many requests"})
        try:
            sent = json.loads(body)
        except ValueError:
            return 400, as_json({"error": "not JSON"})
        if not re.fullmatch(r"[1-9][0-9]{7,14}", sent.get("to", "")) or sent["to"] == "84900000000":
            return 422, as_json({"error": "not a number that can be reached"})
        if sent.get("from") != self.sender or not sent.get("text"):
            return 422, as_json({"error": "sender or text"})
        if sent.get("id") not in {each["id"] for each in self.taken}:
            self.taken.append(sent)
        return 202, as_json({"id": sent.get("id")})

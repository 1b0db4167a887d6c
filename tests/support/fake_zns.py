"""Zalo Notification Service and its token service, as docs/how-to/add-a-channel.md describes them: errors come in the
body with status 200, an access token dies, a refresh token works once."""

import json
import re
from typing import Any
from urllib.parse import parse_qs

from tests.support.fake_service import FakeService, as_json


class FakeZns(FakeService):
    app_id, secret_key, template_id = "4000", "zns-secret", "7895417"

    def __init__(self) -> None:
        super().__init__()
        self.access_token, self.refresh_token, self._made = "access-0", "refresh-0", 0

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        if path == "/v4/oa/access_token":
            return 200, as_json(self._renew(headers, body))
        return 200, as_json(self._take(headers, body))

    def _renew(self, headers: Any, body: bytes) -> dict:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if headers.get("secret_key") != self.secret_key or form.get("app_id") != self.app_id:
            return {"error": -14004, "error_name": "Invalid app"}
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh_token:
            return {"error": -14014, "error_name": "Invalid refresh token"}
        self._made += 1
        self.access_token, self.refresh_token = f"access-{self._made}", f"refresh-{self._made}"
        return {"access_token": self.access_token, "refresh_token": self.refresh_token, "expires_in": "90000"}

    def _take(self, headers: Any, body: bytes) -> dict:
        if headers.get("access_token") != self.access_token:
            return {"error": -124, "message": "Access token invalid"}
        try:
            sent = json.loads(body)
        except ValueError:
            return {"error": -122, "message": "Body data is not in correct format JSON"}
        if not re.fullmatch(r"84[0-9]{9}", sent.get("phone", "")):
            return {"error": -108, "message": "Phone number invalid"}
        if sent.get("template_id") != self.template_id:
            return {"error": -109, "message": "Template ID invalid"}
        if set(sent.get("template_data", {})) != {"subject", "content", "link"}:
            return {"error": -112, "message": "Template data invalid"}
        if sent["phone"] == "84900000000":
            return {"error": -118, "message": "Zalo account not existed"}
        if self.is_too_much():
            return {"error": -144, "message": "Exceeded daily sending limit"}
        self.taken.append(sent)
        return {"error": 0, "message": "Success", "data": {"msg_id": str(len(self.taken)), "sent_time": "0"}}

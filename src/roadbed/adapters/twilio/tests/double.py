"""A double of the part of Twilio's API that is used: it checks what Twilio checks and answers in its shapes."""

from __future__ import annotations

import base64
import re
from typing import Any

from roadbed.adapters.tests.provider import Asked

SID, TOKEN, SENDER = "AC0123456789abcdef0123456789abcdef", "auth-token", "+15005550006"
UNSUBSCRIBED = "+46700000610"


def twilio(asked: Asked) -> tuple[int, dict[str, Any]]:  # noqa: PLR0911 - a line for each refusal
    """Take a message or a call as Twilio would."""
    opened = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    if asked.headers.get("authorization") != f"Basic {opened}":
        return 401, {"code": 20003, "message": "Authenticate", "status": 401}
    if asked.path not in {f"/2010-04-01/Accounts/{SID}/{what}.json" for what in ("Messages", "Calls")}:
        return 404, {"code": 20404, "message": "The requested resource was not found", "status": 404}
    form = asked.form
    if not re.fullmatch(r"\+[1-9]\d{6,14}", form.get("To", "")):
        return 400, {"code": 21211, "message": f"Invalid 'To' Phone Number: {form.get('To')}", "status": 400}
    if form["To"] == UNSUBSCRIBED:
        return 400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}
    if not (form.get("From") or form.get("MessagingServiceSid")):
        return 400, {"code": 21603, "message": "A 'From' phone number is required.", "status": 400}
    call = asked.path.endswith("Calls.json")
    if not form.get("Twiml" if call else "Body"):
        return 400, {"code": 21602, "message": "Message body is required.", "status": 400}
    return 201, {"sid": f"{'CA' if call else 'SM'}{'0' * 32}", "status": "queued", "to": form["To"]}

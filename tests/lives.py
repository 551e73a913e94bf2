"""Acts of random lives, for tests that play them through the services."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tthc import clock

ACTS: list[Callable[[random.Random, datetime], dict[str, Any]]] = [
    lambda *_: {"act": "accept"},
    lambda *_: {"act": "start"},
    lambda *_: {"act": "supplement", "content": "bản sao"},
    lambda *_: {"act": "charge", "content": "lệ phí", "grounds": "luật"},
    lambda *_: {"act": "resume"},
    lambda *_: {"act": "resume"},
    lambda chance, at: {
        "act": "draft",
        "new_due": clock.local_date(at) + timedelta(days=chance.randrange(1, 25)),
    },
    lambda chance, _: {"act": "issue", "number": str(chance.randrange(99))},
    lambda *_: {"act": "extend"},
    lambda *_: {"act": "note", "text": "đã gọi"},
    lambda chance, at: {
        "act": "correct",
        "reason": "nhầm",
        "approver": "Sếp",
        "effective_at": at - timedelta(hours=chance.randrange(1, 40)),
    },
]

"""The rule of every route: whom it is for, and against what the matrix tries it."""

from dataclasses import dataclass
from typing import Any

from tthc.domain.access import Permission

P = Permission


@dataclass(frozen=True)
class Rule:
    """How a route is tried: `kind` says against what, `room` who may call it at all (None: whoever
    may do any act), `act` what it does to a case, `json` what it is sent.
    """

    kind: str
    room: Permission | None = None
    act: Permission | None = None
    json: Any = None
    query: str = ""
    identity: bool = False


def case(room: Permission, *, identity: bool = False) -> Rule:
    return Rule("case", room, identity=identity)


def acts(kind: str, act: Permission, json: Any) -> Rule:
    return Rule(kind, None, act, json)


LETTER = {"reason": "bận", "cause": "workload", "new_due": "2026-04-01"}
CALENDAR = {"version": "x", "text": ""}
MESSAGE = {"madonvi": "x", "data": []}
RULES = {
    **{
        f"GET {path}": Rule("open")
        for path in (
            *("/", "/dinh-nghia", "/assets/{name}", "/api/docs", "/api/docs/{release}/{name}"),
            *("/metrics", "/health/live", "/health/ready", "/dang-nhap", "/api/v1/definitions"),
            *("/api/schema", "/api/schema/openapi.json", "/api/schema/{path}"),
        )
    },
    **{f"GET {path}": Rule("open") for path in ("/cong-khai", "/api/v1/open/figures")},
    "GET /api/v1/open/figures/{period}": Rule("open"),
    **dict.fromkeys(("POST /dang-nhap", "GET /tra-cuu", "POST /tra-cuu"), Rule("open")),
    **dict.fromkeys(("POST /dang-xuat", "GET /doi-mat-khau"), Rule("session")),
    **dict.fromkeys(("POST /doi-mat-khau", "GET /nhat-ky"), Rule("session")),
    **{
        f"GET {path}": Rule("session")
        for path in (
            *("/qua-han", "/qua-han/tep", "/qua-han/van-ban", "/bao-cao", "/bao-cao/doi-chieu"),
            *("/so-lieu", "/so-lieu/thay-doi", "/so-lieu/ho-so", "/so-lieu/ho-so/tep"),
        )
    },
    **{
        f"{method} {path}": Rule("session")
        for method, path in (
            *(("POST", "/qua-han/van-ban"), ("POST", "/bao-cao/doi-chieu")),
            *(("GET", "/dau-hieu"), ("GET", "/cong-bo"), ("POST", "/cong-bo")),
            *(("GET", "/cong-bo/xem-truoc"), ("GET", "/cong-bo/{period}")),
            ("GET", "/cong-bo/{period}/bien-ban"),
        )
    },
    "GET /api/v1/traces": Rule("room", P.READ_TRACES),
    "GET /api/v1/traces/export": Rule("room", P.READ_TRACES),
    **{
        route: Rule("session")
        for route in (
            *("GET /ban-lam-viec", "POST /ban-lam-viec", "GET /tiep-nhan", "POST /tiep-nhan"),
            *("GET /ho-so", "POST /ho-so/{code}", "GET /ghi-nhanh", "POST /ghi-nhanh"),
            *("GET /ban-giao", "POST /ban-giao", "GET /tim", "POST /tim"),
            *("GET /goi-tin-cho", "POST /goi-tin-cho"),
        )
    },
    **{
        f"{method} {path}": Rule("admin", P.MANAGE_ACCOUNTS)
        for path in ("/tai-khoan", "/tai-khoan/{login}", "/khoa-truy-cap")
        for method in ("GET", "POST")
    },
    "GET /ho-so/{code}": Rule("page", P.READ_CASES),
    "GET /api/v1/figures": Rule(
        "count", P.COUNT_CASES, query="definition=on_time/due&period=year:2026"
    ),
    "GET /api/v1/partition": Rule("count", P.COUNT_CASES),
    "GET /api/v1/reports/{layout}": Rule(
        "count", P.COUNT_CASES, query="period=year:2026&format=xlsx"
    ),
    "POST /api/v1/foreign-reports": Rule("room", P.COUNT_CASES, json={}),
    "GET /api/v1/briefing": Rule("room", P.COUNT_CASES, query="period=year:2026&unit=không-có"),
    "GET /api/v1/samples": Rule("room", P.DRAW_SAMPLE, query="period=year:2026&size=500"),
    "GET /api/v1/cases": Rule("list", P.READ_CASES, query="where=known&limit=500"),
    "POST /api/v1/cases/search": Rule("found", P.READ_CASES, json={"q": "mat bi"}),
    "POST /api/v1/cases": Rule("receive", None, P.RECEIVE),
    "GET /api/v1/cases/{code}": case(P.READ_CASES),
    "GET /api/v1/cases/{code}/events": case(P.READ_CASES),
    "GET /api/v1/cases/{code}/clock": case(P.READ_CASES),
    "GET /api/v1/cases/{code}/steps": case(P.READ_CASES),
    "GET /api/v1/cases/{code}/letters": case(P.READ_CASES),
    "GET /api/v1/cases/{code}/applicant": Rule("case", None, identity=True),
    "GET /api/v1/cases/{code}/forms/{number}": Rule("form", None, identity=True),
    "POST /api/v1/cases/{code}/events": acts("case", P.NOTE, {"type": "note", "text": "xem"}),
    "POST /api/v1/cases/{code}/letters": acts("case", P.DRAFT_LETTER, LETTER),
    "POST /api/v1/letters/{letter_id}/approve": acts("letter", P.APPROVE_LETTER, {}),
    "POST /api/v1/letters/{letter_id}/issue": acts("letter", P.ISSUE_LETTER, {"number": "1"}),
    "POST /api/v1/letters/{letter_id}/send": acts("letter", P.SEND_LETTER, {"channel": "post"}),
    "GET /api/v1/register": Rule("register", None, identity=True),
    "GET /api/v1/handovers/{batch}": Rule("nothing", None),
    "GET /api/v1/shift": Rule("nothing", P.READ_CASES, query="unit=không-có"),
    "POST /api/v1/calendars/preview": Rule("room", P.PREVIEW_CALENDAR, json=CALENDAR),
    "POST /api/v1/hours/preview": Rule("room", P.PREVIEW_CALENDAR, json={}),
    "POST /api/v1/terms/preview": Rule("room", P.PREVIEW_CALENDAR, json={}),
    "GET /api/v1/closable-cases": Rule("room", P.READ_CASES),
    "GET /api/v1/cases/{code}/control-sheet": case(P.READ_CASES),
    "GET /api/v1/transfers": Rule("room", P.READ_CASES, query="batch=x"),
    "POST /api/v1/transfers": acts("batch", P.TRANSFER, {}),
    "POST /api/v1/transfers/acceptance": Rule("room", None, json={"batch": "x"}),
    "GET /api/v1/changes": Rule("count", P.COUNT_CASES, query="period=year:2026"),
    "GET /api/v1/signals": Rule("count", P.READ_SIGNALS, query="period=year:2026"),
    "GET /api/v1/signals/{name}": Rule("room", P.READ_SIGNALS),
    "GET /api/v1/publications": Rule("room", P.READ_FIGURES),
    "GET /api/v1/publications/{period}": Rule("room", P.READ_FIGURES),
    "GET /api/v1/publications/{period}/restatements": Rule("room", P.READ_CASES),
    "POST /api/v1/publications": Rule("room", None, json={}),
    "GET /api/v1/scores": Rule("room", P.READ_SCORES),
    "GET /api/v1/scores/{rubric}/forecast": Rule("room", P.READ_CASES, query="period=year:2026"),
    "POST /api/v1/scores/{rubric}/what-if": Rule("room", P.READ_CASES, json={}),
    "GET /api/v1/scores/{rubric}": Rule("room", P.READ_SCORES, query="period=year:2026"),
    "GET /api/v1/explanations": Rule("room", P.READ_CASES, query="period=year:2026"),
    "POST /api/v1/explanations": Rule("room", P.EXPLAIN_PERIOD, json={}),
    **{
        f"{method} /cham-diem{rest}": Rule("session")
        for rest in ("", "/{rubric}", "/{rubric}/{unit}")
        for method in ("GET", "POST")
    },
    "GET /cham-diem/{rubric}/{unit}/tep": Rule("session"),
    "GET /cham-diem/{rubric}/{unit}/du-bao": Rule("session"),
    "GET /api/v1/score-rounds": Rule("room", P.READ_SCORES),
    "POST /api/v1/score-rounds": Rule("room", P.KEEP_SCORES, json={}),
    **{
        f"GET /api/v1/scores/{{rubric}}{rest}": Rule(
            "room", P.READ_SCORES, query="period=year:2026"
        )
        for rest in ("/results", "/feed", "/{unit}", "/{unit}/{leaf}")
    },
    **{
        f"POST /api/v1/scores/{{rubric}}{rest}": Rule("room", P.KEEP_SCORES, json={})
        for rest in ("/results", "/{unit}", "/{unit}/{leaf}")
    },
    "POST /api/v1/imports": Rule("whole", P.IMPORT),
    "POST /api/v1/portal/DongBoHoSoMC": Rule("whole", P.PORTAL, json=MESSAGE),
    "POST /api/v1/portal/CapNhatTienDoHoSoMC": Rule("whole", P.PORTAL, json=MESSAGE),
    "GET /api/v1/portal/quarantine": Rule("whole", P.RELEASE_CLAIMS),
    "POST /api/v1/portal/quarantine/{number}/release": Rule("whole", P.RELEASE_CLAIMS),
}

"""Pages from templates: escaped always, and an unknown name is an error."""

from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.response import Redirect

from tthc import clock
from tthc.db.sessions import Person
from tthc.domain.access import ROLE_NAMES, Permission, Role, may
from tthc.domain.case import STATE_NAMES
from tthc.domain.events import EVENT_TYPES
from tthc.domain.figure import percent
from tthc.domain.letterhead import appointed
from tthc.rules.causes import causes
from tthc.rules.predicates import document
from tthc.rules.sources import source
from tthc.service import words
from tthc.service.tallies import Figure
from tthc.web.desk.assets import asset_url
from tthc.web.desk.fields import Wrong
from tthc.web.desk.navigation import first_page, groups_for


@cache
def environment() -> Environment:
    """Templates with the words and formats of the service."""
    found = Environment(
        loader=PackageLoader("tthc.web.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["share"] = share
    found.filters["date"] = date_of
    found.filters["moved"] = moved
    found.filters["opening"] = opening
    for name in (
        "amount",
        "number",
        "percent",
        "day",
        "moment",
        "cut_off",
        "answer_time",
        "period",
        "days_of",
        "points",
    ):
        found.filters[name] = getattr(words, name)
    found.filters["appointed"] = appointed_text
    found.globals |= {
        "address": address,
        "asset_url": asset_url,
        "case_url": case_url,
        "causes": causes(),
        "merged": merged,
        "sees_cases": sees_cases,
        "states": {int(state): name for state, name in STATE_NAMES.items()},
        "axes": words.AXES,
        "bases": {name: each["label"] for name, each in document()["bases"].items()},
        "channels": words.CHANNELS,
        "event_names": EVENT_TYPES,
        "role_names": {role.value: name for role, name in ROLE_NAMES.items()},
        "policies": {name: each["label"] for name, each in document()["policies"].items()},
        "first_page": first_page,
        "groups_for": groups_for,
        "source_of": source,
    }
    return found


def share(count: int, whole: int) -> str | None:
    """A part of a whole, in percent."""
    ratio = percent(count, whole)
    return None if ratio is None else str(ratio)


def moved(now: Figure, then: Figure | None) -> str:
    """By how many points of a hundred a ratio moved: +1,20; a dash where one of the two is none."""
    if now.percent is None or then is None or then.percent is None:
        return "—"
    points = Decimal(now.percent) - Decimal(then.percent)
    sign = "+" if points > 0 else "−" if points < 0 else ""
    return f"{sign}{abs(points):f}".replace(".", ",")


def date_of(at: datetime | None) -> str:
    """An instant's date in Vietnam: 05/03/2026."""
    return words.day(clock.local_date(at) if at else None)


def opening(words: str) -> str:
    """Words as they open a line; the names in them keep their capitals."""
    return words[:1].upper() + words[1:]


def address(path: str, kept: dict[str, Any], **changes: object) -> str:
    """A page's address with what it is asked; what is empty asks nothing."""
    asked = [
        f"{_quoted(name)}={_quoted(str(value))}"
        for name, value in (kept | changes).items()
        if value not in (None, "")
    ]
    return f"{path}?{'&'.join(asked)}" if asked else path


@lru_cache(4096)
def _quoted(said: str) -> str:
    """As an address has it; a page of many links says the same in all of them."""
    return quote(said, safe="")


def merged(kept: dict[str, Any], **more: object) -> dict[str, Any]:
    """What is asked, with more."""
    return kept | more


def case_url(code: str) -> str:
    """A case's page."""
    return f"/ho-so/{quote(code, safe='')}"


def sees_cases(person: Person | None) -> bool:
    """Whether lists of cases are for somebody."""
    return person is not None and may(Role(person.role), Permission.READ_CASES)


def appointed_text(at: str | datetime) -> str:
    """A promised instant: 17:00 thứ Năm, ngày 05/03/2026."""
    return appointed(datetime.fromisoformat(at) if isinstance(at, str) else at)


def go(path: str) -> Redirect:
    """On to a page, to be looked at, whatever was sent before."""
    return Redirect(path, status_code=303)


def render(template: str, **values: object) -> str:
    """A page as text."""
    return environment().get_template(template).render(**values)


def reply(template: str, wrong: Wrong, **values: object) -> Response[str]:
    """A page with its form; 422 where the form was refused."""
    text = render(template, wrong=wrong, **values)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return Response(text, media_type=MediaType.HTML, status_code=status)

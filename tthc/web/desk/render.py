"""Pages from templates: escaped always, and an unknown name is an error."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar.response import Redirect

from tthc.domain.access import ROLE_NAMES
from tthc.domain.figure import percent
from tthc.rules.predicates import document
from tthc.rules.sources import source
from tthc.service import words
from tthc.web.desk.assets import asset_url


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
    for name in ("number", "percent", "day", "moment", "cut_off", "period", "days_of"):
        found.filters[name] = getattr(words, name)
    found.globals |= {
        "asset_url": asset_url,
        "axes": words.AXES,
        "bases": {name: each["label"] for name, each in document()["bases"].items()},
        "channels": words.CHANNELS,
        "role_names": {role.value: name for role, name in ROLE_NAMES.items()},
        "policies": {name: each["label"] for name, each in document()["policies"].items()},
        "source_of": source,
    }
    return found


def share(count: int, whole: int) -> str | None:
    """A part of a whole, in percent."""
    ratio = percent(count, whole)
    return None if ratio is None else str(ratio)


def go(path: str) -> Redirect:
    """On to a page, to be looked at, whatever was sent before."""
    return Redirect(path, status_code=303)


def render(template: str, **values: object) -> str:
    """A page as text."""
    return environment().get_template(template).render(**values)

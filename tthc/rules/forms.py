"""The forms by their numbers, as data: official name, paper, headings."""

from dataclasses import dataclass
from functools import cache

from tthc.domain.errors import InputError, NotFoundError
from tthc.rules.files import RULES, read_toml
from tthc.rules.sources import source

PAPERS = ("a5", "a4")


@dataclass(frozen=True, slots=True)
class Form:
    """A form's official name and its usual paper; `fixed`: no unit may choose another."""

    number: str
    title: str
    paper: str
    fixed: bool = False
    headings: tuple[str, ...] = ()


@cache
def forms() -> dict[str, Form]:
    """Every form by its number; those of the shop's own work by a name."""
    return {
        number: Form(number, **{**entry, "headings": tuple(entry.get("headings", ()))})
        for number, entry in read_toml(RULES / "forms.toml")["forms"].items()
    }


def form(number: str) -> Form:
    """One form. Raises NotFoundError naming those that exist."""
    if number not in forms():
        raise NotFoundError(f"Không có mẫu “{number}”: hãy chọn trong {', '.join(forms())}.")
    return forms()[number]


def check_paper(asked: Form, paper: str) -> str:
    """A paper that a form may be printed on. Raises InputError."""
    if paper not in PAPERS:
        raise InputError(f"Không có khổ giấy “{paper}”: hãy chọn {' hoặc '.join(PAPERS)}.")
    if asked.fixed and paper != asked.paper:
        raise InputError(f"{asked.title} luôn in khổ {asked.paper.upper()}.")
    return paper


def order_doubted_of() -> str | None:
    """The document whose order of the forms is not confirmed."""
    known = read_toml(RULES / "forms.toml")
    return None if known["confirmed"] else source(known["source"]).number


def number_doubt(form: str) -> str:
    """What is not confirmed of the mark in a form's number; nothing where it is."""
    marks = read_toml(RULES / "forms.toml")["numbering"]
    if form not in marks["customary"]:
        return ""
    return f"ký hiệu {marks['forms'][form]} theo thông lệ, chưa xác nhận"


def form_number(form: str, count: int, unit_kind: str) -> str:
    """The number of what a unit issues in a year: 05/XL-UBND."""
    marks = read_toml(RULES / "forms.toml")["numbering"]
    unit = marks["units"].get(unit_kind)
    return f"{count:02d}/{marks['forms'][form]}" + (f"-{unit}" if unit else "")

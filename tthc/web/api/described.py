"""How the API describes itself: refusals as problem documents, bodies by example."""

from http import HTTPStatus
from typing import Any

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body, BodyKwarg
from msgspec import UNSET, Struct, UnsetType

from tthc.web.problems import DETAILS, PROBLEM, TITLES


class FieldError(Struct):
    field: str
    detail: str


class ProblemDocument(Struct):
    """A refusal (RFC 9457); `detail` is for people, `errors` tells the fields that are wrong."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | UnsetType = UNSET


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """The answers of a call beside the good one."""
    return {
        status: ResponseSpec(
            ProblemDocument,
            generate_examples=False,
            media_type=PROBLEM,
            description=f"{TITLES[status]}. {DETAILS.get(status, '')}".strip(),
        )
        for status in map(HTTPStatus, statuses)
    }


FIGURES = refusals(400, 401, 403, 404, 422, 503)
READING = refusals(400, 401, 403, 404, 503)
WRITING = refusals(400, 401, 403, 404, 409, 413, 422, 503)
ACTING = WRITING | refusals(428)


def shown(**examples: Any) -> BodyKwarg:  # noqa: ANN401  # any JSON document
    """A JSON body with its examples, by name."""
    found: BodyKwarg = Body(
        examples=[Example(summary=name, value=value) for name, value in examples.items()]
    )
    return found

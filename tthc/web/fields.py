"""All that is wrong with a body, field by field: the framework's reader stops at the first.

Only a body that was refused is looked at again, so a good one pays nothing.
"""

import re
import types
from collections.abc import Iterator
from itertools import islice
from typing import Any, Union, get_args, get_origin

import msgspec
from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import ValidationException
from litestar.params import BodyKwarg
from litestar.types import Scope

MOST = 100  # fields told of one body
PLACE = re.compile(r" - at `\$\.?(.*)`$")
Wrong = tuple[str, str]  # the field's path, what the reader says of it


async def name_wrong_fields(error: Exception, scope: Scope) -> None:
    """Put every wrong field of the body into an error that names the first one only."""
    if not isinstance(error, ValidationException) or not isinstance(error.extra, list):
        return
    others = [told for told in error.extra if told.get("source") != "body"]
    if len(others) == len(error.extra):
        return
    request: Request[Any, Any, Any] = Request(scope)
    data = request.route_handler.parsed_data_field
    if data is None or _encoding(data.kwarg_definition) is not RequestEncodingType.JSON:
        return
    found = list(islice(wrong_fields(data.annotation, await request.json()), MOST))
    if found:
        error.extra = others + [
            {"key": path, "message": message, "source": "body"} for path, message in found
        ]


def _encoding(described: object) -> RequestEncodingType | str:
    return described.media_type if isinstance(described, BodyKwarg) else RequestEncodingType.JSON


def wrong_fields(shape: Any, value: Any, within: str = "") -> Iterator[Wrong]:  # noqa: ANN401  # any type, any JSON
    """What is wrong with a JSON value that should be of a shape, in the order of its fields."""
    struct = _struct_of(shape, value)
    if struct is None:
        yield from _refused(shape, value, within)
        return
    config = struct.__struct_config__
    known = {one.encode_name: one for one in msgspec.structs.fields(struct)}
    for name, one in known.items():
        if name in value:
            yield from wrong_fields(one.type, value[name], _joined(within, name))
        elif one.required:
            yield within, f"missing required field `{name}`"
    if config.forbid_unknown_fields:
        for name in value.keys() - known.keys() - {config.tag_field}:
            yield within, f"unknown field `{name}`"


def _struct_of(shape: Any, value: Any) -> type[msgspec.Struct] | None:  # noqa: ANN401  # as above
    """The one structure that an object is to be read as; None where it is none, or unclear."""
    if not isinstance(value, dict):
        return None
    union = get_origin(shape) in (Union, types.UnionType)
    structs = [one for one in (get_args(shape) if union else (shape,)) if _is_struct(one)]
    if len(structs) > 1:
        structs = [
            one
            for one in structs
            if value.get(one.__struct_config__.tag_field) == one.__struct_config__.tag
        ]
    return structs[0] if len(structs) == 1 else None


def _is_struct(shape: Any) -> bool:  # noqa: ANN401  # as above
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct)


def _refused(shape: Any, value: Any, within: str) -> Iterator[Wrong]:  # noqa: ANN401  # as above
    try:
        msgspec.convert(value, shape, strict=False)
    except msgspec.ValidationError as error:
        message = str(error)
        place = PLACE.search(message)
        yield _joined(within, place[1] if place else ""), message


def _joined(within: str, name: str) -> str:
    return ".".join(filter(None, (within, name)))

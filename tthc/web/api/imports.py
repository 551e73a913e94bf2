"""A program's export sent over HTTP: the same engine and report as `tthc import`."""

import asyncio
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from litestar import post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import MultipartBody
from msgspec import Struct

from tthc import clock
from tthc.domain.access import Actor, Permission
from tthc.domain.errors import InputError
from tthc.intake.importing import Order, import_file
from tthc.intake.profile import load_profile, shipped_profiles
from tthc.web.access import SECURITY, needs, of_the_world
from tthc.web.api.described import WRITING
from tthc.web.uploads import kept_upload

LIMIT = 500 * 2**20  # bytes of a file: a province's year as CSV


class Upload(Struct):
    """The file, the name of a shipped profile, and whether only to check."""

    file: UploadFile
    profile: str
    dry_run: bool = False


@post(
    "/imports",
    status_code=200,
    guards=[needs("write"), of_the_world(Permission.IMPORT)],
    security=SECURITY,
    responses=WRITING,
    request_max_body_size=LIMIT,
)
async def import_cases(
    state: State, actor: NamedDependency[Actor], data: MultipartBody[Upload]
) -> dict[str, Any]:
    """Enter the cases of a CSV or XLSX file; the answer counts them and names the rejected."""
    if data.profile not in shipped_profiles():
        raise InputError(
            f"Không có cấu hình nhập “{data.profile}”: hãy chọn {', '.join(shipped_profiles())}."
        )
    async with kept_upload(data.file) as path:
        order = Order(
            path, load_profile(data.profile), clock.now(), actor.scope.simulated, data.dry_run
        )
        report = await asyncio.to_thread(
            import_file, order, state.server.night_url, state.settings.data_dir
        )
    shown = asdict(report)
    if report.rejects_file:
        shown["rejects_file"] = PurePath(report.rejects_file).name
    return shown

"""Who sees a case over HTTP once a token has units (scenario 36)."""

from sqlalchemy import text

from tests.law.lives import make_procedure
from tests.programs import act, bearing, new_case, token_for
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server

A, B, C, OTHER = "00004", "00008", "00025", "00070"


async def test_a_case_is_seen_where_it_is_and_was(
    database: Server,
) -> None:
    """Received at A for B, passed to C: seen by A, B and C, by C only from then on."""
    owner = connect_owner(database)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
        units = {
            code: await connection.scalar(
                text("SELECT max(id) FROM units WHERE code = :code AND valid_to IS NULL"),
                {"code": code},
            )
            for code in (A, B, C, OTHER)
        }
    assert all(units.values())

    headers = {code: bearing(await token_for(database, code)) for code in units}
    async with owner.begin() as connection:
        for code, unit_id in units.items():
            await connection.execute(
                text("UPDATE tokens SET unit_id = :unit_id WHERE label = :code"),
                {"unit_id": unit_id, "code": code},
            )
    await owner.dispose()
    async with living_app(database) as app, client_of(app) as site:

        async def seen(code: str) -> str:
            """By whom."""
            found = [
                (await site.get(f"/api/v1/cases/{code}", headers=each)).status_code == 200
                for each in headers.values()
            ]
            return "".join(name for name, sees in zip("ABCO", found, strict=True) if sees)

        site.headers.update(headers[A])
        body = new_case(procedure, receiving_unit=A, competent_unit=B)
        case = (await site.post("/api/v1/cases", json=body)).json()
        assert await seen(case["case_code"]) == "AB"
        site.headers.update(headers[OTHER])
        assert (await act(site, case, "transfer", unit=OTHER)).status_code == 404
        site.headers.update(headers[B])
        passed = await act(site, case, "transfer", unit=C)
        assert passed.status_code == 200, passed.text
        assert await seen(case["case_code"]) == "ABC"

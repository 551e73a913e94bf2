"""Answers over sheets: made once for a site and a key, the longest unasked forgotten."""

from sqlalchemy.ext.asyncio import create_async_engine

from tests.web.test_overview import figure
from tthc.service import kept
from tthc.service.ranking import rank_units


async def test_an_answer_is_made_once_for_each_site_and_key() -> None:
    sites = [create_async_engine("postgresql+asyncpg://") for _ in range(2)]
    made: list[tuple[int, str]] = []

    async def ask(site: int, key: str) -> str:
        async def make() -> str:
            made.append((site, key))
            return f"{site} {key}"

        return await kept.keep(sites[site].connect(), key, make)

    assert [await ask(0, "a"), await ask(0, "a"), await ask(1, "a")] == ["0 a", "0 a", "1 a"]
    assert made == [(0, "a"), (1, "a")]
    for number in range(kept.MOST):
        await ask(0, str(number))
        await ask(0, "0")  # asked again and again: never forgotten
    made.clear()
    assert await ask(0, "0") == "0 0"
    assert await ask(0, "a") == "0 a"
    assert made == [(0, "a")]


def test_places_are_those_of_a_plain_count() -> None:
    shares = [(90, 100), (45, 50), (100, 100), (3, 40), (77, 99), (45, 50), (0, 31)]
    given = {unit: {"x": figure(*share)} for unit, share in enumerate(shares)}
    placed = rank_units(given, ["x"], 30)
    for unit, (met, of) in enumerate(shares):
        above = sum(other[0] * of > met * other[1] for other in shares)
        assert placed[unit].places["x"] == 1 + above

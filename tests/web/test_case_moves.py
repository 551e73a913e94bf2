"""On the case page: a unit is chosen by its name, and every column of an act can be put right."""

import re

import httpx

from tests.web import test_case_acts
from tests.web.test_case_acts import People

office = test_case_acts.office
people = test_case_acts.people
code = test_case_acts.code


def lines_of(page: str) -> list[str]:
    (listed,) = re.findall(r'<datalist id="move-unit-list">(.*?)</datalist>', page, re.DOTALL)
    return re.findall(r'<option value="([^"]+)"', listed)


async def test_a_case_is_moved_to_a_unit_by_its_name(people: People, code: str) -> None:
    lines = lines_of(await people.page("leader", code))
    assert len(lines) > 100
    assert len(set(lines)) == len(lines)
    assert not [one for one in lines if one.startswith("Tỉnh ")]  # of the own city alone
    chosen = next(one for one in lines if one.startswith("Phường Ngọc Hà"))
    name, _, unit = chosen.rpartition(" · ")
    for said in ("phường", "không có ở đây"):
        assert "hãy chọn một dòng" in await people.refused("leader", code, "move", unit=said)
    assert "Chưa chọn đơn vị nhận" in await people.refused("leader", code, "move", unit=" ")
    for said in (chosen, unit, name, "ngoc ha"):
        seen = await people.send("leader", code, "move", "preview", unit=said)
        assert f"chuyển đến {name} · chưa có người xử lý" in seen.text, said
    told = await people.act("leader", code, "move", unit=chosen, officer="Bình")
    assert f"chuyển đến {name} · Bình" in told


async def corrected(people: People, code: str, **right: str) -> httpx.Response:
    page = await people.page("leader", code)
    act = right.pop("of")
    (seq,) = re.findall(rf'<option value="(\d+)">{act},', page)
    said = {"seq": seq, "reason": "ghi nhầm", "approver": "Trần Thị Hai"} | right
    return await people.send("leader", code, "correct", "save", **said)


async def test_what_an_act_said_is_put_right_on_the_page(people: People, code: str) -> None:
    people.at("2026-03-03 09:00")
    await people.act("clerk", code, "pay", amount="50.000", channel="tiền mặt")
    people.at("2026-03-04 09:00")
    await people.act("officer", code, "resolve", outcome="granted")
    for right, fact in (
        ({"of": "Tiếp nhận", "online_level": "partial"}, ("online_level", "partial")),
        ({"of": "Tiếp nhận", "out_of_territory": "yes"}, ("out_of_territory", True)),
        ({"of": "Tiếp nhận", "out_of_territory": "no"}, ("out_of_territory", False)),
        ({"of": "Tiếp nhận", "parent_case_code": code + "-X"}, ("parent_case_code", code + "-X")),
        ({"of": "Thanh toán", "fee_channel": "chuyển khoản"}, ("fee_channel", "chuyển khoản")),
        ({"of": "Đã xử lý xong", "e_result": "yes"}, ("e_result", "yes")),
    ):
        answer = await corrected(people, code, **right)
        assert answer.status_code == 303, (right, test_case_acts.refusal(answer))
        events = (await people.clients["leader"].get(f"/api/v1/cases/{code}/events")).json()
        name, value = fact
        assert events["events"][-1]["change"][name] == value

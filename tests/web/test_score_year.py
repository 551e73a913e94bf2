"""A whole year of a block through HTTP: who may do what when, and nothing is overwritten."""

import asyncio
from collections.abc import Iterator

import pytest

from jobs.night import run_night
from tests.databases import Databases
from tests.planted import plant
from tests.web.scoring_pages import look_at_feed, look_at_pages
from tests.web.scoring_restated import restate_the_period, try_to_change_acts
from tests.web.scoring_returned import send_a_sheet_back
from tests.web.scoring_year import (
    AS_OF,
    PAPER,
    ROUND,
    RUBRIC,
    WINDOWS,
    YEAR,
    People,
    close,
    columns,
    come_back,
    done_once,
    fine,
    give,
    leaf_of,
    path_of,
    people_of,
    refused,
    sheet_of,
    stand_on,
)
from tthc.db.server import Server


@pytest.fixture(scope="module")
def province(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())
    asyncio.run(plant(own))
    assert run_night(own.night_url, simulated=True, as_of=AS_OF).ran
    yield own
    asyncio.run(databases.drop(own))


async def test_a_year_of_the_departments(province: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_on(monkeypatch, 1, 1)
    async with people_of(province) as people:
        await _before_the_round(people)
        await come_back(people, monkeypatch, (1, 2), *people)
        await look_at_pages(people)
        await _self_scores(people)
        await look_at_feed(people)
        await come_back(people, monkeypatch, (1, 20), "appraiser", "appraiser_s1", "s1")
        await _appraisal(people)
        await come_back(people, monkeypatch, (2, 1), "s2")
        await _explanation(people)
        await come_back(people, monkeypatch, (2, 10), "province", "s1", "s2", "commune")
        await _approval(people)
        await come_back(
            people,
            monkeypatch,
            (2, 20),
            "province",
            "s1",
            "s2",
            "commune",
            "appraiser_s1",
            "auditor",
        )
        await _publication(people)
        await _restatement(people)
        await _nothing_was_overwritten(people)
        await restate_the_period(province, people)
    await try_to_change_acts(province)


async def _before_the_round(people: People) -> None:
    published = await people["province"].post("/api/v1/publications", json={"period": YEAR})
    assert published.status_code == 201, published.text
    assert len(published.json()["scores_digest"]) == 64
    refused(await give(people["s1"], "PL.S1", "1.1", "self", 1), 422, "Chưa mở đợt chấm điểm")
    for name in ("s1", "appraiser", "s1_officer"):
        answer = await people[name].post("/api/v1/score-rounds", json=ROUND)
        assert answer.status_code == 403, (name, answer.text)
    turned = WINDOWS | {"approval": {"first": "2024-01-20", "last": "2024-02-15"}}
    answer = await people["province"].post("/api/v1/score-rounds", json=ROUND | {"windows": turned})
    refused(answer, 400, "bắt đầu trước bước trước nó")
    opened = fine(await people["province"].post("/api/v1/score-rounds", json=ROUND))
    assert opened["version"] == 1
    again = fine(await people["province"].post("/api/v1/score-rounds", json=ROUND))
    assert again == opened
    refused(await give(people["s1"], "PL.S1", "1.1", "self", 1), 422, "từ 02/01/2024")


async def _self_scores(people: People) -> None:
    s1, s2 = people["s1"], people["s2"]
    sheet = await sheet_of(s1, "PL.S1")
    assert (sheet["state"], columns(sheet, "1.1")) == ("open", [1, None, None, None])
    assert sheet["figures"]["published"]
    assert sheet["may"] == {
        "leaf": ["self_scored", "entered"],
        "entered_surveys": False,
        "step": "submitted",
        "send_back": False,
    }
    # what people enter feeds the computation
    assert columns(sheet, "2.1")[0] is None
    refused(await give(s1, "PL.S1", "2.1", "entered", 1.5), 400, "tài liệu kiểm chứng")
    refused(await give(s1, "PL.S1", "2.1", "entered", 1.51, evidence=PAPER), 400, "từ 0 đến 1,5")
    after = fine(await give(s1, "PL.S1", "2.1", "entered", 1.5, evidence=PAPER))
    assert columns(after, "2.1") == [1.5, None, None, None]
    assert leaf_of(after, "2.1")["computed"]["actor"] == "s1.thu"
    live = fine(await s1.get(f"/api/v1/scores/{RUBRIC}?period={YEAR}&unit=PL.S1"))
    assert [each["points"] for each in live["criteria"]] == [1, 1.5, None, None]
    refused(await give(s1, "PL.S1", "1.1", "entered", 1, evidence=PAPER), 422, "tính từ hồ sơ")
    # not submitted before every leaf has points; not by an officer
    refused(await close(s1, "PL.S1", "submit"), 422, "2.2, 3.1")
    officer = people["s1_officer"]
    fine(await give(officer, "PL.S1", "2.2", "self", 1, evidence=PAPER))
    fine(await give(officer, "PL.S1", "3.1", "self", 1, evidence=PAPER))
    refused(await close(officer, "PL.S1", "submit"), 403, "Chỉ lãnh đạo đơn vị")
    # S2 departs from what was computed: a reason and evidence, or nothing
    refused(await give(s2, "PL.S2", "1.1", "self", 1, evidence=PAPER), 400, "nêu lý do")
    refused(await give(s2, "PL.S2", "1.1", "self", 1, reason="Bất khả kháng"), 400, "kiểm chứng")
    strange = {"kind": "figure", "value": "ab" * 32}
    refused(
        await give(s2, "PL.S2", "1.1", "self", 1, reason="Vì thế", evidence=strange),
        400,
        "mang dấu",
    )
    told = {"reason": "Quá hạn do mất điện toàn tỉnh", "evidence": PAPER}
    fine(await give(s2, "PL.S2", "1.1", "self", 1, **told))
    same = fine(await give(s2, "PL.S2", "1.1", "self", 1, **told))
    assert same["version"] == 2  # one by the page; the same again is no further act
    for leaf, points in (("2.1", 0), ("2.2", 1.5), ("3.1", 1)):
        fine(await give(s2, "PL.S2", leaf, "self", points, evidence=PAPER))
    # neither neighbours nor others score a sheet that is not theirs
    assert (await give(s2, "PL.S1", "1.1", "self", 0, **told)).status_code == 404
    refused(await give(people["province"], "PL.S1", "1.1", "self", 0, **told), 403, "đơn vị bạn")
    for name in ("clerk", "auditor"):
        assert (await give(people[name], "PL.S1", "1.1", "self", 1)).status_code == 403
    refused(await give(people["appraiser"], "PL.S1", "1.1", "self", 1), 403, "tự chấm điểm")
    refused(await give(people["appraiser"], "PL.S1", "1.1", "appraised", 1), 422, "đang tự chấm")
    for client, unit in ((s1, "PL.S1"), (s2, "PL.S2")):
        assert fine(await close(client, unit, "submit"))["state"] == "submitted"
    handed_in = await sheet_of(s1, "PL.S1")
    assert columns(handed_in, "1.1") == [1, 1, None, None]  # taken over as computed
    evidence = leaf_of(handed_in, "1.1")["columns"]["self"]["evidence"]
    assert evidence["value"] == handed_in["figures"]["digest"]
    refused(await give(s1, "PL.S1", "2.2", "self", 1.5, evidence=PAPER), 422, "đã trình")


async def _appraisal(people: People) -> None:
    appraiser, own = people["appraiser"], people["appraiser_s1"]
    assert (await own.get(path_of("PL.S1"), params={"period": YEAR})).status_code == 403
    refused(await give(own, "PL.S1", "2.2", "appraised", 1), 403, "chính đơn vị mình")
    refused(await give(people["s1"], "PL.S1", "2.2", "appraised", 1), 403, "thẩm định")
    sheet = await sheet_of(appraiser, "PL.S2")
    assert (sheet["may"]["leaf"], sheet["may"]["send_back"]) == (["appraised"], True)
    assert leaf_of(sheet, "1.1")["columns"]["self"]["departs"]
    assert leaf_of(sheet, "1.1")["cases_url"] is None
    refused(await give(appraiser, "PL.S2", "1.1", "appraised", 0), 400, "nêu lý do")
    reason = "Không có xác nhận của điện lực"
    fine(await give(appraiser, "PL.S2", "1.1", "appraised", 0, reason=reason))
    fine(await give(own, "PL.S2", "2.2", "appraised", 1, reason="Sáng kiến chưa được công nhận"))
    await send_a_sheet_back(people)
    fine(await close(appraiser, "PL.S2", "end_appraisal"))
    appraised = fine(await close(appraiser, "PL.S1", "end_appraisal"))
    assert columns(appraised, "2.1") == [1.5, 1.5, 1.5, None]


async def _explanation(people: People) -> None:
    s2 = people["s2"]
    refused(await give(s2, "PL.S2", "3.1", "explained", reason="Đúng rồi"), 422, "không có gì để")
    refused(await give(s2, "PL.S2", "1.1", "explained"), 400, "nội dung giải trình")
    words = "Gửi kèm xác nhận của điện lực huyện"
    fine(await give(s2, "PL.S2", "1.1", "explained", reason=words, evidence=PAPER))
    explained = fine(await close(s2, "PL.S2", "end_explanation"))
    assert [each["reason"] for each in leaf_of(explained, "1.1")["explanations"]] == [words]
    # S1 says nothing; its time runs out


async def _approval(people: People) -> None:
    province = people["province"]
    refused(await give(people["s2"], "PL.S2", "1.1", "approved", 1, reason="x"), 403, "cấp trên")
    assert (await give(people["commune"], "PL.S2", "1.1", "approved", 1)).status_code == 404
    refused(await give(province, "PL.S2", "1.1", "approved", 0.5), 400, "nêu lý do")
    fine(await give(province, "PL.S2", "1.1", "approved", 0.5, reason="Chấp nhận một phần"))
    fine(await close(province, "PL.S2", "approve"))
    asked = {"period": YEAR, "root": "PL", "block": "departments"}
    results = f"/api/v1/scores/{RUBRIC}/results"
    refused(await province.post(results, json=asked), 422, "Còn 1 đơn vị")
    fine(await close(province, "PL.S1", "approve"))  # never explained, and the time is over
    refused(await people["s1"].post(results, json=asked), 403, "cấp tỉnh")


async def _publication(people: People) -> None:
    # S1: 1 + 1.5 + 1 + 1 = 4.5. S2: 0.5 + 0 + 1 + 1 = 2.5. Areas: (90 + 50) / 2 %
    asked = {"period": YEAR, "root": "PL", "block": "departments"}
    results = f"/api/v1/scores/{RUBRIC}/results"
    await done_once(people["province"], results, asked, block="communes")
    for reader in ("commune", "s2", "appraiser_s1", "auditor"):
        (block,) = fine(await people[reader].get(results, params={"period": YEAR}))["blocks"]
        ranked = [(each["place"], each["unit"], each["points"]) for each in block["units"]]
        assert ranked == [(1, "PL.S1", 4.5), (2, "PL.S2", 2.5)]
        assert [each["percent"] for each in block["areas"]] == ["70.00"]
        assert [(each["code"], each["units"]) for each in block["at_zero"]] == [("2.1", ["PL.S2"])]
        assert block["units"][0]["compared"]["words"] == "không so sánh được"
    # published twice is published once
    fine(await people["province"].post(results, json=asked))
    assert (await sheet_of(people["s1"], "PL.S1"))["state"] == "published"


async def _restatement(people: People) -> None:
    province = people["province"]
    refused(
        await give(province, "PL.S2", "2.1", "restated", 1.5, reason="Bổ sung"), 400, "kiểm chứng"
    )
    told = {"reason": "Kế hoạch ban hành đúng hạn, sót khi chấm", "evidence": PAPER}
    refused(await give(people["s2"], "PL.S2", "2.1", "restated", 1.5, **told), 403, "cấp trên")
    after = fine(await give(province, "PL.S2", "2.1", "restated", 1.5, **told))
    assert (after["restated"], columns(after, "2.1")) == (1, [None, 0, 0, 1.5])
    results = fine(await people["commune"].get(f"/api/v1/scores/{RUBRIC}/results?period={YEAR}"))
    (block,) = results["blocks"]
    assert [(each["unit"], each["points"]) for each in block["units"]] == [
        ("PL.S1", 4.5),
        ("PL.S2", 4),
    ]
    assert block["at_zero"] == []


async def _nothing_was_overwritten(people: People) -> None:
    leaf = fine(await people["s2"].get(path_of("PL.S2", "1.1"), params={"period": YEAR}))
    told = [(each["kind"], each["actor"], each["points"]) for each in leaf["history"]]
    assert told == [
        ("self_scored", "s2.thu", 0.5),
        ("self_scored", "s2.thu", 1),
        ("appraised", "appraiser.thu", 0),
        ("explained", "s2.thu", None),
        ("approved", "province.thu", 0.5),
    ]
    restated = fine(await people["s2"].get(path_of("PL.S2", "2.1"), params={"period": YEAR}))
    kinds = [(each["kind"], each["points"]) for each in restated["history"]]
    assert kinds[-2:] == [("approved", 0), ("restated", 1.5)]

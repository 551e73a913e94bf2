"""A sheet that is sent back, within the year of test_score_year.py."""

from tests.web.scoring_year import (
    RUBRIC,
    YEAR,
    People,
    close,
    columns,
    fine,
    give,
    path_of,
    refused,
)


async def send_a_sheet_back(people: People) -> None:
    """S1's sheet goes back with a reason, is completed after the unit's own time, and returns."""
    appraiser, s1 = people["appraiser"], people["s1"]
    refused(await close(appraiser, "PL.S1", "send_back"), 400, "nêu lý do trả lại")
    why = "Sáng kiến chưa có quyết định công nhận"
    for name in ("s1", "appraiser_s1"):
        assert (await close(people[name], "PL.S1", "send_back", reason=why)).status_code == 403
    back = fine(await close(appraiser, "PL.S1", "send_back", reason=why))
    assert back["state"] == "open"
    assert [(each["reason"], each["actor"]) for each in back["returned"]] == [
        (why, "appraiser.thu")
    ]
    refused(await give(appraiser, "PL.S1", "2.2", "appraised", 1), 422, "đang tự chấm")
    page = (await s1.get(f"/cham-diem/{RUBRIC}/PL.S1", params={"ky": YEAR})).text
    assert why in page
    assert columns(back, "2.2") == [None, 1, None, None]  # what was given stays
    proof = {"kind": "document", "value": "77/QĐ-SO"}
    fine(await give(s1, "PL.S1", "2.2", "self", 1, evidence=proof))
    assert fine(await close(s1, "PL.S1", "submit"))["state"] == "submitted"
    history = fine(await s1.get(path_of("PL.S1", "2.2"), params={"period": YEAR}))["history"]
    assert [each["evidence"]["value"] for each in history] == ["12/BC-SO", "77/QĐ-SO"]

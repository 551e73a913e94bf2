"""The real log through import, night and `tthc score`, against a count over the file itself."""

import csv
import gzip
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import Result

from jobs.night import run_night
from tests.cli.test_figures import END, LOG, Run, ask, call, environment
from tests.simulated import rows_of
from tthc import clock
from tthc.db.server import Server
from tthc.domain.errors import TthcError
from tthc.domain.scoring.wording import rounded

__all__ = ["ask", "call", "environment"]
POINTS = [(7, 115), (3, 110), (1, 105), (0, 100), (-2, 90), (-7, 75)]


def read_log() -> list[tuple[datetime, datetime, datetime | None]]:
    """Start, deadline and end of every case, in Vietnam's time."""

    def instant(text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(clock.VIETNAM)

    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        return [
            (
                instant(row["start"]),
                instant(row["deadline"]),
                instant(row["end"]) if row["end"] else None,
            )
            for row in csv.DictReader(file)
        ]


def points_of(due: datetime, end: datetime) -> int:
    """Bắc Ninh's points of one case, by calendar days; late on the day itself counts as late."""
    days = (due.date() - end.date()).days
    if days <= 0 and end >= due:
        days = min(days, -1)
    return next((points for least, points in POINTS if days >= least), 50)


def test_days_early_or_late_of_every_case_of_the_log(ask: Run) -> None:
    document = ask("score", "bac-ninh-kpi", "--period", "all:known", "--as-of", END)
    points = [
        points_of(due, max(end, start))
        for start, due, end in read_log()
        if end and end <= datetime.fromisoformat(END)
    ]
    mean = Decimal(sum(points)) / len(points)
    assert Decimal(str(document["points"])) == rounded(mean, 2)
    (leaf,) = document["criteria"]
    assert leaf["denominator"] == len(points) == 1329
    assert document["unconfirmed"]


def test_progress_of_2011_and_the_cases_that_cost_it(ask: Run) -> None:
    # 925 of 1,309: the first page's D3; 20 × 925 / 1309 = 14.1329…
    asked = ("--period", "year:2011", "--as-of", END)
    document = ask("score", "qd-766", *asked)
    leaf = next(each for each in document["criteria"] if each["code"] == "2")
    assert (leaf["numerator"], leaf["denominator"], leaf["points"]) == (925, 1309, 14.13)
    assert (document["scored_max"], document["in_force"]) == (20, False)
    unit = ask("score", "qd-766", *asked, "--unit", "WABO")
    assert unit["points"] == 14.13
    cases = ask("cases", "--where", "costs:qd-766/2", *asked, "--unit", "WABO")
    assert cases["total"] == 1309 - 925
    figures = ask("figures", "--definition", "on_time/766", *asked)
    (row,) = figures["rows"]
    assert (row["numerator"], row["denominator"]) == (925, 1309)


def test_the_night_of_the_log_keeps_the_score_that_is_asked_for(
    ask: Run, environment: dict[str, str]
) -> None:
    as_of = clock.end_of(date(2011, 12, 31))
    assert run_night(environment["TTHC_NIGHT_DATABASE_URL"], simulated=False, as_of=as_of).ran
    server = Server(
        environment["TTHC_OWNER_DATABASE_URL"],
        environment["TTHC_DATABASE_URL"],
        environment["TTHC_NIGHT_DATABASE_URL"],
    )
    ((points, figures),) = rows_of(
        server,
        "SELECT s.points, s.figures FROM scores s JOIN units u ON u.id = s.unit_id "
        "WHERE rubric = 'bac-ninh-kpi' AND period = 'year:2011' AND u.code = 'WABO'",
    )[0]
    live = ask("score", "bac-ninh-kpi", "--period", "year:2011", "--unit", "WABO")
    assert (live["points"], live["digest"]) == (float(points), figures)
    assert datetime.fromisoformat(live["as_of"]) == as_of
    assert as_of - timedelta(days=1) < clock.now()


def test_a_table_for_people(call: Callable[..., Result]) -> None:
    answer = call("score", "par-index", "--period", "year:2011", "--as-of", END)
    assert answer.exit_code == 0, answer.output
    for said in ("Chưa xác nhận", "Chưa chấm được", "không có hiệu lực trong kỳ này", "Tối đa"):
        assert said in answer.stdout


def test_what_if_the_cases_that_cost_points_had_been_in_time(ask: Run) -> None:
    asked = ("--period", "month:2011-06", "--as-of", END, "--unit", "WABO")
    cases = ask("cases", "--where", "costs:qd-766/2", *asked, "--limit", "1000")["items"]
    assert cases
    codes = ",".join(each["case_code"] for each in cases)
    found = ask("score", "qd-766", *asked, "--suppose", f"in_time:{codes}")
    (leaf,) = [each for each in found["criteria"] if each["code"] == "2"]
    assert leaf["before"] < leaf["after"] == 20
    assert found["cases"] == len(cases)


def test_other_thresholds_and_the_forecast_for_people(call: Callable[..., Result]) -> None:
    asked = ("--period", "year:2012", "--as-of", END)
    found = call("score", "par-index", *asked, "--threshold", "3.1.3:floor=10")
    assert found.exit_code == 0, found.output
    assert "Nếu vậy" in found.stdout
    later = call("score", "qd-766", *asked, "--forecast")
    assert later.exit_code == 0, later.output
    assert "hồ sơ sẽ tiếp nhận thêm" in " ".join(later.stdout.split())
    assert call("score", "par-index", *asked, "--threshold", "3.1.3:floor=x").exit_code == 2


NONSENSE: dict[tuple[str, ...], str] = {
    ("par",): "các bộ: bac-ninh-kpi",
    ("qd-766", "--unit", "NOBODY"): "NOBODY",
    ("qd-766", "--as-of", "hôm qua"): "hôm qua",
    ("qd-766", "--suppose", "letter"): "Hãy nêu cả hồ sơ",
    ("qd-766", "--suppose", ":case-416"): "Hãy nêu cả hồ sơ",
    ("qd-766", "--suppose", "vanish:case-416"): "Không giả định được “vanish”",
    ("qd-766", "--suppose", "letter:nothing"): "Không thấy hồ sơ nothing",
    ("qd-766", "--threshold", "9.9:floor=1"): "không có tiêu chí “9.9”",
    ("qd-766", "--threshold", "2:floor=1"): "không có ngưỡng “floor”",
    ("par-index", "--threshold", "3.1.3:floor=NaN"): "phải là một số",
}


@pytest.mark.parametrize("line", NONSENSE, ids=" ".join)
def test_nonsense_is_refused_in_a_sentence(
    call: Callable[..., Result], line: tuple[str, ...]
) -> None:
    answer = call("score", *line, "--period", "year:2011")
    assert answer.exit_code == 1
    assert isinstance(answer.exception, TthcError)
    assert NONSENSE[line] in str(answer.exception)


def test_a_period_that_is_none(call: Callable[..., Result]) -> None:
    answer = call("score", "qd-766", "--period", "năm nay")
    assert "Không có loại kỳ “năm nay”" in str(answer.exception)

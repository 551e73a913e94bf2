"""The rubrics that ship load; a bad one is refused with its file, its line and the reason."""

from decimal import Decimal

import pytest

from tthc.domain.errors import InputError, RulesFileError
from tthc.rules.blocks import blocks
from tthc.rules.definitions import definition
from tthc.rules.files import RULES, read_text
from tthc.rules.periods import read_period
from tthc.rules.rubric_reading import read_rubric
from tthc.rules.rubric_shapes import SHAPES
from tthc.rules.rubrics import rubric, rubrics, rubrics_on
from tthc.rules.sources import sources

GOOD = """id = "thu"
version = 1
title = "Bộ tiêu chí thử"
source = "qd-766-2022"
max = 10
decimals = 2
blocks = ["communes", "provinces"]
schemes = ["month"]

[[area]]
code = "I"
title = "Tiến độ"
max = 10

[[area.criterion]]
code = "1"
title = "Đúng hạn"
max = 10

[[area.criterion.leaf]]
code = "1.1"
title = "Tỷ lệ đúng hạn"
max = 8
evidence = "Danh sách hồ sơ"
shape = "steps"
measure = "on_time/resolved"
axis = "competent"
empty = "none"
source = "qd-766-2022"
bands = [
  { from = 95, points = 8 },
  { from = 90, below = 95, points = 4 },
  { below = 90, points = 0 },
]

[[area.criterion.leaf]]
code = "1.2"
title = "Tỷ lệ trực tuyến"
max = 2
evidence = "Danh sách hồ sơ"
shape = "capped_linear"
measure = "online/received"
empty = "none"
source = "qd-766-2022"
levels = [
  { level = "province", target = 80, source = "qd-766-2022" },
  { level = "commune", target = 50, source = "qd-766-2022" },
]
"""


def test_the_example_is_good() -> None:
    found = read_rubric("thu.toml", GOOD)
    assert found.measures() == ("on_time/resolved", "online/received")
    second = list(found.leaves())[1]
    assert second.rule is None
    assert "80 %" in second.by_level["province"].words()


BAD = {
    "a typing error": (
        'measure = "on_time/resolved"',
        'mesure = "on_time/resolved"',
        "thu.toml, dòng 20, mục “measure”: thiếu mục này.",
    ),
    "a key that no rule reads": (
        'axis = "competent"',
        'axis = "competent"\nflor = 95',
        "thu.toml, dòng 28, mục “flor”: mục lạ",
    ),
    "an unknown definition": (
        '"on_time/resolved"',
        '"on_time/resolve"',
        "thu.toml, dòng 26, mục “measure”: Không có định nghĩa “on_time/resolve”",
    ),
    "a definition that counts procedures": (
        '"on_time/resolved"',
        '"procedures/online_offered"',
        "dòng 26, mục “measure”: “procedures/online_offered” không phải là tỷ lệ của hồ sơ",
    ),
    "an unknown shape": (
        '"steps"',
        '"stepps"',
        "thu.toml, dòng 25, mục “shape”: không có “stepps”; có phải “steps”?",
    ),
    "a missing band": (
        "  { from = 90, below = 95, points = 4 },\n",
        "",
        "thu.toml, dòng 31: thiếu khoảng từ 90 đến 95.",
    ),
    "a missing lowest band": (
        "  { below = 90, points = 0 },\n",
        "",
        "thu.toml, dòng 32: thiếu khoảng dưới 90.",
    ),
    "overlapping bands": (
        "{ from = 90, below = 95",
        "{ from = 90, to = 96",
        "thu.toml, dòng 31: khoảng này chồng lên khoảng khác.",
    ),
    "a value in two bands": (
        "below = 95",
        "to = 95",
        "thu.toml, dòng 31: giá trị 95 thuộc hai khoảng.",
    ),
    "thresholds without a source": (
        'empty = "none"\nsource = "qd-766-2022"\nbands',
        'empty = "none"\nbands',
        "thu.toml, dòng 20: cách tính điểm chưa nêu nguồn: thêm source.",
    ),
    "a level's threshold without a source": (
        'target = 50, source = "qd-766-2022"',
        "target = 50",
        "thu.toml, dòng 47: ngưỡng này chưa nêu nguồn: thêm source.",
    ),
    "a level without a threshold": (
        '  { level = "commune", target = 50, source = "qd-766-2022" },\n',
        "",
        "tiêu chí 1.2 thiếu ngưỡng cho cấp commune.",
    ),
    "an unknown source": (
        'source = "qd-766-2022"\nbands',
        'source = "qd-767-2022"\nbands',
        "thu.toml, dòng 29, mục “source”: chưa có nguồn “qd-767-2022” trong sources.toml.",
    ),
    "leaves that don't sum": (
        "max = 2\n",
        "max = 3\n",
        "thu.toml, dòng 18, mục “max”: các tiêu chí thành phần cộng lại 11 điểm, không bằng 10.",
    ),
    "areas that don't sum": (
        "max = 10\ndecimals",
        "max = 12\ndecimals",
        "thu.toml, dòng 5, mục “max”: các lĩnh vực cộng lại 10 điểm, không bằng 12.",
    ),
    "points above the maximum": (
        "points = 8 }",
        "points = 9 }",
        "thu.toml, dòng 31, mục “points”: 9 điểm vượt điểm tối đa 8.",
    ),
    "a code twice": ('code = "1.2"', 'code = "1.1"', "“1.1” có hai lần"),
    "another axis than the definition's": (
        'axis = "competent"',
        'axis = "receiving"',
        "thu.toml, dòng 27, mục “axis”: định nghĩa on_time/resolved tính theo competent.",
    ),
    "an unknown block": ('"communes"', '"wards"', "mục “blocks”: không có “wards”"),
    "an unknown policy": ('empty = "none"', 'empty = "half"', "mục “empty”: không có “half”"),
    "unconfirmed without why": (
        'title = "Tỷ lệ đúng hạn"',
        'title = "Tỷ lệ đúng hạn"\nunconfirmed = true',
        "mục “why”: thiếu mục này.",
    ),
    "no evidence in words": (
        'evidence = "Danh sách hồ sơ"\nshape = "steps"',
        'evidence = ""\nshape = "steps"',
        "mục “evidence”: phải là chữ, không để trống.",
    ),
    "not TOML": ("version = 1", "version = ", "thu.toml: không phải TOML hợp lệ"),
    "a number in quotes": ("max = 8", 'max = "8"', "mục “max”: phải là một số, không phải “8”."),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_rubric_is_refused_in_one_sentence(what: str) -> None:
    good, bad, said = BAD[what]
    assert good in GOOD
    with pytest.raises(RulesFileError) as refused:
        read_rubric("thu.toml", GOOD.replace(good, bad, 1))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_everything_that_ships_loads_and_names_what_it_rests_on() -> None:
    assert set(rubrics()) == {
        *("bac-ninh-kpi", "ha-tinh-2023", "hai-phong-212-2025", "hoi-an-2025", "nd-307-2025"),
        *("par-index", "qd-25-2021", "qd-766", "tt-01-2018"),
    }
    for each in rubrics().values():
        assert each.source in sources()
        assert all(blocks()[name].level for name in each.blocks)
        for leaf in each.leaves():
            assert all(definition(name.partition("#")[0]) for name in leaf.measures)


def test_decision_766_has_its_six_groups() -> None:
    assert [area.most for area in rubric("qd-766").areas] == [18, 20, 12, 10, 22, 18]


def test_the_template_of_par_index_is_marked_value_by_value() -> None:
    template = rubric("par-index")
    assert template.unconfirmed
    assert all(leaf.unconfirmed for leaf in template.leaves() if not leaf.surveyed)
    assert sum(leaf.most for leaf in template.leaves() if leaf.surveyed) == 32
    assert sum((leaf.most for leaf in template.leaves()), Decimal(0)) == 100


def test_circular_01_2018_ends_with_its_last_day() -> None:
    def there(name: str, day: str) -> bool:
        return rubric(name) in rubrics_on(read_period(f"day:{day}").start)

    assert there("tt-01-2018", "2025-06-30")
    assert not there("tt-01-2018", "2025-07-01")
    assert there("qd-766", "2026-11-21")


def test_a_rubric_that_is_not_there() -> None:
    with pytest.raises(InputError, match="các bộ: bac-ninh-kpi"):
        rubric("par")


def test_a_shipped_rubric_with_any_line_broken_names_that_line() -> None:
    text = read_text(RULES / "rubrics" / "bac-ninh-kpi.toml")
    lines = text.splitlines()
    place = next(number for number, line in enumerate(lines, 1) if "days/late_3" in line)
    broken = text.replace("{ from = -7, to = -3, points = 75", "{ from = -6, to = -3, points = 75")
    with pytest.raises(RulesFileError, match=f"dòng {place}: thiếu khoảng từ −7 đến −6"):
        read_rubric("kpi.toml", broken)


def test_there_are_all_the_shapes() -> None:
    assert len(SHAPES) == 21  # of 24: blocks, gates and empty policies are of the whole

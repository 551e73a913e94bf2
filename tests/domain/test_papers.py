"""Papers told by many files, in many spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tthc.domain.errors import InputError
from tthc.domain.papers import OFFERED, USUAL, join_papers, read_sets, usual_papers
from tthc.domain.vietnamese import spoken

FORM, BIRTH = "Tờ khai theo mẫu", "Giấy chứng sinh"
LINES = st.lists(st.sampled_from([FORM, BIRTH, "tờ  khai, theo mẫu", "CMND", "Hộ chiếu", " "]))


def test_the_most_used_come_first_as_they_were_spelled_last() -> None:
    files = [f"{BIRTH}\ntờ khai theo mẫu.", FORM, f"{FORM}\n{FORM}\n{BIRTH}"]
    assert usual_papers(files) == ["tờ khai theo mẫu.", BIRTH]


def test_a_line_of_one_file_is_never_offered() -> None:
    """It may name its person, however often that file says it."""
    names = "Giấy khai sinh của Nguyễn Thị Một"
    assert usual_papers([f"{FORM}\n{names}\n{names}", FORM]) == [FORM]
    assert usual_papers([names]) == usual_papers([]) == []


@given(st.lists(LINES.map("\n".join), max_size=8))
def test_what_is_offered_was_handed_in_often_and_is_told_once(files: list[str]) -> None:
    offered = [spoken(each) for each in usual_papers(files)]
    within = [{spoken(line) for line in file.splitlines()} for file in files]
    counts = [sum(each in file for file in within) for each in offered]
    assert len(set(offered)) == len(offered) <= OFFERED
    assert all(n >= USUAL for n in counts)
    assert counts == sorted(counts, reverse=True)


@given(LINES)
def test_papers_ticked_and_typed_are_told_once_in_their_order(lines: list[str]) -> None:
    told = (join_papers(*lines) or "").splitlines()
    assert join_papers(*told) == ("\n".join(told) or None)
    assert [spoken(each) for each in told] == list(
        dict.fromkeys(spoken(each) for each in lines if each.strip())
    )


@pytest.mark.parametrize(("typed", "sets"), [("", None), (" 2 ", 2), ("99", 99)])
def test_sets(typed: str, sets: int | None) -> None:
    assert read_sets(typed) == sets


@pytest.mark.parametrize("typed", ["0", "-1", "100", "hai", "1.5", "٣", "9" * 9_000])
def test_what_is_no_number_of_sets(typed: str) -> None:
    with pytest.raises(InputError, match="từ 1 đến 99"):
        read_sets(typed)

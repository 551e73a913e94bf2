"""What a report's columns count, said in words: nothing of the conditions' own language is left."""

import re

import pytest

from tthc.rules.layouts import NAMES, layout
from tthc.rules.wording import say_condition

CODE = re.compile(r"[a-z]_[a-z]|\b(AND|OR|NOT|NULL|IN|IS|COALESCE)\b|[=<>:']\S|#")


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_said(name: str) -> None:
    asked = layout(name)
    texts = {each.counts for each in asked.columns if each.counts}
    texts |= {text for mapping in asked.mappings.values() for text in mapping.columns.values()}
    said = {say_condition(text) for text in texts}
    assert len(said) == len(texts), "two conditions are said alike"
    for words in said:
        assert not CODE.search(words), words
        assert words.count("“") == words.count("”") > 0


def test_the_words_carry_the_condition() -> None:
    assert say_condition("received_in AND NOT (late OR channel = 'post')") == (
        "“tiếp nhận trong kỳ” và không thuộc (“đã giải quyết quá hạn” hoặc “nộp qua bưu chính công "
        "ích”)"
    )
    assert say_condition("owes_letter_in AND cause = 'other'").endswith("khác”")

"""Text as people look for it: without accents, marks and capitals."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=16_384)  # names of the catalogue are compared at every key that is pressed
def fold(text: str) -> str:
    """`Đăng ký khai sinh` as `dang ky khai sinh`."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def holds_words(text: str, asked: str) -> bool:
    """Whether every word asked for begins a word of the text, or stands within one that has a dot
    or a digit, as codes do.
    """
    words = fold(text).split()
    return all(
        any(word.startswith(each) or (each in word and not each.isalpha()) for word in words)
        for each in fold(asked).split()
    )

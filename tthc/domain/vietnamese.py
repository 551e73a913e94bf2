"""Vietnamese as it is typed: tones on one vowel or another, abbreviations, no marks at all."""

import re
import unicodedata

TONES = "\u0300\u0301\u0303\u0309\u0323"
SHORT = {
    "ubnd": "ủy ban nhân dân",
    "tp": "thành phố",
    "tx": "thị xã",
    "tt": "thị trấn",
    "p": "phường",
    "q": "quận",
    "h": "huyện",
    "x": "xã",
    "t": "tỉnh",
}


def spoken(text: str) -> str:
    """Words in lower case without punctuation, each with its tone at the end of the word, so that
    “Hoà” and “Hòa” are one.
    """
    return " ".join(_tone_last(word) for word in _words(text))


def bare(text: str) -> str:
    """The same without any mark: “Hoà” and “Hoa” are one."""
    plain = unicodedata.normalize("NFD", " ".join(_words(text))).replace("đ", "d")
    return "".join(each for each in plain if not unicodedata.combining(each))


def spelled_out(text: str) -> str:
    """A unit's name with its abbreviations written out: “UBND P. Yên Hòa, TP. Hà Nội”."""
    return " ".join(SHORT.get(word, word) for word in _words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


def _tone_last(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    tones = "".join(each for each in apart if each in TONES)
    return unicodedata.normalize("NFC", "".join(e for e in apart if e not in TONES)) + tones

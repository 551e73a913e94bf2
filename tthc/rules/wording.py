"""What a report's column counts, in the words of an official."""

import re

from tthc.rules.causes import causes
from tthc.rules.files import RULES, read_toml
from tthc.rules.predicates import predicates

CAUSE = re.compile(r"cause = '(\w+)'")
AMONG = re.compile(r"cause IN \([^)]*\)")
NAME = re.compile(r"\b[a-z][a-z_0-9]*\b")
JOINTS = {" AND ": " và ", " OR ": " hoặc ", "NOT ": "không thuộc "}


def say_condition(text: str) -> str:
    """A condition of a layout, said: labels for the conditions that it names, words between them.

    "received_in AND NOT late" is “Tiếp nhận trong kỳ” và không thuộc “đã giải quyết quá hạn”.
    """
    words = read_toml(RULES / "layouts" / "wording.toml")
    said: list[str] = []

    def put(phrase: str) -> str:
        said.append(f"“{phrase[:1].lower()}{phrase[1:]}”")
        return f"#{len(said) - 1}#"  # out of reach of the other replacements

    text = CAUSE.sub(
        lambda one: put(words["causes"]["one"].format(name=causes()[one[1]].lower())), text
    )
    text = AMONG.sub(lambda _: put(words["causes"]["among"]), text)
    comparisons: dict[str, str] = words["comparisons"]
    longest_first = sorted(comparisons, key=len, reverse=True)
    known = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in longest_first))
    text = known.sub(lambda one: put(comparisons[one[0]]), text)
    labels = predicates()
    text = NAME.sub(lambda one: put(labels[one[0]].label) if one[0] in labels else one[0], text)
    for joint, word in JOINTS.items():
        text = text.replace(joint, word)
    return re.sub(r"#(\d+)#", lambda one: said[int(one[1])], text)

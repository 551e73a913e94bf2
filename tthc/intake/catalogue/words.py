"""The words of a decision's annex, as clerks write them, and ours for them."""

from tthc.intake.catalogue.sheet import RowProblems

LEVELS = {
    "central": ("trung ương", "bộ", "cấp bộ", "cấp trung ương"),
    "province": ("tỉnh", "cấp tỉnh"),
    "district": ("huyện", "cấp huyện"),
    "commune": ("xã", "cấp xã"),
}
PROCEDURE_LEVELS = {**LEVELS, "other": ("cơ quan khác",)}
KINDS = {
    "people_committee": ("ủy ban nhân dân", "ubnd"),
    "department": ("sở", "ban", "ngành"),
    "division": ("phòng",),
    "one_stop_centre": ("trung tâm phục vụ hành chính công", "bộ phận một cửa"),
    "branch": ("chi nhánh",),
    "reception_point": ("điểm tiếp nhận",),
    "land_registration_branch": ("chi nhánh văn phòng đăng ký đất đai",),
    "central_agency": ("cơ quan trung ương", "cơ quan ngành dọc"),
}
CHANNELS = {
    "counter": ("trực tiếp",),
    "online": ("trực tuyến",),
    "post": ("bưu chính công ích", "bưu chính", "bưu điện"),
}
BASES: dict[str, tuple[str, ...]] = {"statutory": ("luật định",), "committed": ("cam kết",)}
YES_NO: dict[str, tuple[str, ...]] = {"yes": ("có",), "no": ("không",)}


def read_word(
    problems: RowProblems, column: str, text: str, words: dict[str, tuple[str, ...]]
) -> str | None:
    """Our word for a clerk's; None, and a problem, where it is none of them. Blank is None."""
    said = " ".join(text.lower().split())
    for ours, theirs in words.items():
        if said == ours or said in theirs:
            return ours
    if said:
        known = ", ".join(theirs[0] for theirs in words.values())
        problems.add(f"cột {column}: “{text}” phải là một trong: {known}")
    return None


def read_words(
    problems: RowProblems, column: str, text: str, words: dict[str, tuple[str, ...]]
) -> list[str]:
    """Several words, separated by semicolons or commas."""
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    found = [read_word(problems, column, part.strip(), words) for part in parts]
    return [word for word in words if word in found]

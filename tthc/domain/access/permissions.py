"""What can be allowed: acts on a case, and rooms."""

from enum import StrEnum


class Permission(StrEnum):
    """What can be allowed: acts on a case by the names that the API gives them, and rooms."""

    # acts on a case
    RECEIVE = "receive"
    RECEIVE_IMMEDIATE = "immediate"
    ACCEPT = "accept"
    DECLINE = "decline"
    START = "start"
    SUSPEND = "suspend"
    CHARGE = "charge"
    RESUME = "resume"
    EXTEND = "extend"
    TRANSFER = "transfer"  # files to the unit or officer that have the case
    MOVE = "move"  # the case to another competent unit
    TAKE_OVER = "take_over"
    PAY = "pay"
    RESOLVE = "resolve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    STOP = "stop"
    CLOSE = "close"
    NOTE = "note"
    EXPLAIN = "explain"
    CORRECT = "correct"
    ERASE = "erase"
    DRAFT_LETTER = "draft_letter"
    APPROVE_LETTER = "approve_letter"
    ISSUE_LETTER = "issue_letter"
    SEND_LETTER = "send_letter"
    # rooms
    READ_CASES = "read_cases"
    READ_IDENTITY = "read_identity"
    READ_FIGURES = "read_figures"
    COUNT_CASES = "count_cases"
    READ_SIGNALS = "read_signals"
    PREVIEW_CALENDAR = "preview_calendar"
    EXPLAIN_PERIOD = "explain_period"
    READ_SCORES = "read_scores"
    KEEP_SCORES = "keep_scores"
    SCORE = "score"
    APPRAISE = "appraise"
    APPROVE = "approve"
    PUBLISH = "publish"
    READ_TRACES = "read_traces"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_CATALOGUE = "manage_catalogue"
    IMPORT = "import"
    PORTAL = "portal"

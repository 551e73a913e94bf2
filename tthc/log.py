"""Where the programs write what they did: one line of JSON on stderr, or a readable one to people.

Lines carry no personal data: callers name the fields, and never pass a form or a header on; a
trace of an error tells where it was, not what the variables held.
"""

import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_TRACES = ExceptionDictTransformer(show_locals=False)


def write_logs() -> None:
    """Set the log up for this process."""
    readable = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if readable else [structlog.processors.ExceptionRenderer(_TRACES)]),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if readable
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )

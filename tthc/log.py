"""Where the programs write what they did: one line of JSON on stderr, or a readable one to people.

Lines carry no personal data: callers name the fields, and never pass a form or a header on.
"""

import sys

import structlog


def write_logs() -> None:
    """Set the log up for this process."""
    readable = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if readable else [structlog.processors.dict_tracebacks]),
            structlog.dev.ConsoleRenderer()
            if readable
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )

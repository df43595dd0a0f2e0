"""One JSON object per line on standard output, with the trace it belongs to; gunicorn's own lines included."""

from __future__ import annotations

import logging
import logging.config
import os
from typing import Any

import structlog

from service import tracing
from service.settings import SERVICE_NAME


def _identify(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    event["service"] = SERVICE_NAME
    event["pid"] = os.getpid()
    if span := tracing.current.get():
        event["trace_id"] = span.trace_id
        event["span_id"] = span.span_id
        if span.parent_id:
            event["parent_id"] = span.parent_id
    return event


_SHARED: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    _identify,
]


def logging_config() -> dict[str, Any]:
    """The standard library's configuration; gunicorn takes it too."""
    level = os.environ.get("LOG_LEVEL", "INFO").upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.dict_tracebacks,
                    structlog.processors.EventRenamer("message"),
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
        "root": {"level": level, "handlers": ["stdout"]},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": ["stdout"], "propagate": False},
            "httpx": {"level": "WARNING"},
        },
    }


def configure() -> None:
    """Make every logger of this process speak JSON."""
    logging.config.dictConfig(logging_config())
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )

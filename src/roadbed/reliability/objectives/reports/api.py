"""Reports over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.reliability.objectives.reports.queries import Wish, report
from roadbed.reliability.objectives.reports.schemas import ReportFilters, ReportOut

router = Router(tags=["reports"])


@router.get("/reports", response=ReportOut)
def show_report(request: HttpRequest, asked: Query[ReportFilters]) -> Any:
    """A week, month, quarter, year or any stretch of a service, system, team, journey or the organization."""
    authorise(caller(request), "read")
    return report(Wish(**asked.dict()), now=timezone.now())

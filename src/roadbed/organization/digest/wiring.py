"""What digests register with the ground: a switch on a team's page, and how a demo leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from roadbed.ground.demo import forgetting
from roadbed.ground.people.rules import may
from roadbed.ground.shell import blocks, doors
from roadbed.organization.digest import queries
from roadbed.organization.digest.forgetting import forget

if TYPE_CHECKING:
    from django.http import HttpRequest


def wire() -> None:
    """Hang them in."""
    forgetting.register("digest", forget)
    blocks.add(blocks.TEAM, "digest", _switch)


def _switch(request: HttpRequest, name: str) -> SafeString:
    may_write = may(doors.caller(request), "digest.team", team=name).allowed
    context = {"name": name, "wanted": queries.team_wants(name), "may_write": may_write}
    return SafeString(render_to_string("digest/team.html", context, request))

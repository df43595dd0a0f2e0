"""The room's place in the sidebar, for who may see what it holds, and how it forgets a demo."""

from __future__ import annotations

from django.http import HttpRequest

from roadbed.ground.demo import forgetting
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller, may
from roadbed.ground.shell import nav
from roadbed.ground.subscriptions.forgetting import forget
from roadbed.ground.subscriptions.queries import VERB


def wire() -> None:
    """Hang it in."""
    nav.add(nav.Entry("Subscriptions", "send", "subscriptions:list", course="platform", shown=_may_write, rank=1))
    # After the ledger, whose facts a delivery names.
    forgetting.register("subscriptions", forget, when=forgetting.FACTS)


def _may_write(request: HttpRequest) -> bool:
    person = request.user
    # The role decides alone, so that no page asks for the teams.
    return isinstance(person, Person) and may(Caller(person.uid, person.name, person.role), VERB).allowed

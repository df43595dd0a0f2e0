"""`roadbed flags list|create|set|archive|evaluate`: what of a service is on, for whom, and why."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from roadbed.cli import client, output
from roadbed.cli.output import Json
from roadbed.ground.errors import NotFound, Refusal

Service = Annotated[str, typer.Argument(help="The service's name in the catalogue.")]
Key = Annotated[str, typer.Argument(help="The flag's key, like eta-v2.")]
Environment = Annotated[str, typer.Option("--environment", "-e", help="Where; production unless told otherwise.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; it stands in the history and in incidents.")]

app = typer.Typer(help="Feature flags, read by services through OpenFeature.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Hang the commands into the root."""
    root.add_typer(app, name="flags")


def _address(service: str, key: str = "") -> str:
    whole = f"/services/{quote(service, safe='')}/flags"
    return f"{whole}/{quote(key, safe='')}" if key else whole


@app.command("list")
def list_flags(
    service: Annotated[str | None, typer.Argument(help="Only of this service.")] = None,
    owner: Annotated[str, typer.Option(help="Only of this team's services.")] = "",
    *,
    archived: Annotated[bool, typer.Option("--archived", help="Of a service: archived ones too.")] = False,
    json: Json = False,
) -> None:
    """List flags and what each is set to in every environment."""
    api = client.api()
    found = api.get(_address(service), archived=archived) if service else api.all("/flags", owner=owner)
    rows = [(one["key"], one["service"], one["kind"], _states(one), one["description"] or None) for one in found]
    empty = "There are no flags. `roadbed flags create SERVICE KEY` makes one."
    output.show(found, json, output.table(("Flag", "Service", "Kind", "Set to", "For"), rows, empty=empty))


def _states(flag: dict[str, Any]) -> str:
    if flag["archived_at"]:
        return "archived"
    return ", ".join(f"{one['environment']} {one['state']}" for one in flag["states"])


@app.command("create")
def create_flag(
    service: Service,
    key: Key,
    kind: Annotated[str, typer.Option(help="boolean, or percentage: on for a share of users.")] = "boolean",
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    *,
    json: Json = False,
) -> None:
    """Make a flag; until it is set, the code's own default stands everywhere."""
    made = client.api().post(_address(service), {"key": key, "kind": kind, "description": description})
    said = f"{key} is made. `roadbed flags set {service} {key} on --reason …` sets it in production."
    output.show(made, json, output.say(said))


@app.command("set")
def set_flag(
    service: Service,
    key: Key,
    state: Annotated[str, typer.Argument(help="on, off, 25%, or default: the code's own value.")],
    reason: Reason,
    *,
    environment: Environment = "production",
    expected: Annotated[str | None, typer.Option(help="Refuse unless it is set to this now.")] = None,
    json: Json = False,
) -> None:
    """Set a flag in one environment: `roadbed flags set checkout eta-v2 25% --reason "canary was quiet"`."""
    body = {"state": state, "reason": reason, "expected": expected}
    done = client.api().put(f"{_address(service, key)}/environments/{quote(environment, safe='')}", body)
    now = next((one["state"] for one in done["states"] if one["environment"] == environment), "default")
    output.show(done, json, output.say(f"{key} is set to {now} in {environment}. Services get it within 1 s."))


@app.command("archive")
def archive_flag(service: Service, key: Key, reason: Reason, *, json: Json = False) -> None:
    """End a flag: services that still ask get the code's default; the key is not given again."""
    done = client.api().post(f"{_address(service, key)}/archive", {"reason": reason})
    output.show(done, json, output.say(f"{key} is archived."))


@app.command("evaluate")
def evaluate(
    service: Service,
    key: Annotated[str | None, typer.Argument(help="The flag; all of the service's without.")] = None,
    targeting_key: Annotated[str | None, typer.Option("--targeting-key", "-t", help="For whom it is asked.")] = None,
    environment: Environment = "production",
    *,
    json: Json = False,
) -> None:
    """What a service gets when it asks for its flags, by the protocol that it asks with."""
    context = {} if targeting_key is None else {"targetingKey": targeting_key}
    answered = _ask(service, environment, key, context)
    rows = [
        (one["key"], _value(one), one.get("reason") or one.get("errorCode"), one.get("errorDetails") or "")
        for one in (answered["flags"] if key is None else [answered])
    ]
    head = ("Flag", "Value", "Reason", "")
    output.show(answered, json, output.table(head, rows, empty=f"{service} has no flags."))


def _value(answer: dict[str, Any]) -> str:
    if "errorCode" in answer:
        return "No data"
    return str(answer["value"]).lower() if "value" in answer else "the code's default"


def _ask(service: str, environment: str, key: str | None, context: dict[str, str]) -> Any:
    api = client.api()
    path = f"{api.url}/ofrep/v1/evaluate/flags" + (f"/{quote(key, safe='')}" if key else "")
    place = f"service={quote(service, safe='')}&environment={quote(environment, safe='')}"
    try:
        return api.post(f"{path}?{place}", {"context": context})
    except client.ServerRefused as refusal:
        # The protocol has its own form of errors; they are told like any other.
        problem = refusal.problem
        if "errorDetails" not in problem:
            raise
        kind = NotFound if problem.get("errorCode") == "FLAG_NOT_FOUND" else Refusal
        raise kind(str(problem["errorDetails"])) from None

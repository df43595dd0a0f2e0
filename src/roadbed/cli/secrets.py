"""`roadbed secrets set|list|remove`; a value comes from standard input or a prompt, never from an argument."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from roadbed.cli import client, output
from roadbed.cli.output import Json
from roadbed.ground.errors import Invalid, Place

Service = Annotated[str, typer.Argument(help="The service's name in the catalogue.")]
Name = Annotated[str, typer.Argument(help="The secret's name, like API_TOKEN.")]
Environment = Annotated[str, typer.Option("--environment", "-e", help="Where; production unless told otherwise.")]

app = typer.Typer(help="Values that a service needs and nobody reads.", no_args_is_help=True)


@app.command("set")
def set_secret(service: Service, name: Name, environment: Environment = "production", json: Json = False) -> None:  # noqa: FBT002
    """Keep a value: `printf %s "$TOKEN" | roadbed secrets set checkout API_TOKEN`. The next deployment uses it."""
    body = {"value": _value(name), "environment": environment}
    written = client.api().put(f"/services/{service}/secrets/{name}", body)
    words = f"{name} has a value, version {written['version']}. `roadbed deploy {service}` gives it to the service."
    output.show(written, json, output.say(words))


def _value(name: str) -> str:
    if sys.stdin.isatty():
        value: str = typer.prompt(f"Value of {name}", hide_input=True, confirmation_prompt=True)
    else:
        try:
            value = sys.stdin.buffer.read().decode("utf-8")
        except UnicodeDecodeError:
            raise Invalid(
                "The value is not UTF-8 text.", remedy="Encode it, as with base64.", place=Place(field="value")
            ) from None
        # A shell's echo ends with a newline, which no token has; more of them belong to the value.
        value = value.removesuffix("\n").removesuffix("\r")
    if not value:
        raise Invalid("The value is empty.", remedy="Pipe it in, or type it.", place=Place(field="value"))
    return value


@app.command("list")
def list_secrets(
    service: Service,
    environment: Annotated[str | None, typer.Option("--environment", "-e", help="Only there.")] = None,
    json: Json = False,  # noqa: FBT002 - typer's form
) -> None:
    """Names, versions, who wrote them and when; never a value."""
    shown = client.api().get(f"/services/{service}/secrets", environment=environment)
    rows = [
        (one["environment"], one["name"], one["version"], one["written_at"], one["written_by"], one["used_at"])
        for one in shown["items"]
    ]
    head = ("environment", "name", "version", "written", "by", "last deployed")
    output.show(shown, json, output.table(head, rows, empty=f"{service} has no secrets."))


@app.command("remove")
def remove_secret(service: Service, name: Name, environment: Environment = "production", json: Json = False) -> None:  # noqa: FBT002
    """Forget a secret's values; what runs keeps its own until it is deployed again."""
    client.api().delete(f"/services/{service}/secrets/{name}?environment={environment}")
    output.show({"removed": name}, json, output.say(f"{name} is removed from {environment}."))


@app.command("key")
def show_key(json: Json = False) -> None:  # noqa: FBT002 - typer's form
    """Show the public half of the master key, and whether a former one still opens, as an admin."""
    shown = client.api().get("/secrets/key")
    former = f"; {shown['former']} before it still open" if shown["former"] else ""
    output.show(shown, json, output.say(f"{shown['public']}{former}." if shown["public"] else "Nothing is sealed yet."))


@app.command("rotate-key")
def rotate_key(json: Json = False) -> None:  # noqa: FBT002 - typer's form
    """Make a new master key and seal everything to it, as an admin; back up `secrets.key` then."""
    done = client.api().post("/secrets/key/rotate")
    words = f"{sum(done['renewed'].values())} values are sealed to the new key. Back up secrets.key now."
    output.show(done, json, output.say(f"{words} `roadbed secrets forget-keys` ends the former one."))


@app.command("forget-keys")
def forget_keys(json: Json = False) -> None:  # noqa: FBT002 - typer's form
    """End the former master keys, as an admin. Backups from before the rotation need them."""
    done = client.api().delete("/secrets/key/former")
    output.show(done, json, output.say("The newest key alone opens now."))


def register(root: typer.Typer) -> None:
    """Hang the commands into the root."""
    root.add_typer(app, name="secrets")

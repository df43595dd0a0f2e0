"""Finding the Roadbed that one talks to, and talking to it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roadbed.cli.output import err
from roadbed.ground.errors import Refusal

if TYPE_CHECKING:
    import httpx

_chosen_data: str | None = None


def choose_data(folder: str | None) -> None:
    """Remember `--data` for this run."""
    global _chosen_data
    _chosen_data = folder


def data_folder() -> Path:
    """`--data`, else ROADBED_DATA, else the folder that the last `roadbed up` of this user used, else the default."""
    if given := (_chosen_data or os.environ.get("ROADBED_DATA")):
        return Path(given).expanduser().absolute()
    pointer = pointer_file()
    if pointer.is_file() and (recorded := pointer.read_text().strip()):
        return Path(recorded)
    if os.geteuid() == 0:
        return Path("/var/lib/roadbed")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "roadbed"


def pointer_file() -> Path:
    """Where `roadbed up` notes its data folder for the CLI of the same user."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "roadbed" / "data"


class Unreachable(Refusal):
    """No Roadbed answers."""

    status = 503
    code = "unreachable"


class ServerRefused(Refusal):
    """The server's own problem document, as it came."""

    def __init__(self, problem: dict[str, Any]) -> None:
        from roadbed.ground.errors import Place

        super().__init__(
            str(problem.get("detail", "The server refused.")),
            remedy=str(problem.get("remedy", "")),
            place=Place(
                file=str(problem.get("file", "")), line=problem.get("line"), field=str(problem.get("field", ""))
            ),
            others=tuple(ServerRefused(error) for error in problem.get("errors", ()) if isinstance(error, dict)),
        )
        self.problem = problem
        self.http_status = int(problem.get("status", 0))

    def as_problem(self) -> dict[str, object]:
        return dict(self.problem)


@dataclass(frozen=True, slots=True)
class Access:
    """Where the server is and what opens it."""

    url: str
    token: str


def access() -> Access:
    """ROADBED_URL with ROADBED_TOKEN, else what `roadbed up` left in the data folder.

    Raises:
        Unreachable: when neither is there.
    """
    if url := os.environ.get("ROADBED_URL"):
        return Access(url=url.rstrip("/"), token=os.environ.get("ROADBED_TOKEN", ""))
    path = data_folder() / "client.json"
    own = pointer_file().with_name("client.json")
    if not os.access(path, os.R_OK) and own.is_file() and _chosen_data is None:
        path = own  # root's Roadbed, started by this user through sudo
    try:
        known = json.loads(path.read_text())
        return Access(url=str(known["url"]), token=str(known["token"]))
    except FileNotFoundError:
        raise Unreachable(
            f"There is no Roadbed in {path.parent}.",
            remedy="Start one with `roadbed up`, or set ROADBED_URL and ROADBED_TOKEN.",
        ) from None
    except PermissionError:
        raise Unreachable(
            f"{path} belongs to another user.",
            remedy="Set ROADBED_URL and ROADBED_TOKEN; `roadbed token create` makes a token.",
        ) from None
    except (ValueError, KeyError):
        raise Unreachable(f"{path} is damaged.", remedy="`roadbed up` writes it anew.") from None


class Api:
    """The API under /api/v1; every refusal is raised as ServerRefused."""

    def __init__(self, reach: Access, *, timeout: float = 30.0) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {reach.token}"} if reach.token else {}
        self.url = reach.url
        # A command is a few requests, so that none leaves a connection open behind it.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(
            base_url=f"{reach.url}/api/v1", headers=headers, timeout=timeout, trust_env=False, limits=limits
        )
        self._told = False

    def get(self, path: str, **params: Any) -> Any:
        """GET; parameters that are None are left out."""
        return self._send("GET", path, params={k: v for k, v in params.items() if v is not None})

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        """POST a JSON body; with `key`, sent as Idempotency-Key."""
        return self._send("POST", path, json=body if body is not None else {}, key=key)

    def send(self, path: str, body: bytes, *, params: dict[str, Any]) -> Any:
        """POST a file that gzip packed."""
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/xml"}
        return self._send("POST", path, content=body, params=params, more=headers)

    def put(self, path: str, body: Any) -> Any:
        """PUT a JSON body."""
        return self._send("PUT", path, json=body)

    def patch(self, path: str, body: Any) -> Any:
        """PATCH with a JSON body."""
        return self._send("PATCH", path, json=body)

    def delete(self, path: str, **params: Any) -> Any:
        """DELETE."""
        return self._send("DELETE", path, params=params or None)

    def all(self, path: str, **params: Any) -> list[Any]:
        """Every item of a list that pages by cursor."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            page = self.get(path, cursor=cursor, **params)
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items

    def _send(
        self, method: str, path: str, *, key: str = "", more: dict[str, str] | None = None, **options: Any
    ) -> Any:
        import httpx

        headers = ({"Idempotency-Key": key} if key else {}) | (more or {})
        try:
            response = self._http.request(method, path, headers=headers, **options)
        except httpx.HTTPError as fault:
            raise Unreachable(
                f"No Roadbed answers at {self.url} ({type(fault).__name__}).",
                remedy="Start it with `roadbed up`; `roadbed doctor` says what is wrong.",
            ) from None
        answer = _read(response)
        self._tell_what_waits()
        return answer

    def _tell_what_waits(self) -> None:
        """There is contact: tell of changes that went out while there was none. A failure leaves them for next time."""
        from roadbed.cli import journal

        if self._told:
            return
        self._told = True
        with contextlib.suppress(Refusal, OSError):
            told = journal.report(self.url, lambda uses: self.post("/gate/unreachable", {"uses": uses}))
            if told:
                times = "once" if told == 1 else f"{told} times"
                err.print(f"Told Roadbed that a change went out without its answer {times}.")
        with contextlib.suppress(Refusal, OSError):
            if steps := journal.report_steps(self.url, lambda step: self.post(str(step["path"]), step["body"])):
                err.print(f"Told Roadbed of {steps} step{'s' if steps > 1 else ''} that ran without it.")


def _read(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else None
    try:
        problem = response.json()
    except ValueError:
        problem = {"detail": f"The server answered {response.status_code} without a reason."}
    problem.setdefault("status", response.status_code)
    raise ServerRefused(problem)


def api(*, timeout: float = 30.0) -> Api:
    """The API of the Roadbed that this run talks to."""
    return Api(access(), timeout=timeout)

"""What Roadbed needs of whatever runs a step of a runbook beside a service: its own user, limits, a way to end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

ENDED, TIMED_OUT, STOPPED = "ended", "timed-out", "stopped"


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step to run.

    Attributes:
        run: the run's uid, which names its folder.
        workload: the runtime's name of the service beside which it runs.
        shell: sh or bash.
        script: what the shell is given; values come by the environment and never in here.
        environment: parameters, and secrets that the step names; given to the process and written nowhere.
        seconds: how long it may take.
    """

    run: str
    workload: str
    shell: str
    script: str
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How it ended: by itself with an exit code (negative: the signal), out of time, or stopped by somebody."""

    how: str
    exit_code: int | None
    seconds: float


class StepRunner(Protocol):
    """A place where steps run. Every method may raise RuntimeFailure."""

    def refusal(self) -> str:
        """Why no step can be run here, as one sentence; empty where they can."""

    def user_of(self, workload: str) -> str:
        """The Unix user that steps beside this workload run as; it need not be there yet."""

    def prepare(self, run: str, workload: str) -> Path:
        """An empty folder in which the step begins; the caller may fill it before `run`."""

    def run(self, spec: StepSpec, *, output: Callable[[bytes], None], stop: Callable[[], bool]) -> StepEnd:
        """Run it to its end. `output` gets what it prints; `stop` is asked about twice a second."""

    def clean(self, run: str, workload: str) -> bool:
        """End whatever is left of steps beside this workload and remove the folder; whether anything still ran."""

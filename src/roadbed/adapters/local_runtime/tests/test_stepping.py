"""Steps of runbooks as really running processes: whose they are, what they see, how they end, what is left of them."""

from __future__ import annotations

import pwd
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roadbed.adapters.local_runtime import Layout, LocalSteps, launcher, stepping
from roadbed.adapters.local_runtime.stepping import _pids, _uid
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.ground.ports.steps import StepEnd, StepSpec


@dataclass
class Bench:
    """Steps beside one workload, with what they printed."""

    steps: LocalSteps
    workload: str
    printed: bytearray = field(default_factory=bytearray)

    def run(
        self, script: str, *, shell: str = "sh", seconds: float = 20.0, stop: Callable[[], bool] = lambda: False,
        **environment: str,
    ) -> StepEnd:  # fmt: skip
        run = uuid.uuid4().hex
        folder = self.steps.prepare(run, self.workload)
        (folder / "tool.sh").write_text("#!/bin/sh\necho tool of the repository\n")
        (folder / "tool.sh").chmod(0o755)
        spec = StepSpec(run, self.workload, shell, script, environment, seconds)
        try:
            return self.steps.run(spec, output=self.printed.extend, stop=stop)
        finally:
            self.steps.clean(run, self.workload)

    @property
    def said(self) -> str:
        return self.printed.decode()

    def left(self) -> list[int]:
        uid = pwd.getpwnam(self.steps.user_of(self.workload)).pw_uid
        return [pid for pid in _pids() if _uid(pid) == uid and launcher.start_ticks(pid) is not None]


@pytest.fixture(scope="module")
def shop() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="rb-steps-") as folder:
        Path(folder).chmod(0o711)
        made = Bench(LocalSteps(Layout(Path(folder))), f"shop-{uuid.uuid4().hex[:6]}")
        try:
            yield made
        finally:
            made.steps.forget(made.workload)


@pytest.fixture
def bench(shop: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(stepping, "GRACE_SECONDS", 0.5)
    shop.printed.clear()
    return shop


def test_where_roadbed_is_not_root_nothing_runs_and_it_says_so(tmp_path: Path):
    steps = LocalSteps(Layout(tmp_path, isolate=False))
    assert "does not run as root" in steps.refusal()
    with pytest.raises(RuntimeFailure, match="root"):
        steps.prepare("a1", "shop")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.root
def test_a_step_runs_as_a_user_of_its_own_and_sees_its_parameters_and_nothing_of_ours(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OF_ROADBED", "a secret of ours")
    secret = bench.steps.layout.data / "secrets.key"
    secret.write_text("key")
    secret.chmod(0o600)
    end = bench.run(
        f'id -un; pwd; ./tool.sh; printf "<%s>\\n" "$PARAM_WHO"; env | sort; '
        f"grep NoNewPrivs /proc/self/status; cat {secret} || echo cannot",
        PARAM_WHO="$(id) `id` ; a b",
    )
    assert (end.how, end.exit_code) == ("ended", 0)
    lines = bench.said.splitlines()
    assert lines[0] == f"rb-{bench.workload}-steps"
    assert lines[1].endswith("/files")
    assert lines[2:4] == ["tool of the repository", "<$(id) `id` ; a b>"]
    assert "OF_ROADBED" not in bench.said
    assert "NoNewPrivs:\t1" in bench.said
    assert lines[-1] == "cannot"
    assert not any(bench.steps.layout.root.joinpath("steps", bench.workload).iterdir())


@pytest.mark.root
def test_it_ends_as_its_script_ends(bench: Bench):
    ends = [bench.run(script) for script in ("exit 7", "false; echo not reached", "kill -9 $$")]
    assert [(end.how, end.exit_code) for end in ends] == [("ended", 7), ("ended", 1), ("ended", -9)]
    assert bench.said == ""


@pytest.mark.root
def test_out_of_time_it_is_ended_with_everything_that_it_began(bench: Bench):
    # The second process leaves the group, the session and its environment behind; its user gives it away.
    end = bench.run("setsid env -i /bin/sleep 60 & echo begun; exec sleep 60", seconds=0.3)
    assert (end.how, end.exit_code, bench.said) == ("timed-out", None, "begun\n")
    assert bench.left() == []


@pytest.mark.root
def test_it_is_stopped_when_somebody_says_so_even_if_it_will_not_hear(bench: Bench):
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return b"ready" in bench.printed

    end = bench.run("trap 'echo no' TERM; echo ready; while :; do sleep 0.1; done", stop=stop, seconds=30)
    assert end.how == "stopped"
    assert asked
    assert end.seconds < 20
    assert bench.left() == []


@pytest.mark.root
def test_what_a_dead_worker_left_is_ended_by_the_next(bench: Bench):
    run = uuid.uuid4().hex
    bench.steps.prepare(run, bench.workload)
    uid = pwd.getpwnam(bench.steps.user_of(bench.workload)).pw_uid
    left = subprocess.Popen(["/bin/sleep", "60"], user=uid, extra_groups=[])
    assert bench.steps.clean(run, bench.workload) is True
    assert left.wait() == -9
    assert bench.steps.clean(run, bench.workload) is False

"""Services as Unix users of their own: neither Roadbed's files nor their neighbours' are theirs to read or change."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from roadbed.adapters.local_runtime import accounts, programs
from roadbed.adapters.local_runtime.tests.stage import Stage
from roadbed.ground.ports.runtime import Resources, RuntimeFailure

pytestmark = pytest.mark.root


def test_a_service_runs_as_its_own_user_with_no_way_to_more(isolated: Stage):
    isolated.deploy(1)
    me = json.loads(isolated.get("/whoami")[1])
    account = accounts.find(isolated.name, isolated.layout.home(isolated.name))
    assert me["uid"] == account.uid
    assert me["groups"] in ([], [account.gid])
    assert "NoNewPrivs:\t1" in me["status"]
    assert me["cwd"] == str(isolated.folder(1) / "app")
    assert isolated.runtime.status(isolated.name).user == f"rb-{isolated.name}"


def test_a_build_runs_as_the_service_s_user(isolated: Stage):
    isolated.build(isolated.spec(1, build="id -un"))
    assert ("build", f"rb-{isolated.name}") in isolated.said


def test_a_service_reads_no_neighbour_and_nothing_of_roadbed(isolated: Stage):
    other = f"{isolated.name}-b"
    isolated.deploy(1)
    isolated.deploy(1, workload=other, environment={"API_KEY": "of the neighbour"})
    ours, theirs = isolated.folder(1), isolated.folder(1, workload=other)
    ledger = isolated.layout.data / "roadbed.db"
    ledger.write_text("records")
    ledger.chmod(0o600)
    forbidden = [
        ours / "environment.json",
        ours / "program.json",
        theirs / "environment.json",
        theirs / "program.json",
        theirs / "manifest.json",
        theirs / "app" / "service.py",
        isolated.layout.workload(other) / "logs" / "v1.log",
        isolated.layout.daemon / "supervisord.conf",
        isolated.layout.edge / "haproxy.cfg",
        isolated.layout.journal,
        ledger,
    ]
    for path in forbidden:
        assert path.exists(), path
        assert isolated.get(quote(f"/read{path}")) == (403, "Permission denied"), path
    neighbour = isolated.pid(1, workload=other)
    assert isolated.get(f"/read/proc/{neighbour}/environ") == (403, "Permission denied")


def test_a_service_reads_its_own_code_so_the_refusals_above_mean_something(isolated: Stage):
    isolated.deploy(1)
    assert isolated.get(quote(f"/read{isolated.folder(1)}/app/service.py"))[0] == 200


def test_a_service_lists_no_folder_of_ours_and_writes_in_none(isolated: Stage):
    isolated.deploy(1)
    workload = isolated.layout.workload(isolated.name)
    for folder in (isolated.layout.root, isolated.layout.workloads, workload, isolated.folder(1), isolated.layout.edge):
        assert isolated.get(quote(f"/list{folder}")) == (403, "Permission denied"), folder
        assert isolated.get(quote(f"/write{folder}/new")) == (403, "Permission denied"), folder
    for path in (isolated.folder(1) / "app" / "service.py", isolated.folder(1) / "app" / "new"):
        assert isolated.get(quote(f"/write{path}")) == (403, "Permission denied"), path
    assert isolated.get(quote(f"/write{workload}/home/state")) == (200, "written")


def test_built_files_are_sealed(isolated: Stage):
    isolated.deploy(1, build="mkdir lib && cp service.py lib && chmod 777 lib")
    app = isolated.folder(1) / "app"
    assert ((app / "lib").stat().st_uid, (app / "lib").stat().st_mode & 0o777) == (0, 0o750)
    assert (app.stat().st_uid, app.stat().st_mode & 0o777) == (0, 0o750)
    assert ((app / "service.py").stat().st_uid, (app / "service.py").stat().st_mode & 0o027) == (0, 0)


def test_sealing_touches_only_files_that_are_the_service_s(isolated: Stage, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.write_text("not the service's")
    outside.chmod(0o600)
    isolated.fill(isolated.spec(1))
    account = programs.account_for(isolated.layout, isolated.name)
    app = isolated.folder(1) / "app"
    programs.give(app, account)
    os.link(outside, app / "hard")
    (app / "soft").symlink_to(outside)
    programs.seal(app, account)
    assert (outside.stat().st_uid, outside.stat().st_gid, outside.stat().st_mode & 0o777) == (0, 0, 0o600)


def test_limits_hold(isolated: Stage):
    isolated.deploy(1, resources=Resources(memory_mb=200, open_files=256, processes=64))
    limits = isolated.get(f"/read/proc/{isolated.pid()}/limits")[1]
    rows = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()[1:]}
    assert rows["Max data size"] == str(200 * 1024 * 1024)
    assert rows["Max open files"] == "256"
    assert rows["Max processes"] == "64"
    assert rows["Max core file size"] == "0"


def test_long_names_get_users_that_differ():
    home = Path("/var/lib/roadbed/home")
    one, other = accounts.names_for("a" * 40 + "-one", home), accounts.names_for("a" * 40 + "-two", home)
    assert one[0] != other[0]
    assert max(len(name) for name in one + other) <= 32
    assert accounts.names_for("checkout", home)[0] == "rb-checkout"


def test_a_release_runs_after_its_data_folder_was_moved(isolated: Stage):
    from dataclasses import replace

    from roadbed.adapters.local_runtime import LocalRuntime

    isolated.deploy(1, build="mkdir lib && mv service.py lib", run="exec /usr/bin/python3 lib/service.py")
    isolated.deploy(2)
    isolated.runtime.shut_down()
    former = accounts.find(isolated.name, isolated.layout.home(isolated.name))
    moved = isolated.layout.data / "moved"
    moved.mkdir()
    isolated.layout.root.rename(moved / "runtime")
    old, isolated.layout = isolated.layout, replace(isolated.layout, data=moved)
    isolated.runtime = LocalRuntime(isolated.layout)
    isolated.roll_back()
    assert isolated.get() == (200, "v1")
    assert json.loads(isolated.get("/whoami")[1])["uid"] != former.uid
    accounts.drop(isolated.name, old.home(isolated.name))


def test_two_data_folders_on_one_machine_share_no_user(isolated: Stage):
    from roadbed.adapters.local_runtime.tests.stage import staged

    isolated.deploy(1)
    with staged(isolate=True) as other:
        other.name = isolated.name
        other.deploy(1)
        assert other.runtime.status(other.name).user != isolated.runtime.status(isolated.name).user
        other.runtime.remove(other.name)
    assert isolated.get() == (200, "v1")
    assert isolated.runtime.status(isolated.name).user == f"rb-{isolated.name}"


def test_a_removed_workload_takes_its_user_with_it(isolated: Stage):
    isolated.deploy(1)
    isolated.runtime.remove(isolated.name)
    assert accounts.find(isolated.name, isolated.layout.home(isolated.name)) is None


def test_a_data_folder_that_services_cannot_reach_is_refused(isolated: Stage):
    from dataclasses import replace

    from roadbed.adapters.local_runtime import LocalRuntime

    closed = isolated.layout.data / "closed"
    closed.mkdir(mode=0o700)
    (closed / "data").mkdir()
    runtime = LocalRuntime(replace(isolated.layout, data=closed / "data"))
    with pytest.raises(RuntimeFailure, match="lets no other user through") as refused:
        runtime.ensure_running()
    assert f"chmod o+x {closed}" in refused.value.remedy


def test_where_services_have_no_user_of_their_own_it_is_said(stage: Stage):
    stage.deploy(1)
    me = accounts.own().name
    assert ("start", f"No Unix user of its own: {stage.name} runs as {me}") in stage.said
    assert stage.runtime.status(stage.name).user == me

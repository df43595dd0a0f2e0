"""`roadbed backup` and `roadbed restore`: everything of a data folder in one archive with checksums."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import roadbed
from roadbed.cli.output import out, print_refusal
from roadbed.config.folder import Folder
from roadbed.config.processes import Control
from roadbed.config.relocating import relocate
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place, Refusal, Unavailable

FORMAT = 1
MANIFEST = "roadbed-backup.json"
PLAIN = ("secret_key", "secrets.key", "config.toml", "sources.toml")
FOLDERS = ("repositories", "paths", "runtime/workloads", "runtime/journal.jsonl", "runtime/layout.json")
LEFT_OUT = ("/daemon", "/locks", ".sock", "/cache")


def make(folder: Folder, target: Path) -> dict[str, Any]:
    """Write the archive beside its name first, so that a full disk leaves no half of one; answers its manifest."""
    if not folder.root.is_dir():
        raise NotFound(f"There is no Roadbed in {folder.root}.", remedy="Say where it is with --data.")
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as room:
            manifest = _write(folder, Path(room), part)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise Unavailable(
            f"The backup could not be written: {fault.strerror or fault}.",
            remedy=f"Free space in {target.parent}, or write it elsewhere. Nothing was changed.",
        ) from None
    part.replace(target)
    return manifest


def _write(folder: Folder, room: Path, part: Path) -> dict[str, Any]:
    databases = _dump(folder, room)
    sums: dict[str, str] = {}
    part.touch(mode=0o600)
    with tarfile.open(part, "w:gz") as archive:
        for path in databases:
            sums[path.name] = _sum(path)
            archive.add(path, arcname=path.name)
        for name in PLAIN:
            path = folder.root / name
            if path.exists():
                sums[name] = _sum(path)
                archive.add(path, arcname=name)
        for name in FOLDERS:
            if (folder.root / name).exists():
                archive.add(folder.root / name, arcname=name, filter=_without_sockets)
        manifest = {
            "format": FORMAT,
            "version": roadbed.__version__,
            "folder": str(folder.root),
            "made_at": datetime.now(UTC).isoformat(),
            "database": "postgresql" if folder.configured()["database"] else "sqlite",
            "sha256": sums,
        }
        text = json.dumps(manifest, indent=2).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(text), 0o600
        archive.addfile(entry, io.BytesIO(text))
    return manifest


def _without_sockets(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    kept = (entry.isfile() or entry.isdir() or entry.issym()) and not any(part in entry.name for part in LEFT_OUT)
    return entry if kept else None


def _dump(folder: Folder, room: Path) -> list[Path]:
    url = folder.configured()["database"]
    if url:
        target = room / "roadbed.pgdump"
        if shutil.which("pg_dump") is None:
            raise Unavailable("pg_dump is missing.", remedy="apt-get install -y postgresql-client")
        subprocess.run(["pg_dump", "--format=custom", f"--file={target}", url], check=True)
        return [target]
    from roadbed.config.schema import copy_sqlite

    copies = []
    for source in (folder.records, folder.samples):
        if source.exists():
            copy_sqlite(source, room / source.name)
            copies.append(room / source.name)
    return copies


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(folder: Folder, source: Path) -> dict[str, Any]:
    """Unpack an archive into a folder that has no Roadbed; on any fault the folder is as it was."""
    if folder.records.exists() or (folder.root / "secret_key").exists():
        raise Conflict(
            f"There is a Roadbed in {folder.root} already.",
            remedy="Choose an empty folder with --data, or move this one away.",
        )
    if Control(folder).supervisor() is not None:
        raise Conflict("Roadbed runs on this folder.", remedy="Stop it first: roadbed down.")
    room = folder.root.with_name(folder.root.name + ".restoring")
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True, mode=0o711)
    try:
        manifest = _unpack(source, room)
        for path in (room / folder.records.name, room / folder.samples.name):
            if path.exists():
                relocate(path, old=Path(manifest["folder"]), new=folder.root)
        if folder.root.exists():
            for leftover in ("logs", "run", "repositories", "paths"):
                shutil.rmtree(folder.root / leftover, ignore_errors=True)
            folder.root.rmdir()
        room.rename(folder.root)
    except OSError as fault:
        raise Unavailable(
            f"The backup could not be restored: {fault.strerror or fault}.",
            remedy=f"{folder.root} must be empty and its disk have room. Nothing was changed.",
        ) from None
    finally:
        shutil.rmtree(room, ignore_errors=True)
    if manifest["database"] == "postgresql":
        _load_postgres(folder)
    return manifest


def _unpack(source: Path, room: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source, "r:gz") as archive:
            _extract(archive, room)
        manifest: dict[str, Any] = json.loads((room / MANIFEST).read_text())
    except FileNotFoundError:
        raise Invalid("This is not a backup of Roadbed.", place=Place(file=str(source))) from None
    except (tarfile.TarError, EOFError, ValueError) as fault:
        raise Invalid(f"The archive is damaged: {fault}.", place=Place(file=str(source))) from None
    if manifest.get("format") != FORMAT:
        raise Invalid(
            f"The backup was made by Roadbed {manifest.get('version')}, which this version cannot read.",
            remedy="Restore it with that version.",
            place=Place(file=str(source)),
        )
    for name, expected in manifest["sha256"].items():
        if _sum(room / name) != expected:
            raise Invalid(f"{name} in the archive is damaged: its checksum differs.", place=Place(file=str(source)))
    (room / MANIFEST).unlink()
    return manifest


def _extract(archive: tarfile.TarFile, room: Path) -> None:
    # Python 3.11.2, which Debian 12 has, knows no extraction filters, and the strict one of later versions refuses
    # the absolute links to the system's interpreter that virtual environments are made of. So each member is checked:
    # it stays below the folder and is not written through a link.
    archive.extraction_filter = staticmethod(lambda member, _: member)
    root = room.resolve()
    for member in archive:
        target = root / member.name
        plain = member.isfile() or member.isdir() or member.issym()
        if not plain or ".." in Path(member.name).parts or not target.parent.resolve().is_relative_to(root):
            raise Invalid(f"{member.name!r} in the archive would leave the folder.", remedy="It is no backup of ours.")
        archive.extract(member, root)


def _load_postgres(folder: Folder) -> None:
    url = folder.configured()["database"]
    dump = folder.root / "roadbed.pgdump"
    subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url}", str(dump)], check=True)
    dump.unlink()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="roadbed backup")
    parser.add_argument("--data", default="")
    parser.add_argument("verb", choices=("make", "restore"))
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    os.umask(0o077)  # databases, keys and logs are nobody else's to read
    folder = Folder.chosen(given.data or None)
    os.environ["ROADBED_DATA"] = str(folder.root)
    try:
        if given.verb == "make":
            os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings"
            import django

            django.setup()
            manifest = make(folder, given.file)
            size = given.file.stat().st_size / 1e6
            out.print(f"Backup of {folder.root} in {given.file}: {size:.1f} MB, {len(manifest['sha256'])} checksums.")
        else:
            manifest = restore(folder, given.file)
            out.print(
                f"Restored what was saved at {manifest['made_at']} into {folder.root}. "
                f"Start it: roadbed up --data {folder.root}"
            )
            if manifest["folder"] != str(folder.root):
                out.print(
                    f"The backup is of {manifest['folder']}. Releases that hold absolute paths, like Python's virtual "
                    "environments, do not start at another path: deploy those services again."
                )
    except Refusal as refusal:
        print_refusal(refusal, json_mode=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Copies the pinned browser assets from npm packages into the shell, and checks the committed ones by their manifest.

Alone it checks the committed files and needs no network; with `--fetch` it installs the locked packages, copies their
files and licences, and writes the manifest anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
PACKAGES = TOOLS / "assets"
VENDOR = TOOLS.parent / "src/roadbed/ground/shell/static/shell/vendor"
CHECKER = TOOLS.parent / "tests/journeys/axe"
MANIFEST = "manifest.json"

TABLER_LICENCE = """The MIT License (MIT)

Copyright (c) 2018-2026 The Tabler Authors
Copyright (c) 2018-2026 codecalm.net Paweł Kuna

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

SOURCE_MAP = re.compile(rb"\n?/[/*][#@] ?sourceMappingURL=[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of a package that the portal serves, and the package's licence texts."""

    package: str
    source: str
    name: str
    licences: tuple[str, ...] = ("LICENSE",)


ASSETS = (
    # The package carries no licence file, only its name: the text above is the one its header points to.
    Asset("@tabler/core", "dist/css/tabler.min.css", "tabler.min.css", licences=()),
    Asset("htmx.org", "dist/htmx.min.js", "htmx.min.js"),
    # The "common" build: line, bar and scatter with the SVG renderer, two thirds of the full one.
    Asset("echarts", "dist/echarts.common.min.js", "echarts.min.js", licences=("LICENSE", "NOTICE")),
    Asset("@fontsource-variable/inter", "files/inter-latin-wght-normal.woff2", "inter-latin-wght-normal.woff2"),
    Asset(
        "@fontsource-variable/jetbrains-mono",
        "files/jetbrains-mono-latin-wght-normal.woff2",
        "jetbrains-mono-latin-wght-normal.woff2",
    ),
)
# Code of these is inside echarts.min.js.
CARRIED = (("zrender", "LICENSE"), ("tslib", "LICENSE.txt"))
# What the tests of pages look for faults with; it is not part of the product.
CHECKERS = (Asset("axe-core", "axe.min.js", "axe.min.js", licences=("LICENSE", "LICENSE-3RD-PARTY.txt")),)
FOLDERS = ((VENDOR, ASSETS, CARRIED), (CHECKER, CHECKERS, ()))


def digest(path: Path) -> str:
    """The sha256 of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def licence_name(package: str, text: str) -> str:
    """The file in licences/ that keeps this text of this package."""
    return f"{package.lstrip('@').replace('/', '-')}-{text.removesuffix('.txt')}.txt"


def fetch() -> None:
    """Install exactly what the lock names, copy the files and their licences, and write the manifest."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed; the committed files need none, only --fetch does: apt install npm")
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=PACKAGES, check=True)
    for folder, assets, carried in FOLDERS:
        (folder / "licences").mkdir(parents=True, exist_ok=True)
        manifest = [_copy(asset, folder) for asset in assets]
        for package, text in carried:
            kept = folder / "licences" / licence_name(package, text)
            shutil.copyfile(PACKAGES / "node_modules" / package / text, kept)
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _copy(asset: Asset, folder: Path) -> dict[str, str | list[str]]:
    home = PACKAGES / "node_modules" / asset.package
    described = json.loads((home / "package.json").read_text(encoding="utf-8"))
    content = (home / asset.source).read_bytes()
    # The maps are not served, and a reference to a missing file stops the naming of the others by their hashes.
    (folder / asset.name).write_bytes(SOURCE_MAP.sub(b"", content))
    for text in asset.licences:
        shutil.copyfile(home / text, folder / "licences" / licence_name(asset.package, text))
    if not asset.licences:
        (folder / "licences" / licence_name(asset.package, "LICENSE")).write_text(TABLER_LICENCE, encoding="utf-8")
    return {
        "file": asset.name,
        "package": asset.package,
        "version": described["version"],
        "licence": described["license"],
        "licences": [f"licences/{licence_name(asset.package, text)}" for text in asset.licences or ("LICENSE",)],
        "sha256": digest(folder / asset.name),
    }


def faults() -> list[str]:
    """What differs between the manifests and the committed files, each as a sentence."""
    return [fault for folder, _, _ in FOLDERS for fault in _faults_of(folder)]


def _faults_of(folder: Path) -> list[str]:
    found = []
    named = {folder / MANIFEST}
    for entry in json.loads((folder / MANIFEST).read_text(encoding="utf-8")):
        path = folder / entry["file"]
        named.add(path)
        if not path.is_file():
            found.append(f"{path.name} is in the manifest and not in {folder}")
        elif digest(path) != entry["sha256"]:
            found.append(f"{path.name} is not the file of {entry['package']} {entry['version']}")
        found.extend(f"{text} is missing" for text in entry["licences"] if not (folder / text).is_file())
    found.extend(
        f"{path.name} is not in the manifest" for path in folder.iterdir() if path.is_file() and path not in named
    )
    return found


def main() -> None:
    """Fetch when asked to, then check."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--fetch", action="store_true", help="install the locked packages and copy their files")
    if options.parse_args().fetch:
        fetch()
    if found := faults():
        sys.exit("\n".join([*found, "remedy: python tools/vendor_assets.py --fetch"]))
    print("Every vendored file is what its manifest says.")


if __name__ == "__main__":
    main()

"""Whether a service listens where it is told: $PORT in its code or command, or a number written into it."""

from __future__ import annotations

import re

from roadbed.platform.paths.adopting.findings import Evidence, Listing, Problem

_READS_PORT = re.compile(
    r"""process\.env(?:\.PORT\b|\[['"]PORT['"]\])"""
    r"""|environ(?:\.get)?[\[(]\s*['"]PORT['"]|\b\w*[eE]nv\w*\(\s*["']PORT["']"""
    r"""|env::var\(\s*"PORT"|ENV(?:\.fetch)?[\[(]\s*['"]PORT['"]|\$\{?PORT\b|Deno\.env\.get\(\s*["']PORT"""
)
_FIXED = (
    re.compile(r"""\.listen\(\s*(?:\{\s*port:\s*)?(?P<port>\d{2,5})\b"""),
    re.compile(r"""\bapp\.run\([^)]*\bport\s*=\s*(?P<port>\d{2,5})"""),
    re.compile(r"""\buvicorn\.run\([^)]*\bport\s*=\s*(?P<port>\d{2,5})"""),
    re.compile(r"""\b(?:Threading)?HTTPServer\(\s*\(\s*['"][^'"]*['"]\s*,\s*(?P<port>\d{2,5})"""),
    re.compile(r"""\bListenAndServe(?:TLS)?\(\s*"[^":]*:(?P<port>\d{2,5})"""),
    re.compile(r"""\bAddr:\s*"[^":]*:(?P<port>\d{2,5})"""),
    re.compile(r"""\.(?:Run|Start|Listen)\(\s*"[^":]*:(?P<port>\d{2,5})"""),
    re.compile(r"""\bbind\(\s*(?:\(\s*)?"[^":]*:(?P<port>\d{2,5})"""),
    re.compile(r"""\bSocketAddr::from\(\(\[[^\]]*\],\s*(?P<port>\d{2,5})"""),
    re.compile(r"""^\s*server\.port\s*[=:]\s*(?P<port>\d{2,5})\s*$"""),
    re.compile(r"""\b(?:const|let|var)\s+port\s*=\s*(?P<port>\d{2,5})\b""", re.IGNORECASE),
)
_ADDRESS_FLAG = re.compile(r"(?P<flag>(?:--bind|-b|--http|--addr|--listen)[ =]\s*)(?:tcp://)?[\w.\[\]:*]*:\d{2,5}\b")
_PORT_FLAG = re.compile(r"(?P<flag>(?:--port|-p)[ =]\s*)\d{2,5}\b")
_HOST_FLAG = re.compile(r"(?P<flag>(?:--host|-h)[ =]\s*)(?:0\.0\.0\.0|127\.0\.0\.1|localhost|::)(?=\s|$)")
_DJANGO = re.compile(r"(?P<flag>runserver\s+)(?:[\d.]+:)?\d{2,5}\b")
_BINDS_PORT = re.compile(r"\bgunicorn\b(?!.*(?:--bind|-b[ =]))")
"""gunicorn listens on $PORT by itself where no address is given."""
_SOURCES = (".py", ".js", ".mjs", ".cjs", ".ts", ".go", ".rs", ".rb", ".java", ".kt", ".properties")


def with_port_given(command: str) -> str:
    """The command with written-in addresses replaced by the ones it is given."""
    command = _ADDRESS_FLAG.sub(r"\g<flag>$HOST:$PORT", command)
    command = _DJANGO.sub(r"\g<flag>$HOST:$PORT", command)
    command = _PORT_FLAG.sub(r"\g<flag>$PORT", command)
    return _HOST_FLAG.sub(r"\g<flag>$HOST", command)


def is_source(path: str) -> bool:
    """Whether the file holds code that runs, as opposed to tests and examples."""
    parts = path.lower().split("/")
    aside = {
        "test",
        "tests",
        "spec",
        "specs",
        "__tests__",
        "examples",
        "example",
        "docs",
        "vendor",
        "node_modules",
        "migrations",
    }
    name = parts[-1]
    is_test = name.startswith("test_") or name.endswith(("_test.go", "_test.py", ".test.js", ".test.ts", ".spec.ts"))
    return name.endswith(_SOURCES) and not is_test and not aside & set(parts[:-1])


def port_problems(listing: Listing, run: str) -> tuple[Problem, ...]:
    """What keeps the service from listening on the port it is given."""
    if re.search(r"\$\{?PORT\b", run) or _BINDS_PORT.search(run):
        return ()
    fixed: list[Evidence] = []
    for path in sorted(listing.contents):
        if not is_source(path):
            continue
        for number, line in listing.lines(path):
            if _READS_PORT.search(line):
                return ()
            if any(pattern.search(line) for pattern in _FIXED):
                fixed.append(Evidence(path, number, line.strip()[:160]))
    if fixed:
        return (
            Problem(
                f"It listens on a port that is written into {fixed[0]}.",
                "Read the port from the environment variable PORT there; each release gets a port of its own.",
                tuple(fixed[:5]),
            ),
        )
    return (
        Problem(
            "Nothing shows that it listens on $PORT.",
            "Check that the run command listens on the address in HOST and PORT.",
        ),
    )

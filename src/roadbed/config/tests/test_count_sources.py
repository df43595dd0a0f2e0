"""`sources.toml`: which server a file's words lead to, what opens it, and what is wrong with the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from roadbed.config import count_sources
from roadbed.config.count_sources import ConfiguredSources
from roadbed.config.source_secrets import secret_of
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team
from roadbed.ground.ports.counts import SourceFailed
from roadbed.platform.secrets import keys
from roadbed.platform.secrets.usecases import set_secret

TWO = """\
[main]
url = "http://127.0.0.1:9090/"
token = "s3cret"

[eu]
type = "mimir"
url = "https://mimir.example.com/prometheus"
user = "roadbed"
password_file = "{password}"
headers = {{X-Scope-OrgID = "shop"}}
chunk = 60
partial = "accept"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("pass\n")
    path = tmp_path / "sources.toml"
    path.write_text(TWO.format(password=tmp_path / "password"))
    return path


def test_a_source_is_found_by_its_name_or_its_address(file: Path) -> None:
    sources: Any = ConfiguredSources(file)
    main = sources.find("prometheus", name="main")
    assert main.access.headers == {"Authorization": "Bearer s3cret"}
    assert sources.find("Prometheus", name="own-name", url="http://127.0.0.1:9090") is main
    eu = sources.find("prometheus", name="eu", url="https://mimir.example.com/prometheus/")
    assert eu.access.headers == {"X-Scope-OrgID": "shop", "Authorization": "Basic cm9hZGJlZDpwYXNz"}
    assert (eu.abilities.chunk, eu.accept_partial) == (60, True)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({}, "one prometheus is not connected to Roadbed .sources.toml names eu, main."),
        ({"name": "other"}, "other is not connected"),
        ({"name": "x", "url": "http://169.254.169.254"}, "x is not connected"),
        ({"name": "main", "url": "http://127.0.0.1:1"}, "gives main the address http://127.0.0.1:1"),
    ],
)
def test_no_address_of_a_file_is_called_that_an_admin_did_not_list(
    file: Path, asked: dict[str, str], reason: str
) -> None:
    with pytest.raises(SourceFailed, match=reason) as caught:
        ConfiguredSources(file).find("prometheus", **asked)
    assert caught.value.trouble.remedy


def test_the_only_one_is_meant_where_none_is_named_and_a_change_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    sources: Any = ConfiguredSources(file)
    with pytest.raises(SourceFailed, match="names none"):
        sources.find("prometheus")
    file.write_text('[main]\nurl = "http://127.0.0.1:9090"\n')
    assert sources.find("prometheus").access.name == "main"
    file.write_text('[other]\nurl = "http://127.0.0.1:9091"\n')
    os.utime(file, ns=(1, 1))
    assert sources.find("thanos").access.name == "other"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[main", "cannot be read"),
        ("[main]\n", "has no url"),
        ('[main]\nurl = "ftp://x"\n', "is no address"),
        ('[main]\nurl = "http://u:p@x"\n', "is no address"),
        ('[main]\nurl = "http://x"\ntokn = "a"\n', "unknown setting 'tokn'"),
        ('[main]\nurl = "http://x"\nseconds = 900\n', "seconds of .main. is not from 1 to 30"),
        ('[main]\nurl = "http://x"\ntoken = 7\n', "token of .main. is no text"),
        ('[main]\nurl = "http://x"\npartial = "maybe"\n', "neither refuse nor accept"),
        ('[main]\nurl = "http://x"\nheaders = {a = 1}\n', "no table of texts"),
        ('[main]\nurl = "http://x"\ntype = "graphite"\n', "type of .main. is 'graphite'"),
        ('[main]\nurl = "http://x"\ntoken_file = "/nowhere"\n', "token_file of .main. in sources.toml cannot be read"),
    ],
)
def test_a_fault_of_the_file_is_named(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "sources.toml").write_text(text)
    with pytest.raises(SourceFailed, match=reason) as caught:
        ConfiguredSources(tmp_path / "sources.toml").find("prometheus", name="main")
    assert caught.value.trouble.remedy


def test_a_credential_may_be_a_services_secret_and_a_new_one_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sources.toml"
    file.write_text('[main]\nurl = "http://127.0.0.1:9090"\ntoken_secret = "shop/PROM_TOKEN"\n')
    values = ["one", "two"]
    sources: Any = ConfiguredSources(file, lambda service, name: f"{service}-{name}-{values[0]}")
    assert sources.find("prometheus").access.headers == {"Authorization": "Bearer shop-PROM_TOKEN-one"}
    values.pop(0)
    assert sources.find("prometheus").access.headers["Authorization"].endswith("one")
    monkeypatch.setattr(count_sources.time, "monotonic", lambda: 1e9)
    assert sources.find("prometheus").access.headers["Authorization"].endswith("two")
    file.write_text('[main]\nurl = "http://127.0.0.1:9090"\ntoken_secret = "PROM_TOKEN"\n')
    with pytest.raises(SourceFailed, match=r"token_secret of \[main\] names no secret"):
        ConfiguredSources(file).find("prometheus")


COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team-payments}
"""


@pytest.mark.django_db(databases=["default", "samples"])
def test_the_secret_comes_from_the_secrets_room(wired: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "key_file", lambda: tmp_path / "secrets.key")
    with pytest.raises(SourceFailed, match=r"The secret shop/PROM_TOKEN of sources\.toml: "):
        secret_of("shop", "PROM_TOKEN")
    create_team(ROADBED, name="team-payments", now=timezone.now())
    catalog.register(ROADBED, text=COMPONENT, location="/srv/git/shop.git", now=timezone.now())
    with pytest.raises(SourceFailed, match="shop has no secret PROM_TOKEN in production"):
        secret_of("shop", "PROM_TOKEN")
    set_secret(ROADBED, "shop", "PROM_TOKEN", value="s3cret", now=timezone.now())
    assert secret_of("shop", "PROM_TOKEN") == "s3cret"

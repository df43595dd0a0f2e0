"""The data folder and the settings that are needed before a database."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.config.databases import databases
from roadbed.config.folder import SETTINGS, Folder, parse_address, parse_choice, parse_number
from roadbed.ground.errors import Invalid

REFERENCE = Path(__file__).parents[4] / "docs" / "reference" / "facts.md"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(folder: Folder):
    key = folder.secret_key()
    assert folder.secret_key() == key
    assert len(key) > 50
    assert (folder.root / "secret_key").stat().st_mode & 0o077 == 0


def test_others_may_pass_through_the_folder_and_read_nothing(folder: Folder):
    folder.make()
    assert folder.root.stat().st_mode & 0o777 == 0o711
    private = (folder.logs, folder.run, folder.repositories, folder.paths)
    assert [part.stat().st_mode & 0o077 for part in private] == [0] * 4


def test_an_unknown_setting_is_refused_by_name(folder: Folder):
    folder.make()
    folder.settings.write_text("adress = '127.0.0.1:1'\n")
    with pytest.raises(Invalid) as told:
        folder.configured()
    assert told.value.place.field == "adress"
    assert told.value.place.file == str(folder.settings)


def test_a_broken_settings_file_is_named_with_its_line(folder: Folder):
    folder.make()
    folder.settings.write_text("address = \n")
    with pytest.raises(Invalid, match="line 1"):
        folder.configured()


def test_the_environment_comes_before_the_file(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    folder.make()
    folder.settings.write_text("edge = '127.0.0.1:9'\n")
    assert folder.configured()["edge"] == "127.0.0.1:9"
    monkeypatch.setenv("ROADBED_EDGE", "127.0.0.1:10")
    assert folder.configured()["edge"] == "127.0.0.1:10"


@pytest.mark.parametrize("text", ["", "127.0.0.1", ":80", "host:", "host:x", "host:0", "host:65536", "host:-1"])
def test_what_is_no_address_is_refused(text: str):
    with pytest.raises(Invalid):
        parse_address(text, setting="address")


def test_a_choice_is_one_of_its_words_or_refused_with_them():
    assert parse_choice("refuse", ("allow", "refuse"), setting="webhook_private") == "refuse"
    with pytest.raises(Invalid) as caught:
        parse_choice("no", ("allow", "refuse"), setting="webhook_private")
    assert (caught.value.place.field, caught.value.remedy) == ("webhook_private", "Write allow or refuse.")


@given(st.sampled_from(["127.0.0.1", "localhost", "::1"]), st.integers(1, 65535))
def test_every_address_is_read_as_it_was_written(host: str, port: int):
    written = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    assert parse_address(written, setting="address") == (host, port)


def test_a_database_url_of_another_kind_is_refused(folder: Folder):
    with pytest.raises(Invalid, match="mysql"):
        databases("mysql://x/y", folder)


def test_a_database_url_gives_both_aliases(folder: Folder):
    both = databases("postgresql://mara:p%40ss@db:5433/roadbed?sslmode=require", folder)
    assert both["default"]["PASSWORD"] == "p@ss"
    assert both["default"]["OPTIONS"] == {"sslmode": "require"}
    assert both["samples"]["NAME"] == "roadbed"


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_stands_in_the_reference(name: str):
    assert f"`{name}`" in REFERENCE.read_text()


def test_days_are_a_whole_number_between_two():
    assert parse_number("400", of="days", least=31, most=3660, setting="counts_kept_days") == 400
    for text in ("", "30", "-31", "31.5", "4000", "9" * 400):
        with pytest.raises(Invalid) as caught:
            parse_number(text, of="days", least=31, most=3660, setting="counts_kept_days")
        assert (caught.value.place.field, caught.value.remedy) == ("counts_kept_days", "Write 31 to 3660.")

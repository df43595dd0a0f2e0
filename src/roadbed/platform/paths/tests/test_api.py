"""The golden paths over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from roadbed.ground.people.rules import Caller
from roadbed.ground.people.usecases import create_token

from .conftest import NOW, GitFolder, Makes

pytestmark = [
    pytest.mark.django_db(databases=["default", "samples"]),
    pytest.mark.usefixtures("wired", "teams", "shelf_folder", "host"),
]


@pytest.fixture
def api():
    _, secret = create_token(Caller(uid="p-ada", name="Ada Ek", role="admin"), name="tests", now=NOW)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(api: Client, path: str, body: dict[str, Any], **headers: str):
    return api.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_paths_are_listed_with_their_questions(api: Client):
    items = api.get("/api/v1/paths").json()["items"]
    assert [item["name"] for item in items] == ["node-http-service", "python-http-service"]
    questions = {question["name"]: question for question in items[1]["questions"]}
    assert questions["service_name"]["is_required"]
    assert [choice["value"] for choice in questions["tier"]["choices"]] == ["1", "2", "3", "4"]
    assert items == [api.get(f"/api/v1/paths/{item['name']}").json() for item in items]


def test_an_unknown_path_is_not_found_and_says_which_there_are(api: Client):
    response = api.get("/api/v1/paths/cobol")
    assert response.status_code == 404
    assert "node-http-service, python-http-service" in response.json()["remedy"]


def test_a_preview_shows_every_file_and_makes_nothing(api: Client, host: GitFolder):
    answers = {"service_name": "checkout", "owner": "team-payments"}
    response = post(api, "/paths/python-http-service/preview", {"answers": answers})
    assert response.status_code == 200
    files = {file["path"]: file for file in response.json()["files"]}
    assert "service: checkout" in files["slo.yaml"]["text"]
    assert files["slo.yaml"]["mode"] == "0644"
    assert list(host.folder.iterdir()) == []


def test_a_service_is_made_and_the_same_key_makes_it_once(api: Client):
    body = {"name": "checkout", "answers": {"owner": "team-payments"}}
    first = post(api, "/paths/node-http-service/services", body, Idempotency_Key="k1")
    again = post(api, "/paths/node-http-service/services", body, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(first.json()["commit"]) == 40
    taken = post(api, "/paths/node-http-service/services", body)
    assert (taken.status_code, taken.json()["field"]) == (409, "name")


def test_all_faults_come_at_once_with_their_fields(api: Client):
    response = post(api, "/paths/node-http-service/preview", {"answers": {"tier": "9", "colour": "red"}})
    problem = response.json()
    assert response.status_code == 422
    fields = {problem["field"], *(error["field"] for error in problem["errors"])}
    assert fields == {"answers.tier", "answers.colour", "answers.service_name", "answers.owner"}


def test_a_repository_is_adopted_by_its_location(api: Client, repository: Makes):
    entry = (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: labels}\n"
        "spec: {type: service, lifecycle: production, owner: team-routing}\n"
    )
    response = post(api, "/adoptions", {"location": str(repository({"catalog-info.yaml": entry}))})
    assert (response.status_code, response.json()["name"]) == (201, "labels")


@pytest.mark.parametrize("path", ["/paths", "/paths/node-http-service"])
def test_without_a_token_nothing_is_shown(path: str):
    assert Client().get(f"/api/v1{path}").status_code == 401

"""What all five resources promise: create, list, retrieve, patch, delete."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from generated.api import HANDLERS
from tests.api.resources import RESOURCES, Resource, each_resource
from tests.servers import ServerProcess, V4Server


def _make(api: httpx.Client, resource: Resource, **more: Any) -> dict[str, Any]:
    answer = api.post(resource.name, json=resource.body | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@each_resource
def test_create_201_makes_what_retrieve_gives_back(api: httpx.Client, resource: Resource) -> None:
    answer = api.post(resource.name, json=resource.body)
    made = answer.json()
    assert made.items() >= resource.body.items()
    assert made["href"] == f"{str(api.base_url).rstrip('/')}/{resource.name}/{made['id']}"
    assert answer.headers["Location"] == made["href"]
    again = api.get(made["href"])
    assert (again.status_code, again.json()) == (200, made)
    assert again.headers["ETag"] == answer.headers["ETag"]


@each_resource
@pytest.mark.parametrize("id_", ["urn:ngsi-ld:bill:{}", "0.0.0.1+-bill+{}", "ü 📄 %41?#{}", "~{}"])
def test_create_201_keeps_the_clients_id(api: httpx.Client, resource: Resource, id_: str) -> None:
    wanted = id_.format(uuid4())
    made = _make(api, resource, id=wanted)
    assert made["id"] == wanted
    assert api.get(made["href"]).json() == made
    assert [each["id"] for each in api.get(resource.name, params={"id": wanted}).json()] == [wanted]


@each_resource
def test_create_409_for_an_id_that_is_taken(api: httpx.Client, resource: Resource) -> None:
    made = _make(api, resource)
    answer = api.post(resource.name, json=resource.body | {"id": made["id"]})
    assert answer.status_code == 409
    assert made["id"] in answer.json()["message"]


@each_resource
def test_patch_200_changes_the_whole_resource(api: httpx.Client, resource: Resource) -> None:
    made = _make(api, resource)
    answer = api.patch(f"{resource.name}/{made['id']}", json=resource.patch)
    assert answer.status_code == 200
    changed = {k: v for k, v in answer.json().items() if k != "lastUpdate"}
    assert changed == {k: v for k, v in (made | resource.patch).items() if k != "lastUpdate"}
    assert api.get(made["href"]).json() == answer.json()
    if "lastUpdate" in made:
        assert answer.json()["lastUpdate"] >= made["lastUpdate"]


@each_resource
def test_patch_200_changes_nothing_when_it_says_what_is_stored(
    api: httpx.Client, resource: Resource
) -> None:
    made = _make(api, resource)
    answer = api.patch(f"{resource.name}/{made['id']}", json=made)
    assert (answer.status_code, answer.json()) == (200, made)
    assert answer.headers["ETag"] == '"1"'


@each_resource
@pytest.mark.parametrize("attribute", ["id", "href"])
def test_patch_400_names_what_can_not_be_patched(
    api: httpx.Client, resource: Resource, attribute: str
) -> None:
    made = _make(api, resource)
    answer = api.patch(f"{resource.name}/{made['id']}", json={attribute: "other"} | resource.patch)
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith(f"{attribute}: ")
    assert api.get(made["href"]).json() == made


@each_resource
def test_patch_412_leaves_another_version_alone(api: httpx.Client, resource: Resource) -> None:
    made = _make(api, resource)
    url = f"{resource.name}/{made['id']}"
    assert api.patch(url, json=resource.patch, headers={"If-Match": '"7"'}).status_code == 412
    assert api.delete(url, headers={"If-Match": '"7", W/"2"'}).status_code == 412
    assert api.get(made["href"]).json() == made
    assert api.patch(url, json=resource.patch, headers={"If-Match": '"1"'}).status_code == 200
    assert api.delete(url, headers={"If-Match": "*"}).status_code == 204


@each_resource
def test_delete_204_and_then_404(api: httpx.Client, resource: Resource) -> None:
    made = _make(api, resource)
    answer = api.delete(f"{resource.name}/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    for gone in (api.get(made["href"]), api.delete(made["href"]), api.patch(made["href"], json={})):
        assert (gone.status_code, gone.json()["code"]) == (404, "60")


@each_resource
def test_fields_200_shows_the_chosen_and_id_and_href(api: httpx.Client, resource: Resource) -> None:
    made = _make(api, resource)
    needed = {"id", "href"} | ({"name"} if resource.name == "billCycleSpecification" else set())
    for text, shown in {"none": set(), " @type , nosuch": {"@type"}, "id": set()}.items():
        one = api.get(made["href"], params={"fields": text}).json()
        assert one.keys() == needed | shown
        assert api.get(resource.name, params={"id": made["id"], "fields": text}).json() == [one]


def test_hrefs_begin_with_public_url(
    server: ServerProcess, mongod: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with V4Server(
        tmp_path_factory.mktemp("public") / "log",
        MONGODB_URI=mongod.uri,
        PUBLIC_URL="https://bills.example/gw/",
    ) as public:
        made = httpx.post(f"{public.api}/customerBill", json={}).json()
        assert made["href"].startswith("https://bills.example/gw/tmf-api/")
        served = httpx.get(f"{public.url}/openapi.json").json()["servers"][0]["url"]
        assert made["href"] == f"{served}/customerBill/{made['id']}"


def test_the_table_has_every_resource_of_the_contract() -> None:
    read_only = {"billCycleAccount", "billNumber", "events"}
    assert {resource.name for resource in RESOURCES} == HANDLERS.keys() - read_only - {"hub"}

"""What a path says of itself: its methods, and the patches that it reads."""

import httpx

from tests.api.resources import Resource, each_resource

PATCHES = {
    "application/json",
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/json-patch-query+json",
}


@each_resource
def test_options_204_tells_methods_and_patches(api: httpx.Client, resource: Resource) -> None:
    answer = api.options(f"{resource.name}/any")
    assert answer.status_code == 204
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
    assert set(answer.headers["Accept-Patch"].split(", ")) == PATCHES
    assert "Accept-Patch" not in api.options(resource.name).headers


@each_resource
def test_patch_415_tells_which_patches_are_read(api: httpx.Client, resource: Resource) -> None:
    answer = api.patch(f"{resource.name}/any", content="x", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert set(answer.headers["Accept-Patch"].split(", ")) == PATCHES
    wrong = api.post(resource.name, content="x", headers={"Content-Type": "text/plain"})
    assert wrong.status_code == 415
    assert "Accept-Patch" not in wrong.headers

"""The Component manifest for TM Forum's ODA Canvas, against the fields of its schema, version v1.

The facts are those of oda-component-oas-v1.yaml (Canvas v1), of the published TMFC030 2.0.0, and of
its conformance profile.
"""

from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

from impl import __version__
from impl.served import APIS
from tests.servers import ROOT

MANIFEST = yaml.safe_load((ROOT / "deploy/oda/component.yaml").read_text())
SPEC = MANIFEST["spec"]

TEXT, FLAG, PORT = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}


def closed(needed: str = "", /, **fields: Any) -> dict[str, Any]:
    """An object of these fields alone, since `kubectl apply` refuses others, and which it needs."""
    shape = {"type": "object", "properties": fields, "additionalProperties": False}
    return shape | {"required": needed.split()}


def each(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **more}


def one_of(*words: str) -> dict[str, Any]:
    return {"enum": list(words)}


SPECIFICATION = each(closed(url=TEXT, version=TEXT), minItems=1)
CONTACTS = each(closed(email=TEXT, name=TEXT, url=TEXT))


def exposed(*types: str, **more: Any) -> dict[str, Any]:
    """The APIs that a function exposes."""
    return each(
        closed(
            "name apiType implementation path port",
            name=TEXT,
            specification=SPECIFICATION,
            apiType=one_of(*types),
            apiSDO=TEXT,
            gatewayConfiguration={"type": "object"},
            implementation=TEXT,
            path=TEXT,
            developerUI=TEXT,
            port=PORT,
            required=FLAG,
            **more,
        )
    )


DEPENDENT = each(
    closed(
        "name apiType",
        name=TEXT,
        specification=SPECIFICATION,
        apiType=one_of("openapi"),
        apiSDO=TEXT,
        required=FLAG,
    )
)
EVENT = {
    "name": TEXT,
    "description": TEXT,
    "apiType": one_of("openapi"),
    "specification": SPECIFICATION,
    "implementation": TEXT,
    "developerUI": TEXT,
    "port": PORT,
}
SCHEMA = closed(
    "componentMetadata coreFunction securityFunction",
    componentMetadata=closed(
        id=TEXT,
        name=TEXT,
        version=TEXT,
        description=TEXT,
        functionalBlock=TEXT,
        publicationDate={"type": "string", "format": "date-time"},
        status=TEXT,
        eTom=each(TEXT),
        SID=each(TEXT),
        functionalFramework=each(TEXT),
        maintainers=CONTACTS,
        owners=CONTACTS,
    ),
    coreFunction=closed(
        "exposedAPIs dependentAPIs",
        exposedAPIs=exposed("openapi", id=TEXT),
        dependentAPIs=DEPENDENT,
    ),
    eventNotification=closed(
        publishedEvents=each(closed(**EVENT, hub=TEXT)),
        subscribedEvents=each(closed(**EVENT, callback=TEXT, query=TEXT)),
    ),
    managementFunction=closed(
        exposedAPIs=exposed("openapi", "prometheus"), dependentAPIs=DEPENDENT
    ),
    securityFunction=closed(
        canvasSystemRole=TEXT,
        componentRole=each(closed(name=TEXT, description=TEXT)),
        exposedAPIs=exposed("openapi"),
        dependentAPIs=DEPENDENT,
    ),
)


def test_its_fields_are_those_of_the_schema() -> None:
    assert MANIFEST["apiVersion"] == "oda.tmforum.org/v1"
    assert MANIFEST["kind"] == "Component"
    validator = Draft202012Validator(SCHEMA, validate_formats=True)
    assert [str(error) for error in validator.iter_errors(SPEC)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("componentMetadata", "publicationDate"), "2024-12-03"),
        (("coreFunction", "exposedAPIs", 0, "apiType"), "prometheus"),
        (("coreFunction", "dependantAPIs"), []),
        (("eventNotification", "publishedEvents", 0, "path"), "/hub"),
    ],
    ids=str,
)
def test_a_field_that_is_none_is_found(path: tuple[Any, ...], value: object) -> None:
    spoilt = yaml.safe_load(yaml.safe_dump(SPEC))
    *parents, last = path
    place = spoilt
    for name in parents:
        place = place[name]
    place[last] = value
    assert not Draft202012Validator(SCHEMA, validate_formats=True).is_valid(spoilt)


def test_it_is_tmfc030_of_this_release() -> None:
    about = SPEC["componentMetadata"]
    assert (about["id"], about["name"]) == ("TMFC030", "BillGenerationManagement")
    assert about["version"] == __version__
    labels = MANIFEST["metadata"]["labels"]
    assert labels["oda.tmforum.org/componentName"] == MANIFEST["metadata"]["name"]


def test_it_exposes_each_api_and_its_hub() -> None:
    exposed_at = {
        each["path"]: (each["id"], each["specification"][0]["version"])
        for each in SPEC["coreFunction"]["exposedAPIs"]
    }
    served = {name: api.base_path for name, api in APIS.items()}
    assert exposed_at == {
        served["v4"]: ("TMF678", "v4.0.0"),
        served["v5"]: ("TMF678", "v5.0.0"),
        served["tmf666"]: ("TMF666", "v4.0.0"),
    }
    hubs = {each["hub"] for each in SPEC["eventNotification"]["publishedEvents"]}
    assert hubs == {f"{base}/hub" for base in served.values()}


def test_what_tmfc030_makes_mandatory_is_named() -> None:
    required = {each["id"] for each in SPEC["coreFunction"]["exposedAPIs"] if each["required"]}
    assert required == {"TMF678"}
    named = {each["name"] for each in SPEC["coreFunction"]["dependentAPIs"]}
    assert named == {
        "account-management-api",
        "party-management-api",
        "party-role-management-api",
    }
    assert SPEC["securityFunction"]["canvasSystemRole"]


def test_its_roles_are_the_scopes() -> None:
    scopes = {
        scope for api in APIS.values() for operation in api.operations for scope in operation.scopes
    }
    roles = {each["name"] for each in SPEC["securityFunction"]["componentRole"]}
    assert roles == scopes | {"allAccounts"}


def test_each_implementation_is_a_service_with_that_port() -> None:
    services = {
        each["metadata"]["name"]: [port["port"] for port in each["spec"]["ports"]]
        for file in (ROOT / "deploy/kubernetes").glob("*.yaml")
        for each in yaml.safe_load_all(file.read_text())
        if each["kind"] == "Service"
    }
    apis = [
        *SPEC["coreFunction"]["exposedAPIs"],
        *SPEC["eventNotification"]["publishedEvents"],
        *SPEC["managementFunction"]["exposedAPIs"],
    ]
    assert len(apis) == 8
    assert all(each["port"] in services[each["implementation"]] for each in apis)

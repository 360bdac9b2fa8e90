"""The Helm chart, rendered and linted by Helm's own code, and the manifests that are made of it."""

from typing import Any

import kubernetes_validate
import pytest
import yaml

from impl import __version__
from tests.deploy import chart

helm = pytest.importorskip(
    "helm_python", reason="helm-python-sdk is not installed: it is for Linux on x86-64"
)

CUSTOM = {"PodMonitor", "Component"}
"""Kinds that others define; tests/deploy/test_component.py checks the second."""

OLDEST = "1.25.0"
"""Of the versions of Kubernetes whose schemas are at hand. The newest is the default of a check."""

VARIANTS: dict[str, dict[str, Any]] = {
    "as shipped": {},
    "all that is optional": {
        "metrics": {"podMonitor": {"enabled": True, "labels": {"release": "prometheus"}}},
        "oda": {"enabled": True, "owners": [{"name": "Billing", "email": "b@example.com"}]},
    },
    "bare": {
        "server": {"autoscaling": {"enabled": False}},
        "worker": {"autoscaling": {"enabled": False}},
        "ingress": {"enabled": False},
        "networkPolicy": {"enabled": False},
        "settings": {"METRICS": ""},
    },
    "other machines": {
        "image": {
            "repository": "registry.example.com/tmf678",
            "digest": f"sha256:{'0' * 64}",
            "pullSecrets": [{"name": "registry"}],
        },
        "mongodb": {"secretName": "mongodb-admin-tmf678", "secretKey": "connectionString.standard"},
        "settings": {"PORT": "9000", "BILL_FONTS": "/fonts", "MAX_PAGE_BYTES": "4194304"},
        "volumes": [{"name": "fonts", "configMap": {"name": "fonts"}}],
        "volumeMounts": [{"name": "fonts", "mountPath": "/fonts"}],
        "networkPolicy": {"egressPorts": [], "webhooks": []},
        "server": {
            "nodeSelector": {"pool": "web"},
            "tolerations": [{"key": "web", "operator": "Exists"}],
            "priorityClassName": "high",
            "podAnnotations": {"example.com/owner": "billing"},
            "disruptionBudget": {"maxUnavailable": "50%"},
        },
    },
}


def of_kind(kind: str, made: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The objects of a kind by their names."""
    return {each["metadata"]["name"]: each for each in made if each["kind"] == kind}


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    """The container of a deployment's pods."""
    [only] = deployment["spec"]["template"]["spec"]["containers"]
    assert isinstance(only, dict)
    return only


def test_the_manifests_are_as_the_chart_makes_them() -> None:
    made = chart.manifests()
    assert chart.stale(made) == [], "run `make chart`"
    named = yaml.safe_load((chart.MANIFESTS / "kustomization.yaml").read_text())
    plain = {path.name for path in made if path.parent == chart.MANIFESTS}
    assert set(named["resources"]) == plain
    assert {path.name for path in chart.MANIFESTS.glob("*.yaml")} == plain | {"kustomization.yaml"}


def test_helm_has_nothing_to_say_against_it() -> None:
    for values in VARIANTS.values():
        report = helm.lint(chart.CHART, values, strict=True)
        assert report["errors"] == []
        assert [each["error"] for each in report["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)
def test_all_that_it_makes_is_valid(values: dict[str, Any]) -> None:
    newest = kubernetes_validate.latest_version()
    for each in chart.objects(values):
        if each["kind"] not in CUSTOM:
            for version in (newest,) if values else (OLDEST, newest):
                kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("name", ["tmf678", "billing", "a" * 53])
def test_names_differ_and_are_short_enough(name: str) -> None:
    made = chart.objects(VARIANTS["all that is optional"], name)
    names = {(each["kind"], each["metadata"]["name"]) for each in made}
    assert len(names) == len(made)
    labels = [label for each in made for label in each["metadata"]["labels"].values()]
    assert max(map(len, [*labels, *(name for _, name in names)])) <= 63


def test_each_value_has_its_schema_and_each_schema_its_value() -> None:
    with helm.Chart.load(chart.CHART) as loaded:
        schema, values = loaded.schema, loaded.values
    assert schema is not None

    def compare(part: dict[str, Any], value: dict[str, Any], path: str) -> None:
        if "$ref" in part:
            part = schema["definitions"][part["$ref"].rpartition("/")[2]]
        if "properties" not in part:
            return
        assert part.get("additionalProperties") is False, path
        assert part["properties"].keys() - {"global"} == value.keys(), path
        for name, inner in value.items():
            if isinstance(inner, dict):
                compare(part["properties"][name], inner, f"{path}.{name}")

    compare(schema, values, "")


@pytest.mark.parametrize(
    "values",
    [
        {"servers": {}},
        {"server": {"replicas": "2"}},
        {"settings": {"WORKERS": 8}},
        {"settings": {"workers": "8"}},
        {"settings": {"MONGODB_URI": "mongodb://user:secret@db"}},
        {"image": {"digest": "sha256:short"}},
        {"worker": {"autoscaling": {"averageCpu": "70%"}}},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(helm.HelmValuesError):
        chart.rendered(values)


@pytest.mark.parametrize(
    "values",
    [
        {"worker": {"autoscaling": {"minReplicas": 41}}},
        {"settings": {"METRICS": ""}, "metrics": {"podMonitor": {"enabled": True}}},
    ],
    ids=str,
)
def test_values_that_contradict_each_other_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(helm.HelmRenderError):
        chart.rendered(values)


def test_every_page_that_the_server_leads_to_has_a_path() -> None:
    ingress = of_kind("Ingress", chart.objects())["tmf678"]
    [rule] = ingress["spec"]["rules"]
    paths = {each["path"] for each in rule["http"]["paths"]}
    assert paths == {"/", "/errors", "/openapi.json", "/tmf-api", "/ui"}


def test_workers_reach_only_what_webhooks_name_beside_names_and_mongodb() -> None:
    policies = of_kind("NetworkPolicy", chart.objects())
    anywhere = {
        name: {
            port["port"]
            for each in made["spec"]["egress"]
            if "to" not in each
            for port in each["ports"]
        }
        for name, made in policies.items()
    }
    assert anywhere == {"tmf678-server": {53, 27017, 443}, "tmf678-worker": {53, 27017}}


def test_the_versions_are_the_release_s() -> None:
    about = yaml.safe_load((chart.CHART / "Chart.yaml").read_text())
    assert about["appVersion"] == __version__


def test_changed_settings_replace_the_pods_and_a_changed_budget_does_not() -> None:
    def annotations(values: dict[str, Any]) -> list[dict[str, str]]:
        deployments = of_kind("Deployment", chart.objects(values)).values()
        return [each["spec"]["template"]["metadata"]["annotations"] for each in deployments]

    shipped = annotations({})
    assert len(shipped) == 2
    assert annotations({"worker": {"disruptionBudget": {"maxUnavailable": 2}}}) == shipped
    changed = annotations({"settings": {"LOG_LEVEL": "debug"}})
    assert all(was != now for was, now in zip(shipped, changed, strict=True))


def test_without_autoscaling_there_are_as_many_pods_as_named() -> None:
    for deployment in of_kind("Deployment", chart.objects()).values():
        assert "replicas" not in deployment["spec"]
    bare = chart.objects(VARIANTS["bare"])
    assert {each["spec"]["replicas"] for each in of_kind("Deployment", bare).values()} == {2}
    assert of_kind("HorizontalPodAutoscaler", bare) == {}
    assert {each["kind"] for each in bare}.isdisjoint({"Ingress", "NetworkPolicy"})


def test_without_metrics_nothing_leads_to_them() -> None:
    bare = chart.objects(VARIANTS["bare"])
    assert of_kind("Service", bare).keys() == {"tmf678-server"}
    ports = container(of_kind("Deployment", bare)["tmf678-server"])["ports"]
    assert [port["name"] for port in ports] == ["http"]


def test_the_secret_of_an_operator_is_read_as_a_file() -> None:
    made = chart.objects(VARIANTS["other machines"])
    settings = of_kind("ConfigMap", made)["tmf678"]["data"]
    folder, _, file = settings["MONGODB_URI_FILE"].rpartition("/")
    for deployment in of_kind("Deployment", made).values():
        pod = deployment["spec"]["template"]["spec"]
        volume = next(each for each in pod["volumes"] if each["name"] == "mongodb")["secret"]
        assert volume["secretName"] == "mongodb-admin-tmf678"
        assert volume["items"] == [{"key": "connectionString.standard", "path": file}]
        mounts = {each["name"]: each["mountPath"] for each in container(deployment)["volumeMounts"]}
        assert mounts == {"tmp": "/tmp", "mongodb": folder, "fonts": "/fonts"}  # noqa: S108


def test_a_restart_of_the_worker_is_for_an_old_heartbeat() -> None:
    worker = container(of_kind("Deployment", chart.objects())["tmf678-worker"])
    assert worker["args"][:2] == ["worker", "--heartbeat"]
    for probe in ("startupProbe", "livenessProbe"):
        assert worker["args"][2] in worker[probe]["exec"]["command"][2]


def test_pods_are_selected_by_labels_that_stay() -> None:
    """A deployment's selector can't change, and a component's label can."""
    plain, oda = chart.objects(), chart.objects({"oda": {"enabled": True}})
    for name, deployment in of_kind("Deployment", plain).items():
        assert (
            of_kind("Deployment", oda)[name]["spec"]["selector"] == deployment["spec"]["selector"]
        )
    [component] = of_kind("Component", oda)
    assert all(
        each["metadata"]["labels"]["oda.tmforum.org/componentName"] == component for each in oda
    )

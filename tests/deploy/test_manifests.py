"""What the shipped manifests tell the server, it knows. `make check` lints them."""

import re
from dataclasses import fields
from typing import Any

import yaml

from impl.gunicorn_worker import SERVING_SECONDS
from impl.settings import Settings
from tests.servers import ROOT

SETTINGS = {field.name.upper() for field in fields(Settings)}
COMPOSE = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
KUBERNETES = [
    each
    for file in sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
    for each in yaml.safe_load_all(file.read_text())
]


def _kinds(kind: str) -> list[dict[str, Any]]:
    return [each for each in KUBERNETES if each["kind"] == kind]


def test_every_setting_is_one_that_the_server_reads() -> None:
    named = {*COMPOSE["x-tmf678"]["environment"], *_kinds("ConfigMap")[0]["data"]}
    assert {name for name in named if name.removesuffix("_FILE") not in SETTINGS} == set()


def test_no_secret_stands_in_a_manifest() -> None:
    assert _kinds("Secret") == []
    assert all("file" in each for each in COMPOSE["secrets"].values())


def test_every_deployment_is_kept_running_and_scaled() -> None:
    for deployment in _kinds("Deployment"):
        name, labels = deployment["metadata"]["name"], deployment["metadata"]["labels"]
        for kind in ("PodDisruptionBudget", "HorizontalPodAutoscaler"):
            assert name in {each["metadata"]["name"] for each in _kinds(kind)}
        pod = deployment["spec"]["template"]
        assert pod["metadata"]["labels"] == labels
        assert pod["spec"]["securityContext"]["runAsNonRoot"]
        assert pod["spec"]["terminationGracePeriodSeconds"] > 30 + 10


def test_all_that_is_asked_of_a_server_leads_somewhere() -> None:
    [server] = [
        each for each in _kinds("Deployment") if each["metadata"]["name"] == "tmf678-server"
    ]
    container = server["spec"]["template"]["spec"]["containers"][0]
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        assert container[probe]["httpGet"]["path"] in ("/health/live", "/health/ready")
    ports = {port["name"] for port in container["ports"]}
    services = _kinds("Service")
    assert len(services) == 2
    for service in services:
        assert service["spec"]["selector"].items() <= server["metadata"]["labels"].items()
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


def test_compose_has_two_servers_two_workers_three_members_and_a_proxy() -> None:
    services = list(COMPOSE["services"])
    for kind, count in {"server": 2, "worker": 2, "mongo": 3, "proxy": 1}.items():
        assert sum(each.startswith(kind) for each in services) == count


def test_the_proxy_gives_up_an_idle_connection_before_the_server_does() -> None:
    upstream = (ROOT / "deploy/nginx.conf").read_text().split("upstream servers")[1].split("}")[0]
    assert int(re.findall(r"keepalive_timeout (\d+)s;", upstream)[0]) < SERVING_SECONDS


def test_the_proxy_knows_each_server_by_an_address_that_stays() -> None:
    services = COMPOSE["services"]
    named = re.findall(r"server ([\w-]+):8080 ", (ROOT / "deploy/nginx.conf").read_text())
    addresses = [f"{name}:{services[name]['networks']['web']['ipv4_address']}" for name in named]
    assert services["proxy"]["extra_hosts"] == addresses
    trusted = COMPOSE["x-tmf678"]["environment"]["TRUSTED_PROXIES"]
    proxy = services["proxy"]["networks"]["web"]["ipv4_address"]
    assert trusted == f"${{TRUSTED_PROXIES:-{proxy}}}"


def test_servers_listen_where_proxy_and_probes_look_whatever_the_settings_say() -> None:
    environment = COMPOSE["x-tmf678"]["environment"]
    assert (environment["HOST"], environment["PORT"]) == ("0.0.0.0", 8080)


def test_no_service_fills_the_disk_with_logs_or_takes_all_memory() -> None:
    for name, service in COMPOSE["services"].items():
        assert {"max-size", "max-file"} <= service["logging"]["options"].keys(), name
        assert "mem_limit" in service or service["restart"] == "no", name


def test_every_setting_can_be_passed_to_servers_and_workers() -> None:
    for name, service in COMPOSE["services"].items():
        if name.startswith(("server-", "worker-")):
            assert service["env_file"] == [{"path": ".env", "required": False}]

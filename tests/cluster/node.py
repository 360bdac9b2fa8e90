"""A cluster of one node: Kubernetes' programs beside an engine, in this process's namespaces."""

import json
import os
import secrets
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.kubernetes import FOLDER
from tests.containers.engine import Engine
from tests.containers.machine import PATH, run
from tests.waiting import until

START_SECONDS = 120
SERVER = "https://127.0.0.1:6443"
ETCD, ETCD_PEERS = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
SERVICES = "10.96.0.0/16"
NODE = "node-1"
BRIDGE = "docker0"
PAUSE = "pause"
"""The image of the process that holds a pod's namespaces."""

RUNTIME = """\
#!/bin/sh
# runc for a root that must not lower oom_score_adj, which Kubernetes asks of containers.
bundle=$(printf '%s\\n' "$@" | sed -n '/^--bundle$/{n;p;}')
[ -z "$bundle" ] || sed -i -E 's/"oomScoreAdj":-[0-9]+/"oomScoreAdj":0/' "$bundle/config.json"
exec runc "$@"
"""
KUBELET = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1",
    "kind": "KubeletConfiguration",
    "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
    "authorization": {"mode": "AlwaysAllow"},
    "healthzPort": 0,
    "cgroupDriver": "cgroupfs",
    "cgroupsPerQOS": False,
    "enforceNodeAllocatable": [],
    "failSwapOn": False,
    "resolvConf": "/dev/null",
    "evictionHard": {
        "memory.available": "1Mi",
        "nodefs.available": "1%",
        "imagefs.available": "1%",
    },
    "imageGCHighThresholdPercent": 100,
}
PROXY = {
    "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
    "kind": "KubeProxyConfiguration",
    "mode": "iptables",
    "hostnameOverride": NODE,
    "bindAddress": "127.0.0.1",
    "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
}

SYSCTLS = {
    "vm/overcommit_memory": 1,
    "vm/panic_on_oom": 0,
    "kernel/panic": 10,
    "kernel/panic_on_oops": 1,
    "kernel/keys/root_maxkeys": 1_000_000,
    "kernel/keys/root_maxbytes": 25_000_000,
}
"""The kernel's settings that a kubelet wants, and sets for the whole machine if they differ."""


def runtime(folder: Path) -> list[str]:
    """Options of the engine, for containers that Kubernetes starts."""
    script = folder / "runtime.sh"
    script.write_text(RUNTIME)
    script.chmod(0o755)
    return [f"--add-runtime=kubernetes={script}", "--default-runtime=kubernetes"]


class Cluster:
    """The control plane and a kubelet over the engine. Use as a context manager."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.engine = engine
        self._folder = folder
        self._processes = ExitStack()
        self._environment = os.environ | {"PATH": f"{FOLDER}:{PATH}", "HOME": str(folder)}
        [bridge] = json.loads(run(["ip", "-json", "-4", "address", "show", BRIDGE]).stdout)
        self.address = str(bridge["addr_info"][0]["local"])
        """The node's address in the network of its pods."""

    def __enter__(self) -> "Cluster":
        self._folder.mkdir()
        pause = 'FROM debian\nSTOPSIGNAL SIGKILL\nCMD ["sleep", "infinity"]\n'
        self.engine("build", "--tag", PAUSE, "-", text=pause)
        try:
            self._start_control_plane()
            self._start_node()
        except BaseException:
            self._processes.close()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._processes.close()

    # ---------------------------------------------------------------- commands

    def kubectl(self, *arguments: str, text: str = "") -> str:
        """The output of a kubectl command that gets this text; AssertionError if it fails."""
        done = self.try_kubectl(*arguments, text=text)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr[-3000:]}"
        return done.stdout.strip()

    def try_kubectl(self, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        """A kubectl command that may fail."""
        command = ["kubectl", f"--kubeconfig={self._folder}/kubeconfig", *arguments]
        return subprocess.run(
            command, env=self._environment, input=text, capture_output=True, text=True, check=False
        )

    def get(self, *arguments: str) -> dict[str, Any]:
        """What `kubectl get` finds."""
        found: dict[str, Any] = json.loads(self.kubectl("get", *arguments, "--output=json"))
        return found

    # ---------------------------------------------------------------- processes

    def _start_control_plane(self) -> None:
        token = secrets.token_hex(16)
        key = self._written("sa.key", "")
        run(["openssl", "genrsa", "-out", str(key), "2048"])
        self._written("kubeconfig", yaml.safe_dump(_kubeconfig(token)))
        self._start(
            "etcd",
            data_dir=self._folder / "etcd-data",
            listen_client_urls=ETCD,
            advertise_client_urls=ETCD,
            listen_peer_urls=ETCD_PEERS,
            unsafe_no_fsync="true",
        )
        self._start(
            "kube-apiserver",
            etcd_servers=ETCD,
            secure_port=6443,
            bind_address="127.0.0.1",
            advertise_address=self.address,
            cert_dir=self._folder / "certificates",
            service_account_key_file=key,
            service_account_signing_key_file=key,
            service_account_issuer="https://kubernetes.default.svc",
            token_auth_file=self._written("tokens", f"{token},admin,admin,system:masters\n"),
            authorization_mode="RBAC",
            service_cluster_ip_range=SERVICES,
            kubelet_preferred_address_types="InternalIP",
        )
        self._wait(lambda: self.try_kubectl("get", "--raw=/readyz").returncode == 0)
        alone: dict[str, object] = {"leader_elect": "false", "bind_address": "127.0.0.1", "port": 0}
        self._start_client("kube-scheduler", **alone)
        self._start_client("kube-controller-manager", service_account_private_key_file=key, **alone)

    def _show_sysctls(self) -> None:
        """Show the kubelet the settings that it wants; the kernel's own stay as they are."""
        for name, value in SYSCTLS.items():
            shown = self._written(name.replace("/", "."), f"{value}\n")
            run(["mount", "--bind", str(shown), f"/proc/sys/{name}"])

    def _start_node(self) -> None:
        self._show_sysctls()
        self._start(
            "kubelet",
            kubeconfig=self._folder / "kubeconfig",
            config=self._written("kubelet.yaml", yaml.safe_dump(KUBELET)),
            root_dir=self._folder / "kubelet",
            cert_dir=self._folder / "kubelet-certificates",
            docker_endpoint=self.engine.environment["DOCKER_HOST"],
            pod_infra_container_image=PAUSE,
            hostname_override=NODE,
            node_ip=self.address,
        )
        run(["ip", "route", "add", SERVICES, "dev", BRIDGE])
        proxy = PROXY | {"clientConnection": {"kubeconfig": f"{self._folder}/kubeconfig"}}
        self._start("kube-proxy", config=self._written("proxy.yaml", yaml.safe_dump(proxy)))
        self._wait(self._is_ready)

    def _is_ready(self) -> bool:
        listed = self.try_kubectl("get", "node", NODE, "--output=json")
        if listed.returncode:
            return False
        conditions = json.loads(listed.stdout)["status"].get("conditions", [])
        return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)

    def _start_client(self, name: str, **options: object) -> None:
        config = self._folder / "kubeconfig"
        self._start(
            name,
            kubeconfig=config,
            authentication_kubeconfig=config,
            authorization_kubeconfig=config,
            **options,
        )

    def _start(self, name: str, **options: object) -> None:
        """Start a program with these options; `bind_address=X` is `--bind-address=X`."""
        given = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        with (self._folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [name, *given], env=self._environment, stdout=log, stderr=log
            )
        self._processes.callback(process.wait)
        self._processes.callback(process.kill)

    def _wait(self, condition: Callable[[], bool]) -> None:
        try:
            until(condition, START_SECONDS, 0.5)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.describe()}") from None

    def describe(self) -> str:
        """The pods, and the last lines of each program's log."""
        logs = [
            f"{path.name}:\n" + "\n".join(path.read_text(errors="replace").splitlines()[-6:])
            for path in sorted(self._folder.glob("*.log"))
        ]
        return "\n".join([self.try_kubectl("get", "pods,events", "-A").stdout[-6000:], *logs])

    def _written(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text)
        return path


def _kubeconfig(token: str) -> dict[str, Any]:
    cluster = {"server": SERVER, "insecure-skip-tls-verify": True}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "one", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "one", "context": {"cluster": "one", "user": "admin"}}],
        "current-context": "one",
    }

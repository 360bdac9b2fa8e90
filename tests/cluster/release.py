"""The Helm chart in the cluster: its objects, in versions that it knows, and its pods."""

import json
from typing import Any

from tests.cluster.node import Cluster
from tests.deploy import chart
from tests.servers import BASE_PATH
from tests.waiting import until

DATABASE = "tmf678"
NAMESPACE = chart.NAMESPACE
DEPLOYMENTS = SERVER, WORKER = "tmf678-server", "tmf678-worker"
SETTINGS = {"AUTH": "off", "MONGODB_DB": DATABASE, "TRUSTED_PROXIES": ""}
OLDER = {"autoscaling/v2": "autoscaling/v2beta2", "policy/v1": "policy/v1beta1"}
"""Versions of the chart's objects that Kubernetes 1.20 does not know, and the ones before them."""

ROLLOUT_SECONDS = 300
COMPONENT = "app.kubernetes.io/component"


class Release:
    """The chart's objects, applied to the cluster."""

    def __init__(self, cluster: Cluster, uri: str) -> None:
        self.cluster = cluster
        self.uri = uri
        cluster.kubectl("create", "namespace", NAMESPACE)
        self.kubectl("create", "secret", "generic", "mongodb", f"--from-literal=uri={uri}")

    def kubectl(self, *arguments: str, text: str = "") -> str:
        return self.cluster.kubectl(f"--namespace={NAMESPACE}", *arguments, text=text)

    def apply(self, **settings: str) -> None:
        """Apply the chart with these settings besides; nothing waits for the pods."""
        made = chart.objects({"settings": SETTINGS | settings})
        for each in made:
            each["apiVersion"] = OLDER.get(each["apiVersion"], each["apiVersion"])
        items = {"apiVersion": "v1", "kind": "List", "items": made}
        self.kubectl("apply", "--filename=-", text=json.dumps(items))

    def remove(self) -> None:
        self.kubectl("delete", "deployments", "--all", "--wait=false")

    def wait_until_rolled_out(self) -> None:
        """Return when all pods are of the last form, ready, and as many as the autoscalers want."""
        until(lambda: all(self._wanted(each) >= 2 for each in DEPLOYMENTS), 60, 0.5)
        for name in DEPLOYMENTS:
            rollout = ["rollout", "status", f"deployment/{name}", f"--timeout={ROLLOUT_SECONDS}s"]
            try:
                self.kubectl(*rollout)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self.cluster.describe()}") from None

    def _wanted(self, deployment: str) -> int:
        return int(self._get("deployment", deployment)["spec"]["replicas"])

    def _get(self, *arguments: str) -> dict[str, Any]:
        return self.cluster.get(f"--namespace={NAMESPACE}", *arguments)

    @property
    def api(self) -> str:
        """The API's URL at the service of the servers."""
        service = self._get("service", SERVER)
        return f"http://{service['spec']['clusterIP']}{BASE_PATH}"

    # ---------------------------------------------------------------- pods

    def pods(self, component: str) -> dict[str, dict[str, Any]]:
        """The pods of the servers or workers that are not being removed, by name."""
        found = self._get("pods", f"--selector={COMPONENT}={component}")["items"]
        live = (each for each in found if "deletionTimestamp" not in each["metadata"])
        return {each["metadata"]["name"]: each for each in live}

    def restarts(self, pod: str) -> int:
        [status] = self._get("pod", pod)["status"]["containerStatuses"]
        return int(status["restartCount"])

    def pid(self, pod: str) -> int:
        """The first process of the pod's container, as this process sees it."""
        engine = self.cluster.engine
        label = "--filter=label=io.kubernetes"
        running = ["ps", "--quiet", f"{label}.pod.name={pod}", f"{label}.docker.type=container"]
        return int(engine("inspect", "--format={{.State.Pid}}", engine(*running)))

    def evict(self, pod: str) -> str:
        """Ask for the pod's eviction, as `kubectl drain` does; what is said against it, else ""."""
        metadata = {"name": pod, "namespace": NAMESPACE}
        eviction = {"apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": metadata}
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/eviction"
        done = self.cluster.try_kubectl(
            "create", f"--raw={path}", "--filename=-", text=json.dumps(eviction)
        )
        return done.stderr.strip() if done.returncode else ""

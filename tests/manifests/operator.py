"""What the Prometheus operator makes of a PodMonitor, as its own code (0.85) was seen to."""

import re

from tests.manifests.rendering import Labels, Object

# What the operator calls a target, besides what a PodMonitor says.
KNOWN = {"__meta_kubernetes_namespace": "namespace", "__meta_kubernetes_pod_name": "pod"}


def in_prometheus_spelling(steps: list[Object]) -> list[Object]:
    """Relabelling: source_labels for sourceLabels."""
    return [{re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", key): step[key] for key in step} for step in steps]


def scrape_config(monitor: Object, pods: list[Object]) -> Object:
    """A PodMonitor's configuration, with pods that are given instead of discovered."""
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    known = [{"source_labels": [source], "target_label": label} for source, label in KNOWN.items()]
    return {
        "job_name": monitor["metadata"]["name"],
        "relabel_configs": known + in_prometheus_spelling(endpoint["relabelings"]),
        "metric_relabel_configs": in_prometheus_spelling(endpoint["metricRelabelings"]),
        "static_configs": pods,
    }


def discovered(namespace: str, name: str, address: str, annotations: Labels) -> Object:
    """A pod's port as Prometheus discovers it."""
    about = {"namespace": namespace, "pod_name": name}
    about |= {re.sub("[^a-z]", "_", f"pod_annotation_{key}"): value for key, value in annotations.items()}
    return {"targets": [address], "labels": {f"__meta_kubernetes_{key}": value for key, value in about.items()}}

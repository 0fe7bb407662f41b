"""What is opt-in."""

from urllib.parse import urlsplit

import yaml

from app.colours import COLOURS
from edge.tracing import TRACING
from tests.manifests.colours import check_blue_and_green_differ_in_colour_and_release_alone
from tests.manifests.rendering import (
    container,
    environment,
    names,
    namespace,
    of_kind,
    one,
    pod,
    render,
    selected,
    web_servers,
    workloads,
)
from tests.manifests.test_overlays import overlay

EVERYTHING = "tests/manifests/everything"


def test_blue_and_green_differ_in_colour_and_release_alone(rendered):
    check_blue_and_green_differ_in_colour_and_release_alone(rendered[EVERYTHING])


def test_autoscaling_scales_each_web_server_and_leaves_its_number_alone(rendered):
    objects = rendered[EVERYTHING]
    for colour in COLOURS:
        scaler = one(objects, "HorizontalPodAutoscaler", f"httpd-server-{colour}")
        web = one(objects, scaler["spec"]["scaleTargetRef"]["kind"], scaler["spec"]["scaleTargetRef"]["name"])
        assert web["metadata"]["labels"]["version"] == colour
        assert scaler["metadata"]["namespace"] == namespace(objects)
        assert "replicas" not in web["spec"]
        assert 2 <= scaler["spec"]["minReplicas"] < scaler["spec"]["maxReplicas"]
        [metric] = [each["containerResource"] for each in scaler["spec"]["metrics"]]
        assert metric["container"] == container(web)["name"]
        resources = container(web)["resources"]
        assert metric["name"] in resources["requests"]
        target, limit = metric["target"]["averageValue"], resources["limits"][metric["name"]]
        assert int(target.removesuffix("m")) < int(limit.removesuffix("m"))


def test_prometheus_is_told_where_the_web_servers_metrics_are(rendered):
    for web in of_kind(rendered[EVERYTHING], "Deployment"):
        told = pod(web)["metadata"]["annotations"]
        [port] = container(web)["ports"]
        assert told["prometheus.io/scrape"] == "true"
        assert told["prometheus.io/port"] == str(port["containerPort"])
        assert told["prometheus.io/path"] == "/metrics"


def test_monitoring_is_in_the_namespace_and_finds_both_web_servers(rendered):
    objects = rendered[EVERYTHING]
    monitor = one(objects, "PodMonitor", "httpd-server")
    assert selected(objects, monitor["spec"]["selector"]["matchLabels"]) == names(web_servers(objects))
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    assert {endpoint["port"]} == {port["name"] for web in web_servers(objects) for port in container(web)["ports"]}
    for each in (monitor, one(objects, "PrometheusRule", "pii-demo"), one(objects, "ConfigMap", "pii-demo-dashboard")):
        assert each["metadata"]["namespace"] == namespace(objects)


def test_monitoring_brings_the_annotations_that_it_goes_by(tmp_path):
    for web in web_servers(overlay(tmp_path, {}, "k8s", "k8s/components/monitoring")):
        assert {"prometheus.io/port", "prometheus.io/path"} <= pod(web)["metadata"]["annotations"].keys()


def test_admission_asks_for_each_pod_that_is_made_or_relabelled_in_the_namespace(rendered):
    """What it answers is tested in tests/cluster."""
    objects = rendered[EVERYTHING]
    name = f"{namespace(objects)}.colours-by-account"  # both are the cluster's
    policy = one(objects, "ValidatingAdmissionPolicy", name)["spec"]
    binding = one(objects, "ValidatingAdmissionPolicyBinding", name)["spec"]
    [rule] = policy["matchConstraints"]["resourceRules"]
    assert (rule["operations"], rule["resources"]) == (["CREATE", "UPDATE"], ["pods", "pods/status"])
    assert rule["scope"] == "*"  # the default, unwritten, would be applied again each time
    ours = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace(objects)}}}
    assert binding == {"policyName": name, "validationActions": ["Deny"], "matchResources": ours}


def test_web_servers_and_their_sidecars_reach_the_collector_and_note_no_address(rendered):
    objects = rendered[EVERYTHING]
    [address] = {environment(web)["OTEL_EXPORTER_OTLP_ENDPOINT"] for web in web_servers(objects)}
    collector = urlsplit(address)
    assert collector.hostname
    elsewhere = collector.hostname.split(".")[1]
    assert f"{elsewhere}/{collector.hostname}" in one(objects, "Sidecar", "default")["spec"]["egress"][0]["hosts"]
    policy = one(objects, "NetworkPolicy", "tracing")["spec"]
    assert policy["podSelector"] == {"matchLabels": {"app": "httpd-server"}}
    [egress] = policy["egress"]
    [selected] = egress["to"][0]["namespaceSelector"]["matchExpressions"]
    assert selected["values"] == [elsewhere]
    assert [each["port"] for each in egress["ports"]] == [collector.port, 4317]
    [tracing] = one(objects, "Telemetry", "tracing")["spec"]["tracing"]
    replaced = {each["tag"] for each in yaml.safe_load(TRACING.read_text(encoding="utf-8"))["tracing"]["custom_tags"]}
    assert tracing["customTags"].keys() == replaced


def test_another_registry_keeps_the_tags(rendered):
    images = {container(web)["image"] for web in of_kind(rendered[EVERYTHING], "Deployment")}
    tags = {container(web)["image"].partition(":")[2] for web in of_kind(rendered["istio"], "Deployment")}
    assert images == {f"registry.example:5000/somebody/pii-demo:{tag}" for tag in tags}


def test_without_cni_only_the_namespace_is_less_strict(rendered):
    objects = render("tests/manifests/without-cni")
    changed = [new for old, new in zip(rendered["istio"], objects, strict=True) if old != new]
    [labels] = [each["metadata"]["labels"] for each in changed]
    assert changed == of_kind(objects, "Namespace")
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"
    assert labels["istio-injection"] == "enabled"
    assert len(workloads(objects)) == 4

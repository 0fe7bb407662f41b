"""Which callers the mesh's policies allow: only those whose certificate is named."""

from fnmatch import fnmatchcase
from itertools import product

from tests.manifests.network import PORT
from tests.manifests.rendering import (
    Object,
    Objects,
    labels_of,
    matches,
    name_of,
    names,
    namespace,
    of_kind,
    pod,
    workloads,
)

GATEWAY = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"


def principal(objects: Objects, account: str) -> str:
    return f"cluster.local/ns/{namespace(objects)}/sa/{account}"


def allowed(objects: Objects, caller: str | None, target: str, port: int) -> bool:
    """Whether a caller may connect to a workload's port. Where no policy is for it, everyone may."""
    [labels] = [labels_of(pod(each)) for each in workloads(objects) if name_of(each) == target]
    policies = [
        each["spec"]
        for each in of_kind(objects, "AuthorizationPolicy")
        if matches(each["spec"].get("selector", {}).get("matchLabels"), labels)
    ]
    rules = [rule for policy in policies for rule in policy.get("rules", [])]
    return not policies or any(is_from(rule, caller) and is_to(rule, port) for rule in rules)


def is_from(rule: Object, caller: str | None) -> bool:
    """Whether a rule covers the caller. `*` covers every caller with a certificate; without `from` it covers all."""
    if "from" not in rule:
        return True
    principals = [each for source in rule["from"] for each in source["source"]["principals"]]
    return caller is not None and any(fnmatchcase(caller, each) for each in principals)


def is_to(rule: Object, port: int) -> bool:
    return "to" not in rule or any(str(port) in to["operation"]["ports"] for to in rule["to"])


def check_every_caller_proves_who_it_is(objects: Objects) -> None:
    [found] = of_kind(objects, "PeerAuthentication")
    assert found["spec"] == {"mtls": {"mode": "STRICT"}}
    assert name_of(found) == "default"
    [labels] = [each["metadata"]["labels"] for each in of_kind(objects, "Namespace")]
    assert labels["istio-injection"] == "enabled"


def check_callers_not_named_are_denied(objects: Objects) -> None:
    assert {} in [each["spec"] for each in of_kind(objects, "AuthorizationPolicy")]


def check_only_the_gateway_and_its_own_colour_reach_a_web_server_and_only_that_reaches_its_mysql(
    objects: Objects,
) -> None:
    callers = {name: principal(objects, name) for name in names(of_kind(objects, "ServiceAccount"))}
    callers |= {"gateway": GATEWAY, "stranger": "cluster.local/ns/default/sa/default"}
    for (name, caller), target in product(callers.items(), sorted(names(workloads(objects)))):
        app, colour = target.rsplit("-", 1)
        meant = name == f"httpd-server-{colour}" or (name == "gateway" and app == "httpd-server")
        assert allowed(objects, caller, target, PORT[app]) == meant, f"{name} to {target}"
        assert not allowed(objects, caller, target, 9999)


def check_callers_without_a_certificate_are_denied(objects: Objects) -> None:
    for target in names(workloads(objects)):
        assert not allowed(objects, None, target, PORT[target.rsplit("-", 1)[0]])


def check_every_principal_is_the_gateway_or_an_account_of_ours(objects: Objects) -> None:
    ours = {principal(objects, name) for name in names(of_kind(objects, "ServiceAccount"))}
    named = {
        one
        for each in of_kind(objects, "AuthorizationPolicy")
        for rule in each["spec"].get("rules", [])
        for source in rule["from"]
        for one in source["source"]["principals"]
    }
    assert named <= ours | {GATEWAY}


CHECKS = [
    check_every_caller_proves_who_it_is,
    check_callers_not_named_are_denied,
    check_only_the_gateway_and_its_own_colour_reach_a_web_server_and_only_that_reaches_its_mysql,
    check_callers_without_a_certificate_are_denied,
    check_every_principal_is_the_gateway_or_an_account_of_ours,
]

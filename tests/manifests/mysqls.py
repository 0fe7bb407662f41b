"""What has to be true of the MySQLs: one of each colour, which keeps its data whatever becomes of the pod."""

from tests.manifests.rendering import Objects, container, environment, mysqls, pod, seconds

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
ENVIRONMENT = {
    "COLOUR": {"fieldRef": {"fieldPath": "metadata.labels['version']"}},
    "MYSQL_DATABASE": "pii_demo",
    "MYSQL_USER": "pii_demo",
    "MYSQL_ROOT_HOST": "localhost",
    "MYSQL_INITDB_SKIP_TZINFO": "1",
}


def check_mysqls_are_probed_over_tcp_without_a_password_in_the_command(objects: Objects) -> None:
    for mysql in mysqls(objects):
        for name in PROBES:
            command = " ".join(container(mysql)[name]["exec"]["command"])
            assert "--host=127.0.0.1" in command
            assert "--password" not in command
        assert seconds(container(mysql)["startupProbe"]) >= 600
        for name in ("startupProbe", "readinessProbe"):
            assert "FROM marker" in container(mysql)[name]["exec"]["command"][-1]


def check_there_is_one_and_it_is_replaced_even_if_it_never_got_ready(objects: Objects) -> None:
    for mysql in mysqls(objects):
        assert (mysql["spec"]["replicas"], mysql["spec"]["podManagementPolicy"]) == (1, "Parallel")
        assert pod(mysql)["spec"]["terminationGracePeriodSeconds"] >= 60


def check_the_first_start_is_told_whose_database_it_makes(objects: Objects) -> None:
    for mysql in mysqls(objects):
        given = environment(mysql)
        assert {name: value for name, value in given.items() if "secretKeyRef" not in value} == ENVIRONMENT


def check_the_data_is_on_a_claim_that_a_release_leaves_alone(objects: Objects) -> None:
    for mysql in mysqls(objects):
        [claim] = mysql["spec"]["volumeClaimTemplates"]
        assert claim["metadata"]["name"] == "data"
        assert "app.kubernetes.io/version" not in claim["metadata"]["labels"]  # it can never be changed
        assert pod(mysql)["spec"]["securityContext"]["fsGroup"] == 999


CHECKS = [
    check_mysqls_are_probed_over_tcp_without_a_password_in_the_command,
    check_there_is_one_and_it_is_replaced_even_if_it_never_got_ready,
    check_the_first_start_is_told_whose_database_it_makes,
    check_the_data_is_on_a_claim_that_a_release_leaves_alone,
]

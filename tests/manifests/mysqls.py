"""What has to be true of the MySQLs: one of each colour, which keeps its data whatever becomes of the pod."""

import yaml

from tests.manifests.rendering import Objects, container, environment, mysqls, pod, seconds
from tests.support.one_machine import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-services.yml").read_text(encoding="utf-8"))
HEALTHY = ROOT / "db" / "scripts" / "healthy.sh"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
# The article's, but for the memory that is asked for: that is about what its first start takes.
RESOURCES = {"requests": {"cpu": "10m", "memory": "256Mi"}, "limits": {"cpu": "200m", "memory": "512Mi"}}
ENVIRONMENT = {
    "COLOUR": {"fieldRef": {"fieldPath": "metadata.labels['version']"}},
    "DATABASE": "pii_demo",
    "MYSQL_USER": "pii_demo",
    "MYSQL_PASSWORD_FILE": "/passwords/MYSQL_PASSWORD",
    "MYSQL_ROOT_PASSWORD_FILE": "/passwords/MYSQL_ROOT_PASSWORD",
    "MYSQL_ROOT_HOST": "localhost",
    "MYSQL_INITDB_SKIP_TZINFO": "1",
}


def check_mysqls_are_probed_over_tcp_without_a_password_in_the_command(objects: Objects) -> None:
    for mysql in mysqls(objects):
        for name in PROBES:
            command = " ".join(container(mysql)[name]["exec"]["command"])
            command = command.replace("sh /scripts/healthy.sh", HEALTHY.read_text(encoding="utf-8"))
            assert "--host=127.0.0.1" in command
            assert "--password" not in command
            assert ("FROM marker" in command) == (name != "livenessProbe")


def check_a_mysql_whose_first_start_broke_off_never_starts(objects: Objects) -> None:
    for mysql in mysqls(objects):
        assert container(mysql)["startupProbe"]["exec"]["command"] == ["sh", "/scripts/healthy.sh"]


def check_mysqls_that_do_not_answer_get_no_login_soon_and_are_started_again_late(objects: Objects) -> None:
    for mysql in mysqls(objects):
        starting, ready, alive = (container(mysql)[name] for name in PROBES)
        assert seconds(starting) >= 600
        assert seconds(ready) <= 15
        assert seconds(alive) >= 60
        assert ready["timeoutSeconds"] >= 5
        assert alive["timeoutSeconds"] >= 10


def check_it_is_the_mysql_of_compose_and_has_room_for_it(objects: Objects) -> None:
    for mysql in mysqls(objects):
        assert container(mysql)["image"] == COMPOSE["x-mysql"]["image"]
        assert container(mysql)["resources"] == RESOURCES


def check_there_is_one_and_it_is_replaced_even_if_it_never_got_ready(objects: Objects) -> None:
    for mysql in mysqls(objects):
        assert (mysql["spec"]["replicas"], mysql["spec"]["podManagementPolicy"]) == (1, "Parallel")
        assert pod(mysql)["spec"]["terminationGracePeriodSeconds"] >= 60


def check_the_first_start_is_told_whose_database_it_makes(objects: Objects) -> None:
    for mysql in mysqls(objects):
        assert environment(mysql) == ENVIRONMENT


def check_the_data_is_on_a_claim_that_a_release_leaves_alone(objects: Objects) -> None:
    for mysql in mysqls(objects):
        [claim] = mysql["spec"]["volumeClaimTemplates"]
        assert claim["metadata"]["name"] == "data"
        assert "app.kubernetes.io/version" not in claim["metadata"]["labels"]  # it can never be changed
        assert claim["spec"] == {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "volumeMode": "Filesystem",
        }


CHECKS = [
    check_mysqls_are_probed_over_tcp_without_a_password_in_the_command,
    check_a_mysql_whose_first_start_broke_off_never_starts,
    check_mysqls_that_do_not_answer_get_no_login_soon_and_are_started_again_late,
    check_it_is_the_mysql_of_compose_and_has_room_for_it,
    check_there_is_one_and_it_is_replaced_even_if_it_never_got_ready,
    check_the_first_start_is_told_whose_database_it_makes,
    check_the_data_is_on_a_claim_that_a_release_leaves_alone,
]

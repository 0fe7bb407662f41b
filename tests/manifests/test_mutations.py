"""Each wrong edit that one could make to the manifests makes a check fail; and the checks pass before it."""

from typing import Any

import jsonpatch
import pytest

from tests.manifests.checks import ISTIO, KUBERNETES
from tests.manifests.colours import check_blue_and_green_differ_in_colour_and_release_alone
from tests.manifests.mutations import GONE, IN_THE_MESH, WITHOUT_MESH, Added
from tests.manifests.rendering import Objects, name_of

# Not the one that compares blue with green: it would find every edit of one of them, and none that was made in both.
NOT_ONE_SIDED = check_blue_and_green_differ_in_colour_and_release_alone
CHECKS = {
    folder: [check for check in checks if check is not NOT_ONE_SIDED]
    for folder, checks in {"istio": ISTIO, "k8s": KUBERNETES}.items()
}
EDITS = [("istio", edit) for edit in IN_THE_MESH] + [("k8s", edit) for edit in WITHOUT_MESH]


def mutated(objects: Objects, what: str, path: str, value: Any) -> Objects:
    kind, name = what.split()
    [position] = [i for i, each in enumerate(objects) if (each["kind"], name_of(each)) == (kind, name)]
    if not path:
        return objects[:position] + objects[position + 1 :]
    edit = operation(value) | {"path": path}
    return [*objects[:position], jsonpatch.apply_patch(objects[position], [edit]), *objects[position + 1 :]]


def operation(value: Any) -> dict[str, Any]:
    if value is GONE:
        return {"op": "remove"}
    if isinstance(value, Added):
        return {"op": "add", "value": value.value}
    return {"op": "replace", "value": value}


def fails(check, objects: Objects) -> bool:
    try:
        check(objects)
    except (AssertionError, LookupError, StopIteration, ValueError):
        return True
    return False


@pytest.fixture(scope="module")
def found(rendered) -> list[set[str]]:
    """By which checks each of the edits is found."""
    return [
        {check.__name__ for check in CHECKS[folder] if fails(check, mutated(rendered[folder], *edit))}
        for folder, edit in EDITS
    ]


@pytest.mark.parametrize("folder", CHECKS)
def test_nothing_fails_before_a_mutation(rendered, folder):
    assert not [check for check in CHECKS[folder] if fails(check, rendered[folder])]


@pytest.mark.parametrize(
    "number", range(len(EDITS)), ids=[f"{folder} {what} {path}" for folder, (what, path, _) in EDITS]
)
def test_a_wrong_edit_is_found(rendered, found, number):
    folder, edit = EDITS[number]
    assert mutated(rendered[folder], *edit) != rendered[folder]
    assert found[number]


@pytest.mark.parametrize("check", sorted({check.__name__ for checks in CHECKS.values() for check in checks}))
def test_every_check_finds_a_wrong_edit(found, check):
    assert check in set().union(*found)

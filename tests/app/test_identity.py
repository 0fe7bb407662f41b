from pathlib import Path

import pytest

from app.identity import IdentitySource
from app.settings import Settings


def identity(**settings):
    return IdentitySource(Settings(**settings)).current()


@pytest.fixture
def podinfo(tmp_path: Path):
    """The downward API's files, written as the kubelet does: a new folder, and a link that is replaced at once."""

    def write(**files: str) -> Path:
        folder = tmp_path / f"..{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
            if not (tmp_path / name).is_symlink():
                (tmp_path / name).symlink_to(f"..data/{name}")
        new = tmp_path / "..new"
        new.symlink_to(folder.name)
        new.replace(tmp_path / "..data")
        return tmp_path

    return write


def test_pod_label_before_environment_before_image(podinfo):
    folder = podinfo(labels='app="httpd-server"\nversion="green"\napp.kubernetes.io/version="2.0.0"\n')
    told = {"colour": "blue", "version": "1.5.0", "image_colour": "blue", "image_version": "1.0.0"}
    labelled = identity(podinfo_dir=folder, **told)
    assert (labelled.colour, labelled.version) == ("green", "2.0.0")
    unlabelled = identity(podinfo_dir=Path("/nowhere"), **told)
    assert (unlabelled.colour, unlabelled.version) == ("blue", "1.5.0")
    built = identity(image_colour="blue", image_version="1.0.0")
    assert (built.colour, built.version) == ("blue", "1.0.0")


def test_a_label_has_the_last_word_over_an_annotation(podinfo):
    folder = podinfo(labels='version="blue"\n', annotations='version="green"\napp.kubernetes.io/version="3.0"\n')
    assert (identity(podinfo_dir=folder).colour, identity(podinfo_dir=folder).version) == ("blue", "3.0")


def test_labels_are_read_again_when_they_change(podinfo):
    folder = podinfo(labels='version="blue"\n')
    source = IdentitySource(Settings(podinfo_dir=folder))
    assert source.current().colour == "blue"
    assert source.current() is source.current(), "read once"
    podinfo(labels='version="green"\n')
    assert source.current().colour == "green"


def test_damaged_labels_are_passed_over(podinfo):
    folder = podinfo(labels='version="green\nnonsense\nkubernetes.io/x="a\\"b"\napp.kubernetes.io/version=7\n')
    assert identity(podinfo_dir=folder, colour="blue").colour == "blue"
    assert identity(podinfo_dir=folder).version is None


@pytest.mark.parametrize(
    ("settings", "colour", "remark"),
    [
        ({}, None, "No colour configured"),
        ({"colour": "purple"}, None, "Unknown colour “purple” (known: blue, green)"),
        ({"colour": "blue", "image_colour": "green"}, "blue", "built for green, but this process runs as blue"),
        ({"colour": "blue", "image_colour": "blue"}, "blue", None),
    ],
)
def test_it_says_what_is_odd_about_its_colour(settings, colour, remark):
    found = identity(**settings)
    assert found.colour == colour
    assert found.remark is None if remark is None else remark in found.remark


def test_pod_is_the_host_name_where_nobody_names_it():
    assert identity().pod
    assert identity(pod_name="pod-7").pod == "pod-7"


def test_headers_are_there_without_any_identity():
    assert identity(pod_name="p").headers() == {"X-App-Colour": "none", "X-App-Version": "none", "X-App-Pod": "p"}

"""The first run of make, and the next one: in any folder, with a .venv that is fit for use."""

import os
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.one_machine import ROOT, free_port

FOLDERS = {"app", "db", "edge", "istio", "k8s", "requirements"}
ODD = f'it\'s "grün" & $HOME; #(1) {"x" * 150}'


@pytest.fixture
def checkout(tmp_path: Path) -> Callable[..., Path]:
    """What git has, in a folder of this name."""

    def copy(name: str = "checkout") -> Path:
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for file in listed.stdout.splitlines():
            if file.split("/")[0] in FOLDERS or "/" not in file:
                (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
                if (ROOT / file).exists():
                    shutil.copy2(ROOT / file, tmp_path / name / file)
        return tmp_path / name

    return copy


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A Python that gives a new .venv a copy of our pip, as to install pip takes it some seconds."""
    python = tmp_path / "python3"
    packages = Path(sysconfig.get_path("purelib"))
    python.write_text(
        f'#!/bin/sh\n[ "$2" = venv ] || exec {sys.executable} "$@"\n{sys.executable} "$@" --without-pip && '
        f"cp -r {packages}/pip {packages}/pip-*.dist-info .venv/lib/python*/site-packages\n"
    )
    python.chmod(0o755)
    return python


def works(folder: Path) -> bool:
    python = folder / ".venv" / "bin" / "python"
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def borrow_packages(folder: Path) -> None:
    """Instead of installing them: those that these tests run with."""
    [packages] = (folder / ".venv" / "lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()))
    (folder / ".venv" / "run").touch()


def test_targets_hold_in_any_folder(checkout):
    folder = checkout(ODD)
    assert make(folder, ".venv/made").returncode == 0
    borrow_packages(folder)
    refused = make(folder, "run", "PORT=http")
    assert "“http” is not a port" in refused.stderr
    nobody = make(folder, "verify", f"PORT={free_port()}", "OPTIONS=--json")
    assert '"result": "fail"' in nobody.stdout, nobody.stderr
    assert "Traceback" not in refused.stderr + nobody.stderr


def break_pip(folder: Path) -> Path:
    """As a Debian without python3-venv leaves it."""
    [pip] = (folder / ".venv" / "lib").glob("python*/site-packages/pip")
    shutil.rmtree(pip)
    return folder


def lose_python(folder: Path) -> Path:
    """As an upgrade of the system leaves it."""
    for python in (folder / ".venv" / "bin").glob("python*"):
        python.unlink()
    (folder / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    return folder


def move(folder: Path) -> Path:
    return folder.rename(folder.with_name("elsewhere"))


def test_a_venv_is_kept_while_it_works_and_made_again_once_it_does_not(checkout, quick):
    folder = checkout()
    assert make(folder, ".venv/made", f"PYTHON={quick}").returncode == 0
    for harm in (break_pip, lose_python, move):
        (folder / ".venv" / "kept").touch()
        assert make(folder, ".venv/made", f"PYTHON={quick}").returncode == 0
        assert (folder / ".venv" / "kept").exists()
        folder = harm(folder)
        assert make(folder, ".venv/made", f"PYTHON={quick}").returncode == 0
        assert not (folder / ".venv" / "kept").exists()
        assert works(folder)


def test_a_python_that_cannot_make_one_is_told_each_time_what_to_install(checkout, tmp_path):
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$1" in -c) exit 0 ;; esac\nmkdir -p .venv/bin; echo broken >&2; exit 1\n')
    python.chmod(0o755)
    folder = checkout()
    for _ in range(2):
        failed = make(folder, "run", f"PYTHON={python}")
        assert failed.returncode == 2
        assert "sudo apt install python3-venv" in failed.stderr
        assert not (folder / ".venv").exists()


def test_an_old_python_is_named(checkout, tmp_path):
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\necho 'make: Python 3.11 or later is needed' >&2; exit 1\n")
    python.chmod(0o755)
    assert "Python 3.11 or later is needed" in make(checkout(), "run", f"PYTHON={python}").stderr


def test_the_tests_of_a_cluster_have_one_order_for_all_processes():
    """pytest-xdist refuses another one in each process. The gate has no cluster, and so leaves them out."""
    collect = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "tests/cluster"]
    collected = {
        subprocess.run(
            collect, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout.rpartition("\n\n")[0]
        for seed in ("1", "2")
    }
    assert len(collected) == 1

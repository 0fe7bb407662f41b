"""Check the examples against the CRDs in these files: python -m tests.examples.crds FILE…

The files are manifests/crds/*-crd.yaml of Argo CD and Argo Rollouts, artifacts/flagger/crd.yaml, and
deploy/crds/cert-manager.io_certificates.yaml. The gate does not read them: they are too large to copy, and no package
of PyPI that we know has them.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft7Validator

from tests.examples.conftest import FOLDERS
from tests.manifests.rendering import Object, name_of, render

Schemas = dict[tuple[str, str], Any]


def main(*files: str) -> int:
    schemas = dict(schema for file in files for schema in read(Path(file)))
    faults = 0
    for folder in FOLDERS:
        for each in render(folder):
            if (each["apiVersion"], each["kind"]) in schemas:
                found = list(errors(each, schemas))
                faults += len(found)
                print(f"{folder}: {each['kind']} {name_of(each)}: {'; '.join(found) or 'valid'}")
    return 1 if faults else 0


def read(file: Path) -> Iterator[tuple[tuple[str, str], Any]]:
    """The schemas of a file, by apiVersion and kind."""
    for crd in yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
        for version in crd["spec"]["versions"]:
            schema = closed(version["schema"]["openAPIV3Schema"])
            yield (f"{crd['spec']['group']}/{version['name']}", crd["spec"]["names"]["kind"]), schema


def closed(schema: Any) -> Any:
    """The schema that rejects fields it does not name, which the cluster would drop."""
    schema = dict(schema)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = closed(schema[key])
    if "properties" in schema:
        schema["properties"] = {name: closed(each) for name, each in schema["properties"].items()}
        schema.setdefault("additionalProperties", bool(schema.get("x-kubernetes-preserve-unknown-fields")))
    return schema


def errors(each: Object, schemas: Schemas) -> Iterator[str]:
    for error in Draft7Validator(schemas[each["apiVersion"], each["kind"]]).iter_errors(each):
        yield f"{'.'.join(map(str, error.instance_path))}: {error.message}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

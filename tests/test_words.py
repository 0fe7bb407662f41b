"""Words that make a reader stumble, in what people read: pages, messages, docs, manifests and make's help."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.one_machine import ROOT

# A web server is not a "web"; the others have a plainer word: correct or fix, who, anyone who, again, timeout.
WORDS = r"\b(?:(?:a|the|each|this) web(?!-| server)\b(?! of)|webs|mend(?:ed|s)?|whom|whoever|anew|time-outs?)\b"
PAGES = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
READ = ["app", "bench", "db", "docs", "edge", "examples", "istio", "k8s", "Makefile", "docker-services.yml", *PAGES]
SUFFIXES = {".py", ".html", ".js", ".md", ".yaml", ".yml", ".sh", ".sql", ".cnf", ""}


def texts() -> Iterator[Path]:
    for name in READ:
        paths = sorted((ROOT / name).rglob("*")) if (ROOT / name).is_dir() else [ROOT / name]
        yield from (path for path in paths if path.is_file() and path.suffix in SUFFIXES)


def test_only_plain_words_are_used():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(WORDS, line, re.IGNORECASE)
    ]
    assert found == []

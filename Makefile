# PORT=9000 moves `make run`, `make live`, `make verify` and `make up`.
PORT ?= 8080
PYTHON ?= python3
COLOUR ?=
GATEWAY ?=
VIA ?= http://127.0.0.1:$(PORT)
DOMAIN ?= apps.hl.test
COMPILE = .venv/bin/uv pip compile pyproject.toml --quiet --no-header --no-annotate --universal --generate-hashes \
	--python-version 3.11 --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help run live verify up down images secrets test test-cluster lint format bench lock clean

help: ## these lines
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 14

run: .venv/run ## both colours behind Envoy, until Ctrl-C
	@.venv/bin/python -m edge.run $(PORT)

live: .venv/run ## switch the plain host: COLOUR=blue, green or both
	@.venv/bin/python -m edge.live $(PORT) "$(COLOUR)"

verify: .venv/run ## is the routing right, and each colour by itself: VIA=http://…, DOMAIN=…, OPTIONS=--json
	@.venv/bin/flask --app app verify --via $(VIA) --domain $(DOMAIN) $(OPTIONS)

up: ## both colours with their MySQLs, in Docker
	PORT=$(PORT) docker compose up --build --wait

down: ## stop them; their data stays
	docker compose down

images: ## pii-demo:blue and pii-demo:green
	docker buildx bake

secrets: .venv/run ## the databases' passwords: make -s secrets | kubectl apply -f -
	@.venv/bin/python -m k8s.secrets

test: .venv/dev ## all tests that this machine can run
	.venv/bin/python -m pytest $(PYTEST)

test-cluster: .venv/dev ## the cluster that kubectl points at: GATEWAY=http://ADDRESS:PORT
	.venv/bin/python -m pytest tests/cluster --timeout 900 --gateway "$(GATEWAY)" $(PYTEST)

lint: .venv/dev ## style, format, types, YAML
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/yamllint --strict .

format: .venv/dev ## mend style and format
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: .venv/dev ## how fast, how large
	.venv/bin/python -m bench.one_machine
	.venv/bin/python -m bench.storing
	.venv/bin/python -m bench.images

lock: .venv/dev ## the lock files anew from pyproject.toml
	$(COMPILE) --group run --group dev --output-file requirements-dev.txt
	$(COMPILE) --group run --constraint requirements-dev.txt --output-file requirements-run.txt
	$(COMPILE) --constraint requirements-dev.txt --output-file requirements.txt

clean: ## .venv, but not the data under var/
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("make: Python 3.11 or later is needed; say make PYTHON=python3.13, for one" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run .venv/dev: .venv/%: requirements-%.txt | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

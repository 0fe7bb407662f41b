# PORT=9000 moves `make run` and `make up`, and all that ask them: `live`, `verify`, `users`, `load`.
PORT ?= 8080
PYTHON ?= python3
COLOUR ?=
SHARE ?=
TO ?=
FAULT ?=
COUNT ?= 50
RATE ?= 20
GATEWAY ?=
PART ?=
IN ?= compose
CONTEXT =
FROM ?=
AGAINST ?=
VIA ?= http://127.0.0.1:$(PORT)
DOMAIN ?= apps.hl.test
IN_VENV = .venv/bin/python -m
NAMESPACE = $(shell sed -n 's/^namespace: //p' k8s/namespace/kustomization.yaml)
# CONTEXT=NAME is one of kubectl's, instead of the current one.
IN_CONTEXT = $(if $(CONTEXT),--context "$(CONTEXT)")
KUBECTL = kubectl $(IN_CONTEXT) --request-timeout=10s --namespace $(NAMESPACE)
PASSWORDS = $(PYTHON) -c 'from secrets import token_urlsafe as new; \
	print("MYSQL_PASSWORD", new(32), sep="="); print("MYSQL_ROOT_PASSWORD", new(32), sep="=")'
# A command in the database of a colour, with our standard input: IN=compose or IN=cluster.
IN_DATABASE_compose = docker compose exec --no-TTY mysql-server-$(1)
IN_DATABASE_cluster = kubectl $(IN_CONTEXT) --namespace $(NAMESPACE) exec --stdin mysql-server-$(1)-0 --container mysql-server --
ONE_COLOUR = $(or $(and $(filter 1,$(words $(COLOUR))),$(filter blue green,$(COLOUR))),$(error say whose database: COLOUR=blue or COLOUR=green))
IN_DATABASE = $(or $(IN_DATABASE_$(IN)),$(error IN is compose or cluster, not $(IN)))
# What pytest ends with if it has selected no test.
NONE = 5
SETTINGS = istio/base/settings.yaml
WORKFLOWS = .github/workflows/*.yaml
LABEL = [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?
# As Renovate understands it, for which each lock file has its command at its head; the other options are in pyproject.toml.
COMPILE = $(IN_VENV) uv pip compile pyproject.toml --quiet

.DEFAULT_GOAL := help
.PHONY: help run live promote break repair verify users load up down images cluster cluster-down secrets backup restore forget test test-cluster lint domain workflows sbom format bench bench-report lock clean

help: ## show this help
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 14

run: .venv/run ## both colours behind Envoy, until Ctrl-C
	@exec $(IN_VENV) edge.run "$(PORT)"

live: .venv/run ## switch the plain host: COLOUR=blue, green or both; SHARE=10 for a tenth of new visitors
	@$(IN_VENV) edge.live "$(PORT)" "$(COLOUR)" "$(SHARE)"

break: .venv/run ## break one thing on purpose, see docs/break-it.md: FAULT=wrong-route, for one
	@$(IN_VENV) edge.breaking "$(PORT)" "$(FAULT)"

repair: .venv/run ## repair it
	@$(IN_VENV) edge.breaking "$(PORT)" repair

verify: .venv/run ## check routing and isolation from outside: VIA=http://… or https://…, DOMAIN=…, OPTIONS=--json
	@$(IN_VENV) app.verify --via "$(VIA)" --domain "$(DOMAIN)" $(OPTIONS)

promote: .venv/run ## move all users to the other colour, and the plain host with them: TO=green; TO=blue moves them back
	@$(IN_VENV) edge.promote "$(PORT)" "$(TO)"

users: .venv/run ## invented people on each colour: COUNT=50, VIA=http://…, DOMAIN=…
	@$(IN_VENV) edge.users --via "$(VIA)" --domain "$(DOMAIN)" --count "$(COUNT)" $(OPTIONS)

load: .venv/run ## mild traffic on the three hosts, until Ctrl-C: RATE=20, VIA=http://…, DOMAIN=…
	@exec $(IN_VENV) edge.load --via "$(VIA)" --domain "$(DOMAIN)" --rate "$(RATE)" $(OPTIONS)

up: ## both colours with their MySQLs, in Docker
	PORT="$(PORT)" docker compose up --build --wait
	@echo; echo "    Both colours are up. make down stops them."; \
		for colour in "" -blue -green; do echo "    http://pii-demo$$colour.localhost:$(PORT)"; done; echo

down: ## stop them; their data stays
	docker compose down

images: ## pii-demo:blue and pii-demo:green
	docker buildx bake

cluster: .venv/made ## both colours in a new cluster, with kind and Istio, verified: docs/tutorial.md in one command
	@$(IN_VENV) examples.kind

cluster-down: ## delete that cluster with all its data
	kind delete cluster --name pii-demo

secrets: ## random passwords for the databases, in the cluster that kubectl points at or CONTEXT=…; none is ever replaced
	@$(KUBECTL) get namespace $(NAMESPACE) >/dev/null 2>&1 || $(KUBECTL) create namespace $(NAMESPACE) --save-config
	@for colour in blue green; do \
		if $(KUBECTL) get secret mysql-server-$$colour >/dev/null 2>&1; then \
			echo "secret/mysql-server-$$colour exists"; continue; \
		fi; \
		if $(KUBECTL) get persistentvolumeclaim data-mysql-server-$$colour-0 >/dev/null 2>&1; then \
			echo "$$colour has a volume: if its database was ever started, it still has its old password" >&2; \
		fi; \
		passwords="$$($(PASSWORDS))" || exit; \
		printf '%s\n' "$$passwords" | \
			$(KUBECTL) create secret generic mysql-server-$$colour --from-env-file=/dev/stdin || exit; \
	done

backup: ## the users of COLOUR, as SQL: make backup COLOUR=blue > blue.sql; IN=cluster for kubectl's
	@$(call IN_DATABASE,$(ONE_COLOUR)) sh /scripts/backup.sh

restore: ## replace the users of COLOUR by those of a backup: make restore COLOUR=blue < blue.sql; FROM=green for another colour's
	@$(call IN_DATABASE,$(ONE_COLOUR)) sh /scripts/restore.sh $(if $(FROM),$(or $(filter blue green,$(FROM)),$(error FROM is blue or green, not $(FROM))))

# Neither the EMAIL that git knows, nor one in which make has taken a $ for a variable.
PERSON = $(and $(findstring command,$(origin EMAIL)),$(strip $(value EMAIL)))
forget: export PERSON := $(PERSON)
forget: ## delete a person on both colours: EMAIL=ada@example.org
	$(if $(PERSON),,$(error say who is to be forgotten: make forget EMAIL=ada@example.org))
	@for colour in blue green; do printf '%s' "$$PERSON" | $(call IN_DATABASE,$$colour) sh /scripts/forget.sh || exit; done

test: .venv/dev ## all tests that this machine can run
	$(IN_VENV) pytest --numprocesses 3 -m "not alone" $(PYTEST); first=$$?; [ $$first = 0 ] || [ $$first = $(NONE) ] || exit $$first; \
	$(IN_VENV) pytest -m alone $(PYTEST) || { second=$$?; [ $$first = 0 ] && [ $$second = $(NONE) ]; } || exit $$second

test-cluster: .venv/dev ## the cluster that kubectl points at: GATEWAY=http://ADDRESS:PORT
	$(IN_VENV) pytest tests/cluster --timeout 900 --gateway "$(GATEWAY)" $(PYTEST)

lint: .venv/dev domain workflows ## style, format, types, YAML, the domain, GitHub's workflows
	$(IN_VENV) ruff check .
	$(IN_VENV) ruff format --check .
	$(IN_VENV) mypy
	$(IN_VENV) yamllint --strict .

domain:
	@grep -Eqx '  DOMAIN: $(LABEL)(\.$(LABEL))*' $(SETTINGS) && ! grep -Eq 'DOMAIN: .{239}' $(SETTINGS) || \
		{ echo "$(SETTINGS): DOMAIN must be lower case, such as home.lan: no wildcard, no dot at either end" >&2; exit 1; }

# The first says what would not run, the second what would be unsafe.
workflows: .venv/dev
	$(IN_VENV) jactionlint --strict-exit --shellcheck=.venv/bin/shellcheck $(WORKFLOWS)
	.venv/bin/zizmor --offline --quiet $(WORKFLOWS)

format: .venv/dev ## fix style and format
	$(IN_VENV) ruff check --fix .
	$(IN_VENV) ruff format .

bench: .venv/dev ## how fast and how large, beside what it replaces: PART=pages, for one
	@AGAINST="$(AGAINST)" $(IN_VENV) bench $(PART)

bench-report: .venv/dev ## the figures of make bench into docs/performance.md
	@$(IN_VENV) bench.report

# Of an environment that has nothing else.
sbom: .venv/dev ## the packages in the images with their licences, as CycloneDX: make sbom > sbom.cdx.json
	@$(IN_VENV) uv venv --quiet --clear --python .venv/bin/python var/shipped
	@$(IN_VENV) uv pip install --quiet --python var/shipped --require-hashes --requirements requirements/app.txt
	@$(IN_VENV) uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py environment \
		--output-reproducible --pyproject pyproject.toml var/shipped

lock: .venv/dev ## regenerate the lock files from pyproject.toml
	$(COMPILE) --output-file=requirements/app.txt
	$(COMPILE) --extra=otel --group=run --group=dev --constraint=requirements/app.txt --output-file=requirements/dev.txt
	$(COMPILE) --extra=otel --constraint=requirements/dev.txt --output-file=requirements/otel.txt
	$(COMPILE) --group=run --constraint=requirements/dev.txt --output-file=requirements/run.txt

clean: ## .venv, but not the data under var/
	rm -rf .venv

# Made again if it was made elsewhere (its scripts would not be found), or if its Python is gone or another one.
ifneq ($(shell [ "$$(cat .venv/made 2>/dev/null)" = "$$(pwd)" ] && .venv/bin/python -c 'import pip' 2>/dev/null && echo works),works)
.PHONY: .venv/made
endif

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit("make: Python 3.11 or later is needed; say make PYTHON=python3.13, for one" if sys.version_info < (3, 11) else 0)'
	@rm -rf .venv
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "make: no virtual environment can be made; on Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@pwd >.venv/made

# What pip says goes to stderr: some targets are read by programs.
.venv/run .venv/dev: .venv/%: requirements/%.txt .venv/made
	@echo "make: installing packages into .venv, once; this may take a minute or two" >&2
	@$(IN_VENV) pip install --disable-pip-version-check --require-hashes -r $< >&2
	@touch $@

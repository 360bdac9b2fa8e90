# `make help` lists what there is. Every target does its own set-up.
PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/bash
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Python keeps bytecode, even if the caller forbids it: the tests start a hundred processes, and each
# would compile the code again, as would each pytest process all tests.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test test-fast test-long test-deploy coverage check generate chart new-api stubs format fuzz ctk clients faults containers cluster bench bench-table \
        bench-scale bench-workers rehearse audit picture lock clean

help: ## list the targets
	@awk -F ': .*## ' '/^[a-z-]+:.*## / {printf "%-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run ## serve; settings as in docs/settings.md, such as `make run PORT=9000`
	@DEMO="$${DEMO:-$(if $(MONGODB_URI),0,1)}" CALLBACK_ALLOW="$${CALLBACK_ALLOW-127.0.0.0/8,::1}" \
	  $(BIN)/python -m impl serve --worker

# Four processes on two cores, for tests wait for databases and processes of their own.
PARALLEL := --numprocesses=4 --dist=loadfile --no-loadscope-reorder

test: .venv/dev ## the tests, with their own MongoDB and a short fuzz; all but the long ones
	@$(BIN)/python -m pytest $(PARALLEL) --ignore=tests/deploy -m "not long" $(if $(COVERAGE),--cov)

test-fast: .venv/dev ## unit tests and those of the generator, without a database
	@$(BIN)/python -m pytest --quiet --numprocesses=3 --dist=worksteal -m "not long" tests/unit tests/openapi \
	  --ignore=tests/openapi/test_stubs.py --ignore=tests/openapi/test_new_resource.py

test-long: .venv/dev ## what `make test` leaves out: the commands of the docs, and faults that take long
	@$(BIN)/python -m pytest $(PARALLEL) --ignore=tests/deploy -m long

test-deploy: .venv/dev ## the package, the proxy, a new replica set and the way back from backups
	@$(BIN)/python -m pytest tests/deploy --quiet

coverage: ## `make test`, and which lines of the code it does not run
	@$(MAKE) --no-print-directory test COVERAGE=1

check: .venv/dev ## format, lint, types, who imports whom, contract and deploy/ valid, generated/ current
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo > .venv/lint-imports.log || (cat .venv/lint-imports.log; false)
	@$(BIN)/openapi-spec-validator tmf678.yaml tmf678-v5.yaml generated/openapi.yaml generated/strict.yaml generated/v5/openapi.yaml generated/v5/strict.yaml \
	  tmf666.yaml generated/tmf666/openapi.yaml generated/tmf666/strict.yaml
	@$(BIN)/python -m openapi.generate --check && $(BIN)/python -m openapi.errors_page --check
	@$(BIN)/python -m impl.cli.settings_table --check
	@$(if $(wildcard $(BIN)/hadolint),$(BIN)/hadolint deploy/Dockerfile,true)
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/compose.yaml
	@$(BIN)/python -m tests.deploy.chart --check
	@$(BIN)/kubernetes-validate --strict --quiet $(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/*.yaml))

generate: .venv/dev ## write generated/ from tmf678.yaml and the overlay, /errors, and the tables of docs/settings.md
	@$(BIN)/python -m openapi.generate
	@$(BIN)/python -m openapi.errors_page
	@$(BIN)/python -m impl.cli.settings_table

chart: .venv/dev ## write deploy/kubernetes and deploy/oda from the Helm chart
	@$(BIN)/python -m tests.deploy.chart

new-api: .venv/dev ## a folder that serves any TM Forum document: `make new-api DOC=... DIR=../party`
	@$(BIN)/python -m openapi.new_api "$(DOC)" "$(DIR)" $(if $(PACKAGE),--package $(PACKAGE))

stubs: .venv/dev ## generate, and write a stub for each missing handler
	@$(BIN)/python -m openapi.generate --stubs

format: .venv/dev ## put the code into the project's format
	@$(BIN)/ruff check --quiet --fix-only . ; $(BIN)/ruff format --quiet .

fuzz: .venv/dev ## Schemathesis at full length; `URL=...` points it at another server
	@$(BIN)/python -m impl.conformance.fuzz --hooks tests.contract.hooks $(if $(URL),--url $(URL)) \
	  $(or $(FUZZ),--examples 1000 --seeds 3)

ctk: .venv/dev ## the conformance flows of v4 and v5, with Newman (needs Node.js and npm)
	@$(BIN)/python -m tests.ctk.run $(if $(URL),--url $(URL))

clients: .venv/dev ## clients that generators make of the contract, linters and Prism, against the server
	@CLIENTS=1 $(BIN)/python -m pytest tests/clients --quiet --timeout=600

faults: .venv/dev ## what survives when processes die and networks are cut, at full length
	@FULL=1 $(BIN)/python -m pytest tests/faults -s -q

containers: .venv/dev ## deploy/compose.yaml by a real engine, with faults (root, Debian); `FULL=1` for all of them
	@$(BIN)/python -m tests.containers

cluster: .venv/dev ## the chart in Kubernetes, built of Debian's source package, with rollouts and evictions
	@$(BIN)/python -m tests.cluster

rehearse: .venv/dev ## a disaster, and the way back from backups to a moment before it, timed
	@FULL=1 $(BIN)/python -m pytest tests/deploy/test_rehearsal.py -s -q

audit: .venv/dev ## known vulnerabilities of the locked dependencies, and their licences
	@$(BIN)/python -m tests.audit

bench: .venv/dev ## how fast it is beside others, in one run; `make bench BENCH=--soak` watches memory
	@$(BIN)/python -m tests.bench $(BENCH)

bench-table: .venv/dev ## the last bench's tables, for CONTRIBUTING.md
	@$(BIN)/python -m tests.bench.report

bench-scale: .venv/dev ## what more data costs; `make bench-scale SCALE="--sizes 10000 10000000"`
	@$(BIN)/python -m tests.bench.scale $(SCALE)

bench-workers: .venv/dev ## bills, events, files beside bare scripts; `make bench-workers BENCH="--only billing"`
	@$(BIN)/python -m tests.bench.workers $(BENCH)

picture: .venv/dev ## draw docs/bill.png, a bill of the demo data
	@$(BIN)/python -m tests.docs.picture

lock: .venv/dev ## pin the dependencies of setup.cfg, with hashes, in requirements/
	@compile="$(BIN)/uv pip compile --quiet --upgrade --no-strip-extras --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command \"make lock\" setup.cfg"; cd . && \
	eval "$$compile -o requirements/runtime.txt" && \
	eval "$$compile --extra embedded -c requirements/runtime.txt -o requirements/embedded.txt" && \
	eval "$$compile --extra otel -c requirements/runtime.txt -o requirements/otel.txt" && \
	eval "$$compile --extra embedded --extra generate --extra otel --extra dev -c requirements/runtime.txt -o requirements/dev.txt" && \
	eval "$${compile% setup.cfg} requirements/clients.in -o requirements/clients.txt"

clean: ## remove what can be made again, the data of `make run` included
	rm -rf .venv .data .work .coverage* .hypothesis .*_cache build tests/*/node_modules
	find . -name __pycache__ -prune -exec rm -rf {} +

# One environment; each stamp says which of the locked sets is in it.
.venv/run: requirements/embedded.txt | .venv/bin/python .venv/bin/tmf678
	@echo "installing the server ..."
	@$(PIP) install --require-hashes -r $<
	@touch $@

.venv/dev: requirements/dev.txt | .venv/bin/python .venv/bin/tmf678
	@echo "installing the server and its tools ..."
	@$(PIP) install --require-hashes -r $<
	@touch $@ .venv/run

# The command as the wheel gives it, of the code that is here.
.venv/bin/tmf678: | .venv/bin/python
	@printf '%s\n' '#!/bin/sh' 'root=$$(cd "$$(dirname "$$0")/../.." && pwd)' \
	  'PYTHONPATH=$$root exec "$$root/$(BIN)/python" -P -m impl "$$@"' > $@ && chmod +x $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=...") if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -m venv .venv

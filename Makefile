# Everything that is done with this project. `make` alone lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

export PYTHON ?= python3
export ROUNDTRIP_PORT ?= $(or $(PORT),8000)
export HTTPS_PORT ?= 8443
UV := uv==0.13.9
COMPILE := .venv/bin/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-package flask-roundtrip

# A shell can hold what its owner needs elsewhere. Tools that are called here do not see it.
unexport BASH_ENV CDPATH DEBUG ENV FLASK_APP FLASK_DEBUG FLASK_ENV GUNICORN_CMD_ARGS NODE_ENV NODE_OPTIONS NODE_PATH
unexport PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_ROOT PIP_TARGET PIP_USER VIRTUAL_ENV
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONINSPECT PYTHONOPTIMIZE PYTHONPATH PYTHONSAFEPATH PYTHONSTARTUP PYTHONWARNINGS
export PYTHONUTF8 := 1

VENV := backend/.venv
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --no-user --disable-pip-version-check --require-hashes --no-deps --no-compile
PIP_PACKAGE := $(BIN)/python -m pip install -qq --no-user --disable-pip-version-check --no-deps
NPM_CI := npm ci --include=dev --global=false --loglevel=error > /dev/null
CHECK_DOCKER := docker compose version > /dev/null 2>&1 && docker info > /dev/null 2>&1 \
  || { echo "This needs a running Docker engine, 20.10 or newer, with Compose 2.20 or newer."; exit 1; }

# Stamps: each stands for an installation, and is older than what it was made from when that has to be repeated.
# A target names those that it uses: `@$(HAVE) $(SERVER) $(BUILT)`. Their rules are at the end of this file.
HAVE := .make/have
SERVER := $(VENV)/.server
TOOLS := $(VENV)/.tools
MONITORING := $(VENV)/.monitoring
PROFILERS := $(VENV)/.profilers
RECEIVER := backend/.receiver/.installed
WANTED := $(if $(strip $(OTEL_EXPORTER_OTLP_ENDPOINT)$(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)$(ROUNDTRIP_SENTRY_DSN)$(SENTRY_DSN)),$(MONITORING))
FRONTEND := frontend/node_modules/.installed
E2E := e2e/node_modules/.installed
BUILT := frontend/dist/index.html
DATABASE := database
LAB_REQUIREMENTS := $(wildcard backend/lab/requirements.txt)
LAB_STACK = COMPOSE_PROFILES=memcached LAB_MEMCACHED_URL=memcached://memcached:11211 docker compose -f docker-compose.yml -f backend/lab/compose.yml # the Lab

# What is for development is off unless it is asked for: here it is.
run dev: export ROUNDTRIP_LAB ?= on
run dev: export ROUNDTRIP_INSPECT ?= on

##@ Use
run: ## Serve the application on ROUNDTRIP_PORT (8000) until Ctrl-C; installs, loads and builds what is missing
	@$(HAVE) $(DATABASE) $(BUILT) $(WANTED)
	@cd backend && exec $(BIN)/python -m gunicorn

dev: ## Serve both sides with reload: open http://localhost:5173
	@$(HAVE) $(DATABASE) $(FRONTEND) $(WANTED)
	@frontend/dev.sh

data: ## Make the database's tables and load the data set, unless it is there
	@$(HAVE) $(DATABASE)

build: ## Build the frontend
	@$(HAVE) $(BUILT)

packages: ## Build the two packages as others install them, into their dist folders
	@$(HAVE) $(TOOLS) $(FRONTEND)
	@backend/flask_roundtrip/alone.sh wheel
	@cd frontend && npm run -s package
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
test: test-backend test-packages test-frontend e2e ## Run all tests

test-backend: ## Run the backend's tests
	@$(HAVE) $(TOOLS) $(DATABASE) $(RECEIVER)
	cd backend && $(BIN)/python -m pytest
	cd backend/flask_roundtrip && ../$(BIN)/python -m pytest

test-packages: ## Install the built packages into empty environments, and test them there
	@$(HAVE) $(TOOLS)
	backend/flask_roundtrip/alone.sh

test-frontend: ## Run the frontend's tests
	@$(HAVE) $(FRONTEND)
	cd frontend && npm test --silent

e2e: ## Run the end-to-end tests in a real browser
	@$(HAVE) $(DATABASE) $(E2E) $(BUILT) $(MONITORING)
	cd e2e && npm test --silent

test-setup: ## Try the first start of a fresh clone: killed, two at once, in an odd folder, with a full environment
	@$(HAVE) $(TOOLS)
	cd backend && $(BIN)/python -m pytest setup_tests

# All their clients have one address.
test-stack e2e-stack: export RATE_LIMIT := 1000000/minute
test-stack e2e-stack: export REQUESTS_PER_ADDRESS := 60000
test-stack: stack ## Run the tests of the production topology; they stop and kill parts of it; ONLY=test_client: these alone
	@$(HAVE) $(TOOLS)
	cd backend && $(BIN)/python -m pytest stack_tests $(if $(ONLY),-k '$(ONLY)')

e2e-stack: stack ## Run the end-to-end tests against the production topology, over HTTPS and HTTP/2
	@$(HAVE) $(E2E)
	cd e2e && E2E_URL=https://localhost:$(HTTPS_PORT) npm test --silent -- $(if $(ONLY),--grep '$(ONLY)')

e2e-lab-stack: lab-stack ## Run the Lab's end-to-end tests against the production topology # the Lab
	@$(HAVE) $(E2E) # the Lab
	cd e2e && LAB=on E2E_URL=https://localhost:$(HTTPS_PORT) npm test --silent -- tests/lab # the Lab

lighthouse: ## Score every page with Lighthouse, as on a phone; PAGES=/delays: this alone
	@$(HAVE) $(DATABASE) $(E2E) $(BUILT)
	cd e2e && npm run lighthouse --silent

check: check-backend check-frontend check-e2e check-types check-images ## Check style, types, import laws, dead code and sizes

check-backend:
	@$(HAVE) $(TOOLS) $(DATABASE)
	cd backend && $(BIN)/python path.py --check > /dev/null
	cd backend && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	cd backend && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/vulture

check-frontend:
	@$(HAVE) $(BUILT)
	cd frontend && npm run -s lint && npm run -s dead && npm run -s size

check-e2e:
	@$(HAVE) $(E2E) $(FRONTEND)
	cd e2e && npm run -s lint

check-images:
	@$(HAVE) $(TOOLS)
	$(VENV)/bin/hadolint $(wildcard */Dockerfile */*/Dockerfile)

# The generated files say what the backend's schemas say.
check-types:
	@$(HAVE) $(SERVER) $(DATABASE) $(FRONTEND)
	cd backend && $(BIN)/flask --app wsgi openapi | diff ../frontend/openapi.json - || { echo "frontend/openapi.json is out of date: run make types"; exit 1; }
	cd backend && $(BIN)/flask --app wsgi words | diff ../frontend/src/flights/words.json - || { echo "words.json is out of date: run make types"; exit 1; }
	cd backend && $(BIN)/python -m lab.words | diff ../frontend/src/lab/words.json - || { echo "the Lab's words.json is out of date: run make types"; exit 1; } # the Lab
	cd frontend && npm run types:check --silent

format: ## Format all code, and mend what can be mended by itself
	@$(HAVE) $(TOOLS) $(FRONTEND) $(E2E)
	cd backend && $(BIN)/ruff check --fix . && $(BIN)/ruff format .
	cd frontend && npx biome check --write . && cd ../e2e && npm run format

path: ## Trace the files that a hit, a miss and a batch enter, and write the README's list of them
	@$(HAVE) $(TOOLS) $(DATABASE)
	@cd backend && $(BIN)/python path.py

##@ Measure
bench: ## Measure this application beside its peers; QUICK=1: only try it, in under a minute
	@$(HAVE) $(DATABASE)
	cd backend && $(BIN)/python -m bench $(if $(QUICK),--quick)

bench-stack: ## Measure the production topology, started anew for it, and write the README's table of it
	@$(CHECK_DOCKER)
	@$(HAVE) $(DATABASE)
	cd backend && $(BIN)/python -m bench.stack $(if $(QUICK),--rounds 2 --seconds 0.25 --no-readme)

lab: ## Run every experiment of the Lab, and write the README's table of them; ONLY=batch: try these alone
	@$(HAVE) $(DATABASE) $(E2E) $(BUILT)
	cd e2e && node lab.mjs

profile: ## Ask URL=/api/v1/... many times under WITH=pyinstrument, cprofile, line_profiler, py-spy or memray, and save what it makes
	@$(HAVE) $(DATABASE) $(if $(filter pyinstrument line_profiler py-spy memray,$(or $(WITH),pyinstrument)),$(PROFILERS))
	@cd backend && $(BIN)/python -m profiles

screenshots: ## Picture every page at 1280 and 390 px, by day and by night; ONLY=Delays: this alone
	@$(HAVE) $(DATABASE) $(E2E) $(BUILT)
	cd e2e && npm run screenshots --silent -- $(if $(ONLY),--grep '$(ONLY)')

##@ Maintain
setup: ## Install everything, development tools too
	@$(HAVE) $(TOOLS) $(FRONTEND) $(E2E)

types: ## Write the OpenAPI document, the client's types and the words that the search knows, from the backend
	@$(HAVE) $(SERVER) $(DATABASE) $(FRONTEND)
	cd backend && $(BIN)/flask --app wsgi openapi > ../frontend/openapi.json
	cd backend && $(BIN)/flask --app wsgi words > ../frontend/src/flights/words.json
	cd backend && $(BIN)/python -m lab.words > ../frontend/src/lab/words.json # the Lab
	cd frontend && npm run types --silent

lock: ## Write exact versions and hashes of what pyproject.toml and package.json ask for
	@$(HAVE) $(SERVER)
	@$(VENV)/bin/pip install -q --disable-pip-version-check $(UV)
	cd backend && $(COMPILE) pyproject.toml -o requirements.txt
	cd backend && $(COMPILE) --group monitoring -c requirements.txt -o requirements-monitoring.txt
	cd backend && $(COMPILE) pyproject.toml --group dev -o requirements-dev.txt
	cd backend/profiles && ../$(COMPILE) requirements.in -o requirements.txt
	cd backend/tests/receiver && ../../$(COMPILE) requirements.in -o requirements.txt
	$(if $(LAB_REQUIREMENTS),cd backend/lab && ../$(COMPILE) requirements.in -o requirements.txt)
	cd frontend && npm run lock --silent && cd ../e2e && npm run lock --silent

clean: ## Remove all that was installed, built or loaded
	rm -rf $(VENV) $(dir $(RECEIVER)) backend/instance {frontend,e2e}/node_modules frontend/dist{,.new} frontend/packages/{dist,*/dist} e2e/{test-results,playwright-report}
	find backend -name __pycache__ -prune -exec rm -rf {} + -o -name '.*_cache' -prune -exec rm -rf {} +

help:
	@awk -F ':.*## ' '/^##@/ { print "\n" substr($$0, 5) } /^[a-z0-9-]+:.*## / { sub(/ # the Lab$$/, "", $$2); printf "  %-14s %s\n", $$1, $$2 }' Makefile

# The rules of the stamps, which install everything. .make/have runs them, two at a time and no rule twice at once.
# Each can be killed at any point. Where the environment has no stamp, somebody was killed in it, and it is made anew;
# npm begins anew by itself, and a build takes its place when it is whole.

# The stack's passwords: made once, read by Compose, in no commit. What .env or the environment says already, stays.
secrets:
	@umask 077; for name in POSTGRES_PASSWORD SECRET_KEY; do \
	  [ -n "$${!name:-}" ] || grep -Eqs "^(export )?$$name=." .env \
	    || { [ -z "$$(tail -c 1 .env 2> /dev/null)" ] || echo; \
	      echo "$$name=$$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')"; } >> .env; \
	done

# Code is compiled when it is first used: much of what is installed never is. The stamp says where the environment is:
# one that was moved does not work.
$(SERVER): backend/requirements.txt backend/requirements-data.txt $(LAB_REQUIREMENTS) backend/flask_roundtrip/pyproject.toml
	@SECONDS=0; echo "The server's packages: installing ..."; \
	[ -e $@ ] || rm -rf $(VENV); \
	rm -f $@ $(TOOLS); \
	[ -d $(VENV) ] || $(PYTHON) -m venv $(VENV); \
	(cd backend && $(PIP) $(patsubst backend/%,-r %,$(filter %.txt,$^)) && $(PIP_PACKAGE) -e flask_roundtrip); \
	echo "$$PWD" > $@; \
	echo "The server's packages: installed in $$SECONDS s."

$(TOOLS): backend/requirements-dev.txt $(SERVER)
	@SECONDS=0; echo "The backend's development tools: installing ..."; \
	rm -f $@ $(SERVER); \
	(cd backend && $(PIP) -r requirements-dev.txt); \
	echo "$$PWD" > $(SERVER); touch $@; \
	echo "The backend's development tools: installed in $$SECONDS s."

# Only where OpenTelemetry's settings ask for it. The development tools hold the same.
$(MONITORING): backend/requirements-monitoring.txt $(SERVER)
	@rm -f $@; echo "The packages of monitoring: installing ..."; \
	(cd backend && $(PIP) -r requirements-monitoring.txt); \
	touch $@

# Only for `make profile`.
$(PROFILERS): backend/profiles/requirements.txt $(SERVER)
	@rm -f $@; echo "The profilers: installing ..."; \
	(cd backend && $(PIP) -r profiles/requirements.txt); \
	touch $@

# The environment of a program that is no part of ours: the tests send it traces.
$(RECEIVER): backend/tests/receiver/requirements.txt
	@echo "The tests' receiver of traces: installing ..."; \
	rm -rf backend/.receiver; $(PYTHON) -m venv backend/.receiver; \
	(cd backend && $(subst .venv,.receiver,$(PIP)) -r tests/receiver/requirements.txt); \
	touch $@

$(DATABASE): $(SERVER)
	@cd backend && $(BIN)/python prepare.py

$(FRONTEND): frontend/package-lock.json
	@SECONDS=0; echo "The frontend's packages: installing ..."; \
	(cd frontend && $(NPM_CI)); \
	touch $@; \
	echo "The frontend's packages: installed in $$SECONDS s."

$(E2E): e2e/package-lock.json
	@SECONDS=0; echo "The packages of the end-to-end tests: installing ..."; \
	(cd e2e && $(NPM_CI); npm run browser --silent); \
	touch $@; \
	echo "The packages of the end-to-end tests: installed in $$SECONDS s."

$(BUILT): $(FRONTEND) $(shell find $(wildcard $(addprefix frontend/,src public packages index.html *.ts tsconfig*.json)) -type f -not -path '*/node_modules/*' -not -path '*/dist/*')
	@SECONDS=0; echo "The frontend: building ..."; \
	(cd frontend && npm run -s package && node_modules/.bin/vite build --logLevel warn --outDir dist.new --emptyOutDir); \
	rm -rf frontend/dist; mv frontend/dist.new frontend/dist; touch $@; \
	echo "The frontend: built in $$SECONDS s."

.DEFAULT_GOAL := help
.PHONY: lab-stack e2e-lab-stack # the Lab
.PHONY: help run dev data build path packages test-packages stack stack-update stack-down secrets test test-backend test-frontend test-setup test-stack e2e \
  e2e-stack lighthouse check check-backend check-frontend check-e2e check-types check-images format bench bench-stack profile \
  lab screenshots setup types lock clean $(DATABASE)

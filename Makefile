# Weft. `make run` and `make test` need Python >= 3.11 with venv, Node >= 20.19 and their registries, nothing else.
PYTHON ?= python3
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run setup web dev check format test test-fast bench soak lock docs screenshots clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: .venv/.installed frontend/out/.built ## set up what is missing, then serve the web app and the API
	$(BIN)/weft serve --host $(HOST) --port $(PORT)

setup: .venv/.installed ## the Python environment in .venv, from the lock

.venv/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	if command -v uv >/dev/null; then \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	cd frontend && (npm ci --no-audit --no-fund || npm install --no-audit --no-fund)
	touch $@

FRONTEND_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) $(wildcard frontend/*.json frontend/*.ts frontend/*.mjs)

frontend/out/.built: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	cd frontend && NEXT_TELEMETRY_DISABLED=1 npm run --silent build
	touch $@

web: frontend/out/.built ## build the web app

dev: .venv/.installed frontend/node_modules/.installed ## the API on $(PORT), and the web app with hot reload on 3000
	$(BIN)/weft serve --host $(HOST) --port $(PORT) & trap 'kill $$!' EXIT; \
	cd frontend && NEXT_TELEMETRY_DISABLED=1 WEFT_API_ORIGIN=http://$(HOST):$(PORT) npm run dev

check: .venv/.installed frontend/node_modules/.installed ## lint, format, types, imports, architecture
	$(BIN)/ruff check backend tests examples
	$(BIN)/ruff format --check backend tests examples
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q tests/architecture
	cd frontend && npm run --silent check

format: .venv/.installed ## lay out the code as `make check` wants it
	$(BIN)/ruff check --fix --quiet backend tests examples || true
	$(BIN)/ruff format backend tests examples

test: .venv/.installed frontend/out/.built ## all tests: backend on SQLite and PostgreSQL, frontend, browser
	cd frontend && npm run --silent test
	tests/browser/ensure_chromium.sh
	$(BIN)/pytest -n 2 --dist loadgroup tests

test-fast: .venv/.installed ## the fast part: pure tests of the kernel, the engine and the nodes
	$(BIN)/pytest -q -n 2 tests/engine tests/nodes tests/architecture

bench: .venv/.installed ## speed, as ratios measured in one run; writes docs/performance.md
	$(BIN)/python -m tests.benchmarks

soak: .venv/.installed ## the long fault runs
	WEFT_SOAK=1 $(BIN)/pytest -q tests/durability tests/engine

lock: ## resolve requirements.lock anew
	uv pip compile --universal --generate-hashes --no-annotate --no-header --no-emit-index-url \
	  --extra ai --extra dev pyproject.toml -o requirements.lock

docs: .venv/.installed ## write the generated pages of docs/, and the starters' data
	$(BIN)/python docs/generate.py
	$(BIN)/python examples/refresh.py

screenshots: .venv/.installed frontend/out/.built ## take the pictures of docs/images
	$(BIN)/python -m tests.browser.screenshots

clean: ## remove what was built; your data stays
	rm -rf .venv frontend/node_modules frontend/out frontend/.next

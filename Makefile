# The one task runner. Every target builds the environment it needs, quickly the second time.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo test check load lab bench chaos capacity image docker-test lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One stamp per extra: demo needs little and is installed quickly, test needs everything.
$(VENV)/.stamp-%: pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, set PYTHON=")'
ifdef UV
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) $(VENV)
	$(UV) pip install -q --python $(BIN)/python -c $(LOCK) -e '.[$*]'
else
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	$(BIN)/python -m pip install -q --disable-pip-version-check -c $(LOCK) -e '.[$*]'
endif
	@touch $@

demo: $(VENV)/.stamp-demo ## fake Discord, gateway and 2 workers for 20 s, live
	@$(BIN)/python -m loadtests demo $(ARGS)

test: $(VENV)/.stamp-dev ## the whole suite
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.stamp-dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

load: $(VENV)/.stamp-loadtests ## a short Locust run against a fleet of its own
	@$(BIN)/python -m loadtests load $(ARGS)

lab: $(VENV)/.stamp-dev ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir notebooks

bench: $(VENV)/.stamp-dev ## the speed table, as ratios measured in one run
	@$(BIN)/python -m loadtests bench $(ARGS)

chaos: $(VENV)/.stamp-dev ## restarts and outages under load, nothing lost
	@$(BIN)/python -m loadtests chaos $(ARGS)

capacity: $(VENV)/.stamp-dev ## measure this machine anew for the notebooks
	@$(BIN)/python -m loadtests capacity $(ARGS)

image: ## the container image
	docker build -f deploy/Dockerfile -t multipod $(ARGS) .

docker-test: $(VENV)/.stamp-dev ## the image and compose.yaml on a real engine, under load
	DOCKER_TEST=1 $(BIN)/python -m pytest tests/acceptance/test_containers.py tests/acceptance/test_compose_up.py $(ARGS)

lock: $(VENV)/.stamp-dev ## choose new versions of everything
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --upgrade --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --no-annotate \
	  --custom-compile-command "make lock" -o $(LOCK)

clean: ## remove the environment and what runs left behind
	rm -rf $(VENV) var .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# Two commands matter: `make run` and `make test`. `make help` lists the others.
PY ?= python3
BIN := .venv/bin
PORT ?= 8000
VAR_DIR ?= var
export PORT VAR_DIR
# A start compiles 1,900 modules; where bytecode may not be kept, each process does so again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-fast lint format lock bench soak reset stop messages screenshots help
.DEFAULT_GOAL := help

# The environment, from the hashed lock. uv is quicker; where it is not to be had, pip does it.
.venv/.ok: requirements-dev.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with make PY=/path/to/python"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing: install it (on Debian: apt-get install python3-venv)"; exit 1; }
	@echo "· Making the environment in .venv"
	@test -x $(BIN)/python || $(PY) -m venv .venv
	@{ $(BIN)/python -m pip install -q --disable-pip-version-check "uv>=0.13,<0.14" && \
	   UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$PIP_INDEX_URL}" \
	   $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.txt; } \
	 || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: .venv/.ok ## Start the portal with everything it needs (Ctrl-C stops it)
	@exec $(BIN)/python -m brokerage.launch

test: .venv/.ok ## Run every test, the browser's included
	@browser="$$($(BIN)/python -m brokerage.launch.browser)" && \
	  BROWSER_PATH="$$browser" $(BIN)/python -m pytest -m "not soak" -n 2 --dist loadgroup

test-fast: .venv/.ok ## Run all tests but the browser's and the slow ones
	@$(BIN)/python -m pytest -m "not browser and not slow and not soak" -n 2 --dist loadgroup

lint: .venv/.ok ## Style, types, import order, templates, migrations, settings, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/djlint --lint --quiet templates
	@$(BIN)/python -m brokerage.launch.lint

format: .venv/.ok ## Put code and templates into the common form
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

messages: .venv/.ok ## Collect translatable strings into locale/
	@DJANGO_SETTINGS_MODULE=brokerage.settings.test $(BIN)/python manage.py messages

bench: .venv/.ok ## Measure (docs/performance.md says what)
	@$(BIN)/python -m bench

soak: .venv/.ok ## Chaos: kill parts under load, check the invariants
	@$(BIN)/python -m pytest -m soak -s

screenshots: .venv/.ok ## Make the pictures of docs/screenshots
	@browser="$$($(BIN)/python -m brokerage.launch.browser)" && \
	  BROWSER_PATH="$$browser" $(BIN)/python -m bench.screenshots

lock: .venv/.ok ## Make the lock files anew from pyproject.toml
	@for group in "" "--group dev"; do \
	  $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 $$group pyproject.toml \
	    -o requirements$${group:+-dev}.txt || exit 1; done

stop: .venv/.ok ## Stop an embedded database that a killed start left behind
	@$(BIN)/python -m brokerage.launch.stop

reset: stop ## Delete all data under VAR_DIR (asks first)
	@printf "Delete all data under %s? [y/N] " "$(VAR_DIR)"; read answer; [ "$$answer" = y ] && rm -rf "$(VAR_DIR)" || echo "Nothing was deleted."

help: ## List these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|' 2>/dev/null || grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST)

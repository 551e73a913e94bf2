# Every target sets up what it needs: nothing but Python >= 3.11, make and git is assumed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
CASES  ?= 20000
SERVE  ?= 1
WORKERS ?= 3

# Where the machine forbids it, every process would compile some 1,800 modules anew: 3 s each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test check format serve jobs bench lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml requirements/dev.txt requirements/uv.txt requirements/setup.sh
	@PYTHON="$(PYTHON)" sh requirements/setup.sh $(VENV)
	@touch $@

demo: setup
	@$(BIN)/python -m jobs demo --cases $(CASES) $(if $(filter 0,$(SERVE)),--no-serve)

test: setup
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

serve: setup
	@$(BIN)/tthc serve

jobs: setup
	@$(BIN)/python -m jobs

bench: setup
	@$(BIN)/python -m tests.bench

# Pins anew what pyproject.toml asks for; no index is recorded, so any mirror serves.
lock: setup
	@for set in runtime dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    $$([ $$set = dev ] && echo --group dev) pyproject.toml -o requirements/$$set.txt; done
	@echo 'uv' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links - -o requirements/uv.txt

clean:
	@rm -rf $(VENV) .*_cache

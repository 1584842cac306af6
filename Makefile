# Two commands on a fresh machine: `make report` (the main job) and `make test` (all checks). Both install what they need.
EXPORT ?=
OPTIONS ?=
OUT ?= report.html
NEARER = .venv/bin/nearer
PYTHON_FILES = src tests training benchmarks

.PHONY: report test checks slow lock format clean

report:  ## write report.html: of the built-in example, or make report EXPORT=chat.zip OPTIONS='--me Ana'
	scripts/install
	$(NEARER) report $(if $(EXPORT),"$(EXPORT)",--example) $(OPTIONS) -o "$(OUT)"

test:  ## install, then pass every check
	scripts/install dev
	$(MAKE) --no-print-directory checks

checks:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check $(PYTHON_FILES)
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered $(PYTEST)

slow:  ## the checks of tiers N and R as well
	scripts/install dev
	$(MAKE) --no-print-directory checks PYTEST=--slow

lock:  ## write requirements/*.txt anew from pyproject.toml (needs uv)
	scripts/lock

format:
	.venv/bin/ruff check --fix . && .venv/bin/ruff format $(PYTHON_FILES)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .coverage* report.html

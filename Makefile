# Two commands: `make run` starts the dashboard, `make test` proves it. Both set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

# Where a shell says not to keep compiled modules, every process of the tests would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-all test-rest mutants lint bench setup setup-tests setup-test-all texts docs lock sbom audit login clean

run: setup
	@test -f data/warehouse/current || $(BIN)/python -m etl build
	$(BIN)/streamlit run app.py

# What Python and a browser prove in minutes. `make test-all` is all there is, and tries far more examples of each kind; it
# needs Java, LibreOffice and root too, and skips what it has no tool for. `make test-rest` is what the first leaves to it.
PYTEST = $(BIN)/python -m pytest --numprocesses auto --dist worksteal --durations 20
NOT_QUICK = slow or office or spark or root
test: setup-tests
	$(PYTEST) -m "not ($(NOT_QUICK))"

test-all: setup-tests $(VENV)/.spark
	LINLI_EXAMPLES=full $(PYTEST)

test-rest: setup-tests $(VENV)/.spark
	LINLI_EXAMPLES=full $(PYTEST) -m "deep or $(NOT_QUICK)"

# Faults put in on purpose, one at a time: each has to be noticed by the test named for it.
mutants: setup-tests
	$(BIN)/python -m tests.mutants

# What pyproject.toml asks of Python and of sql/. Nothing is printed where all is right.
lint: $(VENV)/.tests
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@out=$$($(BIN)/lint-imports --no-logo --no-cache) || { echo "$$out"; exit 1; }
	@$(BIN)/sqlfluff lint --quiet --disable-progress-bar sql

bench: setup-tests $(VENV)/.spark
	$(BIN)/python -m tests.bench

setup: $(VENV)/.product

setup-tests: $(VENV)/.tests
	@tests/browser.sh $(BIN)/python

setup-test-all: setup-tests $(VENV)/.spark
	@tests/java.sh $(BIN)/python
	@tests/office.sh $(BIN)/python

# Collects the texts of the pages into the English catalogue; new ones stand there empty, to be translated.
texts: setup
	$(BIN)/python -m pages.ui.i18n.collect_texts

# What of docs/ follows from the code: dictionary, metrics, command line, variables, dependencies, and the tables of pages, roles
# and slide kinds.
docs: $(VENV)/.tests
	$(BIN)/python -m tests.project.reference_docs

# What requirements*.in ask for, and all that this needs in turn, pinned with hashes for every system and Python from 3.11 on.
# Newer versions: change a pin in a .in file, or `make lock UPGRADE=--upgrade` for what stands in none.
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' $(UPGRADE)
lock: $(VENV)/.tests
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) requirements-spark.in --output-file requirements-spark.txt
	$(COMPILE) tests/requirements.in --constraints requirements.txt --output-file tests/requirements.txt

# The product's software bill of materials (CycloneDX, JSON), checked against its own schema.
sbom: $(VENV)/.tests
	$(BIN)/python -m tests.project.sbom build/sbom.json

# Known holes in what is pinned. It asks the advisory database of PyPI, and has failed where that does not answer.
audit: $(VENV)/.tests
	$(BIN)/python -m tests.project.advisories tests/requirements.txt requirements-spark.txt

# .streamlit/secrets.toml with a cookie secret of its own, to be filled in with the login's provider.
login: setup
	$(BIN)/python -m pages.server.startup.login_setup

clean:
	rm -rf $(VENV) build data/warehouse .pytest_cache .hypothesis

$(VENV)/.product: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    case "$${LC_ALL:-$${LC_MESSAGES:-$$LANG}}" in \
	        [zZ][hH]*) echo "需要 Python 3.11 以上" ;; \
	        *) echo "Python 3.11 or newer is needed" ;; \
	    esac >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@printf '%s\n' '#!$(abspath $(BIN))/python' 'import sys' 'sys.path.insert(0, "$(CURDIR)")' 'from etl.cli.app import run' 'run()' > $(BIN)/linli
	@chmod +x $(BIN)/linli
	touch $@

$(VENV)/.tests: $(VENV)/.product tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement tests/requirements.txt
	touch $@

# Spark is an extra: installed only for the targets whose tests and measurements need it.
$(VENV)/.spark: $(VENV)/.product requirements-spark.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-spark.txt
	touch $@

# Two commands: `make run` starts the dashboard, `make test` proves it. Both set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run test bench setup setup-tests texts clean

run: setup
	@test -f data/warehouse/current || $(BIN)/python -m etl build
	$(BIN)/streamlit run app.py

test: setup-tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

bench: setup-tests
	$(BIN)/python -m tests.bench

setup: $(VENV)/.product

setup-tests: $(VENV)/.tests
	@tests/browser.sh $(BIN)/python
	@tests/java.sh
	@tests/office.sh

# Collects the texts of the pages into the English catalogue; new ones stand there empty, to be translated.
texts: setup
	$(BIN)/python -m pages.ui.collect_texts

clean:
	rm -rf $(VENV) build data/warehouse .pytest_cache .hypothesis

$(VENV)/.product: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed / 需要 Python 3.11 以上")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	touch $@

$(VENV)/.tests: $(VENV)/.product tests/requirements.txt requirements-spark.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement tests/requirements.txt
	touch $@

# Two commands serve a newcomer: `make demo` and `make test`. Both set everything up first.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test check format bench bench-more bench-long clean setup

setup: $(STAMP)

# pip 23 crashes on some of these packages, so the venv's own pip is upgraded first.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version)'
	@echo "setting up $(VENV): some minutes the first time"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: setup
	$(BIN)/cppcc demo

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: check
	$(BIN)/pytest --numprocesses auto --dist worksteal

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What running costs, in one table (CPPCC_BENCH_LARGE: tests/benchmarks/test_growth.py). A goal that
# a loaded machine misses is marked there and fails nothing.
BENCH := tests/benchmarks/test_start.py tests/benchmarks/test_commands.py tests/benchmarks/test_quiet_day.py \
         tests/benchmarks/test_links.py tests/benchmarks/test_pages.py tests/benchmarks/test_crawl.py \
         tests/benchmarks/test_growth.py
bench: export CPPCC_BENCH_TABLE := $(CURDIR)/var/bench.jsonl
bench: setup
	mkdir -p var && rm -f $(CPPCC_BENCH_TABLE)
	$(BIN)/pytest -m "bench and not long" $(BENCH) -q
	$(BIN)/python -m tests.benchmarks.table $(CPPCC_BENCH_TABLE)

# All other measurements of minutes.
bench-more: setup
	$(BIN)/pytest -m "bench and not long" tests/benchmarks $(BENCH:%=--ignore=%) -s -q

# The service over 50 kills, an idle hour, a soak, a simulated year: some three hours.
bench-long: setup
	$(BIN)/pytest -m "bench and long" tests/benchmarks -s -q

clean:
	rm -rf $(VENV) var build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The only door: every habit of the project is one target.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
export PYTHONUNBUFFERED := 1
export OMP_NUM_THREADS ?= 2

.PHONY: help demo serve test unit lint bench screens system-packages clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV) || { tests/system_packages.sh venv && $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable '.[test,bench]'
	touch $@

demo: $(INSTALLED)  ## install, then import, index and match the sample county and write a report
	$(BIN)/matcher demo

serve: $(INSTALLED)  ## start the service on http://127.0.0.1:8000
	$(BIN)/matcher serve

test: system-packages lint unit  ## everything that must be green before a commit

unit: $(INSTALLED)
	$(BIN)/python -m pytest

lint: $(INSTALLED)  ## ruff, and mypy --strict on matcher/
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(INSTALLED)  ## figures on the shared postings, peers in the same run, into benchmarks/results/
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.peers

screens: $(INSTALLED) system-packages  ## the pictures of the READMEs, drawn by a real Chromium
	$(BIN)/matcher demo
	mkdir -p docs/screens
	chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--hide-scrollbars --user-data-dir=.demo/chromium --window-size=1000,2300 \
		--screenshot=docs/screens/report.png file://$(CURDIR)/.demo/report.html 2>/dev/null

system-packages:  ## PostgreSQL server, Chromium and a CJK font, from Debian, where they are missing
	tests/system_packages.sh tests

clean:  ## remove what the targets made
	rm -rf $(VENV) .demo var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

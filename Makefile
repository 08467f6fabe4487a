# The only door: every habit of the project is one target.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
export PYTHONUNBUFFERED := 1
export OMP_NUM_THREADS ?= 2

.PHONY: help demo serve test unit lint bench bench-understanding bench-quality bench-push bench-events \
	bench-kiosk e2e fault security fuzz gate screens fonts system-packages clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV) || { tests/system_packages.sh venv && $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable '.[test,bench]'
	touch $@

demo: $(INSTALLED) fonts  ## install, then import, index, match and push in the sample county, with pages to open
	$(BIN)/matcher demo

serve: $(INSTALLED)  ## start the service on http://127.0.0.1:8000
	$(BIN)/matcher serve

test: system-packages lint unit  ## everything that must be green before a commit

unit: $(INSTALLED)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(INSTALLED)  ## ruff, and mypy --strict on matcher/
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(INSTALLED)  ## figures on the shared postings, peers in the same run, into benchmarks/results/
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.latency

bench-understanding: $(INSTALLED)  ## reading of postings and people, compliance: gold sets and real postings apart
	$(BIN)/python -m benchmarks.understanding
	$(BIN)/python -m benchmarks.compliance --real

bench-quality: $(INSTALLED)  ## matching quality on real postings beside every peer, with intervals
	$(BIN)/python -m benchmarks.quality

bench-push: $(INSTALLED)  ## allocation and a whole push batch beside their peers
	$(BIN)/python -m benchmarks.allocation
	$(BIN)/python -m benchmarks.push

bench-events: $(INSTALLED)  ## fairs, livestreams, instant hire, swaps and renderings; people and employers simulated
	$(BIN)/python -m benchmarks.events

bench-kiosk: $(INSTALLED)  ## page weight, first view, fifty kiosks at once, three times the load it can bear
	$(BIN)/python -m benchmarks.kiosk_load

gate: $(INSTALLED)  ## a hundred thousand random histories: nothing stale or blocked leaves by any channel
	$(BIN)/python -m tests.fault.gate --histories 100000

e2e: $(INSTALLED) system-packages  ## every page in a real Chromium against the real service
	$(BIN)/python -m pytest tests/e2e

fault: $(INSTALLED) system-packages  ## kill a batch, a livestream, a check-in rush at random and at every write; planted defects beside
	$(BIN)/python -m tests.fault.kill --kills 300 --seed 1
	$(BIN)/python -m tests.fault.kill --syscalls
	$(BIN)/python -m tests.fault.kill --pause --rounds 40
	$(BIN)/python -m tests.fault.kill --together --rounds 60
	$(BIN)/python -m tests.fault.live_session --kills 20
	$(BIN)/python -m tests.fault.checkin_rush --kills 100

security: $(INSTALLED) system-packages  ## 5,000 odd requests to the interface; 1,000 planted personal values looked for everywhere
	$(BIN)/python -m tests.security.api_schema --cases 5000
	$(BIN)/python -m tests.security.planted_values

fuzz: $(INSTALLED)  ## a million random texts through every reader, and the slowest ones
	$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	$(BIN)/python tests/fuzz/fuzz_parsers.py --runs 1000000
	$(BIN)/python tests/fuzz/slow_inputs.py

screens: $(INSTALLED) system-packages  ## the pictures of the READMEs: the sample county in a real Chromium
	$(BIN)/python -m tests.e2e.screens

fonts:  ## a CJK font for printed letters, from Debian, where it is missing
	tests/system_packages.sh font || echo "未能安装中文字体：信函 PDF 将跳过，可自行安装 fonts-noto-cjk"

system-packages:  ## PostgreSQL server, Chromium and a CJK font, from Debian, where they are missing
	tests/system_packages.sh tests

clean:  ## remove what the targets made
	rm -rf $(VENV) .demo var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Every target sets up what it needs: a virtual environment in .venv with the exact versions of constraints.txt.
.DEFAULT_GOAL := help
.PHONY: help install tools demo crawl test check format bench crash cluster fuzz truth audit clean

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## set up .venv (the other targets do it by themselves)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'replywatch needs Python 3.11 or newer; set one: make PYTHON=python3.12 …' >&2; exit 2; }
	@echo 'Setting up .venv; this takes a minute …'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

tools: .tools/.installed ## install pywb and ReplayWeb.page, on which make test then replays archives

.tools/.installed: tests/interoperability/requirements.txt
	@$(PYTHON) -m venv .tools/pywb
	@.tools/pywb/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@cd .tools && npm pack --silent replaywebpage@2.4.6 >/dev/null && tar xzf replaywebpage-*.tgz
	@touch $@

demo: $(INSTALLED) ## play a week of a government site, crawl it, and report what changed
	@$(BIN)/python -m tests.site.demo

crawl: $(INSTALLED) ## crawl the real seeds: make crawl CONTACT=you@example.org
	@REPLYWATCH_CONTACT="$${CONTACT:-$$REPLYWATCH_CONTACT}" $(BIN)/scrapy crawl replies

test: $(INSTALLED) ## run all tests and print the coverage
	@PYWB_PYTHON="$(abspath $(wildcard .tools/pywb/bin/python))" REPLAYWEB_PACKAGE="$(abspath $(wildcard .tools/package))" \
		$(BIN)/pytest --numprocesses 2 --cov --cov-report term

check: $(INSTALLED) ## lint, types, the rooms' import contracts, dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

format: $(INSTALLED) ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(INSTALLED) ## run the benchmarks; figures go to build/bench.json: make bench QUICK=1, make bench ONLY="tools growth"
	@$(BIN)/python -m tests.benchmarks.everything $(if $(QUICK),--quick) $(ONLY)

crash: $(INSTALLED) ## kill every command at random moments, 200 times on each database, and audit what is left
	@$(BIN)/python -m tests.campaigns.crash

cluster: $(INSTALLED) ## kill two nodes of a cluster 200 times in mid-crawl; every page must be done, no host asked twice at once
	@$(BIN)/python -m tests.campaigns.workers

truth: $(INSTALLED) ## play 200 random months on sites of all families; the report must equal the script
	@$(BIN)/python -m tests.campaigns.truth

fuzz: $(INSTALLED) ## fuzz all that reads what strangers send, 30 minutes
	@$(BIN)/pip install --quiet --disable-pip-version-check 'atheris==3.0.0'
	@$(BIN)/python -m tests.campaigns.fuzz

audit: .tools/pip-audit ## ask the advisory database about every pinned package (needs the network)
	@.tools/pip-audit/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip

.tools/pip-audit:
	@$(PYTHON) -m venv $@
	@$@/bin/pip install --quiet --disable-pip-version-check 'pip-audit==2.10.1'

clean: ## remove the environment and what tools left behind; data stays
	rm -rf .venv .tools build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage*

# Roadbed's few commands. Each does its own set-up and is safe to repeat.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# A fresh data folder gets the demo company; `make up DEMO=` leaves it out. An older folder is never filled.
DEMO ?= --demo

.PHONY: help up down test lint types style soak bench docs setup setup-dev

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

up: setup ## set everything up, start Roadbed with demo data (DEMO= without), print the sign-in link last
	@$(SUDO) env ROADBED_DATA="$$ROADBED_DATA" PATH="$$PATH" .venv/bin/roadbed up $(DEMO) $(ARGS)

down: ## stop everything that Roadbed started
	@$(SUDO) env ROADBED_DATA="$$ROADBED_DATA" .venv/bin/roadbed down $(ARGS)

setup:
	@tools/setup.sh server

setup-dev:
	@tools/setup.sh dev

lint: setup-dev ## style, types, import contracts
	@$(MAKE) --no-print-directory -j 2 types style

# The types keep one core busy; the rest is done beside them.
types:
	.venv/bin/mypy src/roadbed

style:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports

test: lint ## everything, on SQLite, then what touches the database on PostgreSQL
	tools/test.sh

soak: setup-dev ## the long fault runs
	.venv/bin/pytest -m soak --timeout=3600

bench: setup-dev ## figures, with ratios to peers in the same run
	$(PY) benchmarks/run.py

docs: setup-dev ## write what is generated from code: the reference, and the tables of an empty database
	$(PY) tools/reference.py
	$(PY) tools/ready_made.py

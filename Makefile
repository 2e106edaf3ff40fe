# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# All that must be there is make and a Python from 3.11 on with venv and pip.
PYTHON ?= python3
ARGS ?=
# V=1 shows what pip says.
V ?=

VENV := .venv
RUN := $(VENV)/bin/python -B
NOX := $(RUN) -m nox --noxfile noxfile.py
STAMP := $(VENV)/complete
SIMULATOR_STAMP := $(VENV)/simulator
PIP := $(VENV)/bin/python -m pip install --disable-pip-version-check
PIP_LOG := $(VENV)/pip.log
CHECKS := lint sanity units integration simulator lifecycle examples docs package tools

# Install packages, at the second try if need be: $(call install,arguments of pip,where the packages are named)
install = { $(PIP) $(1) || $(PIP) $(1); } $(if $(V),,>$(PIP_LOG) 2>&1) || { echo >&2 \
  'The Python packages in $(2) could not be downloaded: connect to the internet or configure a package index for pip, then run make again.' \
  $(if $(V),,'What pip said is in $(PIP_LOG).'); exit 1; }

.DEFAULT_GOAL := help
.PHONY: help setup test test-matrix test-all chaos bench contract demo module-docs format clean $(CHECKS)

help:  ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done
	@echo
	@echo 'A single check takes arguments: make units ARGS="-k retry", make integration ARGS="basedash_data_source".'

setup: $(STAMP)  ## Prepare .venv, as every other target does when it is needed
	@$(RUN) -c 'import sys; from importlib.metadata import version; print("Ready: %s has Python %d.%d, ansible-core %s and nox %s." % \
	  (sys.argv[1], *sys.version_info[:2], version("ansible-core"), version("nox")))' $(VENV)
	@echo 'Next: make demo, or make units ARGS="-k retry"; make alone lists the rest.'

test: $(STAMP)  ## Every check that this machine can run
	@$(RUN) tests/tools/check.py test $(ARGS)

test-matrix: $(STAMP)  ## Sanity, unit, integration tests and examples with every supported ansible-core
	@$(RUN) tests/tools/check.py matrix $(ARGS)

test-all: $(STAMP)  ## Both of them, each check once
	@$(RUN) tests/tools/check.py test matrix $(ARGS)

chaos: $(STAMP)  ## Real playbooks while much goes wrong, each verdict held against the truth
	@$(NOX) --session "chaos(full)" -- $(ARGS)

bench: $(STAMP)  ## What tasks cost, against loops of uri and a bare client; ARGS=--quick for two minutes
	@$(NOX) --session bench -- $(ARGS)

demo: $(STAMP) $(SIMULATOR_STAMP)  ## An organization as code, and a deletion, on a simulated Basedash
	@$(RUN) tests/tools/demo.py

contract: $(STAMP)  ## Compare with the service's OpenAPI file: make contract OPENAPI=openapi.json
	@PYTHONPATH=tests/tools $(RUN) -m contract $(if $(OPENAPI),"$(OPENAPI)")

lint: $(STAMP)  ## Style, format, types, licence headers
sanity: $(STAMP)  ## ansible-test sanity
units: $(STAMP)  ## Unit tests on every Python of this machine
integration: $(STAMP)  ## Integration tests against the simulator
simulator: $(STAMP)  ## The simulator's own tests
lifecycle: $(STAMP)  ## Whole lives of data sources, on each server that the unknowns could turn out to be
examples: $(STAMP)  ## README's and other examples and the teardown playbook, as people and pipelines run them
docs: $(STAMP)  ## Documentation and example playbooks
package: $(STAMP)  ## Changelog, build, installation, Galaxy's importer
tools: $(STAMP)  ## The tests of the tools behind these checks
$(CHECKS):
	@$(NOX) --keywords "$@ and test" -- $(ARGS)

module-docs: $(STAMP)  ## Write what follows from tables into the documentation of the modules
	@$(NOX) --session module-docs

format: $(STAMP)  ## Put every Python file into shape
	@$(NOX) --session format

clean:  ## Remove everything that make created
	@rm -rf .nox $(VENV)

# Python was removed or replaced since .venv was made.
ifneq ($(shell test -e $(STAMP) && ! test -x $(VENV)/bin/python && echo broken),)
.PHONY: $(STAMP)
endif

$(STAMP): tests/tools/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo >&2 \
	  '"$(PYTHON)" is not Python 3.11 or newer. Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo >&2 \
	  '"$(PYTHON)" has no venv and ensurepip. Install them (Debian, Ubuntu: apt install python3-venv), or name another Python:' \
	  'make $(MAKECMDGOALS) PYTHON=/path/to/python3.12'; exit 1; }
	@echo 'Preparing $(VENV), once.'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(call install,-r $<,$<)
	@touch $@

# Built from a copy: a build may leave files beside the sources.
$(SIMULATOR_STAMP): $(STAMP) $(shell find tests/simulator -name '*.py' -o -name '*.yml' -o -name '*.yaml' -o -name pyproject.toml)
	@copy=$$(mktemp -d) && trap 'rm -rf "$$copy"' EXIT && cp -R tests/simulator/. "$$copy" && \
	  $(call install,"$$copy",tests/simulator/pyproject.toml) && $(call install,--force-reinstall --no-deps "$$copy",tests/simulator/pyproject.toml)
	@touch $@

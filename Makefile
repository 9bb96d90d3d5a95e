# The commands that the README names. Everything lives in .venv; nothing outside this folder is touched.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=

bin := $(VENV)/bin
pip := $(bin)/python -m pip install --quiet --disable-pip-version-check --prefer-binary

# pbr reads the version from git; a tarball has no git, and then any version will do.
ifeq ($(shell git rev-parse --verify --quiet HEAD 2>/dev/null),)
export PBR_VERSION ?= 0.0.0
endif

.PHONY: demo test functional gerrit brokers browser deploy puppet lint docs sample clean help

help:
	@echo 'make demo    the dashboard with an invented project, in your browser'
	@echo 'make test    all tests; make test ARGS=test_opts runs those whose name matches'
	@echo 'make functional  those that speak to a database, on PostgreSQL and MariaDB, which they need'
	@echo 'make gerrit  those against a real Gerrit, which need java and mvn'
	@echo 'make brokers those against real Kafka and MQTT brokers, which need java, mvn and mosquitto'
	@echo 'make browser those in a browser, which need chromium'
	@echo 'make puppet  the checks of the Puppet module, which need Debian packages that it names'
	@echo 'make deploy  a node that puppet sets up, which needs root, debootstrap and systemd-nspawn'
	@echo 'make lint    what a reviewer need not say'
	@echo 'make docs    the manual, into doc/build/html'
	@echo 'make sample  etc/ciwatch/ciwatch.conf.sample anew, after a change of ciwatch/opts.py'
	@echo 'make clean   removes all that these made'

demo: $(VENV)/.installed
	$(bin)/ciwatch demo $(ARGS)

test: $(VENV)/.installed-test
	@$(bin)/python tools/run_tests.py $(ARGS)

functional: $(VENV)/.installed-test
	@$(bin)/python -m tests.engines $(ARGS)

gerrit: $(VENV)/.installed-test
	@$(bin)/python -m tests.gerrit $(ARGS)

brokers: $(VENV)/.installed-test
	@$(bin)/python -m tests.brokers $(ARGS)

browser: $(VENV)/.installed-browser
	@$(bin)/python -m tests.browser $(ARGS)

puppet:
	@tools/puppet $(ARGS)

deploy: $(VENV)/.installed-test
	@$(bin)/python -m tests.deploy $(ARGS)

lint: $(VENV)/.installed-lint
	@PATH="$(abspath $(bin)):$$PATH" tools/lint

docs: $(VENV)/.installed-docs
	$(bin)/sphinx-build -W --keep-going -q -E -b html doc/source doc/build/html
	@echo 'The manual is doc/build/html/index.html'

sample: $(VENV)/.installed
	$(bin)/oslo-config-generator --config-file etc/oslo-config-generator/ciwatch.conf

clean:
	rm -rf $(VENV) .browser .deploy .gerrit .kafka .stestr .tox .ruff_cache .import_linter_cache build dist doc/build *.egg-info
	find ciwatch tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# A stamp is younger than what it was installed from; so the second time nothing is installed.

$(VENV)/.made:
	@rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made setup.cfg setup.py pyproject.toml requirements.txt
	@echo 'Installing CI Watch and what it needs into $(VENV); this takes a minute.'
	@$(pip) --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed test-requirements.txt
	@echo 'Installing what the tests need.'
	@$(pip) --requirement test-requirements.txt
	@touch $@

$(VENV)/.installed-browser: $(VENV)/.installed-test tests/browser/requirements.txt
	@echo 'Installing what the tests in a browser need.'
	@$(pip) --requirement tests/browser/requirements.txt
	@touch $@

$(VENV)/.installed-lint: $(VENV)/.installed tools/lint-requirements.txt
	@echo 'Installing what the lint step needs.'
	@$(pip) --requirement tools/lint-requirements.txt
	@touch $@

$(VENV)/.installed-docs: $(VENV)/.installed doc/requirements.txt
	@echo 'Installing what the manual is built with.'
	@$(pip) --requirement doc/requirements.txt
	@touch $@

# Everything here needs Python 3.11 or newer and make; `test` adds Debian's chromium, postgresql, nginx, redis, shells and npm by itself.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
SERVER = $(VENV)/.server
INSTALLED = $(VENV)/.installed
LOWEST = .venv-lowest
FUZZ = .venv-fuzz
AUDIT = .venv-audit
FUZZ_EXAMPLES ?= 20000
SBOM = .venv-sbom
QGIS_PYTHON = /usr/bin/python3
NPM = tests/clients/node_modules/.package-lock.json

SHELLS = bash zsh fish
OF_STACK = --workload rgb --workload colormap --workload median --workload ndvi

.PHONY: demo docs pictures stubs check check-lowest test test-qgis qgis-pictures viewer-pictures lint unit fuzz fuzz-guided fuzz-http audit constraints sbom bench bench-more bench-jobs soak-jobs clean chromium postgresql nginx redis wrk shells qgis qgis-desktop

# Without a network, other programs or many seconds: nothing in them needs what `test` installs.
UNIT = tests/sdk tests/graft_eval tests/wmts tests/oracle tests/language tests/fuzz tests/test_docs.py tests/test_architecture.py \
  sdk graft_eval wmts

demo: $(SERVER)
	$(BIN)/graftile demo

check: lint unit

unit: $(INSTALLED)
	$(BIN)/pytest -q -n auto --dist loadgroup -k 'not postgresql' $(UNIT)

test: lint chromium postgresql nginx redis wrk shells $(NPM)
	$(BIN)/pytest -n auto --dist loadgroup

# Strict: a link that leads nowhere, or a page that is nowhere linked, is an error.
docs: $(INSTALLED)
	$(BIN)/sphinx-build -E -W --keep-going -q -c docs . build/docs
	@echo 'The documentation is in build/docs/docs/README.html'

stubs: $(INSTALLED)
	$(BIN)/python -m tests.typing.stubs

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The lower bounds of pyproject.toml are versions that this passes with; lint and types need the newest ones.
check-lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/python -m pytest -q -n auto --dist loadgroup -k 'not postgresql' $(UNIT) tileserver tests/tileserver

# Every route by its definition, with examples that schemathesis makes up; what it brings along stays out of the way.
fuzz-http: $(INSTALLED) $(FUZZ)/.installed
	$(BIN)/python -m tests.fuzz_http $(FUZZ)/bin/schemathesis 20

$(FUZZ)/.installed:
	$(PYTHON) -m venv $(FUZZ)
	$(FUZZ)/bin/pip install --disable-pip-version-check 'schemathesis>=4.0'
	touch $@

# The fuzzers of tests/fuzz with other examples each time: some minutes each with 20,000, less than one in all with 500.
fuzz: $(INSTALLED)
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/pytest -q tests/fuzz

# The fuzzers of the language, of queries and of WMTS, guided by coverage, two minutes each.
fuzz-guided: $(INSTALLED)
	$(BIN)/pip install --quiet --disable-pip-version-check 'atheris>=3.0'
	for name in json graft query kvp; do $(BIN)/python -m tests.fuzz.coverage_guided $$name -max_total_time=120 || exit 1; done

# Known vulnerabilities of the tested versions; says so where the data cannot be had.
audit: $(INSTALLED)
	$(BIN)/python -m tests.audit $(AUDIT)

# The versions in the environment, which the tests have just passed with; they have to fit together.
constraints: $(INSTALLED)
	$(BIN)/pip check
	$(BIN)/pip list --format=freeze --exclude-editable --exclude pip --exclude setuptools > constraints.txt

# What is in the environment, with versions, licences and what needs what, as CycloneDX.
sbom: $(SERVER)
	$(PYTHON) -m venv --clear $(SBOM)
	$(SBOM)/bin/pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7.0'
	mkdir -p build
	$(SBOM)/bin/cyclonedx-py environment --pyproject pyproject.toml --of JSON -o build/graftile.cdx.json $(BIN)/python
	rm -rf $(SBOM)

bench: $(INSTALLED)
	$(BIN)/python -m pytest benchmarks
	$(BIN)/python -m benchmarks $(OF_STACK) --json .graftile/bench/figures.json compare start cancel concurrency depth fresh health

# Half an hour: three further workloads, what a browser waits for, the share of the client, and what the growth with cores
# is predicted from.
bench-more: $(INSTALLED) chromium nginx wrk
	$(BIN)/python -m benchmarks --workload evi --workload fmask --workload monthly compare fresh
	$(BIN)/python -m benchmarks browser client cores

bench-jobs: $(INSTALLED)
	$(BIN)/python -m benchmarks.batch
	$(BIN)/python -m benchmarks.grids

soak-jobs: $(INSTALLED)
	$(BIN)/python -m benchmarks soak-jobs

test-qgis: $(INSTALLED) qgis
	QGIS_SERVER_PYTHON=$(BIN)/python QT_QPA_PLATFORM=offscreen $(QGIS_PYTHON) -m pytest -c tests/qgis/pytest.ini tests/qgis

# Those of the language's reference, which are in the repository.
pictures: $(INSTALLED)
	$(BIN)/python -m tests.pictures

viewer-pictures: $(INSTALLED) chromium
	$(BIN)/python -m tests.browser.pictures

qgis-pictures: $(INSTALLED) qgis-desktop
	$(BIN)/python -m tests.qgis.pictures

# The server alone, which is all that the demo needs.
$(SERVER): pyproject.toml
	@echo 'Making the environment $(VENV) …'
	$(PYTHON) -m venv $(VENV)
	@echo 'Installing the server and its libraries, which take about 1 GB …'
	$(BIN)/pip install --disable-pip-version-check -e '.[server]'
	@echo 'Compiling kernels, once …'
	$(BIN)/python -c 'import tileserver.drawing.painting; from graft_eval.kernels import warm; warm()'
	touch $@

# The server, and all tools of whoever changes it.
$(INSTALLED): $(SERVER)
	@echo 'Installing the tools of development …'
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/pyright --version >/dev/null  # fetches the type checker itself, once
	touch $@

$(LOWEST)/.installed: pyproject.toml
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/pip install --quiet --disable-pip-version-check uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct -e '.[dev]'
	touch $@

chromium:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; }

postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { apt-get update -qq && apt-get install -qq -y --no-install-recommends postgresql >/dev/null; }

nginx:
	@command -v nginx >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends nginx-light >/dev/null; }

redis:
	@command -v redis-server >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends redis-server >/dev/null; }

wrk:
	@command -v wrk >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends wrk >/dev/null; }

shells:
	@command -v $(SHELLS) | wc -l | grep -q 3 || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $(SHELLS) >/dev/null; }

qgis:
	@$(QGIS_PYTHON) -c 'import pytest, qgis.core' 2>/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends python3-qgis python3-pytest >/dev/null; }

qgis-desktop:
	@{ command -v qgis && command -v xvfb-run; } >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends qgis xvfb xauth >/dev/null; }

$(NPM): tests/clients/package.json
	@command -v npm >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends npm >/dev/null; }
	npm ci --prefix tests/clients --ignore-scripts --no-audit --no-fund --silent

clean:
	rm -rf $(VENV) $(LOWEST) $(AUDIT) build *.egg-info .pytest_cache .mypy_cache .ruff_cache

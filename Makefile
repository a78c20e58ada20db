# One word a target; `make help` explains them. Everything lives in a virtual environment that the targets make.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
CONFIG ?= cameras.yaml
PYTEST ?=
# test files at a time, one more than there are cores: most of them wait, some start browsers and brokers of their own
WORKERS ?= $(shell n=$$(( $$(nproc 2>/dev/null || echo 2) + 1 )); [ $$n -gt 6 ] && n=6; echo $$n)

# onnxruntime reports to its maker otherwise (monitor/__init__.py)
export ORT_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help run test scale soak crash cluster region lint types bench train scenes evaluate steps sizes quantize ablations overtime week docs lock clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(BIN)/.base ## Start the demo farm: broker, 12 simulated printers, wall on http://127.0.0.1:8080 (CONFIG=file for your own)
	$(BIN)/vigie run $(CONFIG)

test: $(BIN)/.dev ## Run the tests (PYTEST="-k mqtt" to choose; WORKERS=0: in one process; VIGIE_REQUIRE_ALL=1 makes a skip a failure)
	-$(BIN)/python -m tests.stacks.install
	$(BIN)/pytest -m "not scale" -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)

scale: $(BIN)/.dev ## Run the long tests with many cameras
	$(BIN)/pytest -m scale $(PYTEST)

soak: $(BIN)/.dev ## Hold a farm of 1,000 cameras for half an hour: whether memory grows (ARGS="--soak 10 --cameras 250")
	$(BIN)/vigie bench --soak 30 --cameras 1000 $(ARGS)

crash: $(BIN)/.dev ## Kill monitor, agent and broker at every step, 300 runs of some seconds; prints the table
	$(BIN)/pytest -m scale tests/crash $(PYTEST)

cluster: $(BIN)/.dev ## Kill, freeze and cut off nodes that share 90 printers, 50 rounds; prints the table
	$(BIN)/pytest -m cluster tests/cluster_rounds $(PYTEST)

region: $(BIN)/.dev ## Eighteen sites behind lines that are cut for ten minutes, and their hub, 25 minutes; prints the table
	$(BIN)/pytest -m region tests/region $(PYTEST)

lint: $(BIN)/.dev ## Check style and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(BIN)/.dev ## Check types, strictly
	$(BIN)/mypy

bench: $(BIN)/.dev ## Measure what watching costs, and how many cameras this machine carries (ARGS="--cameras 60,250 --ways")
	$(BIN)/vigie bench $(ARGS)

scenes: $(BIN)/.train ## Render training scenes (needs EGL: apt libegl1 libgl1-mesa-dri)
	$(BIN)/python -m models.train.scenes $(ARGS)

train: $(BIN)/.train ## Train the detector from rendered scenes and real frames, resumable
	$(BIN)/python -m models.train.train $(ARGS)

evaluate: $(BIN)/.train ## Score the shipped detector on real images, per source (ARGS=--publish: into the model card)
	$(BIN)/python -m models.train.evaluate $(ARGS)

steps: $(BIN)/.train ## Accuracy on real images before and after each optimisation, side by side
	$(BIN)/python -m models.train.steps $(ARGS)

sizes: $(BIN)/.train ## What a smaller input would cost and save, paired with the shipped one
	$(BIN)/python -m models.train.sizes $(ARGS)

quantize: $(BIN)/.train ## Make the detector in bytes from the one in floats
	$(BIN)/python -m models.train.quantize $(ARGS)

ablations: $(BIN)/.train ## Train small networks, each without one ingredient; resumable
	$(BIN)/python -m models.train.ablations $(ARGS)

overtime: $(BIN)/.train ## Play whole rendered prints to the judge: false pauses, failures caught, seconds to the decision
	$(BIN)/python -m models.train.filming
	$(BIN)/python -m models.train.overtime $(ARGS)

week: $(BIN)/.dev ## Play a week of the demo farm: failures paused, seconds to it, false alarms (ARGS="--days 1 --exact")
	$(BIN)/python -m models.train.week $(ARGS)

docs: $(BIN)/.base ## Write docs/asyncapi.yaml and docs/openapi.yaml from the code, and print where the documentation lies
	@$(BIN)/python -m monitor.asyncapi > docs/asyncapi.yaml
	@$(BIN)/python -m monitor.wall.apidoc > docs/openapi.yaml
	@ls README.md docs/*.md docs/*.yaml models/README.md

lock: $(BIN)/.dev ## Resolve the dependencies anew into requirements/*.lock
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements/base.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements/dev.lock

clean: ## Remove the virtual environment and everything that was built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache test-output

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Vigie needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "No virtual environment: on Debian and Ubuntu, apt install python3-venv"; exit 1; }

$(BIN)/.base: requirements/base.lock pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(BIN)/.dev: requirements/dev.lock $(BIN)/.base
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

$(BIN)/.train: pyproject.toml $(BIN)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[train]'
	@touch $@

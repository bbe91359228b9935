# make parity   set up, then hold every number against PyTorch   (ARGS="--op conv2d" narrows it);
#               leaves parity.json and parity.html, the report to look at
# make test     set up, then run the tests                       (ARGS="tests/parity -k json")
# make lint     set up, then check style; make clean removes what make made
# An NVIDIA driver adds the CUDA packages and moves the parity suite to the GPU.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEVICE := $(shell nvidia-smi -L >/dev/null 2>&1 && echo cuda || echo cpu)
READY := $(VENV)/ready-$(DEVICE)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
# Bytecode is compiled when a module is first imported: most of PyTorch never is.
INSTALL := $(PIP) install --no-compile --constraint constraints.txt
EXTRAS_cpu := dev
EXTRAS_cuda := dev,cuda

.PHONY: parity test lint clean

parity: $(READY)
	@$(BIN)/python -m crosscheck.parity --device $(DEVICE) --json parity.json --html parity.html $(ARGS)

test: $(READY)
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 2 --dist loadfile $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and \
	    f"Python {v[0]}.{v[1]} is too old: Crosscheck needs 3.11 or newer (make PYTHON=python3.12)")'
	@echo "Setting up $(VENV) for $(DEVICE), once: a minute or a few, by your network."
	@$(PYTHON) -m venv $(VENV) || { echo "python -m venv failed: is python3-venv installed?"; exit 1; }
	@$(INSTALL) setuptools
	@$(INSTALL) --no-build-isolation --editable '.[$(EXTRAS_$(DEVICE))]'
	@touch $@

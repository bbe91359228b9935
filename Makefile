# make parity      set up, then hold the kernels against PyTorch, on a sample of the cases
#                  (ARGS="--op conv2d" narrows it); leaves parity.json and parity.html, to look at
# make parity-all  the same on every case, and training runs: many minutes
# make fuzz        random problems from fresh seeds on all cores, for MINUTES=30 or until Ctrl-C; what
#                  fails is shrunk, shown, and kept in fuzz-failures.txt  (ARGS="--op conv2d")
# make test        set up, then run the tests, and say which were skipped and why
#                  (ARGS="tests/parity -k json")
# make gate        compile every kernel for GPUs of each generation, and compare with the record of
#                  its figures; plant every fault: the suite must catch it; conv2d's tests in all
#                  their variants; needs no GPU
# make gpu         ten minutes on a GPU: parity, compute-sanitizer, the benchmarks, a report; stop it at
#                  any time, start it again to go on (MINUTES=10; all it writes is in gpu-day/)
# make gallery     run the examples of the gallery, minutes each, and write docs/gallery/index.html
#                  (ARGS="--only checkerboard")
# make lint        check style; make clean removes what make made
# An NVIDIA driver adds the CUDA packages and moves the parity suite to the GPU.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEVICE := $(shell nvidia-smi -L >/dev/null 2>&1 && echo cuda || echo cpu)
READY := $(VENV)/ready-$(DEVICE)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
# Bytecode is compiled when a module is first imported: most of PyTorch never is. Without it, every
# process would compile anew what it imports: seconds each, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(PIP) install --no-compile --constraint constraints.txt
EXTRAS_cpu := dev
EXTRAS_cuda := dev,cuda

PARITY := $(BIN)/crosscheck parity --device $(DEVICE) --json parity.json --html parity.html
ALL := $(addprefix --suite ,problems opinfo images fuzz training)
MINUTES ?= 30
PYTEST := $(BIN)/python -m pytest -q -r s -n auto --maxprocesses 2

GATE := tests/kernels/inspect/test_compiled.py tests/parity/test_faults.py \
    tests/kernels/convolution/test_conv2d.py tests/parity/test_output_layouts.py

.PHONY: parity parity-all fuzz test gate gpu gallery lint clean

parity: $(READY)
	@$(PARITY) --sample 8 $(ARGS)

parity-all: $(READY)
	@$(PARITY) $(ALL) $(ARGS)

fuzz: $(READY)
	@$(BIN)/crosscheck parity --device $(DEVICE) --suite fuzz --minutes $(MINUTES) $(ARGS)

test: $(READY)
	@$(PYTEST) --dist loadfile $(ARGS)

gate: $(READY)
	@$(PYTEST) -m 'gate or not gate' $(GATE) $(ARGS)

gpu: MINUTES = 10
gpu: $(READY)
	@$(BIN)/crosscheck bench day --device $(DEVICE) --minutes $(MINUTES) --out gpu-day $(ARGS)

gallery: $(READY)
	@$(BIN)/python -m crosscheck.examples.gallery $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml setup.py constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and \
	    f"Python {v[0]}.{v[1]} is too old: Crosscheck needs 3.11 or newer (make PYTHON=python3.12)")'
	@echo "Setting up $(VENV) for $(DEVICE), once: a minute or a few, by your network."
	@$(PYTHON) -m venv $(VENV) || { echo "python -m venv failed: is python3-venv installed?"; exit 1; }
	@$(INSTALL) setuptools
	@$(INSTALL) --no-build-isolation --editable '.[$(EXTRAS_$(DEVICE))]'
	@touch $@

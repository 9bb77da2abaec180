# `make demo` and `make test` need nothing but Python >= 3.11: they prepare the rest in .venv/.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
BIN := .venv/bin

.PHONY: .venv demo run test check format soak coverage bench lock samples screenshots clean

.venv: .venv/.app

.venv/.app: requirements.txt tools/make_venv.sh
	@sh tools/make_venv.sh "$(PYTHON)"
	@echo "Installing what SeatSync needs into .venv (about 500 MB; a minute or two, once)." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.dev: .venv/.app requirements-dev.txt
	@echo "Installing what the tests need into .venv." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: .venv/.app
	@$(BIN)/python -m seatsync demo $(ARGS)

run: .venv/.app
	@$(BIN)/python -m seatsync serve $(ARGS)

test: check
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

soak: .venv/.dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m soak $(ARGS)

coverage: .venv/.dev
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

.venv/.bench: .venv/.app benchmarks/requirements.txt
	@echo "Installing what the benchmarks need into .venv." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@touch $@

bench: .venv/.bench
	@$(BIN)/python -m benchmarks.matching $(ARGS)
	@$(BIN)/python -m benchmarks.matching --size 400x500 --size 3000x15000 --size 5000x50000
	@$(BIN)/python -m benchmarks.reading
	@$(BIN)/python -m benchmarks.scanning
	@$(BIN)/python -m benchmarks.pushing
	@$(BIN)/python -m benchmarks.dashboard

lock: .venv/.dev
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file=requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --output-file=requirements-dev.txt requirements-dev.in

samples: .venv/.app
	$(BIN)/python -m tools.make_samples

screenshots: .venv/.dev
	$(BIN)/python -m tools.make_screenshots

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis data/demo

# The two commands of the README are `make demo` and `make test`; both are safe to repeat.
# `make help` lists the rest.

SHELL := /bin/bash
CARGO := cargo
BIN   := target/release/labgrade
export LABGRADE_STATE ?= $(CURDIR)/target/state

.PHONY: help demo test setup build images fmt clippy doc lint unit prove prove-full flakiness bench dist clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: setup build ## install what is missing, build, grade a student's submission that ships with lab 02
	@$(BIN) images build
	@$(BIN) grade labs/02-indexes/demo --lab 02-indexes --student demo --seed 2 --out out/demo --timings || test $$? -eq 1

test: setup fmt clippy build images lint unit doc prove ## everything that must pass

setup:
	@scripts/setup.sh

build:
	@$(CARGO) build --release --locked --quiet

images: build ## build the course's images, where they are missing or out of date
	@$(BIN) images build

fmt:
	$(CARGO) fmt --all --check

clippy:
	$(CARGO) clippy --release --locked --workspace --all-targets -- -D warnings

lint: build ## the labs' specifications
	$(BIN) lint labs

# nextest, where it is installed, runs each test in a process of its own and writes JUnit.
unit: build images ## unit and end-to-end tests
	@if $(CARGO) nextest --version > /dev/null 2>&1; \
	then $(CARGO) nextest run --release --locked --workspace --profile ci; \
	else $(CARGO) test --release --locked --workspace; fi

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --locked --workspace --no-deps --quiet

# Of a mutant the quick proof runs only the checks that it must fail; of those labs whose mutants
# are many or slow. 05-redis-cache is not among them yet: labs/05-redis-cache/README.md says why.
prove: build images ## each lab against its own solutions and mutants, one seed
	for lab in 02-indexes 03-replication; do $(BIN) prove $$lab --seeds 1 --jobs 2 || exit 1; done
	for lab in 01-tuning 04-async-api; do $(BIN) prove $$lab --seeds 1 --jobs 2 --quick || exit 1; done

prove-full: build images ## the same with five seeds of today
	$(BIN) prove --seeds 5 --seed $$(date +%Y%m%d) --jobs 2

flakiness: build images ## 20 runs of the reference and three mutants while both cores are busy
	scripts/flakiness.sh

bench: build images ## the figures of the documents
	python3 scripts/bench.py
	python3 scripts/bench_load.py

dist: ## the binary that is handed out
	$(CARGO) build --profile dist --locked

clean: ## what dead runs left in the engine, and reports
	-$(BIN) clean
	rm -rf out

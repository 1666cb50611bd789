# The one place where commands are found. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BUILD := swift build -c release --static-swift-stdlib
SERVER := .build/release/counter-server
PORT ?= 8080
METRICS_PORT ?= 9090
COUNTER_FILE ?= data/counter.json
export PORT METRICS_PORT COUNTER_FILE

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps
deps:
	@scripts/build-deps.sh

.PHONY: build
build: deps ## Build the server: .build/release/counter-server
	@echo "building the server; the first time takes a minute or two" >&2
	@$(BUILD) --product counter-server -Xlinker -s

.PHONY: run
run: build ## Build and run the server, with its data in ./data
	@mkdir -p "$$(dirname "$(COUNTER_FILE)")"
	@echo "listening on http://localhost:$(PORT)/ with the count in $(COUNTER_FILE)" >&2
	@echo "try it:  curl -X POST localhost:$(PORT)/     stop it: Ctrl-C" >&2
	@exec $(SERVER)

.PHONY: test
test: lint test-unit test-blackbox test-sanitizers ## Set up what the tests need, and run them all

.PHONY: test-unit
test-unit: deps ## Unit tests, in Swift Testing
	@env -u PORT -u METRICS_PORT -u COUNTER_FILE swift test

.PHONY: test-blackbox
test-blackbox: build ## Black-box tests of the release build
	@env -u PORT -u METRICS_PORT -u COUNTER_FILE bash -c '"$$(scripts/venv.sh test)/pytest" -q Tests/BlackBox'

.PHONY: test-sanitizers
test-sanitizers: deps ## Black-box tests under AddressSanitizer and ThreadSanitizer
	@env -u PORT -u METRICS_PORT -u COUNTER_FILE scripts/sanitized-tests.sh address
	@env -u PORT -u METRICS_PORT -u COUNTER_FILE scripts/sanitized-tests.sh thread

.PHONY: lint
lint: ## Check the form of sources and scripts
	@scripts/apt-install.sh shellcheck
	@swift format lint --strict -r Sources Tests Package.swift
	@git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck

.PHONY: clean
clean: ## Remove what was built and installed here; keeps ./data
	@rm -rf .build .build-address .build-thread .venvs

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

# Tests set what they need themselves.
CLEAN := env -u PORT -u METRICS_PORT -u COUNTER_FILE
# $(call pytest,ENVIRONMENT,FOLDER): the tests of a folder, in the Python environment made for them.
pytest = $(CLEAN) bash -c '"$$(scripts/venv.sh $(1))/pytest" -q $(2)'

.PHONY: test
test: lint test-unit test-blackbox test-sanitizers test-page test-chart test-infra test-scripts test-docs ## Run all tests

.PHONY: test-unit
test-unit: deps ## Unit tests, in Swift Testing
	@$(CLEAN) swift test

.PHONY: test-blackbox
test-blackbox: build ## Black-box tests of the release build
	@$(call pytest,test,Tests/BlackBox)

.PHONY: test-sanitizers
test-sanitizers: deps ## Black-box tests under AddressSanitizer and ThreadSanitizer
	@$(CLEAN) scripts/sanitized-tests.sh address
	@$(CLEAN) scripts/sanitized-tests.sh thread

.PHONY: test-page
test-page: build ## The page in a browser, the API's description, alerts and metrics
	@$(call pytest,page,Tests/Page)
	@$(call pytest,openapi,Tests/OpenAPI)
	@$(call pytest,monitoring,Tests/Monitoring)

.PHONY: test-chart
test-chart: build ## The Helm chart, rendered and played
	@scripts/apt-install.sh curl procps util-linux
	@$(call pytest,chart,Tests/Chart)

.PHONY: test-infra
test-infra: ## The Terraform configuration, as far as it goes without an account
	@$(call pytest,terraform,Tests/Infra)

.PHONY: test-scripts
test-scripts: build ## The pipeline's scripts and shell lines
	@scripts/apt-install.sh curl git jq skopeo docker-registry hey apache2-utils wrk
	@$(call pytest,workflows,Tests/Scripts)

.PHONY: test-docs
test-docs: build ## The documents: links, names, examples
	@$(call pytest,test,Tests/Docs)

.PHONY: lint
lint: ## Check the form of sources, scripts and workflows
	@scripts/apt-install.sh shellcheck
	@swift format lint --strict -r Sources Tests Package.swift
	@git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck
	@scripts/lint-workflows.sh
	@Tests/Chart/lint.sh
	@Tests/Infra/lint.sh

.PHONY: bench
bench: build ## A short benchmark, beside the raw cost of a commit
	@bench/bench.py

.PHONY: bench-peers
bench-peers: build ## Compare with what one could run instead (a quarter of an hour)
	@bench/bench_peers.py

.PHONY: bench-check
bench-check: build ## Fail when a request takes more instructions than it did
	@bench/bench_check.py

.PHONY: bench-scaling
bench-scaling: build ## How cost grows: points, model and plot
	@bench/scaling.py

.PHONY: image-check
image-check: ## Run an image as a cluster would: make image-check IMAGE=counter-service
	@Tests/Chart/image-check.sh $(IMAGE)

.PHONY: evidence
evidence: build ## Capture evidence/ anew
	@$(CLEAN) scripts/evidence.sh

.PHONY: clean
clean: ## Remove what was built and installed here; keeps ./data
	@rm -rf .build .build-* .venvs

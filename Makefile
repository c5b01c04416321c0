# The work is done by the scripts in .make/; these are their names.

# Given to the test runner: make e2e ARGS='-g slots', make unit ARGS=slot_name
ARGS =

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test build bench check unit e2e shots clean

help: ## Lists these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: ## Installs what is missing, builds, starts the sandbox and the console on http://127.0.0.1:3000
	@.make/demo.sh

demo-reset: ## The same, with the sandbox's data thrown away first
	@.make/demo.sh reset

test: ## Everything: format, clippy, Rust tests on real databases, browser tests; ends with a count
	@.make/test.sh

build: ## The release without the sandbox, into target/dist
	@.make/setup.sh build
	@.make/build.sh release

bench: ## Measures the budgets, each beside its floor
	@.make/setup.sh test
	@.make/build.sh demo
	@node end2end/bench.mjs $(ARGS)
	@node end2end/bench-replication.mjs
	@node end2end/bench-sharding.mjs
	@node end2end/bench-ttl.mjs
	@node end2end/bench-caching.mjs

check: ## Format and clippy only
	@.make/test.sh check

unit: ## The Rust tests that need no database
	@.make/test.sh unit $(ARGS)

e2e: ## The browser tests only
	@.make/test.sh e2e $(ARGS)

shots: ## Pictures of the pages, into end2end/shots
	@.make/test.sh shots $(ARGS)

clean: ## Removes what was built here; downloads and compiled dependencies stay in the cache
	rm -rf target end2end/node_modules end2end/test-results end2end/playwright-report

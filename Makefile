# What can be done with this checkout. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION := $(shell sed -n 's/^const Number = "\(.*\)"$$/\1/p' version/version.go)
IMAGE ?= koshelek-adapter:$(VERSION)
FUZZTIME ?= 20s
CRASH_ROUNDS ?= 100
AWARDS ?= 10000
KILLS ?= 60

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## start the adapter; what it stores goes to ./data unless ADAPTER_DATA_DIR says otherwise
	ADAPTER_DATA_DIR="$${ADAPTER_DATA_DIR:-data}" bin/koshelek-adapter

.PHONY: build
build: ## build the static binary bin/koshelek-adapter
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/koshelek-adapter ./server

# SQLite is C translated to Go, whose memory is its own: the race detector slows
# it down two to three times and has nothing of ours to find there.
RACE := -race -gcflags='modernc.org/...=-race=false'

# Stores and servers of tests are kept in memory where there is room.
TESTENV = CGO_ENABLED=1 REQUIRE_MYSQL=1 REQUIRE_CHROMIUM=1 GOTMPDIR="$${GOTMPDIR:-$${TMPDIR:-/tmp}}" TMPDIR="$$(scripts/memory-dir)"

# The tests that run the conformance suite many hundred times have the build
# constraint !race, for the detector slows them eightfold. The suite's own races
# show in the runs that are made under it.
MANYRUNS := ./conformance ./conformance/faultyhost

# So have those that judge the adapter in front of a CRM.
JUDGED := ./crm/connect/sqlmap ./crm/connect/maxma

# Nothing may be printed after go test's own lines.
.PHONY: test
test: ## run every test, with the race detector and a real MariaDB (installed by root on Debian)
	@scripts/need cc chromium
	@failed=0; \
	$(TESTENV) go test -timeout 20m -skip 'TestOurServer|TestGoodHosts' $(MANYRUNS) || failed=1; \
	$(TESTENV) go test -timeout 20m -run NotAccused $(JUDGED) || failed=1; \
	$(TESTENV) go test $(RACE) -timeout 60m ./... || failed=1; \
	exit $$failed

.PHONY: test-long
test-long: ## run the long forms of tests that are short in test: random calls, an archive that unpacks to 200 MiB
	@$(TESTENV) go test $(RACE) -timeout 60m -count=1 ./crm/sqldb -run TestModel -model.runs=200
	@$(TESTENV) go test $(RACE) -timeout 60m -count=1 ./server/app -run TestWrongArchives -archive.bytes=209715200

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME (20s)
	@scripts/fuzz '$(FUZZTIME)'

.PHONY: lint
lint: ## check formatting, go vet, the linters and the house rules
	@scripts/lint

.PHONY: conform
conform: build ## judge the built server by the conformance suite on SQLite and MariaDB, over TLS; reports go to dist/conformance
	@scripts/conform-ci dist/conformance bin/koshelek-adapter

AXE_VERSION ?= 4.14.1

.PHONY: axe
axe: ## look for barriers on every page of the demo zone and the report with axe-core (needs npm and Chromium; some minutes)
	@scripts/need chromium npm
	npm install --no-audit --no-fund --no-save --prefix dist/axe axe-core@$(AXE_VERSION)
	REQUIRE_CHROMIUM=1 go test ./conformance/web -run TestPages/FitEverybody -v -count=1 -timeout 60m \
	  -web.axe '$(CURDIR)/dist/axe/node_modules/axe-core/axe.min.js'

.PHONY: mutants
mutants: ## run the whole conformance suite over every host with a fault and every good one
	@cd conformance/faultyhost && REQUIRE_MYSQL=1 go test -run 'Mutant|NotAccused' -count=1 -timeout 30m -mutants.score -mutants.whole

.PHONY: bench-conform
bench-conform: ## time a whole run of the suite over a network of 30 and 80 ms a round trip
	go test ./conformance/faultyhost -run NONE -bench OverANetwork -benchtime 1x -timeout 30m

.PHONY: exactly-once-crm
exactly-once-crm: ## drive 10,000 cards, receipts and changes through a failing CRM, for each guarantee, over HTTP and over SQL, with 30 kills of the server
	REQUIRE_MYSQL=1 go test ./crm/connect -run TestNothingIsLostOrDoubled -v -count=1 -timeout 30m -storm.customers=3334 -storm.kills=30

.PHONY: crash
crash: ## kill adapter and database CRASH_ROUNDS (100) times and look for lost or doubled work
	REQUIRE_MYSQL=1 go test ./server/app -run TestCrash -v -count=1 -timeout 30m -crash.rounds=$(CRASH_ROUNDS)

.PHONY: wallet
wallet: ## play the unkind wallet (200 users, 20,000 calls) against our server on both engines
	REQUIRE_MYSQL=1 go test ./conformance/wallet -run TestOurServer -v -count=1 -timeout 30m -wallet.users=200 -wallet.calls=20000

.PHONY: demo
demo: ## play one customer's story, from card to voucher, with simulated reward vendors
	@scripts/demo

.PHONY: exactly-once
exactly-once: ## drive AWARDS (10000) through each reward vendor's bridge, with faults and KILLS (60) of the server
	REQUIRE_MYSQL=1 go test ./server/app -run TestExactlyOnce -v -count=1 -timeout 60m -rewards.awards=$(AWARDS) -rewards.kills=$(KILLS)

.PHONY: bench-rewards
bench-rewards: ## measure how fast the outbox is emptied, and Koshelek's calls while every vendor is down
	REQUIRE_MYSQL=1 go test ./server/app -run NONE -bench 'Outbox|VendorsDown' -benchtime 1x -timeout 30m

.PHONY: bench
bench: ## measure the program beside its baseline; the report goes to dist/bench (BENCH='-quick' for a minute, BENCH='-standard' for twenty minutes)
	go run ./server/bench $(BENCH) -fill
	go run ./server/bench $(BENCH)

.PHONY: profile
profile: ## write CPU and allocation profiles of find and issue to dist/profile
	go run ./server/bench -profile dist/profile -cards 100000

.PHONY: api-docs
api-docs: ## write docs/api from the contract's data
	go run ./conformance/cmd/apidocs docs/api

.PHONY: release
release: ## build the archives of conform and the server for every platform, with checksums and bills of materials, to dist/release
	go run ./release

.PHONY: tidy-check
tidy-check: ## fail when go.mod or go.sum is not what go mod tidy makes
	go mod tidy -diff

.PHONY: docker
docker: ## build the container image
	docker build --tag '$(IMAGE)' .

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist

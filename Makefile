# `make help` lists what there is.

.DEFAULT_GOAL := help

# What is run by itself measures, or wants the whole machine: one test after the other.
TEST = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=1 swift test
.PHONY: help run test build screenshots lint format clean fuzz mutants soak tsan asan bench bench-writers bench-feed chaos readers dist dist-test versions

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

run: build ## install what is missing, build, and start a database, writers, the daemon and its pages
	.build/release/scenesync demo

build: ## build the release binary, .build/release/scenesync
	scripts/install.sh build
	swift build -c release --product scenesync --static-swift-stdlib

test: ## install what is missing, build for debugging, and run all tests
	scripts/install.sh test
	scripts/python-environment.sh
	swift build --build-tests
	scripts/test.sh

screenshots: build ## picture the pages by day and night, on a phone and wide, into .screenshots
	scripts/install.sh test
	scripts/python-environment.sh
	.venv/bin/python Tests/Browser/pages_test.py --scenesync .build/release/scenesync --screenshots .screenshots

lint: ## check the format and the style of all Swift files
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/feed migrations triggers

format: ## format all Swift files
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/feed migrations triggers

mutants: ## plant each known mistake in a copy and see the tests catch it
	scripts/mutants.sh

soak: ## the storm for half an hour, memory and latency flat: MINUTES=, or by count TRANSACTIONS=21000
	scripts/install.sh test
	swift build --build-tests
	$(if $(TRANSACTIONS),SCENESYNC_STORM_TRANSACTIONS=$(TRANSACTIONS),SCENESYNC_STORM_MINUTES=$(or $(MINUTES),30)) $(TEST) --skip-build --filter EndToEndTests.StormTests

chaos: ## a storm of writers and readers, and each fault in it: MINUTES=, SEED=, FAULTS="down,black hole", DOCS=1
	scripts/install.sh test
	swift build --build-tests
	SCENESYNC_CHAOS_MINUTES=$(or $(MINUTES),15) SCENESYNC_CHAOS_SEED=$(SEED) SCENESYNC_CHAOS_FAULTS="$(FAULTS)" \
		SCENESYNC_CHAOS_PAGE=$(if $(DOCS),$(CURDIR)/docs/reliability.md) $(TEST) --skip-build --filter 'EndToEndTests.(Chaos|DiskFull|Namespace)Tests'

readers: build ## memory and slow readers at full size: 5,000 projects of 1 MB, fifty readers of 1 kB/s beside a thousand
	scripts/install.sh test
	swift build --build-tests
	SCENESYNC_BINARY=$(CURDIR)/.build/release/scenesync SCENESYNC_FULL_SIZE=1 $(TEST) --skip-build --filter 'EndToEndTests.(Crowd|Slowloris)Tests'

fuzz: ## give each reader of untrusted bytes what nobody would send, for a minute in all; the readers are built for it
	scripts/install.sh build
	scripts/fuzz.sh

tsan: ## run the tests of streams, reads and the cache with the thread sanitizer
	scripts/install.sh test
	scripts/sanitizer.sh thread

asan: ## run tests of all that touches memory by hand with the address sanitizer
	scripts/install.sh test
	scripts/sanitizer.sh address

# A run over midnight has one day. A goal that the feed missed does not end it: the page tells.
bench: export BENCH_DAY := $(shell date -u +%F)
bench: $(if $(SCENESYNC),,build) ## measure fan-out, memory and reads beside others: half an hour; WORKS= TARGETS= REPS= SECS= DOCS=1: an hour
	scripts/install.sh bench
	Benchmarks/test_load.py
ifneq ($(DOCS),)
	-$(MAKE) bench-feed
	$(MAKE) bench-writers WORKS=insert1,light
endif
	Benchmarks/fanout.py --works "$(WORKS)" --targets "$(TARGETS)" $(if $(REPS),--reps $(REPS)) $(if $(SECS),--secs $(SECS)) $(if $(DOCS),--write-docs,--plots)

bench-writers: $(if $(SCENESYNC),,build) ## measure what announcing changes costs the writers, on this disk and a slow one: half an hour; WORKS=
	Benchmarks/writers.py $(if $(WORKS),--works $(WORKS)) --lines docs/benchmarks/writers.jsonl
	Benchmarks/writers.py $(if $(WORKS),--works $(WORKS)) --slower-ms 3 --clients 16,64 --lines docs/benchmarks/writers-slow-disk.jsonl

bench-feed: ## measure the daemon's own work for a change, without a database, and see its goals reached: about a minute
	scripts/install.sh build
	swift build -c release --product FeedBenchmark
	Benchmarks/feed.py --lines docs/benchmarks/feed.jsonl

dist: build ## make a stripped binary and a Debian package, in .build/dist
	scripts/install.sh dist
	scripts/dist.sh

dist-test: dist ## install and run the Debian package on a clean Debian, made by debootstrap; as root
	# Swift's own library has a zlib in it.
	lintian --fail-on error --suppress-tags embedded-library .build/dist/*.deb
	scripts/dist-test.sh

versions: ## migrate and storm on each version of PostgreSQL that can be had
	scripts/install.sh test
	swift build --build-tests
	scripts/versions.sh

clean: ## remove everything that was built
	rm -rf .build .build-* .venv Benchmarks/.build

# The ways to work on Straggler. `make demo` and `make test` are all that a fresh machine needs.

SWIFT ?= swift
PREFIX ?= /usr/local
# Added to every build and test of the package.
SWIFT_FLAGS ?=
# The folder of the built programs; asked for only where it is needed.
BIN = $(shell $(SWIFT) build --show-bin-path)
# With Swift's own libraries in it: starts in a third of the time, and runs where no toolchain is.
RELEASE = $(SWIFT) build -c release --static-swift-stdlib
RELEASED = $(shell $(RELEASE) --show-bin-path)
FORMATTED = Package.swift Sources Plugins Tests Fixtures Benchmarks

.PHONY: help setup build release demo test stranger sanitize check format lint bench real page company compare soak docs install

help:
	@echo 'make demo     set up, build, check every program under Fixtures, show one real leak report'
	@echo 'make test     set up, build, run every test, every fixture, and the tests of a package that depends on this one'
	@echo 'make stranger run the tests of that package alone, red and green'
	@echo 'make sanitize run the tests of the recorder under sanitizers and valgrind, those of the thread runtime under ThreadSanitizer'
	@echo 'make build    build'
	@echo 'make release  build the optimised command line, which needs no Swift toolchain to run'
	@echo 'make check    check every program under Fixtures with what is built'
	@echo 'make format   format the Swift sources; make lint only looks'
	@echo 'make bench    measure what the recorder and the thread runtime cost'
	@echo 'make real     run real programs alone and observed, and hold the one against the other'
	@echo 'make page     look at the HTML report in a real browser, on a wide screen and a phone, light and dark'
	@echo 'make company  run one program in the company of other tools that want its process'
	@echo 'make compare  hold the C and C++ fixtures against Helgrind'
	@echo 'make soak     run programs that are ended at random moments, for an hour; SOAK_SECONDS=N for another time'
	@echo 'make docs     write the documentation of module Straggler to .build/docs'
	@echo 'make install PREFIX=/usr/local   install the command line, the library it preloads, manual and completions'

setup:
	@.ci/setup

build:
	$(SWIFT) build $(SWIFT_FLAGS)

release: setup
	$(RELEASE) --product straggler
	$(RELEASE) --product StragglerPreload

check:
	"$(BIN)/straggler" check Fixtures

demo: setup build check
	@.ci/demo "$(BIN)"

test: setup build
	$(SWIFT) test --disable-xctest $(SWIFT_FLAGS)
	"$(BIN)/straggler" check Fixtures
	python3 Tests/Stranger/stranger.py --swift "$(SWIFT)" --straggler "$(BIN)/straggler"

stranger: setup build
	python3 Tests/Stranger/stranger.py --swift "$(SWIFT)" --straggler "$(BIN)/straggler"

sanitize: setup build
	$(SWIFT) test --disable-xctest --filter StressTests $(SWIFT_FLAGS)
	$(SWIFT) test --disable-xctest --sanitize=thread --scratch-path .build/thread-sanitizer --filter '^StragglerTests\.' $(SWIFT_FLAGS)

format:
	$(SWIFT) format --in-place --parallel --recursive $(FORMATTED)

lint:
	$(SWIFT) format lint --strict --parallel --recursive $(FORMATTED)

bench: release
	$(RELEASE) --product runtime-benchmark
	@Benchmarks/bench "$(RELEASED)"

real: release
	python3 Tests/Real/real.py --straggler "$(RELEASED)/straggler"

page: release
	python3 Tests/Real/page.py --straggler "$(RELEASED)/straggler"

company: release
	python3 Tests/Real/company.py --straggler "$(RELEASED)/straggler"

compare: setup build
	python3 Tests/Real/compare.py --straggler "$(BIN)/straggler"

SOAK_SECONDS ?= 3600
soak: release
	python3 Tests/Real/soak.py --seconds $(SOAK_SECONDS) --straggler "$(RELEASED)/straggler"

docs: setup
	$(SWIFT) build $(SWIFT_FLAGS) --target Straggler
	.ci/docs "$(BIN)" .build/docs
	@echo 'Read it: python3 -m http.server -d .build/docs/Straggler.doccarchive, then http://localhost:8000/documentation/straggler'

# Where zsh and fish look for completions, and bash-completion does.
COMPLETIONS = $(DESTDIR)$(PREFIX)/share
install: release
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib/straggler" "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -d "$(COMPLETIONS)/bash-completion/completions" "$(COMPLETIONS)/zsh/site-functions" "$(COMPLETIONS)/fish/vendor_completions.d"
	install -s -m 755 "$(RELEASED)/straggler" "$(DESTDIR)$(PREFIX)/bin/"
	install -m 755 "$(RELEASED)/libStragglerPreload.so" "$(DESTDIR)$(PREFIX)/lib/straggler/"
	"$(DESTDIR)$(PREFIX)/bin/straggler" print-manual > "$(DESTDIR)$(PREFIX)/share/man/man1/straggler.1"
	"$(DESTDIR)$(PREFIX)/bin/straggler" --generate-completion-script bash > "$(COMPLETIONS)/bash-completion/completions/straggler"
	"$(DESTDIR)$(PREFIX)/bin/straggler" --generate-completion-script zsh > "$(COMPLETIONS)/zsh/site-functions/_straggler"
	"$(DESTDIR)$(PREFIX)/bin/straggler" --generate-completion-script fish > "$(COMPLETIONS)/fish/vendor_completions.d/straggler.fish"

# `make help` lists the targets. SWIFT, PYTHON and the variables named there can be set on the command line.
SHELL := /bin/sh
SWIFT ?= swift
PYTHON ?= python3
CONFIG ?=
NAME ?=
# A configuration of one's own has its results and its report beside one another; REPORT.md is that of the built-in sweep.
RESULTS ?= $(if $(CONFIG),results/$(basename $(notdir $(CONFIG))),results)
REPORT ?= $(if $(CONFIG),$(RESULTS)/REPORT.md,REPORT.md)
SWEEP_FLAGS ?=

refinery := .build/release/refinery
libsvm_page ?= https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass

.PHONY: help setup build install test sweep study report datasets bench bench-peers count-references examples fuzz test-faults test-slurm test-widths test-package clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-17s %s\n", $$1, $$2 }'

# What a build needs: a Swift toolchain, and zlib's header, which apt-get can bring.
setup:
	@command -v $(firstword $(SWIFT)) > /dev/null || { \
	  echo "error: no '$(firstword $(SWIFT))' on the PATH: install a Swift 6 toolchain (https://www.swift.org/install/)" >&2; exit 1; }
	@$(has_zlib) || { $(install_zlib); } || { \
	  echo "error: zlib.h is missing: install zlib1g-dev (Debian, Ubuntu), zlib-devel (Fedora) or zlib (Homebrew)" >&2; exit 1; }

has_zlib = { test -e /usr/include/zlib.h || echo '\#include <zlib.h>' | clang -E -x c - || \
  echo '\#include <zlib.h>' | cc -E -x c - ; } > /dev/null 2>&1

define install_zlib
  command -v apt-get > /dev/null && as_root= && \
  { test "$$(id -u)" -eq 0 || { command -v sudo > /dev/null && as_root=sudo; }; } && \
  echo "Installing zlib1g-dev" && \
  { $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y zlib1g-dev < /dev/null || \
    { $$as_root apt-get update -q < /dev/null && \
      $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y zlib1g-dev < /dev/null; }; }
endef

build: setup ## compiles .build/release/refinery for this machine
	REFINERY_ARCHITECTURE=native $(SWIFT) build -c release --product refinery

# The manual page is made by swift-argument-parser's plugin from the program's own help.
PREFIX ?= /usr/local
manual = .build/plugins/GenerateManual/outputs/refinery/refinery.1
install: build ## the program, its manual page and shell completions (PREFIX=/usr/local)
	REFINERY_ARCHITECTURE=native $(SWIFT) package --allow-writing-to-package-directory generate-manual --configuration release
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(refinery) $(DESTDIR)$(PREFIX)/bin/refinery
	install -m 644 $(manual) $(DESTDIR)$(PREFIX)/share/man/man1/refinery.1
	$(refinery) --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/refinery
	$(refinery) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_refinery
	$(refinery) --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/refinery.fish

# Package.swift makes internal names visible itself, so that `make build` finds everything compiled.
test: setup ## builds and runs the tests, as optimised as the program, in the same build
	REFINERY_ARCHITECTURE=native $(SWIFT) test -c release --disable-xctest --disable-testable-imports

# Exit code 65 says that a dataset could not be read: the others are swept and reported all the same.
sweep: build ## trains what is missing, writes REPORT.md, with CONFIG=FILE.yml in results/FILE/ (RESULTS=DIR REPORT=FILE SWEEP_FLAGS=...)
	@status=0; $(refinery) sweep $(CONFIG) --results $(RESULTS) $(SWEEP_FLAGS) || status=$$?; \
	case $$status in 0|65) $(refinery) report $(RESULTS) --out $(REPORT) || exit $$? ;; esac; exit $$status

study: ## trains studies/NAME.yml into results/NAME/ and writes reports/NAME/REPORT.md (NAME=...)
	@test -n "$(NAME)" && test -f "studies/$(NAME).yml" || { \
	  echo "error: NAME='$(NAME)': no such study, expected one of: $(basename $(notdir $(wildcard studies/*.yml)))" >&2; exit 66; }
	@mkdir -p "reports/$(NAME)"
	@$(MAKE) --no-print-directory sweep CONFIG="studies/$(NAME).yml" REPORT="reports/$(NAME)/REPORT.md"

report: build ## writes REPORT.md and figures/ again from the journal
	$(refinery) report $(RESULTS) --out $(REPORT)

datasets: build ## downloads the paper's two large problems from the LIBSVM page
	@$(call download,Sensorless.scale,58509,48,11)
	@$(call download,aloi.scale.bz2,108000,128,1000)

# $(call download,FILE,ROWS,FEATURES,CLASSES): the file is known by the sweep only once it is complete and has these counts.
define download
set -eu; \
if test -e datasets/$1; then echo "datasets/$1 is there already"; exit 0; fi; \
command -v curl > /dev/null || { echo "error: this needs curl" >&2; exit 1; }; \
folder=datasets/.download; part=$$folder/$1; \
trap 'rm -rf "$$folder"' EXIT; trap 'exit 130' INT TERM HUP; \
rm -rf "$$folder"; mkdir "$$folder"; \
echo "Downloading $(libsvm_page)/$1"; \
curl --fail --location --silent --show-error --retry 2 --connect-timeout 20 --output "$$part" $(libsvm_page)/$1 < /dev/null || { \
  echo "error: $1 could not be downloaded (is there a network?); datasets/ holds nothing of it" >&2; exit 1; }; \
counts=$$($(refinery) data inspect --json "$$part" | tr -d ' \n' | tr ',{' '\n\n' | \
  sed -n 's/^"\(rows\|features\|classes\)":\([0-9]*\).*/\1=\2/p' | sort | tr '\n' ' '); \
test "$$counts" = "classes=$4 features=$3 rows=$2 " || { \
  echo "error: $1 should have rows=$2 features=$3 classes=$4, but the download has: $${counts:-what refinery cannot read}; datasets/ holds nothing of it" >&2; exit 1; }; \
mv "$$part" datasets/$1; echo "datasets/$1: $2 rows, $3 features, $4 classes"
endef

bench: build ## measures the trainer and the reader against this machine's limits; writes docs/performance.md
	$(refinery) bench --out docs/performance.md

bench-peers: build ## the same beside PyTorch and scikit-learn (in a virtual environment)
	$(PYTHON) Scripts/benchmarks/peers.py

count-references: setup ## what a training step allocates and how many references it counts (callgrind; x86-64)
	$(SWIFT) build -c release --scratch-path .build/portable --product refinery
	$(PYTHON) Scripts/benchmarks/count_references.py .build/portable/release/refinery

EXAMPLES_FLAGS ?=
examples: build ## trains networks under every schedule, writes docs/deep-learning.md's tables (PyTorch; EXAMPLES_FLAGS=...)
	$(PYTHON) examples/run.py --refinery $(refinery) $(EXAMPLES_FLAGS)

# libFuzzer and the address sanitizer come with the toolchain. What is found goes to .build/fuzzer/, beside the corpus that grows there.
SECONDS ?= 60
fuzz: setup ## feeds the reader with made-up inputs under the address sanitizer (SECONDS=60)
	REFINERY_FUZZER=1 REFINERY_ARCHITECTURE=native $(SWIFT) build --scratch-path .build/fuzzer --product ReaderFuzzer
	@mkdir -p .build/fuzzer/corpus
	SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=malloc_context_size=0:quarantine_size_mb=16:detect_leaks=0 \
	  .build/fuzzer/debug/ReaderFuzzer -max_total_time=$(SECONDS) -max_len=320 -timeout=10 -detect_leaks=0 \
	  -artifact_prefix=.build/fuzzer/ -dict=Tests/ReaderFuzzer/dictionary .build/fuzzer/corpus Tests/ReaderFuzzer/Corpus

test-faults: build ## kill -9, full disks, damaged journals, each followed by a continued sweep (as root, ten minutes)
	$(PYTHON) Tests/Faults/faults.py $(refinery)

test-slurm: build ## an array of four tasks on a cluster of this one machine (as root; installs slurm-wlm and munge)
	sh Tests/Faults/slurm.sh $(refinery)

# Another vector width: the baseline of Package.swift.
test-widths: build ## compares the bits of this machine's build with those of the baseline's
	$(SWIFT) build -c release --scratch-path .build/portable --product refinery
	sh Scripts/digests.sh .build/portable/release/refinery > .build/portable/digests.txt
	sh Scripts/digests.sh $(refinery) | diff .build/portable/digests.txt -

test-package: setup ## builds and runs a package that uses the library products
	$(SWIFT) run --package-path Tests/LibraryPackage --scratch-path .build/library-package Example datasets/iris.scale.gz

clean: ## removes what building left (not results/)
	rm -rf .build

# SPDX-License-Identifier: MIT
# varve: build, test, install what is missing. `make help` lists the targets.

VARIANT ?= release
CC      := mpicc
PKG_CONFIG ?= pkg-config
PYTHON  ?= /usr/bin/python3

# pkg-config modules; a cluster may call them otherwise: make HDF5_PKG=hdf5 BLAS_PKG=mkl ...
HDF5_PKG ?= hdf5-openmpi
BLAS_PKG ?= openblas
YAML_PKG ?= yaml-0.1
HASH_PKG ?= libxxhash
ZLIB_PKG ?= zlib
TEST_PKG ?= cmocka
HDF5_LIBS ?= -l$(subst -,_,$(HDF5_PKG))_hl

PKGS  := $(HDF5_PKG) $(BLAS_PKG) $(YAML_PKG) $(HASH_PKG) $(ZLIB_PKG)
BUILD := build/$(VARIANT)

CFLAGS_release := -O3 -DNDEBUG
CFLAGS_debug   := -O1 -g -DVV_FAULTS
CFLAGS_san     := -O1 -g -DVV_FAULTS -fsanitize=address,undefined -fno-sanitize-recover=undefined \
    -fno-omit-frame-pointer
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
# MPICH's MPI_STATUSES_IGNORE is an address that gcc takes for an array of nothing.
WARN += $(if $(findstring mpich,$(CC)),-Wno-stringop-overflow)
# -ffp-contract=off: the same expression gives the same bits on every processor.
VV_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -ffp-contract=off -fopenmp $(WARN) $(CFLAGS_$(VARIANT)) $(CFLAGS) \
    -Ipipeline -I. -Itests $(PKG_CFLAGS)
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PKGS) | sed 's/-I/-isystem /g')
PKG_LIBS   = -fopenmp $(shell $(PKG_CONFIG) --libs $(PKGS)) $(HDF5_LIBS) -lm
TEST_LIBS  = $(shell $(PKG_CONFIG) --libs $(TEST_PKG))
LDFLAGS_san := -fsanitize=address,undefined

Q := $(if $(V),,@)

SOURCES  := $(filter-out pipeline/run/main.c,$(wildcard pipeline/*/*.c stages/*/*.c))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY  := $(BUILD)/libvarve.a
PROGRAM  := $(BUILD)/varve
TESTS    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/test_*.c))
$(BUILD)/tests/fuzz/test_corpus: $(BUILD)/tests/fuzz/targets.o $(BUILD)/tests/fuzz/formats.o
BENCHES  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/bench_*.c))

.PHONY: all
all: varve ## build the program (VARIANT=release|debug|san)

.PHONY: varve
varve: $(PROGRAM)
	$(Q)ln -sfn $(PROGRAM) varve

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@$(if $(V),,echo "  CC      $<")
	$(Q)$(CC) $(VV_CFLAGS) -MMD -MP -c $< -o $@

$(LIBRARY): $(OBJECTS)
	@$(if $(V),,echo "  AR      $@")
	$(Q)rm -f $@ && ar rcs $@ $^

$(PROGRAM): $(BUILD)/pipeline/run/main.o $(LIBRARY)
	@$(if $(V),,echo "  LD      $@")
	$(Q)$(CC) $(LDFLAGS_$(VARIANT)) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIBRARY)
	@$(if $(V),,echo "  LD      $@")
	$(Q)$(CC) $(LDFLAGS_$(VARIANT)) $(LDFLAGS) $(filter %.o,$^) $(LIBRARY) $(TEST_LIBS) $(PKG_LIBS) -o $@

.PRECIOUS: $(BUILD)/%.o

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# The commit goes into the provenance of every report; the stamp changes only when it does.
COMMIT_STAMP := $(BUILD)/commit
$(shell mkdir -p $(BUILD); c=$$(git describe --always --dirty 2>/dev/null || echo unknown); \
    [ "$$c" = "$$(cat $(COMMIT_STAMP) 2>/dev/null)" ] || echo "$$c" > $(COMMIT_STAMP))
$(BUILD)/pipeline/run/provenance.o: $(COMMIT_STAMP)
$(BUILD)/pipeline/run/provenance.o: VV_CFLAGS += -DVV_COMMIT='"$(shell cat $(COMMIT_STAMP))"'
$(BUILD)/pipeline/run/libraries.o: VV_CFLAGS += \
    -DVV_HDF5_VERSION='"$(shell $(PKG_CONFIG) --modversion $(HDF5_PKG))"' \
    -DVV_YAML_VERSION='"$(shell $(PKG_CONFIG) --modversion $(YAML_PKG))"'

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BOOTSTRAP ?= yes
# Debian's mpicc.openmpi and mpicc.mpich have an mpiexec each.
MPIRUN ?= $(if $(filter mpicc.%,$(CC)),$(CC:mpicc.%=mpiexec.%),mpirun)
export MPIRUN CC PKG_CONFIG PYTHON HDF5_PKG BLAS_PKG YAML_PKG HASH_PKG ZLIB_PKG TEST_PKG

.PHONY: bootstrap bootstrap-test
bootstrap: ## install what is missing to build (BOOTSTRAP=no: never)
	@[ "$(BOOTSTRAP)" = no ] || sh jobs/bootstrap.sh build
bootstrap-test:
	@[ "$(BOOTSTRAP)" = no ] || sh jobs/bootstrap.sh test

.PHONY: quickstart
quickstart: bootstrap ## set up, build, and run the embedded example on 2 ranks
	@$(MAKE) --no-print-directory -j$(JOBS) varve
	@jobs/local/mpirun.sh 2 ./varve run configs/quickstart.yml

# Fault points are in the other variants only.
FAULTY := build/$(VARIANT:release=debug)/varve

.PHONY: tests programs faulty check check-faults check-kill check-long check-valgrind check-mpich check-slurm \
    check-container
programs: $(TESTS) $(PROGRAM)
tests: programs varve
faulty:
	@$(MAKE) --no-print-directory -j$(JOBS) VARIANT=$(VARIANT:release=debug) $(FAULTY)
check: bootstrap-test ## set up, build, and run every test (ONLY=name: some)
	@$(MAKE) --no-print-directory -j$(JOBS) tests
	@$(MAKE) --no-print-directory faulty
	@VV_DEBUG_PROGRAM=$(FAULTY) bash tests/run.sh $(BUILD) $(ONLY)
check-faults: bootstrap-test varve faulty ## each fault point, on each of 3 ranks, early and late
	@VV_FAULTS=full VV_PROGRAM=$(PROGRAM) VV_DEBUG_PROGRAM=$(FAULTY) bash tests/faults/test_faults.sh
check-kill: bootstrap-test varve ## kill -9 at 200 random moments (VV_KILLS=N, VV_KILL_SEED=S)
	@VV_KILLS=$${VV_KILLS:-200} VV_PROGRAM=$(PROGRAM) bash tests/faults/test_kill.sh
check-long: bootstrap-test varve ## power and errors of the transfer rules on planted truth (VV_DEPTH_SEEDS=100)
	@VV_DEPTH_SEEDS=$${VV_DEPTH_SEEDS:-100} VV_PROGRAM=$(PROGRAM) bash tests/cli/test_depth_power.sh
check-valgrind: bootstrap-test ## the serial core under valgrind (which it needs)
	@$(MAKE) --no-print-directory -j$(JOBS) VARIANT=debug tests
	@bash tests/valgrind.sh build/debug

check-mpich: bootstrap-test varve ## build against MPICH, compare with Open MPI (installs MPICH)
	@[ "$(BOOTSTRAP)" = no ] || CC=mpicc.mpich HDF5_PKG=hdf5-mpich sh jobs/bootstrap.sh build
	@bash tests/run.sh $(BUILD) jobs/test_mpich
check-slurm: bootstrap-test varve ## the templates of jobs/slurm on a Slurm of one node (minutes; root; installs Slurm)
	@[ "$(BOOTSTRAP)" = no ] || sh jobs/bootstrap.sh slurm
	@VV_SLURM=yes bash tests/run.sh $(BUILD) jobs/test_slurm

check-container: varve ## the container files, in chroots of a fresh Debian (minutes; root; needs debootstrap)
	@VV_CONTAINER=yes bash tests/run.sh $(BUILD) jobs/test_container

# libFuzzer comes with clang. The search and (but for one) the stages see no bytes of files: they stay out.
FUZZ_SOURCES = $(wildcard $(patsubst %,pipeline/%/*.c,base dist data config io)) tests/fuzz/targets.c \
    tests/fuzz/formats.c stages/stored_knn/core.c tests/fuzz/libfuzzer.c
build/fuzz/%: $(FUZZ_SOURCES)
	@mkdir -p $(@D)/include && echo "  FUZZ    $@"
	@sed 's/__malloc__ (omp_free[^)]*)/__malloc__/' "$$(gcc -print-file-name=include)/omp.h" >$(@D)/include/omp.h
	$(Q)OMPI_CC=clang $(CC) -std=c11 -D_XOPEN_SOURCE=700 -O1 -g -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=undefined -Wno-unknown-pragmas -DFUZZ_TARGET=fuzz_$* -Ipipeline -I. -Itests \
	    -Ibuild/fuzz/include $(PKG_CFLAGS) $(FUZZ_SOURCES) $(PKG_LIBS:-fopenmp=-lgomp) -o $@

# What the linters are told instead of what only gcc knows; kernels need their instructions named.
LINT_FLAGS = -std=c11 -D_XOPEN_SOURCE=700 -DVV_FAULTS -Ipipeline -I. -Ibuild/fuzz/include -Wno-unknown-pragmas \
    -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mpopcnt -mamx-tile -mamx-bf16 -DVV_COMMIT='""' -DVV_HDF5_VERSION='""' \
    -DVV_YAML_VERSION='""' $(PKG_CFLAGS)

.PHONY: lint
lint: ## cppcheck and clang-tidy, as configured here (minutes)
	@mkdir -p build/fuzz/include
	@sed 's/__malloc__ (omp_free[^)]*)/__malloc__/' "$$(gcc -print-file-name=include)/omp.h" >build/fuzz/include/omp.h
	@cppcheck -q --error-exitcode=1 --enable=warning,portability,performance --std=c11 --inline-suppr \
	    --suppress=missingInclude -Ipipeline -I. -j$(JOBS) pipeline stages
	@printf '%s\n' pipeline/*/*.c stages/*/*.c | \
	    xargs -P $(JOBS) -I FILE sh -c 'clang-tidy -quiet FILE -- "$$@" 2>/dev/null' sh $(LINT_FLAGS) | \
	    { ! grep -E '(error|warning):'; } && echo 'cppcheck and clang-tidy: clean'

.PHONY: fuzz
fuzz: bootstrap-test ## fuzz every parser for a while (FUZZ_SECONDS=60 each; needs clang)
	@bash tests/fuzz/fuzz.sh "$${FUZZ_SECONDS:-60}"

.PHONY: bench
bench: bootstrap ## measure against stated baselines (ONLY=search|scaling|memory|plan|landscape|probe)
	@$(MAKE) --no-print-directory -j$(JOBS) $(BENCHES)
	@bash tests/bench/run.sh $(BUILD) $(ONLY)

# Where things go; DESTDIR stands before it while a package is made.
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
SHARE   ?= $(PREFIX)/share
DOCDIR  ?= $(SHARE)/doc/varve
MANUAL  := $(DESTDIR)$(SHARE)/man/man1/varve.1
BASH_COMPLETION := $(DESTDIR)$(SHARE)/bash-completion/completions/varve
ZSH_COMPLETION  := $(DESTDIR)$(SHARE)/zsh/site-functions/_varve
FISH_COMPLETION := $(DESTDIR)$(SHARE)/fish/vendor_completions.d/varve.fish

.PHONY: install uninstall
install: varve ## program, manual, completions, examples, under PREFIX=/usr/local (DESTDIR=)
	@mkdir -p $(DESTDIR)$(BINDIR) $(DESTDIR)$(DOCDIR)/examples \
	    $(dir $(MANUAL) $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION))
	@install -m 755 $(PROGRAM) $(DESTDIR)$(BINDIR)/varve
	@$(PROGRAM) manual >$(MANUAL)
	@$(PROGRAM) completion bash >$(BASH_COMPLETION)
	@$(PROGRAM) completion zsh >$(ZSH_COMPLETION)
	@$(PROGRAM) completion fish >$(FISH_COMPLETION)
	@install -m 644 LICENSE README.md $(DESTDIR)$(DOCDIR)
	@cp -R configs jobs $(DESTDIR)$(DOCDIR)/examples
	@echo "installed under $(DESTDIR)$(PREFIX)"
uninstall: ## remove what install has put there
	@rm -f $(DESTDIR)$(BINDIR)/varve $(MANUAL) $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION)
	@rm -rf $(DESTDIR)$(DOCDIR)

.PHONY: clean
clean: ## remove what was built
	$(Q)rm -rf build varve

.PHONY: help
help: ## show this
	@echo "make [TARGET] [VARIANT=release|debug|san] [V=1]"; echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | \
	    sort | awk -F'|' '{printf "%-14s %s\n", $$1, substr($$0, length($$1) + 2)}'

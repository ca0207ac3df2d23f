# The short names of what a person does with this tree; the work itself is in packaging/.

PREFIX ?= /usr/local
DESTDIR ?=
LEVEL ?= native
DIR ?=
MODEL ?= base
RIVAL ?= auto
ARGS ?=

# Where rustup puts cargo, in case the shell has not been told yet.
CARGO_BIN := $(if $(CARGO_HOME),$(CARGO_HOME),$(HOME)/.cargo)/bin
export PATH := $(PATH):$(CARGO_BIN)

.PHONY: help
help: ## this list
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

.PHONY: try
try: ## see hob work: builds it, fetches two small models, transcribes, dictates and corrects
	@packaging/try.sh

.PHONY: test
test: ## run every test, with real models
	@packaging/test.sh

.PHONY: test-desktop
test-desktop: build ## dictate into real applications on real desktops, 20 times each: make test-desktop COUNT=20
	@packaging/test-desktop.sh $(COUNT)

.PHONY: check
check: ## format, lints, licences of the dependencies, who depends on whom
	@packaging/deps.sh
	@packaging/check.sh

.PHONY: build
build: ## release build of the daemon, the client and the engines for this machine
	@packaging/deps.sh
	@packaging/build.sh

.PHONY: engines
engines: ## only the engines, for LEVEL=native, x86-64-v4, x86-64-v3 or x86-64-v2
	@packaging/engines.sh $(LEVEL)

.PHONY: bench
bench: build ## measure the socket, the engines' start, memory and idle wake-ups
	@packaging/bench.sh

.PHONY: eval
eval: MODEL = qwen2.5-coder-1.5b
eval: build ## run the text actions on texts with traps: make eval MODEL=... ARGS=...
	@packaging/bench-actions.sh "$(MODEL)" $(ARGS)

.PHONY: bench-text
bench-text: MODEL = smollm2-135m
bench-text: build ## measure the text model beside llama-server: make bench-text MODEL=... RIVAL=auto|none|PATH ARGS=...
	@packaging/bench-text.sh "$(MODEL)" "$(RIVAL)" $(ARGS)

.PHONY: bench-dictation
bench-dictation: build ## measure dictation on recordings: make bench-dictation DIR=... MODEL=base RIVAL=none ARGS=...
	@packaging/bench-recordings.sh dictation "$(DIR)" "$(MODEL)" "$(RIVAL)" $(ARGS)

.PHONY: microphone
microphone: build ## dictate 20 English recordings of a folder through a virtual microphone: make microphone DIR=... SERVER=pulseaudio|pipewire
	@packaging/microphone.sh "$(DIR)" $(SERVER)

.PHONY: crashes
crashes: build ## kill the engine and the daemon 50 times while somebody dictates, and count lost words
	@packaging/crashes.sh $(COUNT)

.PHONY: stress
stress: build ## 100 clients at once for two minutes, each leaving at a random moment: make stress CLIENTS=100 SECONDS=120
	@packaging/stress.sh $(or $(CLIENTS),100) $(or $(SECONDS),120)

.PHONY: schemas
schemas: engines ## 1,000 answers by JSON schemas, each checked: make schemas COUNT=1000
	@eval "$$(packaging/engines.sh --env native)" && HOB_SCHEMAS=$(or $(COUNT),1000) cargo test --release --locked -p hob-engine-text \
		--target-dir target/engines/native/build --test engine valid -- --nocapture

.PHONY: wer
wer: build ## count the mistakes on recordings: make wer DIR=... MODEL=base
	@packaging/bench-recordings.sh transcription "$(DIR)" "$(MODEL)" none --all $(ARGS)

.PHONY: install
install: ## install what `make build` built under PREFIX (default /usr/local; DESTDIR for packagers)
	@DESTDIR="$(DESTDIR)" packaging/install.sh "$(PREFIX)"

.PHONY: clean-engines
clean-engines: ## remove all builds of the native engines
	rm -rf target/engines

# upscale: see README.md. Every target does nothing, quickly, when there is nothing to do.
.DEFAULT_GOAL := build
.PHONY: deps build demo test docs bench exactness format check install uninstall clean

PREFIX ?= /usr/local
SWIFT ?= swift
# The runtime goes into the executable, so that it runs where there is no Swift.
RELEASE := -c release --static-swift-stdlib
UPSCALE := .build/release/upscale

# Installs the Debian packages that are missing; needs root or sudo only then.
deps:
	@Scripts/deps.sh

build: deps
	$(SWIFT) build $(RELEASE) --product upscale

# Enlarges the sample photo with the default network.
demo: build
	$(UPSCALE) image Tests/Fixtures/cat.jpg demo.png --model realesrgan-x4plus --verbose
	@echo "The photo, four times its size: $(CURDIR)/demo.png"

# The recipe for GNU parallel is tested with it, and TLS with openssl.
test:
	@Scripts/deps.sh parallel openssl
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	@Scripts/checks.sh

# Builds the library's documentation, .build/docs/Upscale.doccarchive, with the toolchain's docc.
docs:
	@Scripts/deps.sh python3
	@Scripts/docs.sh

# Measures upscale and its peers (PyTorch, ONNX Runtime, OpenVINO, ncnn) on this machine.
bench: build
	@Scripts/bench.sh $(ARGS)

# Compares upscale with the reference networks in PyTorch.
exactness: build
	@Scripts/exactness.sh $(ARGS)

format:
	@Scripts/format.sh

# All that must hold before a merge: format, sanitizers, and what `test` runs.
check: deps
	@Scripts/format.sh --check
	@Scripts/sanitizers.sh
	@$(MAKE) --no-print-directory test

install: build
	install -D -m 755 $(UPSCALE) $(DESTDIR)$(PREFIX)/bin/upscale
	install -d $(DESTDIR)$(PREFIX)/share/upscale/weights
	install -m 644 weights/* $(DESTDIR)$(PREFIX)/share/upscale/weights/

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/upscale
	rm -rf $(DESTDIR)$(PREFIX)/share/upscale

clean:
	rm -rf .build demo.png

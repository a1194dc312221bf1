# SPDX-License-Identifier: GPL-2.0-only
#
# Makefile - everything a person does with lcma starts here.
# The recipe of the module itself is in Kbuild, which is what kbuild reads.

# For make run, shell and test: a kernel of qemu/kernels.txt, and the guest.
KERNEL = 6.1-armhf
MEM =
CMDLINE =
# For make test: which jobs of test/guest/jobs; empty means all.
JOB =
# For make bench and bench-quick: which parts (test/bench/run); empty means all.
BENCH =
# For make storm: for how many seconds.
STORM = 60

# For make modules and modules_install: the kernel to build against.
# (KERNEL_SRC is how Yocto's module class calls it.)
KERNEL_SRC ?= /lib/modules/$(shell uname -r)/build
KDIR ?= $(KERNEL_SRC)

.PHONY: modules modules_install tools examples install uninstall dkms-install dkms-remove
.PHONY: run check check-trust check-wide check-debug check-matrix check-all storm shell test unit lint
.PHONY: bench bench-quick clean help

# Without a target, make builds the module, as every module's Makefile does.
modules: $(KDIR)/Makefile
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

modules_install: $(KDIR)/Makefile
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install

# The user-space part: cmactl, liblcma, man pages. tools/Makefile has the
# directories; DESTDIR, PREFIX and CROSS_COMPILE reach it by themselves.
tools:
	@$(MAKE) --no-print-directory -C tools

install uninstall:
	@$(MAKE) --no-print-directory -C tools $@

# What a learner starts from; the driver among them needs a kernel to build against.
examples:
	@$(MAKE) --no-print-directory -C examples
	@if [ ! -e '$(KDIR)/Makefile' ]; then \
		echo "examples/driver: not built, no kernel in $(KDIR)"; \
	elif [ ! -e Module.symvers ]; then \
		echo "examples/driver: not built, make modules comes first"; \
	else \
		$(MAKE) -C examples driver KDIR='$(KDIR)'; \
	fi

$(KDIR)/Makefile:
	@echo "No kernel to build against in $(KDIR)." >&2
	@echo "Install your kernel's headers (Debian: linux-headers-$$(uname -r))," >&2
	@echo "or say KDIR=/path/to/kernel (and ARCH=, CROSS_COMPILE=)." >&2
	@echo "To see lcma at work without any of this: make run" >&2
	@false

dkms-install:
	tools/dkms install

dkms-remove:
	tools/dkms remove

run:
	@qemu/demo --kernel '$(KERNEL)' --mem '$(MEM)' --cmdline '$(CMDLINE)'

check:
	@test/check

check-trust:
	@test/check-trust

# What check's kernels cannot show, on arm64 and amd64.
check-wide:
	@test/check-wide

check-all:
	@test/check-all

storm:
	@test/check-storm --kernel '$(KERNEL)' $(STORM)

check-matrix:
	@test/check-matrix

# Every guest test on a kernel with the kernel's own checkers in it.
check-debug:
	@test/check-debug $(JOB)

# lcma and the kernel's own CMA side by side: docs/benchmark.md.
bench:
	@test/bench/run $(BENCH)

bench-quick:
	@test/bench/run --quick $(BENCH)

shell:
	@qemu/prepare '$(KERNEL)'
	@qemu/launch --kernel '$(KERNEL)' --mem '$(MEM)' --cmdline '$(CMDLINE)' \
		--job shell --interactive

test:
	@qemu/prepare '$(KERNEL)'
	@qemu/run-tests --kernel '$(KERNEL)' $(JOB)

unit:
	@qemu/host-packages check
	@test/unit/run

lint:
	@qemu/host-packages check
	@test/lint/run

# What kbuild leaves in the tree, and what the harness leaves in build/. The
# cache of fetched kernels stays; it is in ~/.cache/lcma.
clean:
	rm -rf build Module.symvers modules.order .tmp_versions
	rm -f *.o .*.o *.ko *.mod *.mod.c .*.cmd
	find src test examples \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' -o -name '.*.d' \
		-o -name modules.order -o -name Module.symvers \) -delete

help:
	@echo 'See it:'
	@echo '  make run             boot a stock kernel in QEMU and show lcma at work, step by step'
	@echo '  make shell           a guest with lcma loaded, and a prompt'
	@echo 'Prove it:'
	@echo '  make check           the quick tests, on Linux 6.1 or 6.12 or both; ends with "N passed, N failed"'
	@echo '  make check-trust     what check left out on one of its kernels; failure points, fuzzing, sleep, pins'
	@echo '  make check-wide      what other architectures and kernels show: caches, poison, huge pages'
	@echo '  make check-all       all of these, and ten minutes of storm; nightly'
	@echo '  make storm           everything at once, on KERNEL, for STORM=60 seconds'
	@echo '  make check-matrix    the guest tests on more kernels and architectures'
	@echo '  make check-debug     the guest tests on a kernel with KASAN, lockdep, kmemleak ...'
	@echo '                       (16 minutes on two CPUs; the first time 26, to build it as well)'
	@echo '  make bench           lcma and the kernel'"'"'s own CMA side by side (bench-quick: shorter)'
	@echo '  make unit            the pure parts, on the host'
	@echo '  make lint            warnings, sparse, style'
	@echo '  make test JOB=NAME   one job of test/guest/jobs (or all of them) on KERNEL'
	@echo 'Use it:'
	@echo '  make modules         build lcma.ko against KDIR (default: the running kernel)'
	@echo '  make modules_install install it there (INSTALL_MOD_PATH= for a root elsewhere)'
	@echo '  make dkms-install    have DKMS build it for every kernel to come'
	@echo '  make dkms-remove     undo that'
	@echo '  make tools           build cmactl and liblcma'
	@echo '  make examples        build examples/'
	@echo '  make install         install them, and their man pages (PREFIX=/usr/local DESTDIR=)'
	@echo '  make uninstall       undo that'
	@echo '  make clean           remove what was built'
	@echo
	@echo 'KERNEL=6.1-armhf|... (qemu/kernels.txt), MEM=512M and CMDLINE="cma=64M ..." choose the guest'
	@echo 'of run and shell; KDIR=, ARCH= and CROSS_COMPILE= the kernel of modules.'

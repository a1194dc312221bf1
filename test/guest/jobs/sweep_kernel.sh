# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# sweep_kernel - the kernel's own failure points, on a kernel that can inject
# faults: the 1st, 2nd, ... allocation (or copy from or to a program) on the way
# through an operation, load and unload included, fails. Each time the error is
# one that can come of that, nothing is left, and the next try works. lcma's own
# points: sweep.
#
# suite: trust
# kernels: 6.12-debug
# mem: 1G
# smp: 1
# cmdline: cma=32M@0x90000000 init_on_alloc=0
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

# A copy that fails when the kernel notes where a thread runs (rseq) would be
# answered with SIGSEGV: no error of anybody's.
export GLIBC_TUNABLES=glibc.pthread.rseq=0

seed
run_program lcma_sweep_kernel \
	"main=8M@cma,keep=0,heap=sweep;own=8M@cma,keep=all;pool=8M@cma,keep=0-2M" \
	"$seed"
finish

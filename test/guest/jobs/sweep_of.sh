# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# sweep_of - sweep, for regions from nodes of the device tree: reusable and no-map
# ones. Load, drain and unload, and what programs do with no-map memory. The kinds
# themselves: of.
#
# suite: trust
# mem: 1G
# smp: 1
# cmdline: cma=16M init_on_alloc=0
# overlay: test/guest/data/of.dtso
# kernels: *-armhf *-arm64
# timeout: 600

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

run_program lcma_sweep life "cam=8M@of:cam,keep=0;fpga=2M@of:fpga"
is "$(printf 'NOMAP_MAP\nOF_AREA\nOF_CARVE\n' | grep -vxFf /tmp/seen)" "" \
	"the points of this source were made to fail"
finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# ioctl - every call of include/uapi/linux/lcma.h does what its manual says:
# every size, pointer, flag, limit and error; an error leaves nothing behind.
# Not here: EBUSY and ENOMEM, which need pins and pressure (pins.sh), ENOBUFS
# (sweep.sh), quotas (quota.sh) and users
# (permissions.sh).
#
# suite@6.1-armhf: trust
# cmdline: cma=96M
# pages: poison

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

run_program lcma_ioctl
run_program lcma_alloc
run_program lcma_list
run_program lcma_view
finish

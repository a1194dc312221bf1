# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# quota - what an open file and a user may hold, counted to the page: shared by
# the files of a user, charged to the process that asked until the last reference is gone,
# text buffers included; what fails costs nothing; limits change at run time.
#
# suite@6.12-armhf: trust
# matrix: no
# cmdline: cma=96M
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

run_program lcma_quota
finish

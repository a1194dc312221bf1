# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzzing: ioctls, lines, descriptors and mappings that are nearly right, from
# processes and threads that race and are killed, by chance from a seed that is
# printed. Whatever they do, every answer is one of the manual's, new buffers
# are zeroed, nothing is held when all is closed, and the module unloads.
# 20 s; lcma_fuzz=600 on the kernel command line: for so many seconds (and a
# time limit to go with it), lcma_seed=N: those of run N again.
# Cannot be shown here: memory errors that do not show (a debug kernel's part),
# and calls of other modules.
#
# suite: trust
# timeout: 180
# pages: poison owner

. /test/lib/tap.sh
. /test/lib/region.sh
. /test/lib/program.sh

seed
# shellcheck disable=SC2154	# from the kernel command line
run_program lcma_fuzz "${lcma_fuzz:-20}" "$seed"
finish

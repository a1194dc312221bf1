# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# fragmentation - random sequences of allocations and frees, of all sizes and
# alignments and of slots, held step by step against a model (test/guest/programs/
# fragment.c): success and ENOSPC exactly where the model has it, no overlap,
# inside, aligned, freed in the right order, every page accounted for.
# Where a buffer is placed is lcma's to choose, so that a choice is good is not
# shown here. The seed is another one in every run, and printed.
#
# suite@6.12-armhf: trust
# matrix: no
# cmdline: cma=96M
# cmdline@6.12-*|7-*: cma=64M reserve_mem=32M:8M:lcma
# mem: 256M
# smp: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

# against_model REGION OPS MAX_KIB [OPTION]
against_model()
{
	answer=$(fragment -r "$1" -s "$seed" $4 random "$2" "$3")
	status=$?
	diag "$answer"
	is $status 0 "region $1: $2 steps keep to the model${4:+ (with slots)}"
	word "$(echo "$answer" | sed 's/.* allocated, \([0-9]*\) times.*/full=\1/')" full
	compare "${word:-0}" -gt 0 "region $1 was full at times"
	identity "$1" "region $1 adds up"
	is "$largest" "$nr_pages" "and is whole again"
}

seed
source=cma
can_reserve_mem && source=reserve_mem
# Alone, because slots go to whichever region has room.
check "load" load "classic=32M@$source"
against_model classic 350 6000 -0
check "unload" lcma_unload
check "load" load "some=16M@cma,keep=0-6M;whole=8M@$source,keep=all"
# The model knows nothing of what goes without requests.
echo 0 >$sys/some/decay_ms
against_model some 250 3000
seed=$((seed + 1))
against_model some 200 16000
against_model whole 400 2000
check "unload" lcma_unload

finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# prepare_time - an allocation of memory that was prepared over a region full of movable
# pages takes 50 us at most, 19 times of 20: counted in instructions.
# Cannot be shown here: caches; hardware. CPU time is the bench's (bench_prepare).
#
# icount: 3
# smp: 1
# suite: trust
# cmdline: cma=96M
# mem: 512M
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

lcma_load "main=64M@cma" || bail_out "no region"
check "programs fill the memory" memhold hold anon free=60000
read -r in_time bad longest <<-end
	$(lcma_prepare hits 20 16 50000)
end
is "$bad" 0 "20 times prepared, 20 times allocated"
what="in 50 us at most: $in_time of 20; the longest took $longest ns"
if [ -z "${lcma_scale-}" ]; then
	compare "$in_time" -ge 19 "$what"
else
	skip "$what" "the kernel's own checkers are counted, too"
fi
memhold ask anon end >/dev/null
wait_for 20000 is_settled main
expect_idle main "everything is back"
lcma_unload
finish

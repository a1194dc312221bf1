# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_hungry - B6 of the bench: how many instructions a program needs that wants most
# of the memory there is, beside an idle region. lcma_hungry=KEEP on the kernel command
# line: what the region keeps, `default`, or `all` for a private one; `none` (and
# cma=0): there is none, and no reservation. Proves nothing by itself;
# test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=264M
# timeout: 900
# modules: zram

. /test/lib/tap.sh
. /test/lib/bench.sh

of "1 2 3 4 5" "1 2"
seeds=$of
keep=${lcma_hungry:-default}
mib=${lcma_mib:-740}
visits=150000

modprobe zram
echo 384M >/sys/block/zram0/disksize && mkswap /dev/zram0 >/dev/null &&
	swapon /dev/zram0 || bail_out "no swap"
case $keep in
none) is "$(meminfo CmaTotal)" 0 "nothing is reserved" ;;
default) check "load" lcma_load "bench=256M@cma" ;;
*) check "load" lcma_load "bench=256M@cma,keep=$keep" ;;
esac
diag "MemFree $(meminfo MemFree) KiB"

for seed in $seeds; do
	said=$(hungry $mib $visits $seed)
	check "seed $seed: $said" test "${said%% *}" = ok
	tell B6 "\"seed\":$seed,\"mib\":$mib,\"ns\":${said##* }"
done
diag "swapped out: $(sed -n 's/^pswpout //p' /proc/vmstat) pages"
finish

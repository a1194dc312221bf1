# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# auto - without regions= on a kernel whose CMA area is too small, one unit: the
# module does not load (ENODEV), the log names every source that was looked for and
# what to put on the command line, and nothing stays behind. What it chooses where there
# is enough: parameters, private; of two units: sources.
#
# cmdline: cma=8M
# cmdline@*-arm64|*-amd64: cma=4M
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

unit_mib=4
case $(uname -m) in
arm*) unit_mib=8 ;;
esac
area_mib=$(($(meminfo CmaTotal) / 1024))
compare $area_mib -lt $((2 * unit_mib)) "the area is less than two units"

dmesg -c >/dev/null
is "$(load)" ENODEV "no source of memory: ENODEV"
log=$(dmesg -c)
matches "$log" "lcma: region default: no source of memory:" "the log says so"
matches "$log" "lcma:   cma: the kernel's CMA area has $((area_mib * 1024)) KiB, $((unit_mib * 2048)) KiB \(2 units of $((unit_mib * 1024)) KiB\) are wanted; put cma=$((unit_mib * 2 + 16))M on the kernel command line" \
	"it says what the cma= area has, and the cma= to add"
if can_reserve_mem; then
	matches "$log" "lcma:   reserve_mem: no reservation of the name lcma; put reserve_mem=64M:${unit_mib}M:lcma on the kernel command line" \
		"and the reserve_mem= to add"
else
	matches "$log" "lcma:   reserve_mem: reserve_mem= came with Linux 6.12, this kernel is older" \
		"and that this kernel has no reserve_mem="
fi
is "$(load "")" ENODEV "an empty regions= is the same"
is "$(load "a=8M")" ENODEV "and a region that names no source"
log=$(dmesg -c)
matches "$log" "lcma: region a: no source of memory:" "whose name the log has"
check "nothing stays behind" \
	eval "[ ! -e $dev ] && [ ! -e $debug ] && [ ! -e $sys ] && [ ! -e /sys/module/lcma ]"

finish

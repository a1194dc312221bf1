# SPDX-License-Identifier: GPL-2.0-only
#
# The storm: test/stress/run, with everything that moves memory beside it. Swap
# on zram, stress-ng in more memory than there is, ext4 with its journal on a RAM
# disk, tmpfs, pins, signals, killed processes, attempts to unload. Nothing is
# lost, nothing leaks, no request is late by more than a tenth, and afterwards
# the kernel can have every page frame back.
# 60 s; lcma_storm=600 on the kernel command line: for so many seconds (and a
# time limit to go with it), lcma_seed=N: those of run N again.
# Cannot be shown here: what a device would see; and lateness below what an
# emulated, shared CPU is late with anything.
#
# suite: storm
# mem: 512M
# smp: 2
# cmdline: cma=160M
# timeout: 400
# modules: zram ext4 brd
# programs: stress-ng mke2fs e2fsck
# pages: poison owner

. /test/lib/tap.sh
. /test/lib/region.sh
. /test/lib/hands.sh

mib=1048576
regions="main=96M@cma;pool=16M@cma,keep=all;some=16M@cma,keep=2M-8M"

# begin_swap: compressed, in memory: pages that lcma has to move, too
begin_swap()
{
	echo 128M >/sys/block/zram0/disksize &&
		mkswap /dev/zram0 && swapon /dev/zram0
}

begin_disk()
{
	/test/bin/mke2fs -q -t ext4 -F /dev/ram0 &&
		mkdir -p /disk &&
		mount -t ext4 -o commit=1 /dev/ram0 /disk
}

# has PROGRAM: of Debian's; busybox would rather take its own
has_program()
{
	[ -x /test/bin/"$1" ]
}

bases()
{
	cat $sys/main/base $sys/pool/base $sys/some/base
}

seed
testkit_load
area
fits_mib=$(fill_area $mib)
free_area
check "load" lcma_load "$regions"
bases_before=$(bases)
# A kernel of our own may have left some of these out.
if modprobe zram 2>/dev/null && [ -e /sys/block/zram0 ]; then
	check "swap on zram" begin_swap
	swap=/dev/zram0
else
	skip "swap on zram" "this kernel has no zram"
	swap=
fi
modprobe ext4 2>/dev/null
modprobe brd rd_nr=1 rd_size=40960 2>/dev/null
if has_program mke2fs && [ -e /dev/ram0 ] && grep -qw ext4 /proc/filesystems; then
	check "ext4 on a RAM disk" begin_disk
	disk=/disk
else
	skip "ext4 on a RAM disk" "no mke2fs, or a kernel without brd or ext4"
	disk=/tmp
fi
has_program stress-ng || skip "stress-ng" "it was not fetched"

# shellcheck disable=SC2154	# from the kernel command line
sh /test/stress -t "${lcma_storm:-60}" -s "$seed" -d $disk -m 260 \
	-- --fill 32M --pins 2 --threads 6 --max 12M >/tmp/storm 2>&1
grep '^#' /tmp/storm
grep -q '^[0-9]* passed, [0-9]* failed$' /tmp/storm
is $? 0 "the storm came to its end"
while read -r line; do
	case $line in
	"ok - "*) pass "${line#ok - }" ;;
	"not ok - "*) fail "${line#not ok - }" ;;
	esac
done </tmp/storm
diag "swap: $(tail -n 1 /proc/swaps)"
grep -E '^(pswpout|pgmigrate_success|pgmigrate_fail|cma_alloc) ' /proc/vmstat | sed 's/^/# /'
for region in main pool some; do
	sed -n "s/^\(claims\|claims_failed\|claims_late\|claim_max_us\|failures\): /# $region \1 /p" $debug/$region/info
done

if [ $disk = /disk ]; then
	check "the disk can be unmounted" umount /disk
	has_program e2fsck && check "and is in order" /test/bin/e2fsck -fn /dev/ram0
	rmmod brd 2>/dev/null
fi
if [ -n "$swap" ]; then
	check "swap can be emptied" swapoff $swap
	echo 1 >/sys/block/zram0/reset
fi
echo 3 >/proc/sys/vm/drop_caches

wait_for 10000 is_settled main
is "$(lcma_info main used_pages) $(lcma_info main quarantined_pages) $(accounts main)" "0 0 " \
	"main: nothing is held"
expect_idle pool "pool: all of it is idle"
expect_write ok "96M region=main" "main: all of it can be had"
lcma_free_all
check "unload" lcma_unload
is "$(fill_area $mib)" "$fits_mib" "the kernel can have all that it had before"
free_area
check "load again" lcma_load "$regions"
is "$(bases)" "$bases_before" "the same page frames"
check "unload again" lcma_unload
check "testkit unloads" rmmod lcma_testkit
finish

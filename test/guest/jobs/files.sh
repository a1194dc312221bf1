# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# files - much of a region is page cache of a file system on a disk (ext2 on a RAM
# disk, by the ext4 driver, with buffer heads), clean and dirty, read and mapped,
# when it is allocated: every buffer is had, no page of the files lies in it, and
# their contents are the same in memory, and on disk after the file system was
# unmounted and mounted again.
# There is no journal (busybox makes none), and a RAM disk's I/O is over at once,
# so pages that wait long for a slow disk are not covered.
#
# suite@6.1-armhf: trust
# timeout: 240
# cmdline: cma=64M
# cmdline@6.12-*|7-*: cma=16M reserve_mem=48M:8M:lcma
# mem: 256M
# modules: brd ext4
# modules@7-*: brd ext4
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

disk=/tmp/disk

# in_ranges RANGE...: how many pages of both files lie there, in $inside
in_ranges()
{
	set -- "$(memhold count $disk/clean "$@")" "$(memhold count $disk/dirty "$@")"
	inside=$((${1% of*} + ${2% of*}))
	total=$((${1#*of } + ${2#*of }))
}

all_right()
{
	is "$(memhold verify $disk/clean) $(memhold verify $disk/dirty)" "ok ok" \
		"both files are as they were written, $1"
}

check "a RAM disk" modprobe brd rd_nr=1 rd_size=57344
check "the ext4 driver, and what it asks for" modprobe ext4
# mke2fs makes a UUID of /dev/urandom, which waits for entropy, ten seconds and
# more in a guest, when it is first read.
ln -sf zero /dev/urandom
check "a file system" eval "mke2fs -b 4096 -m 0 /dev/ram0 >/dev/null"
mkdir -p $disk
check "mount" mount -t ext4 -o noatime /dev/ram0 $disk
check "a file" memhold write $disk/clean 24
check "another, now only its blocks" memhold write $disk/dirty 12
sync
md5=$(md5sum $disk/clean)

source=cma
can_reserve_mem && source=reserve_mem
check "load" load "io=48M@$source"
region_info io
region="$base+$((nr_pages * 4096))"

# Nothing of the files in memory; all memory but the region taken; then they
# can only be read into the region.
umount $disk && mount -t ext4 -o noatime /dev/ram0 $disk
echo 3 >/proc/sys/vm/drop_caches
memhold hold ballast free=12288 || bail_out "no ballast"
memhold ask ballast leave $region >/dev/null
is "$(md5sum $disk/clean)" "$md5" "the file is read"
# Dirty pages are to stay dirty until a sync writes them.
echo 60000 >/proc/sys/vm/dirty_writeback_centisecs
echo 90 >/proc/sys/vm/dirty_ratio
echo 80 >/proc/sys/vm/dirty_background_ratio
check "the other is written again" memhold write $disk/dirty 12
in_ranges $region
compare "$(meminfo Dirty)" -gt 8192 "$(meminfo Dirty) KiB are dirty"
# How many do is the kernel's choice: it has another CMA area, and other free pages.
compare "$inside" -gt $((nr_pages / 4)) \
	"$inside of their $total pages lie in the region's $nr_pages"
region_info io
compare "$system" -gt $((nr_pages / 4)) \
	"the system uses $system of the region's $nr_pages pages"
is "$(memhold ask ballast end)" ok "memory elsewhere is given up"
all_right "at first"

for size in 100K 0 4M 7M 16M 16M; do
	expect_write ok "$size" "$size, while files lie there"
done
identity io "the region adds up"
is "$used" 11289 "and 11289 pages are used"
ranges io
in_ranges $ranges
is "$inside" 0 "no page of the files lies in a buffer"
all_right "while most of the region is held"
lcma_free_all
all_right "after it was freed"

# All at once, with writing and reading going on.
(
	while [ ! -e /tmp/stop ]; do
		memhold write $disk/dirty 12
		sync
		memhold verify $disk/clean >>/tmp/verified || echo "a file" >>/tmp/bad
	done
) &
rounds=0
busy=0
: >>/tmp/verified
# As long as it takes for two times over the files.
while [ $rounds -lt 4 ] ||
      { [ "$(grep -c ok /tmp/verified)" -lt 2 ] && [ $rounds -lt 60 ]; }; do
	rounds=$((rounds + 1))
	answer=$(lcma_try 32M)
	case $answer in
	ok) ;;
	EBUSY) busy=$((busy + 1)) ;;
	*) echo "a write: $answer" >>/tmp/bad ;;
	esac
	lcma_free >/dev/null
done
touch /tmp/stop
wait $!
is "$(cat /tmp/bad 2>/dev/null)" "" \
	"while files are read and written: no error but EBUSY"
compare "$(grep -c ok /tmp/verified)" -ge 2 "which was done twice at least"
compare $busy -lt $rounds "and not always that ($busy of $rounds)"
all_right "after all that"
identity io "the region adds up"
is "$shared $largest" "$nr_pages $nr_pages" "and all of it is the system's"

# What is on the disk is what was written, wherever it lay meanwhile.
sync
check "unmount" umount $disk
check "mount" mount -t ext4 -o noatime /dev/ram0 $disk
echo 1 >/proc/sys/vm/drop_caches
is "$(md5sum $disk/clean)" "$md5" "the file on disk is the same"
all_right "on disk"
umount $disk
check "unload" lcma_unload

finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# tenants - what may live in a region besides ordinary pages: transparent huge
# pages, huge pages of the pool, pages merged by KSM, mlock()ed pages, and what
# zram has compressed. All of them are moved out when the region is wanted,
# whole, and no program's memory changes.
# The area is more than half of what is free, so that the kernel prefers it.
# Debian's armmp kernels have no huge pages, so this runs on 64 bit only.
#
# suite: trust
# kernels: 6.1-arm64 6.12-arm64 7-arm64 7-amd64
# wide: 6.12-arm64
# cmdline: cma=160M
# cmdline@7-amd64: cma=208M
# mem: 192M
# mem@7-amd64: 320M
# modules: zram
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

nr_mib=32

# tenant KIND DESCRIPTION: fills a part of the region, and is moved out of it
tenant()
{
	answer=$(tenants "$1" $nr_mib "$base+$((nr_pages * 4096))" \
		"$((nr_pages / 256))M region=r" 2>&1)
	diag "$1: $answer"
	compare "$(field "$answer" kind)" -ge $((nr_mib * 128)) "$2: that is what they are"
	# How many do is the kernel's choice.
	[ "$1" = swap ] || compare "$(field "$answer" before)" -ge 256 \
		"$2: some of them lie in the region"
	is "$(field "$answer" wrote)" ok "$2: the whole region is allocated"
	is "$(field "$answer" after)" 0 "$2: they have moved"
	is "$(field "$answer" wrong)" 0 "$2: and are as they were"
	lcma_free_all
	identity r "$2: the region adds up"
}

lcma_load "r=144M@cma" || bail_out "lcma does not load"
region_info r

tenant mlock "locked pages"

echo always >/sys/kernel/mm/transparent_hugepage/enabled
tenant thp "transparent huge pages"
echo never >/sys/kernel/mm/transparent_hugepage/enabled

echo $((nr_mib / 2 + 1)) >/proc/sys/vm/nr_hugepages
is "$(meminfo HugePages_Total)" $((nr_mib / 2 + 1)) "a pool of huge pages"
tenant hugetlb "huge pages of the pool"
is "$(meminfo HugePages_Total)" $((nr_mib / 2 + 1)) "the pool has as many as before"
# None of them used: dissolved, or replaced by others.
expect_write ok "$((nr_pages / 256))M region=r" "unused ones are in no request's way"
lcma_free_all
echo 0 >/proc/sys/vm/nr_hugepages

echo 20000 >/sys/kernel/mm/ksm/pages_to_scan
echo 0 >/sys/kernel/mm/ksm/sleep_millisecs
echo 1 >/sys/kernel/mm/ksm/run
tenant ksm "merged pages"
echo 2 >/sys/kernel/mm/ksm/run

check "zram" modprobe zram
echo 96M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
check "swap on it" swapon /dev/zram0
tenant swap "swapped pages"
check "swap is off again" swapoff /dev/zram0

# As a disk, whose pages no program maps.
echo 1 >/sys/block/zram0/reset
echo 64M >/sys/block/zram0/disksize
region_info r
idle=$system
fill_words()
{
	awk 'BEGIN { for (i = 0; i < 400000; i++) printf "%.9f%.9f\n", rand(), rand() }'
}
fill_words >/tmp/words
sum=$(md5sum </tmp/words)
for offset in 0 10 20 30; do
	dd if=/tmp/words of=/dev/zram0 bs=1M seek=$offset conv=notrunc 2>/dev/null
done
sync
echo 3 >/proc/sys/vm/drop_caches
region_info r
compare $((system - idle)) -ge 256 "pages of zram lie in the region ($((system - idle)))"
expect_write ok "$((nr_pages / 256))M region=r" "the whole region is allocated"
is "$(dd if=/dev/zram0 bs=1M skip=20 2>/dev/null | head -c "$(stat -c %s /tmp/words)" | md5sum)" \
	"$sum" "what zram has is as it was"
lcma_free_all
identity r "the region adds up"

echo 1 >/sys/block/zram0/reset
check "unload" lcma_unload
finish

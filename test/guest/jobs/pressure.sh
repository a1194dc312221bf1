# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# pressure - most of a region is in use by programs (anonymous memory, some of it
# locked) and by tmpfs files when it is allocated: every buffer is had, none of
# their pages lies in it afterwards, and not a word of theirs has changed, during
# and after. Then memory is full up to the last pages: the write fails with
# ENOMEM, for there is nowhere to migrate to, and nothing is lost. On both
# sources. Where pages lie is read from /proc/PID/pagemap (test/guest/programs/memhold.c).
# The kernel says then that it found no page to migrate to.
# Swap is not covered, the guest has none; pins and I/O are other jobs'.
#
# expected: page allocation (failure|stall)
# suite@6.12-armhf: trust
# cmdline: cma=64M
# cmdline@6.12-*|7-*: cma=40M reserve_mem=32M:8M:lcma
# mem: 256M
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

file=/tmp/tmpfs.data

# Free pages that wait in lists of the CPUs do not count as free, nobody sees
# where they lie, and on 6.12 they may be 20 MiB: memory would not be full when
# MemFree says so. Short lists.
echo 100000 >/proc/sys/vm/percpu_pagelist_high_fraction

# all_right WHEN: no program's memory has changed
all_right()
{
	is "$(memhold ask anon verify) $(memhold ask locked verify)" "ok ok" \
		"anonymous memory is as it was written, $1"
	is "$(memhold verify $file) $(md5sum $file)" "ok $file_sum" \
		"so is the tmpfs file, $1"
}

# in_ranges RANGE...: how many pages of all three lie there, in $inside; of $total
in_ranges()
{
	set -- "$(memhold ask anon count "$@")" "$(memhold ask locked count "$@")" \
		"$(memhold count $file "$@")"
	inside=$((${1% of*} + ${2% of*} + ${3% of*}))
	total=$((${1#*of } + ${2#*of } + ${3#*of }))
}

# occupy NAME...: fills most of the regions with data of the three kinds
occupy()
{
	regions=
	pages=0
	for name; do
		region_info "$name"
		regions="$regions $base+$((nr_pages * 4096))"
		pages=$((pages + nr_pages))
	done
	# One takes all memory and gives up what lies in the regions; so what
	# comes next can lie nowhere else.
	memhold hold ballast free=12288 || bail_out "no ballast"
	memhold ask ballast leave $regions >/dev/null
	mib=$((pages / 256))
	check "anonymous memory in the regions" memhold hold anon $((mib * 40 / 100))
	check "locked memory" memhold hold locked $((mib * 20 / 100)) lock
	check "a tmpfs file" memhold write $file $((mib * 30 / 100))
	in_ranges $regions
	compare "$inside" -gt $((pages * 60 / 100)) \
		"$inside of their $total pages lie in the regions' $pages"
	for name; do
		region_info "$name"
		compare "$system" -gt $((nr_pages * 60 / 100)) \
			"region $name: the system uses $system of $nr_pages pages"
	done
	is "$(memhold ask ballast end)" ok "memory elsewhere is given up"
}

# allocated REGION: no page of theirs is in its buffers
allocated()
{
	ranges "$1"
	in_ranges $ranges
	is "$inside" 0 "none of their $total pages lies in a buffer of region $1"
}

if can_reserve_mem; then
	names="one two"
	check "load" load "one=24M@cma;two=32M@reserve_mem"
else
	names=one
	check "load" load "one=48M@cma"
fi
occupy $names
file_sum=$(md5sum $file)
all_right "at first"

for name in $names; do
	region_info "$name"
	mib=$((nr_pages / 256))
	held=0
	for size in 64K 1M 3M 8M "$((mib - 16))M"; do
		bytes_of "$size"
		expect_write ok "$size region=$name" "$size of region $name"
		held=$((held + bytes / 4096))
	done
	identity "$name" "region $name adds up"
	is "$used" "$held" "what was asked for is used: $used of $nr_pages"
	allocated "$name"
	all_right "while region $name is held"
done
lcma_free_all
for name in $names; do
	identity "$name" "region $name adds up"
	is "$shared $largest" "$nr_pages $nr_pages" "all of it is the system's again"
done
all_right "after it was freed"

# And all of it, in one piece.
for name in $names; do
	region_info "$name"
	expect_write ok "$((nr_pages / 256))M region=$name align=$((unit * 4))K" \
		"all of region $name in one piece"
	diag "in $write_ms ms"
	allocated "$name"
done
all_right "while all of it is held"
lcma_free_all

# --- nowhere to migrate to ------------------------------------------------------

echo 0 >/proc/sys/vm/watermark_boost_factor

# free_memory: all that is free, also in lists of the CPUs, in $free_kib
free_memory()
{
	free_kib=$(($(meminfo MemFree) +
		$(awk '$1 == "count:" { n += $2 } END { print n * 4 }' /proc/zoneinfo)))
}

# fill_up: all memory is in use; what was free somewhere unseen may show up as
# free after that, so look, and try again
fill_up()
{
	for _ in 1 2 3 4 5; do
		memhold hold ballast free=6144 || return
		free_memory
		region_info one
		[ $free_kib -ge 10240 ] || [ "$system" -le $((nr_pages * 60 / 100)) ] ||
			return 0
		diag "$free_kib KiB are free, $system of $nr_pages pages in use: again"
		memhold ask ballast end >/dev/null
	done
	return 1
}

# no_room LINE DESCRIPTION: memory is full, nothing can be migrated
no_room()
{
	check "memory is full" fill_up
	free_memory
	region_info one
	before=$failures
	compare $free_kib -lt 10240 "$free_kib KiB are free, less than is to be moved"
	compare "$system" -gt $((nr_pages * 60 / 100)) \
		"region one: the system uses $system of $nr_pages pages"
	is "$(memhold ask ballast try "$base+$((nr_pages * 4096))" "$1")" ENOMEM "$2"
	identity one "the failed allocation holds nothing"
	is "$used $shared $failures" "0 $nr_pages $((before + 1))" "and is counted"
	diag "$last_failure"
	all_right "after ENOMEM"
	# So short of memory, the next fork may wake the OOM killer: the kernel's
	# business, but then no process is left to ask.
	if memhold ask ballast verify 2>&1 | grep -q 'not there'; then
		skip "what fills the rest is as it was, too" "the OOM killer took it"
		skip "memory is given up" "it is"
		return
	fi
	is "$(memhold ask ballast verify)" ok "what fills the rest is as it was, too"
	is "$(memhold ask ballast end)" ok "memory is given up"
	lcma_free_all
}

no_room "16M region=one" "16 MiB, for which there is no room elsewhere: ENOMEM"
no_room "12M region=one timeout=60000" "12 MiB, with a deadline: ENOMEM"
no_room "ioctl 12 one" "12 MiB, by ioctl: ENOMEM"
diag "killed because memory was short: $(sed -n 's/^oom_kill //p' /proc/vmstat)"
expect_write ok "16M region=one" "now the same is had"
allocated one
all_right "at the end"
lcma_free_all
identity one "region one adds up"
memhold ask locked end >/dev/null
memhold ask anon end >/dev/null
check "unload" lcma_unload
is "$(memhold verify $file)" ok "the file outlives it all"

finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# poison - pages with a memory error (hwpoison_inject), found in a buffer, in the
# pool, and while they are zeroed: each is named and counted, and never handed out
# again; what is beside it is. A drain is refused for it at once, and an unload does
# not wait for it: it gives back everything but the pieces around such pages. Without an
# error no page is looked at: lcma watches the kernel's tracepoint. Where it cannot, each
# page is looked at. Loading and unloading leaves no probe there.
# Cannot be shown here: that nothing reads such a page; the hardware would tell. Nor what
# is handed out between the kernel's mark and its word.
#
# suite: trust
# kernels: *-arm64 *-amd64
# wide: 6.12-arm64 6.12-amd64
# mem: 512M
# cmdline: cma=96M
# cmdline@6.12-amd64: reserve_mem=32M:4M:lcma
# modules: hwpoison_inject
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

source=cma
can_cma || source=reserve_mem:lcma
modprobe hwpoison_inject || bail_out "no hwpoison_inject"
lcma_load "private=16M@$source,keep=all" || bail_out "lcma does not load"
limit_ms=20000
echo $limit_ms >/sys/module/lcma/parameters/drain_timeout_ms

# poison PAGE: of the region
poison()
{
	# Not an error of lcma's page: the kernel knows no owner, and says so.
	echo $((base_pfn + $1)) 2>/dev/null >/sys/kernel/debug/hwpoison/corrupt-pfn
	return 0
}

# region_is REGION: that poison() and take_all() mean
region_is()
{
	base_pfn=$(($(cat $sys/$1/base) / 4096))
	nr_pages=$(lcma_info $1 nr_pages)
}

# take_all REGION: all that is handed out; sets got, in pages
take_all()
{
	got=0
	for kib in 1024 128 16 4; do
		while lcma_write "${kib}K region=$1" | grep -q '^ok'; do
			got=$((got + kib / 4))
		done
	done
}

region_is private
is "$(lcma_info private suspect_pages)" 0 "without a memory error no page is looked at"

# refused_at_once DESCRIPTION REGION PAGE: a drain, for a page with an error
refused_at_once()
{
	log_mark
	began=$(now_ms)
	check "$1: a drain is refused" sh -c "! echo 1 2>/dev/null >$sys/$2/drain"
	took_ms=$(($(now_ms) - began))
	compare $took_ms -lt $((limit_ms / 2)) "$1: at once ($took_ms ms)"
	matches "$(log_since)" "pfn 0x$(printf %x $((base_pfn + $3))) has a memory error" \
		"$1: the log names the page"
	is "$(cat $sys/$2/state)" live "$1: the region serves on"
}

# unload_but DESCRIPTION REGION CHUNKS: all is given back but so many pieces
unload_but()
{
	all_kib=$((nr_pages * 4))
	left_kib=$((all_kib - $3 * chunk_pages * 4))
	log_mark
	began=$(now_ms)
	check "$1: lcma is unloaded" lcma_unload
	took_ms=$(($(now_ms) - began))
	compare $took_ms -lt $((limit_ms / 2)) "$1: without waiting for the page ($took_ms ms)"
	matches "$(log_since)" "region $2: $left_kib of $all_kib KiB given back" \
		"$1: all is given back but the pieces with an error"
}

# In a buffer.
expect_write ok "64K region=private" "a buffer"
phys=$(field "$(tail -n 1 $debug/private/buffers)" phys)
page=$((phys / 4096 - base_pfn + 3))
log_mark
poison $page
is "$(lcma_info private poisoned_pages)" 0 "a buffer keeps a page that goes bad"
is "$(lcma_info private suspect_pages)" 1 "from now on that page is looked at"
lcma_free >/dev/null
is "$(lcma_info private poisoned_pages),$(lcma_info private quarantined_pages)" \
	"1,1" "it is retired when the buffer is gone"
matches "$(log_since)" "pfn 0x$(printf %x $((base_pfn + page))) has a memory error" \
	"the log names it"
matches "$(cat $debug/private/quarantine)" \
	"pfn=0x$(printf %x $((base_pfn + page))) refcount=1 poisoned" \
	"so does the list"

# In the pool, zeroed or not.
poison $((nr_pages - 1))
poison $((nr_pages - 600))
is "$(lcma_info private suspect_pages)" $((nr_pages - page)) \
	"as are the pages from the first to the last that went bad"
take_all private
is "$got" $((nr_pages - 3)) "every other page is handed out"
is "$(lcma_info private poisoned_pages)" 3 "none of the three is"
lcma_free_all
is "$(lcma_info private pool_pages)" $((nr_pages - 3)) "all others came back"
refused_at_once "retired pages" private $page
# What a source takes back: units, or pages of a reservation.
chunk_pages=1
can_cma && chunk_pages=$(lcma_info private unit_pages)
nr_chunks=$(for bad in $page $((nr_pages - 1)) $((nr_pages - 600)); do
	echo $((bad / chunk_pages))
done | sort -u | wc -l)
cma_kib=$(meminfo CmaFree)
unload_but "retired pages" private $nr_chunks
check "retired pages: the rest is a region again" lcma_load "again=8M@$source,keep=all"
is "$(lcma_info again suspect_pages)" 0 "retired pages: no page of it is looked at"
# Now, because a claim empties the lists of free pages that CPUs keep.
can_cma && compare $(($(meminfo CmaFree) + 8192 - cma_kib)) -ge $((left_kib - 2048)) \
	"retired pages: the area has the memory again"
check "retired pages: and that is given back" lcma_unload

# A kernel that does not tell of memory errors.
log_mark
check "unheard: lcma is loaded" insmod /lcma.ko "regions=\"deaf=4M@$source,keep=all\"" \
	fault=WATCH_PROBE
matches "$(log_since)" "the kernel does not tell of memory errors" "unheard: the log says so"
region_is deaf
is "$(lcma_info deaf suspect_pages)" "$nr_pages" "unheard: each page is looked at"
poison 7
take_all deaf
is "$got" $((nr_pages - 1)) "unheard: every other page is handed out"
is "$(lcma_info deaf poisoned_pages)" 1 "unheard: and that one is retired"
lcma_free_all
chunk_pages=1
can_cma && chunk_pages=$(lcma_info deaf unit_pages)
unload_but "unheard" deaf 1

# Nothing of lcma is left at the tracepoint, or the next memory error would show it.
[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
event=$(echo /sys/kernel/tracing/events/*/memory_failure_event)
echo 1 >$event/enable
rounds=0
while [ $rounds -lt 20 ] && lcma_load "round=4M@$source,keep=all" && lcma_unload; do
	rounds=$((rounds + 1))
done
is "$rounds" 20 "traced: lcma is loaded and unloaded 20 times"
check "traced: a load that fails late" sh -c \
	"! insmod /lcma.ko 'regions=\"round=4M@$source,keep=all\"' fault=DEV_REGISTER 2>/dev/null"
lcma_load "round=4M@$source,keep=all" || bail_out "lcma does not load"
region_is round
check "traced: lcma is unloaded" lcma_unload
poison 9
matches "$(cat /sys/kernel/tracing/trace)" "memory_failure_event.*pfn 0x$(printf %x $((base_pfn + 9)))" \
	"traced: a memory error without lcma"
lcma_load "first=4M@$source,keep=all;second=4M@$source,keep=all" || bail_out "lcma does not load"
region_is second
poison 0
is "$(lcma_info first suspect_pages),$(lcma_info second suspect_pages)" "0,1" \
	"traced: only the region that has the page looks at it"
matches "$(cat /sys/kernel/tracing/trace)" "memory_failure_event.*pfn 0x$(printf %x "$base_pfn")" \
	"traced: both hear of it"
check "traced: lcma is unloaded at last" lcma_unload
echo 0 >$event/enable
# No region shares its pages without CONFIG_CMA.
can_cma || finish

# While the kernel has the page: the unit around it cannot be taken.
lcma_load "shared=8M@$source,keep=0" ||
	bail_out "lcma does not load beside the pages with an error"
echo $limit_ms >/sys/module/lcma/parameters/drain_timeout_ms
region_is shared
unit_pages=$(lcma_info shared unit_pages)
chunk_pages=$unit_pages
poison $((unit_pages + 5))
refused_at_once "a shared page" shared $((unit_pages + 5))
expect_write ok "$((unit_pages * 4))K region=shared" "a unit beside it is allocated"
lcma_free_all
unload_but "a shared page" shared 1
check "what is left is a region once more" lcma_load "again=4M@$source,keep=all"
check "and is given back" lcma_unload
finish

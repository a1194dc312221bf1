# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# movable - a kernel without CONFIG_CMA (Debian's amd64 up to 6.12): regions are
# private, whatever is not possible is refused with a reason, and share_movable=1
# shares anyway: programs use the memory, buffers get it back, whole units at
# a time, and unloading tells what it could not take back. And the other kinds of regions
# there: live ones, those that come later, places; what needs a device tree is refused.
# Cannot be shown here: when unmovable memory enters a shared region. That is the
# kernel's choice; what follows from it is tested with a pinned page.
#
# suite: trust
# kernels: 6.12-amd64
# wide: 6.12-amd64
# cmdline: reserve_mem=64M:4M:lcma reserve_mem=5M:1M:odd
# mem: 384M

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

# refused REGIONS ERRNO-MESSAGE DESCRIPTION [PARAMETER]
load_refused()
{
	log_mark
	if insmod /lcma.ko "regions=\"$1\"" ${4:+"$4"} 2>/dev/null; then
		fail "$3" "it loaded"
		lcma_unload
		return
	fi
	matches "$(log_since)" "$2" "$3"
}

# movable_blocks: how many pageblocks the kernel has for movable memory
movable_blocks()
{
	awk '/^Number of blocks/ { for (i = 1; i <= NF; i++) if ($i == "Movable") at = i }
		at && /^Node/ { n += $at } END { print n }' /proc/pagetypeinfo
}

# shares: loads region r of 32 MiB, shared
shares()
{
	insmod /lcma.ko 'regions="r=32M"' share_movable=1
}

# --- without being asked: private ---------------------------------------------

log_mark
check "it loads" lcma_load
region_info default
is "$nr_pages $source $keep" "16384 reserve_mem:lcma all" \
	"the automatic choice: all of the reservation, private"
matches "$(log_since)" "region default: this kernel has no CONFIG_CMA, so it is private" \
	"and the log says why"
expect_write ok "64M nowait" "all of it, at once"
identity default "it adds up"
lcma_free_all
check "unload" lcma_unload
load_refused "r=8M@cma" "without CONFIG_CMA, so there is no cma= area; use reserve_mem" \
	"source cma is refused, with a reason"
load_refused "r=8M,keep=0" "keep= less than all needs a kernel built with CONFIG_CMA, or share_movable=1" \
	"so is sharing"

# --- other kinds of regions -----------------------------------------------------

load_refused "r=8M@of:cam" "region r: the machine has no device tree with /reserved-memory in it; use cma or reserve_mem" \
	"a node of a device tree is refused"
load_refused "r=8M@reserve_mem:lcma,cache=wc" "region r: cache=wc is not possible in DMA32, which the kernel has mapped cached already" \
	"and so is another mapping than the kernel's"
load_refused "r=8M@live,keep=0" "keep= less than all needs a kernel built with CONFIG_CMA, or share_movable=1" \
	"and live memory that is to be shared"
blocks=$(movable_blocks)
log_mark
check "8 MiB of the running system" lcma_load "main=32M@reserve_mem:lcma;l=8M@live"
matches "$(log_since)" "region l: 8192 KiB taken from the running system, [0-9]+ KiB of them were in use and have moved" \
	"the log says so"
region_info l
is "$nr_pages $source $keep" "2048 live all" "it is private"
live=$base
expect_write ok "8M region=l nowait" "and serves all of it at once"
lcma_free_all
check "it is drained" eval "echo 1 >$sys/l/drain"
is "$(cat $sys/l/state)" drained "and gone"
check "a region is added where it was" eval "echo 'l2=8M@live:$live' >$sys/add"
check "and the first one is brought back" eval "echo l >$sys/add"
expect_write ok "8M region=l nowait" "it serves"
lcma_free_all
region_info main
hex=$(printf '0x%x' $((base + (32 << 20))))
check "a region at a place of the reservation" eval "echo 'p=8M@reserve_mem:lcma,at=$hex' >$sys/add"
is "$(cat $sys/p/base)" "$hex" "it is there"
for line in "q=8M@reserve_mem:lcma,at=0x1000000" "q=8M@reserve_mem:lcma,below=16M" "q=8M@of:cam" "p=8M@live" "add=8M@live"; do
	check "'$line' is refused" eval "! echo '$line' 2>/dev/null >$sys/add"
	compare "$(cat $sys/add | wc -c)" -gt 20 "with a reason: $(cat $sys/add)"
done
check "main is drained" eval "echo 1 >$sys/main/drain"
check "others can have its memory" eval "echo 'q=32M@reserve_mem:lcma,at=$base' >$sys/add"
check "so it does not come back" eval "! echo main 2>/dev/null >$sys/add"
matches "$(cat $sys/add)" "region main: wants 32768 KiB" "and the reason is told"
check "until they are drained" eval "echo 1 >$sys/q/drain && echo main >$sys/add"
check "unload" lcma_unload
rest=$(($(movable_blocks) - blocks))
is "$rest" 0 "as many blocks for movable memory as before"

# --- asked to: shared -----------------------------------------------------------

load_refused "r=8M,keep=1M-2M" "keep= is 0 or all on a kernel without CONFIG_CMA" \
	"sharing a part is refused" share_movable=1
blocks=$(movable_blocks)
total_kib=$(meminfo MemTotal)
log_mark
check "it loads with share_movable=1" shares
matches "$(log_since)" "region r: shared as movable memory, because this kernel has no CONFIG_CMA" \
	"and warns"
region_info r
is "$nr_pages $keep $shared" "8192 0-0 8192" "the region is shared"
is "$(meminfo MemTotal)" $((total_kib + 32768)) "the system has that much more"
# The boot leaves its 16 blocks unmovable. Others may change their type meanwhile.
more=$(($(movable_blocks) - blocks))
compare $more -ge 8 "its blocks are for movable memory now ($more more)"
check "unload" lcma_unload
is "$(meminfo MemTotal)" "$total_kib" "the system has what it had"
rest=$(($(movable_blocks) - blocks))
compare $rest -le 4 "and as many blocks for movable memory as before ($rest more)"
check "it loads again" shares
# What cannot be moved may be in the region from the first moment.
expect_write "ok|EBUSY" 32M "all of it in one piece, or an honest refusal"
if [ "${tap_output%% *}" = ok ]; then
	expect_write ENOSPC 4K "then it is full"
else
	matches "$(lcma_info r last_failure)" "^-EBUSY,.* pfn 0x" "which names the page"
fi
lcma_free_all
range=$base+$((nr_pages * 4096))
check "a program takes memory" memhold hold hog free=65536
is "$(memhold ask hog count "$range" | awk '{ print ($1 > 1024) }')" 1 \
	"much of it in the region"
expect_write ok 4K "a page"
region_info r
is "$used" "$unit" "takes a unit"
expect_write ok 4K "another page"
expect_write ok 9M "9 MiB"
region_info r
is "$used" $((5 * unit)) "three units more, not one of them shared with others"
# Memory was short: a page that cannot be moved may be in the region by now.
expect_write "ok|EBUSY" 12M "the rest, or an honest refusal"
diag "$tap_output ms; $(lcma_info r last_failure)"
identity r "it adds up"
ranges r
is "$(memhold ask hog count $ranges | sed 's/ of .*//')" 0 \
	"the program has nothing where buffers are"
is "$(memhold ask hog verify)" ok "and lost nothing"
lcma_free_all
memhold ask hog end >/dev/null
identity r "all is shared again"
is "$shared" "$nr_pages" "every page"
check "unload" lcma_unload
check "it loads again" shares
is "$(lcma_info r base)" "$base" "at the same place: nothing was left behind"

# --- what can go wrong ----------------------------------------------------------

region_pages r
pin -c 1 -k "$base_pfn" "$nr_pages"
expect_write EBUSY 32M "a pinned page is in the way of all: EBUSY"
identity r "it adds up"
expect_write ok 4M "but not in the way of the rest"
lcma_free_all
log_mark
check "unload" lcma_unload
matches "$(log_since)" "region r: [0-9]+ of 32768 KiB given back .* stay ordinary movable memory" \
	"what stays behind is told"
unpin "its holder lets go of it, unharmed"
check "it loads again" shares
region_info r
is "$shared" "$nr_pages" "with other memory, or the rest: never what was left behind"
check "unload" lcma_unload
finish

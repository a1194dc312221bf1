# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# poison - pages with a memory error (hwpoison_inject), found in a buffer, in the
# pool, and while they are zeroed: each is named and counted, and never handed out
# again; what is beside it is.
# Cannot be shown here: that nothing reads such a page; the hardware would tell.
#
# suite: trust
# kernels: *-arm64 *-amd64
# mem: 512M
# cmdline: cma=96M
# cmdline@6.12-amd64: reserve_mem=32M:4M:lcma
# modules: hwpoison_inject
# timeout: 120

# shellcheck source=test/guest/tap.sh
. /test/tap.sh

source=cma
can_cma || source=reserve_mem:lcma
# A page with an error stays in its unit for good, so nothing is loaded twice.
modprobe hwpoison_inject || bail_out "no hwpoison_inject"
lcma_load "private=8M@$source,keep=all" || bail_out "lcma does not load"

# poison PAGE: of the region
poison()
{
	# Not an error of lcma's page: the kernel knows no owner, and says so.
	echo $((base_pfn + $1)) 2>/dev/null >/sys/kernel/debug/hwpoison/corrupt-pfn
	return 0
}

base_pfn=$(($(cat $sys/private/base) / 4096))
nr_pages=$(lcma_info private nr_pages)

# In a buffer.
expect_write ok "64K region=private" "a buffer"
phys=$(field "$(tail -n 1 $debug/private/buffers)" phys)
page=$((phys / 4096 - base_pfn + 3))
log_mark
poison $page
is "$(lcma_info private poisoned_pages)" 0 "a buffer keeps a page that goes bad"
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
got=0
for kib in 1024 128 16 4; do
	while lcma_write "${kib}K region=private" | grep -q '^ok'; do
		got=$((got + kib / 4))
	done
done
is "$got" $((nr_pages - 3)) "every other page is handed out"
is "$(lcma_info private poisoned_pages)" 3 "none of the three is"
lcma_free_all
is "$(lcma_info private pool_pages)" $((nr_pages - 3)) "all others came back"
echo 1 >$sys/private/drain 2>/dev/null && fail "a region with an error is drained"
matches "$(log_since)" "has a memory error and stays retired" \
	"what is in a drain's way is named"
check "lcma is unloaded" lcma_unload
finish

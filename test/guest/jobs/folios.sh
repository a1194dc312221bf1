# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# folios - pages in large folios are as movable as any: a region full of transparent
# huge pages, of anonymous memory or of a file in tmpfs, is allocated with no more
# claims than one full of single pages, none of which fail. A folio that is pinned is
# in the way as a whole: the reason names all of it, and the run after it is had
# at the first try.
# Debian's armmp kernels have no transparent huge pages, so this runs on 64 bit only.
#
# suite: trust
# kernels: 6.1-arm64 6.12-arm64 7-arm64 7-amd64
# mem: 1G
# cmdline: cma=144M
# modules: brd
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

huge=/sys/kernel/mm/transparent_hugepage
folio=512

# claims_of LINE: how many claims it takes, in $nr_claims, and fail, in $nr_failed
claims_of()
{
	claims=$(lcma_info r claims)
	failed=$(lcma_info r claims_failed)
	expect_write ok "$1 region=r" "$what: $1"
	nr_claims=$(($(lcma_info r claims) - claims))
	nr_failed=$(($(lcma_info r claims_failed) - failed))
	lcma_free_all
}

# moved WHAT: a part of the region and all of it, without a claim that fails
moved()
{
	what=$1
	diag "$what: $(lcma_info r system_pages) of $nr_pages pages, $(meminfo AnonHugePages) KiB huge"
	compare "$(lcma_info r system_pages)" -ge $((nr_pages / 8)) \
		"$what: a good part of the region is theirs"
	claims_of 8M
	is "$nr_claims $nr_failed" "1 0" "$what: one claim, and it does not fail"
	claims_of $((nr_pages * 4))K
	is "$nr_failed" 0 "$what: all of the region, and no claim fails"
}

# pinned: the first large folio of the region, which the hog has. Sets page, its
# first page in the region.
pinned()
{
	page=0
	while ! echo "$((base_pfn + page)) 1" >$testkit/pin 2>/dev/null; do
		page=$((page + folio))
		[ $page -lt $((nr_pages - 2 * folio)) ] || bail_out "no folio to pin"
	done
}

# crowd_out: only memory for movable pages is left, and 60 MiB. A RAM disk's pages
# cannot be moved, so none of them are in the region.
crowd_out()
{
	modprobe brd rd_nr=1 rd_size=1048576 || bail_out "no RAM disk"
	dd if=/dev/zero of=/dev/ram0 bs=1M oflag=direct 2>/dev/null \
		count=$((($(meminfo MemFree) - $(meminfo CmaFree)) / 1024 - 60))
}

# What is left then, but for 40 MiB.
fill_mib()
{
	echo $(($(meminfo MemFree) / 1024 - 40))
}

# With huge pages the kernel keeps more in reserve, which would be missing here.
set_thp()
{
	echo "$1" >$huge/enabled
	echo 4096 >/proc/sys/vm/min_free_kbytes
}

make_room()
{
	rmmod brd
}

hold_hog()
{
	crowd_out
	memhold hold hog "$(fill_mib)" || bail_out "no hog"
	make_room
}

write_file()
{
	crowd_out
	memhold write /tmp/huge/file "$(fill_mib)" >/dev/null
	make_room
}

testkit_load
check "load" lcma_load "r=128M@cma"
region_pages r

for thp in never always; do
	set_thp $thp
	hold_hog
	moved "thp $thp"
	memhold ask hog end >/dev/null
done

set_thp always
hold_hog
pinned
expect_write EBUSY "$((nr_pages * 4))K region=r" "a pinned folio at page $page: EBUSY"
matches "$(lcma_info r last_failure)" \
	"$(printf 'the folio of %u pages at pfn 0x%x is pinned' $folio $((base_pfn + page)))" \
	"the reason names all of it"
diag "$(lcma_info r last_failure)"
what="after a pinned folio at page $page"
claims_of $(((nr_pages - page - folio) * 4))K
is "$nr_claims $nr_failed" "1 0" "$what: at the first try"
echo all >$testkit/unpin
claims_of $((nr_pages * 4))K
is "$(memhold ask hog verify)" ok "nothing was lost"
memhold ask hog end >/dev/null

mkdir -p /tmp/huge
if mount -t tmpfs -o size=95%,huge=always none /tmp/huge 2>/dev/null; then
	write_file
	diag "ShmemHugePages: $(meminfo ShmemHugePages) KiB"
	compare "$(meminfo ShmemHugePages)" -ge 32768 "huge pages of tmpfs"
	moved "tmpfs"
	# Its pages are elsewhere now.
	rm /tmp/huge/file
	write_file
	pinned
	expect_write EBUSY "$((nr_pages * 4))K region=r" "a pinned folio of a file: EBUSY"
	matches "$(lcma_info r last_failure)" "the folio of [0-9]+ pages at pfn 0x[0-9a-f]+ is pinned" \
		"the reason names all of it"
	echo all >$testkit/unpin
	is "$(memhold verify /tmp/huge/file)" ok "the file is as it was"
	umount /tmp/huge
else
	skip "huge pages of tmpfs" "this kernel has none"
fi
expect_idle r "all is well at the end"
check "unload" lcma_unload
finish

# SPDX-License-Identifier: GPL-2.0-only
#
# The neighbour: other drivers that use the kernel's CMA area. A carve takes
# whole units between what they hold, gives fillers and margins back at once and
# to the page, never takes other memory than the area's, and after unloading the
# area is as before: the kernel's own allocator can have exactly that range.
# Cannot be shown here: areas of devices (device tree), and neighbours that
# allocate while the carve is being made.
#
# suite@6.12-armhf: trust
# mem: 256M
# cmdline: cma=96M
# smp@*-debug: 1

. /test/lib/tap.sh
. /test/lib/hands.sh

mib=1048576

# nobody_in REGION DESCRIPTION
nobody_in()
{
	is "$(neighbours_in $((base_pfn * 4096)) $((nr_pages * 4096)))" 0 "$1"
}

testkit_load
area
area_mib=$(((area_end - area_first) / mib))
fits_mib=$(fill_area $mib)
compare "$fits_mib" -ge $((area_mib - 2)) \
	"before: the kernel's area can be had, $fits_mib of $area_mib MiB"
free_area
cma_free=$(meminfo CmaFree)

# Three pieces lie at the beginning; the region comes at the next unit's edge.
i=0
while [ $i -lt 3 ]; do
	echo "alloc $mib" >$testkit/neighbour
	i=$((i + 1))
done
check "load beside three pieces of 1 MiB" lcma_load "r=32M@cma"
region_pages r
is $((base_pfn % unit_pages)) 0 "the region begins at a unit's edge"
first=$base_pfn
nobody_in "and holds none of the three pieces"
is "$(fill_area $mib)" $((fits_mib - 32)) \
	"fillers and margins were given back: all but the region can be had"
nobody_in "and nothing of the region"
expect_write ok 32M "the region serves while its neighbours hold all the rest"
lcma_free >/dev/null
expect_idle r "and takes back"
check "unload" lcma_unload
is "$(fill_area $mib)" $fits_mib "afterwards the whole area can be had"
is "$(neighbours_in $((first * 4096)) $((32 * mib)))" 32 "and the region's frames"

log_mark
check "with a full area, loading is refused" sh -c '! insmod /lcma.ko regions=r=8M@cma 2>/dev/null'
matches "$(log_since)" "wants 8192 KiB.*can give 0 KiB.*cma=" "with a sentence"
is "$(wc -l <$testkit/neighbour)" $fits_mib "and the neighbour has what it had"

# Every other unit is free: no two of them are neighbours.
unit=$((unit_pages * 4096))
at=$(((area_first + unit - 1) / unit * unit))
while [ $((at + unit)) -le $area_end ]; do
	end=$((at + unit))
	# (where the atomic pool is, there is nothing to free)
	while [ $at -lt $end ]; do
		echo "free $at" 2>/dev/null >$testkit/neighbour
		at=$((at + mib))
	done
	at=$((end + unit))
done
held=$(wc -l <$testkit/neighbour)
log_mark
unit_mib=$((unit / mib))
check "where no two free units are neighbours, two are refused" \
	eval "! lcma_load r=$((2 * unit_mib))M@cma"
matches "$(log_since)" "wants $((2 * unit_mib * 1024)) KiB.*can give $((unit_mib * 1024)) KiB" \
	"with a sentence that says what there is"
check "one is not" lcma_load "r=${unit_mib}M@cma"
region_pages r
nobody_in "and nobody else is in it"
expect_write ok "${unit_mib}M" "it serves"
check "unload" lcma_unload
is "$(wc -l <$testkit/neighbour)" "$held" "the neighbour has what it had"
is "$(fill_area $mib)" $fits_mib "and can have all the rest"
free_area

now=$(meminfo CmaFree)
# Free pages that wait in lists of the CPUs are not in it (up to 22 MiB on
# 6.12): what the neighbour can have is the exact answer, above.
diag "CmaFree was $cma_free KiB before, is $now KiB now"
check "testkit unloads" rmmod lcma_testkit
finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# place - where memory lies: at=, below= and boundary= of buffers, from the pool, from
# shared pages and from pages that programs use, with a deadline and without; at= and
# below= of regions; that a refusal names the limit that could not be met; and several
# regions in place of one, for lines, programs and drivers. A device that reaches no more is
# not here.
#
# suite@6.1-armhf: trust
# cmdline: cma=96M
# wide: 6.12-arm64

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh
# shellcheck source=test/guest/lib/suite.sh
. /test/lib/suite.sh

mib=$((1 << 20))

# hex NUMBER: as lines take it, in $hex
hex()
{
	hex=$(printf '0x%x' "$1")
}

# youngest REGION: where its youngest buffer is, in $phys
youngest()
{
	buffers "$1"
	word "$buffer" phys
	phys=$((word))
}

# says REGION PATTERN DESCRIPTION: of the last failure
says()
{
	matches "$(cat $sys/"$1"/last_failure)" "$2" "$3"
}

lcma_load "main=64M@cma;kept=16M@cma,keep=all" || bail_out load
region_info kept
kept=$((base))
region_info main
main=$((base))
hex $((main + 32 * mib))
middle=$hex

# --- below= -----------------------------------------------------------------------

# Half of the region, and programs use most of it.
check "programs use memory" memhold hold anon 300
expect_write ok "16M region=main below=$middle" "16 MiB in the lower half"
youngest main
compare $((phys + 16 * mib)) -le $((middle)) "which lies there"
expect_write ok "16M region=main below=$middle timeout=20000" "with a deadline"
youngest main
compare $((phys + 16 * mib)) -le $((middle)) "which lies there, too"
expect_write ENOSPC "4M region=main below=$middle" "it is full"
says main "below $middle 0 pages \\(elsewhere it would fit\\)" "that is what it says"
expect_write ok "4M region=main" "elsewhere there is memory"
is "$(memhold ask anon verify)" ok "and no program lost any"
memhold ask anon end >/dev/null
lcma_free_all
hex $main
expect_write ENOSPC "4K region=main below=$hex" "before the region there is none"
says main "below $hex 0 pages" "and it says so"
# Regions out of reach do not count.
lower=$kept reach=kept
[ $kept -lt $main ] || { lower=$main; reach=main; }
hex $((lower + 4 * mib))
expect_write ok "1M below=$hex" "without a region"
buffers $reach
word "$buffer" region
is "$nr_buffers $word" "1 $reach" "it is the one in reach"
lcma_free_all
expect_write ENOSPC "4K below=4K" "all are out of reach"
says main "aligned to 1: .*, the longest below 0x1000 0 pages" "the first one has the reason"

# --- at= ----------------------------------------------------------------------------

hex $((main + 20 * mib))
expect_write ok "3M region=main at=$hex" "at a place"
youngest main
is $phys $((hex)) "which is that"
expect_write ok "3M region=main at=0x$(printf '%x' $((hex + 3 * mib)))" "just after it"
expect_write ENOSPC "4K region=main at=$hex" "again: it is used"
says main "at $hex 0 pages \\(elsewhere it would fit\\)" "and it says so"
expect_write EINVAL "4K region=main at=$((main + 100))" "between two pages"
expect_write ENOSPC "4K region=main at=$((main + 64 * mib))" "after the region"
expect_write ok "4K at=$((kept + 8192))" "without a region"
youngest kept
is $phys $((kept + 8192)) "it is where the place is"
expect_write ENOSPC "4M region=main at=$((main + 1 * mib)) align=4M" "against the alignment"
lcma_free_all

# --- boundary= ------------------------------------------------------------------------

n=0
while [ "$(lcma_try "6M region=main boundary=8M")" = ok ]; do n=$((n + 1)); done
across=0
while read -r line; do
	word "$line" phys
	[ $((word / (8 * mib))) = $(((word + 6 * mib - 1) / (8 * mib))) ] ||
		across=$((across + 1))
done <$debug/main/buffers
is "$n $across" "8 0" "8 times 6 MiB, none across a multiple of 8 MiB"
says main "between multiples of 8192 KiB 512 pages" "and what is left is told"
lcma_free_all
expect_write EINVAL "4M region=main boundary=2M" "a boundary that is too near"
expect_write EINVAL "4M region=main boundary=3M" "no boundary"

# --- from the pool ----------------------------------------------------------------------

hex $((kept + 8 * mib))
expect_write ok "4M region=kept nowait at=$hex" "nowait, at a place"
youngest kept
is $phys $((hex)) "which is that"
expect_write ENOSPC "4M region=kept nowait at=$hex" "nowait, it is used"
expect_write ok "8M region=kept nowait below=$hex" "nowait, the lower half"
expect_write ENOSPC "4K region=kept nowait below=$hex" "nowait, it is full"
expect_write ok "3M region=kept nowait boundary=4M" "nowait, between multiples of 4 MiB"
youngest kept
is $((phys / (4 * mib))) $(((phys + 3 * mib - 1) / (4 * mib))) "it lies there"
lcma_free_all

# --- who may -------------------------------------------------------------------------------

chmod 666 /dev/lcma
hex $((main + 16 * mib))
check "root may say where" cmactl alloc 4K -r main --at $hex --hold 0.01
check "an ordinary user may not" eval "as_1000 cmactl alloc 4K --at $hex 2>&1 | grep -q EPERM"
check "nor try addresses" eval "as_1000 cmactl alloc 4K --below $hex 2>&1 | grep -q EPERM"
check "address bits it may say" as_1000 cmactl alloc 4K --below 1024G --hold 0.01
check "and a boundary" as_1000 cmactl alloc 4K --boundary 64K --hold 0.01
echo Y >/sys/module/lcma/parameters/phys_for_all
check "with phys_for_all it may" as_1000 cmactl alloc 4K -r main --at $hex --hold 0.01
cmactl alloc 4M -r main --at $hex --hold 5 >/dev/null &
wait_for=0
until [ "$(lcma_buffers main)" = 1 ] || [ $wait_for -ge 50 ]; do
	wait_for=$((wait_for + 1)); sleep 0.1
done
cmactl alloc 4M -r main --at $hex 2>/dev/null
matches "$(cmactl failures main --json)" \
	"\"at\": $((hex)), \"below\": 0, \"boundary\": 0, \"bound_by\": \"place\"" \
	"the list of failures has the place"
kill %1
wait %1 2>/dev/null
identity main "it adds up"
lcma_unload || bail_out unload

# --- regions ----------------------------------------------------------------------------------

unit_bytes=$((unit * 4096))
lower=$main
[ $lower -lt $kept ] || lower=$kept
hex $((lower + 16 * 1024 * 1024))
at=$hex
check "regions with a place load" lcma_load "a=16M@cma,at=$at;b=16M@cma,below=$at"
region_info a
is $((base)) $((at)) "a is there"
region_info b
compare $((base + nr_pages * 4096)) -le $((at)) "b is below"
expect_write ok "16M region=a" "it serves"
expect_write ok "16M region=b" "and so does the other"
lcma_free_all

# --- several regions ---------------------------------------------------------------------------

for i in 1 2 3 4; do expect_write ok "2M region=a+b label=plane" "plane $i"; done
is "$(lcma_buffers a) $(lcma_buffers b)" "2 2" "one after the other in each"
check "a program may, too" cmactl alloc 2M -r a+b --hold 0.01
lcma_free_all
for i in 1 2 3; do expect_write ok "8M region=a,b" "in order, $i"; done
is "$(lcma_buffers a) $(lcma_buffers b)" "2 1" "the second when the first is full"
expect_write ok "8M region=a+b" "in turn, one of them is full"
expect_write ENOSPC "8M region=a+b" "in turn, both are full"
says a "ENOSPC, 2048 pages" "the one says why"
says b "ENOSPC, 2048 pages" "and so does the other"
expect_write ENOENT "1M region=a+c" "no such region"
expect_write EINVAL "1M region=a+a" "one twice"
lcma_free_all
is "$(example_planes a b)" "luma: 1310720 bytes in a; chroma: 655360 bytes in b" \
	"the example has a plane in each"
is "$(lcma_buffers a) $(lcma_buffers b)" "0 0" "and they are gone with it"
check "a module is loaded" insmod /test/kmod/lcma_apitest.ko
suite banks a
check "b is drained" eval "echo 1 >$sys/b/drain"
suite one_bank a
expect_write ok "1M region=b,a" "a line, too, has the one that is left"
word "$(tail -n 1 $debug/a/buffers)" region
is "$word" a "which is a"
expect_write ENOENT "1M region=b" "and the other is gone"
lcma_free_all
rmmod lcma_apitest
check "b is brought back" eval "echo b >$sys/add"
check "unload" lcma_unload
log_mark
check "a place beside the units is refused" eval '! lcma_load "a=16M@cma,at=$((at + 4096))"'
matches "$(log_since)" "at= has to be a multiple of $((unit_bytes / 1024)) KiB" "it says why"
log_mark
check "a place outside the area is refused" eval '! lcma_load "a=16M@cma,at=0x10000000"'
matches "$(log_since)" "wants [0-9]+ KiB in one piece at 0x10000000, .* or the area lies elsewhere; put cma=[0-9]+M@0x10000000 on" \
	"it says what to write"
log_mark
check "below the area is refused" eval '! lcma_load "a=16M@cma,below=$lower"'
hex $lower
matches "$(log_since)" "in one piece below $hex, .*; put cma=[0-9]+M@0-$hex on" "it says what to write"
check "what is refused takes nothing" lcma_load "main=64M@cma;kept=16M@cma,keep=all"
check "unload" lcma_unload
finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# reasons - why an allocation failed: the constraint that was binding (the longest run,
# and the longest that is aligned as wanted), with addresses only where root looks; who
# asked, for what; the last 16 failures of each region and one line in the log for each;
# quiet ones leave none of these. That the longest aligned run is right is test_place_limits'.
#
# cmdline: cma=96M

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

lcma_load "r=16M@cma,keep=all,policy=first-fit;s=8M@cma" || bail_out load
region_info r
end=$((base + nr_pages * 4096))

# last: the last entry of r's failures: the line of words in $entry, the sentence in $why
read_failures()
{
	nr_entries=0
	while IFS= read -r failures_line; do
		case $failures_line in
		seq=*) entry=$failures_line; nr_entries=$((nr_entries + 1)) ;;
		*) why=${failures_line#  } ;;
		esac
	done <"$debug/r/failures"
}

is "$(cat $debug/r/failures)" "" "no failure so far"
is "$(cat $sys/r/last_failure)" none "nor in sysfs"

# refused LINE: the shell itself writes it, and is refused
write_refused()
{
	if echo "$1" 2>/dev/null >$dev; then
		fail "'$1' is refused"
	else
		pass "'$1' is refused"
	fi
}

# has KEY VALUE: a word of the last entry
remembered()
{
	word "$entry" "$1"
	is "$word" "$2" "remembered: $1 is $2"
}

# The first page is taken; the region begins on 8 MiB.
expect_write ok "4K region=r" "a page, the first one"
dmesg -c >/dev/null
write_refused "12M align=8M region=r label=frame"
said=$(dmesg -c)
half=$(printf 0x%x $((base + 8388608)))
first=$(printf 0x%x $((base + 4096)))
run="the longest unused run is 4095 pages"
aligned=", the longest that is aligned so 2048 pages"
read_failures
is "$why" "-ENOSPC, 3072 pages aligned to 2048: $run at $first$aligned at $half (less alignment would fit)" \
	"the alignment was what did not fit"
is "$(sed 's/, [0-9]* ms ago//' $sys/r/last_failure)" \
	"-ENOSPC, 3072 pages aligned to 2048: $run$aligned (less alignment would fit)" \
	"sysfs has no addresses"
matches "$said" "lcma: region r: [^ ]*\\[$$\\] for frame: -ENOSPC, 3072 pages aligned to 2048: $run$aligned \\(less" \
	"nor has the log, which names the process and what it asked for"
remembered seq 1
remembered errno -ENOSPC
remembered bytes 12582912
remembered align 8388608
remembered pid $$
remembered uid 0
remembered owner text
remembered label frame

# What fits no alignment, what is too long, what is larger than the region.
write_refused "4M align=$((end & -end))K region=r"
read_failures
matches "$why" "^-ENOSPC, 1024 pages aligned to [0-9]*: $run at $first, the longest that is aligned so 0 pages \\(less" \
	"no run begins on so large an alignment"
write_refused "16M region=r"
read_failures
is "$why" "-ENOSPC, 4096 pages aligned to 1: $run at $first" "the length was what did not fit"
write_refused "17M region=r"
read_failures
matches "$why" "^-EFBIG, 4352 pages aligned to 1: the region has 4096 pages$" "nor can it ever"
write_refused "12M nowait region=r align=8M"
read_failures
remembered seq 5

# Quiet ones are not heard of.
dmesg -c >/dev/null
region_info r
before=$failures
cmactl alloc 12M --align 8M --region r --quiet >/dev/null 2>&1 && fail "a quiet one is refused"
read_failures
remembered seq 5
region_info r
is "$failures $(dmesg | grep -c 'lcma: ')" "$before 0" "a quiet one is neither counted nor logged"

# A process that has ended is not taken for the one that has its number now.
sh -c "echo '16M region=r label=ghost' >$dev" 2>/dev/null
read_failures
remembered label ghost
matches "$entry" " pid=[0-9]* gone uid=0 " "the process that asked is gone"

# Sixteen are remembered; the log is told of some of them, in any case of the first.
i=0
while [ $i -lt 20 ]; do
	echo "16M region=r label=n$i" 2>/dev/null >$dev
	i=$((i + 1))
done
read_failures
is "$nr_entries" 16 "the last sixteen are remembered"
remembered label n19
remembered seq 26
is "$(sed -n '1s/ .*//p' $debug/r/failures)" "seq=11" "the oldest is the sixteenth before"
compare "$(dmesg | grep -c 'lcma: region r: ')" -le 10 "the log is not flooded"
is "$(cat $debug/s/failures)" "" "another region has a memory of its own"

# cmactl tells the reason of its own request, and of no other.
err=/tmp/err
cmactl alloc 17M --region r 2>$err && fail "17 MiB out of 16"
matches "$(cat $err)" "^cmactl: region r: -EFBIG, 4352 pages aligned to 1: the region has 4096 pages$" \
	"cmactl tells why its own request failed"
cmactl alloc 16M --region r --text 2>$err && fail "16 MiB more, as text"
matches "$(cat $err)" "^cmactl: region r: -ENOSPC, 4096 pages aligned to 1: $run at 0x" \
	"and that of a line"
write_refused "16M region=r label=other"
cmactl alloc 4K --region nosuch 2>$err && fail "no such region"
is "$(grep -c . $err)" 1 "and nothing of another request, if lcma does not know its own"
cmactl alloc 100000G 2>$err && fail "more than any memory"
is "$(grep -c . $err)" 1 "nor if it named no region"

# The list of a user is that of its own requests.
is "$(cmactl failures --all r | grep -c '^r [0-9]')" 16 "cmactl lists sixteen"
matches "$(cmactl failures r)" "^r 29: .* ago, 16 MiB, by .*, uid 0, for other, tried for " "the last one among them"
is "$(cmactl failures s)" "" "and none of the other region"
matches "$(cmactl failures r --json)" '"label": "other", "why": "-ENOSPC, 4096 pages' "JSON has it"

# The process that asked is gone, and the holder of the buffer can be found.
lcma_free_all
cmactl alloc 4M --region r --label orphan -- sh -c 'sleep 100 & echo $! >/tmp/holder; echo $$ >/tmp/asker'
holder=$(cat /tmp/holder)
buffers r
matches "$buffer" " pid=$(cat /tmp/asker) label=orphan inode=[1-9][0-9]* gone " "debugfs says that the process that asked is gone"
list=$(cmactl list --all --region r --holders)
matches "$list" "^r +[0-9]+ +4 MiB .* gone +file .* orphan +$holder sleep *$" "cmactl names its holder"
matches "$(cmactl list --all --json)" '"gone": true' "JSON says gone"
kill "$holder"
wait_for() { i=0; while [ $i -lt 100 ] && ! eval "$1"; do usleep 50000; i=$((i + 1)); done; eval "$1"; }
check "and the memory comes back with that" wait_for '[ ! -s $debug/r/buffers ]'
cmactl alloc 4K --region r --hold 100 >/dev/null &
asker=$!
wait_for '[ -s $debug/r/buffers ]'
buffers r
matches "$buffer" " pins=0 pid=$asker label=- inode=[1-9][0-9]* comm=" "a process that lives is not gone"
kill $asker
wait $asker 2>/dev/null

check "unload" lcma_unload
finish

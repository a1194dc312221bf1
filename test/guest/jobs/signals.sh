# SPDX-License-Identifier: GPL-2.0-only
#
# Signals. A writer that is killed while the kernel migrates for it is gone at
# once, with and without timeout=; nothing it was about to get is lost, and what
# lived in the region is unharmed. Signals that are not fatal change nothing.
# Cannot be shown here: a signal at each single instruction; it comes at moments
# that differ from run to run.
#
# suite@6.12-armhf: trust
# matrix: no
# mem: 848M
# cmdline: cma=64M@0x90000000
# cmdline@*-arm64|*-amd64: cma=64M
# timeout: 180

. /test/lib/tap.sh
. /test/lib/hands.sh

# A killed writer has to be gone after that many milliseconds.
prompt_ms=500

# interrupted LINE SIGNAL WHAT: kills a writer in the middle of its call
interrupted()
{
	write_begin "$1"
	wait_for 5000 is_claiming r || fail "$3: the call has begun"
	late_begin
	kill -"$2" $writer
	wait_for 5000 is_gone $writer
	gone=$?
	late_end
	if [ $gone = 0 ]; then
		in_time $waited_ms $prompt_ms "$3: gone after $waited_ms ms"
	else
		fail "$3: gone"
	fi
	write_end
	is "$outcome" killed "$3: it died of it"
	wait_for 10000 is_settled r
	expect_idle r "$3: nothing is lost"
}

testkit_load
check "load" lcma_load "r=56M@cma"
region_pages r
pin -c 0 -e 0 -k $base_pfn "$nr_pages"
compare "$(lcma_info r system_pages)" -ge $((nr_pages / 10 * 9)) \
	"the region is full of pages of a program"

interrupted "56M" KILL "kill -9"
late=$(lcma_info r claims_late)
interrupted "56M timeout=60000" KILL "kill -9 with timeout="
compare "$(lcma_info r claims_late)" -gt "$late" "kill -9 with timeout=: counted as late"
interrupted "56M" TERM "SIGTERM"
interrupted "56M timeout=60000" INT "SIGINT with timeout="
matches "$(lcma_info r last_failure)" '^-EINTR' "the reason can be read"
occupied "what lived there is unharmed"

# Two that want the same units: the second one waits for its turn and is killed.
write_begin 56M
first=$writer
wait_for 5000 is_claiming r
write_begin 24M
wait_for 2000 sh -c "grep -q lcma /proc/$writer/comm"
late_begin
kill -KILL $writer
wait_for 5000 is_gone $writer
late_end
in_time "$waited_ms" $prompt_ms "killed while it waits for busy pages: gone after $waited_ms ms"
kill -KILL "$first"
wait_for 5000 is_gone "$first"
wait_for 10000 is_settled r
expect_idle r "killed while it waits for busy pages: nothing is lost"

# A signal with a handler is not fatal: the write goes on.
sh -c 'trap : TERM INT; echo 24M >/dev/cma_test; echo $? >/tmp/handled' &
writer=$!
wait_for 5000 is_claiming r
kill -TERM $writer
kill -INT $writer
wait_for 20000 is_gone $writer
is "$(cat /tmp/handled)" 0 "a signal that is handled does not end the call"
wait_for 10000 is_settled r
expect_used r $((24 * 256)) "and the buffer is there"
lcma_free_all

# At any moment.
i=0
killed=0
while [ $i -lt 24 ]; do
	timeout_word=
	[ $((i % 2)) = 0 ] || timeout_word=" timeout=60000"
	write_begin "$((8 + i * 2))M$timeout_word"
	usleep $((i * i * 400))
	kill -KILL $writer 2>/dev/null
	write_end
	[ "$outcome" != killed ] || killed=$((killed + 1))
	wait_for 10000 is_settled r || break
	[ -z "$(accounts r)" ] || break
	lcma_free_all
	i=$((i + 1))
done
is $i 24 "24 writers killed at some moment ($killed of them before they were done): accounts are right each time"
expect_idle r "and nothing is lost"
unpin "what lived there is unharmed"
expect_write ok 56M "the whole region can be had"
lcma_free_all
expect_idle r "at the end nothing is held"
check "unload" lcma_unload
finish

# SPDX-License-Identifier: GPL-2.0-only
#
# What the board's display controller (a PL111) reads from a region, by DMA, is what was
# drawn: QEMU tells what it shows. First the kernel's own framebuffer driver, as it is, gets its
# frame by a rule; it is unbound and bound while rules change, and holds a drain up. Then a
# program's dma-buf is shown, out of memory that a file used a moment ago, by a driver that knows
# nothing of lcma (test/kmod/display): the buffer outlives the program, the driver is
# unloaded, the registers are as they were.
# Linux 6.12 of Debian has no driver for this controller: there the second part alone.
# Cannot be shown here: a cache that was not synchronised (QEMU has none).
#
# kernels: *-armhf
# suite@6.12-armhf: trust
# display: yes
# overlay@6.1-armhf: test/guest/data/panel.dtso
# mem: 800M
# smp: 1
# cmdline: cma=32M@0x90000000
# timeout: 120

. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh
# shellcheck source=test/guest/lib/dma.sh
. /test/lib/dma.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/display.sh
. /test/lib/display.sh

file=/tmp/file
chunk=0
seq 1 300000 >/tmp/numbers

# fill REGION: a file grows until no frame fits beside what it uses
fill()
{
	free=$nr_pages
	while [ "$free" -ge $frame_pages ] && [ "$(meminfo MemFree)" -gt 32768 ]; do
		# No two pages are alike.
		for _ in 1 2; do
			chunk=$((chunk + 1))
			{ echo "piece $chunk"; cat /tmp/numbers; } >>$file
		done
		free=$((nr_pages - $(lcma_info "$1" system_pages)))
	done
	sum=$(md5sum $file)
}

# bound DRIVER, to "no driver" or its name
bound()
{
	driver=$(readlink /sys/bus/amba/devices/$display_device/driver)
	is "${driver##*/}" "$1" "$2"
}

# stock bind|unbind: the kernel's own driver. A console that finds a framebuffer takes it.
stock()
{
	write_to $display_driver/"$1" $display_device
	display_quiet
}

# sees WANTED NAME DESCRIPTION
sees()
{
	display_see "$2"
	is "$shown" "$1" "$3"
}

# shows_frame NAME DESCRIPTION: what is drawn through /dev/fb0 is seen
shows_frame()
{
	size=$(draw_screen main)
	read -r columns lines <<-end
		$size
	end
	head -c $((columns * lines * 2)) /dev/fb0 >/tmp/frame
	sees "$(drawn /tmp/frame "$columns" "$lines")" "$1" "$2"
}

# registers: the controller's, as nobody holds them
registers()
{
	for register in 00 04 08 10 14 18; do
		devmem 0x100200$register 32 || echo no
	done 2>&1
}

display_there || bail_out "the display cannot be asked"
page_size
frame_pages=$((640 * 480 * 2 / page_bytes))
lcma_load_map "main=16M@cma" "" || bail_out "lcma does not load"
region_info main
fill main
compare "$free" -lt $frame_pages "a file uses $((nr_pages - free)) of the region's $nr_pages pages"

# --- the kernel's own driver ----------------------------------------------------

stock_driver()
{
	stock unbind
	check "a rule names the display" write_to $sys/map "$display_device=main"
	stock bind
	bound clcd-pl11x "the stock driver is bound again"
	line=$(grep label=$display_device $debug/main/buffers)
	word "$line" phys
	matches "$line" "label=$display_device" "its frame is the region's, at $word"
	is "$(md5sum $file)" "$sum" "the file that was there is whole"
	shows_frame stock "the display shows what was drawn into that frame"

	log_mark
	check "a drain is refused while the display reads from the region" \
		sh -c "! echo 1 2>/dev/null >$sys/main/drain"
	matches "$(log_since)" "region main: buffer .*label $display_device\\) .*is still there" \
		"and its reason names the device"
	lcma_unload && bail_out "lcma is unloaded under the display"
	matches "$(cat /sys/kernel/debug/lcma_holders)" "device=$display_device driver=clcd-pl11x" \
		"so is what keeps lcma loaded"
	sees "$(drawn /tmp/frame)" stock_still "the display shows the same as before"

	check "the rule is taken away" write_to $sys/map ""
	shows_frame stock_ruleless "what has its frame keeps it"
	stock unbind
	settled main 0 "unbound, the driver has given its frame back"
	stock bind
	bound clcd-pl11x "it is bound without a rule"
	is "$(lcma_buffers main)" 0 "its frame is the kernel's"
	shows_frame kernel "which shows what is drawn, too"
	check "the rule is back" write_to $sys/map "clcd-pl11x=main"
	stock unbind
	stock bind
	is "$(lcma_buffers main)" 1 "its frame is the region's again"
	shows_frame stock_again "and shows what is drawn"
	stock unbind
	settled main 0 "unbound, it has given that back, too"
	write_to $sys/map ""
}

if [ -e /dev/fb0 ]; then
	stock_driver
else
	skip "the stock driver's frame" "this kernel has none for the display"
fi

# --- a program's dma-buf ----------------------------------------------------------

before=$(registers)
check "a driver that shows dma-bufs" insmod /test/kmod/lcma_display.ko
bound lcma_display "has the display"
fill main
compare "$free" -lt $frame_pages "a file uses $((nr_pages - free)) of the region's $nr_pages pages"

is "$(show_buffer main 1 /tmp/one)" shown "a program shows a buffer, and ends"
sees "$(drawn /tmp/one)" one "the display shows what the program drew"
is "$(md5sum $file)" "$sum" "the file that was there is whole"
line=$(cat $debug/main/buffers)
matches "$line" "pins=1 .*label=card-1 .* gone devices=$display_device " "the buffer is held by the display alone"
lcma_unload && bail_out "lcma is unloaded under the display"
log_mark
check "a drain is refused" sh -c "! echo 1 2>/dev/null >$sys/main/drain"
matches "$(log_since)" "label card-1\\).*is still there; attached to $display_device" \
	"and its reason names the buffer, and the display"
run_program show_buffer wrong main
sees "$(drawn /tmp/one)" one_still "what is refused changes nothing that is shown"

show_buffer main 2 /tmp/two hold >/tmp/said &
holder=$!
wait_for 30000 grep -q shown /tmp/said
sees "$(drawn /tmp/two)" two "the next buffer is shown"
is "$(sed -n 's/.* label=\([^ ]*\).*/\1/p' $debug/main/buffers)" card-2 "and the one before is freed"
kill -9 $holder
wait $holder 2>/dev/null
sees "$(drawn /tmp/two)" two_still "it is shown although the program was killed"
is "$(lcma_buffers main)" 1 "and there"
check "nothing is shown" show_buffer hide
settled main 0 "then it is freed"

show_buffer main 3 /tmp/three hold >/tmp/said &
holder=$!
wait_for 30000 grep -q shown /tmp/said
sees "$(drawn /tmp/three)" three "a third one is shown"
check "the driver is unbound meanwhile" \
	write_to /sys/bus/amba/drivers/lcma_display/unbind $display_device
is "$(sed -n 's/.*pins=\([0-9]*\).*/\1/p' $debug/main/buffers)" 0 "its buffer is the program's alone"
kill -9 $holder
wait $holder 2>/dev/null
settled main 0 "and freed with it"
check "the driver is bound again" \
	write_to /sys/bus/amba/drivers/lcma_display/bind $display_device
is "$(show_buffer main 4 /tmp/four)" shown "a fourth one is shown, whose program ends"
check "the driver is unloaded meanwhile" rmmod lcma_display
settled main 0 "the buffer is freed"
is "$(registers)" "$before" "the registers are as before: $(echo "$before" | tr '\n' ' ')"

if [ -e $display_driver ]; then
	stock bind
	bound clcd-pl11x "the stock driver has the display again"
	shows_frame at_last "and shows what is drawn"
fi
check "lcma is unloaded" lcma_unload
finish

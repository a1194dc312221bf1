# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# display.sh - what the board's display shows, as QEMU sees it. For jobs with `# display: yes`
# on a vexpress-a9. Sourced after tap.sh.

display_device=10020000.clcd
display_driver=/sys/bus/amba/drivers/clcd-pl11x	# the stock one
display_line=/dev/ttyAMA2

# display_there: can it be asked? Opens the line, as descriptor 7.
display_there()
{
	[ -e $display_line ] && [ -e /sys/bus/amba/devices/$display_device ] || return 1
	stty -F $display_line raw -echo
	exec 7<>$display_line
	display_see hello
}

# display_see NAME: sets $shown to "WIDTH HEIGHT MD5", of its pixels as RGB 565. The host keeps
# the picture as NAME.ppm. Fails without an answer.
display_see()
{
	shown=
	for _ in 1 2 3; do
		echo "screendump $1" >&7
		# shellcheck disable=SC3045	# busybox
		while read -r -t 20 display_name display_rest <&7; do
			[ "$display_name" = "$1" ] || continue	# one that came too late
			shown=$display_rest
			return 0
		done
	done
	return 1
}

# drawn FILE [WIDTH HEIGHT]: what display_see says of these pixels
drawn()
{
	display_sum=$(md5sum <"$1")
	echo "${2:-640} ${3:-480} ${display_sum%% *}"
}

# display_quiet: the console lets go of the framebuffer, in which it has a cursor
display_quiet()
{
	for display_console in /sys/class/vtconsole/vtcon*/bind; do
		echo 0 >"$display_console"
	done 2>/dev/null
}

# SPDX-License-Identifier: GPL-2.0-only
#
# commands.awk - the commands in pages of Markdown, as "FILE:LINE STATUS COMMAND": code
# spans and lines of indented blocks that begin with one of the names below. STATUS is the
# exit status that the page promises, or - for what is not to be run.
#
#	awk -f commands.awk PAGE...
#
# What a page does not want to have run says so where a reader of the source sees it:
# <!-- not run: WHY --> in the line, or alone in a line before a block; and
# <!-- exit N: WHY --> says that the command ends with N.

BEGIN {
	split("cmactl echo cat ls grep dmesg free sync uname lsmod modprobe mount zcat fuser " \
	      "mokutil modinfo udevadm usermod perf bpftrace rmmod", names, " ")
	for (i in names)
		is_command[names[i]] = 1
}

function say(command)
{
	sub(/^sudo /, "", command)
	sub(/^[#$] /, "", command)
	sub(/^sudo /, "", command)
	# What stands far to the right explains.
	sub(/   +.*$/, "", command)
	sub(/  +#.*$/, "", command)
	word = command
	sub(/[ ;|].*$/, "", word)
	if (!is_command[word] || (word == command && word !~ /^(sync|free|dmesg|lsmod)$/))
		return
	page = FILENAME
	sub(/^.*\//, "", page)
	print page ":" FNR " " (skip ? "-" : status + 0) " " command
}

FNR == 1 { fenced = 0; pending = 0; inside = 0 }
/^```/ { fenced = !fenced }
fenced { next }

{
	skip = /<!-- not run: /
	status = 0
	if (match($0, /<!-- exit [0-9]+: /))
		status = substr($0, RSTART + 10)
}

# A mark alone in its line is about the next block.
/^<!-- (not run|exit [0-9]+): .*-->$/ {
	pending = 1
	pending_skip = skip
	pending_status = status
	next
}

/^    / {
	if (pending) {
		skip = pending_skip
		status = pending_status
		inside = 1
	}
	say(substr($0, 5))
	next
}

{
	if (inside && !/^$/)
		pending = inside = 0
	line = $0
	gsub(/\\\|/, "|", line)
	while (match(line, /`[^`]+`/)) {
		say(substr(line, RSTART + 1, RLENGTH - 2))
		line = substr(line, RSTART + RLENGTH)
	}
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# The man pages and the completion have every word.

for page in "$top"/man/*; do
	groff -man -ww -Tutf8 -z "$page" >said 2>&1 && [ ! -s said ]
	report $? "groff likes $(basename "$page")" said
	! grep -nE '[[:space:]]$' "$page" >said
	report $? "no blanks at line ends in $(basename "$page")" said
	if command -v mandoc >/dev/null; then
		try "mandoc likes $(basename "$page")" mandoc -T lint -W warning "$page"
	fi
done
host/cmactl/cmactl --help >help
# Every option and every command is in the page and in the completion.
# shellcheck disable=SC2013	# words are what is wanted
for word in $(sed -n 's/^	{ "\([a-z]*\)", .*/\1/p' "$top/tools/cmactl/args.c"); do
	grep -qE "(^|[^a-z])$word" "$top/man/cmactl.1"
	report $? "cmactl.1 has $word"
	grep -q -e "$word" "$top/tools/cmactl/completion/cmactl"
	report $? "the completion has $word"
	grep -q -e "$word" help
	report $? "--help has $word"
done
# Every error of the manual of the ABI has a sentence, and is in lcma.4.
# shellcheck disable=SC2013
for word in $(grep -oE '\bE[A-Z2]{3,}\b' "$top/include/uapi/linux/lcma.h" | sort -u); do
	grep -q "{ $word, \"$word\"" "$top/tools/liblcma/error.c"
	report $? "liblcma knows $word"
	grep -qw "$word" "$top/man/lcma.4"
	report $? "lcma.4 has $word"
done
# shellcheck disable=SC2013
for word in $(sed -n 's/^module_param(\([a-z_]*\),.*/\1/p' "$top"/src/*.c); do
	grep -qw "$word" "$top/man/lcma.4"
	report $? "lcma.4 has the parameter $word"
done

completion=$top/tools/cmactl/completion/cmactl
try "the completion is bash" bash -n "$completion"
# complete WORDS...: what is offered for the last word
complete_words()
{
	bash -c '. "$1"; shift; COMP_WORDS=(cmactl "$@"); COMP_CWORD=$#
		_cmactl; printf "%s\n" "${COMPREPLY[@]}"' - "$completion" "$@" | paste -sd' '
}
# offers WANTED WORDS...
offers()
{
	local wanted=$1 got
	shift
	got=$(complete_words "$@")
	[ "$got" = "$wanted" ]
	report $? "completion of 'cmactl $*' is '$wanted', got '$got'"
}
offers 'regions' re
offers '--json' --j
offers 'alloc' -d /dev/x al
offers '--interval' map --watch --i
offers '--timeout --text' alloc 4M --t
offers '--all' list --a
offers '--align --at' alloc 4M --a
offers '1M' alloc 4M --align 1
offers '--seed' stress --s
offers '4M 16M 64M' stress --max ''
offers 'best-fit' plan 4M --policy b
offers '--page-size --policy' plan 4M --p
offers '' alloc 4M --label x

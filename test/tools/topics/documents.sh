# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What the documents and the scripts of tools/ and examples/ say can be done.

# Every cmactl in the documents runs: what it finds is another matter.
documented()
{
	# shellcheck disable=SC2016	# no command, but one in a document
	grep -hoE '(`|    )cmactl [a-z][^`#|;]*' "$top"/README.md "$top"/docs/*.md |
		sed -E 's/^(`| +)//; s/ +$//' | grep -vE '^cmactl (alloc|stress|watch|sync)' | sort -u
}
documented >commands
[ "$(wc -l <commands)" -gt 15 ]
report $? "the documents have commands" commands
while read -r line; do
	line=${line//REGION\/ID/cam/1}
	line=${line//PFN/0x7a801}
	line=${line//FILE/$out/lcma.prom}
	line=${line//NAME/cam}
	set -f
	# shellcheck disable=SC2086	# words are what is wanted
	timeout $limit_s fake/cmactl/cmactl -d /dev/fake ${line#cmactl } >out 2>err </dev/null
	status=$?
	set +f
	[ $status != 2 ]
	report $? "documented: $line" err
done <commands

# What the pages mark as not to be run: where the program is here, it knows the options.
awk -f "$top/test/guest/lib/commands.awk" "$top"/docs/{troubleshooting,operation,shell,programs}.md "$top/README.md" |
	awk '$2 == "-"' >commands
[ "$(wc -l <commands)" -gt 8 ]
report $? "the pages say what is not run" commands
while read -r place _ program line; do
	line=${line%%;*}
	if ! command -v "$program" >/dev/null; then
		skip "$place: $program $line" "there is no $program here"
		continue
	fi
	{ "$program" --help; "$program" "${line%% *}" -h; man "$program"; } >said 2>&1 </dev/null
	grep -oE -- '(^| )-[-a-zA-Z]+' <<<"$line" >options
	while read -r option; do
		case $option in
		--?*) grep -q -e "$option" said ;;
		-?) grep -qE -e "(^|[^-[:alnum:]])$option([^[:alnum:]]|$)" said ;;
		*) grep -qE -e "-${option:1:1}([^[:alnum:]]|$)" said && grep -qE -e "-${option:2:1}([^[:alnum:]]|$)" said ;;
		esac
		report $? "$place: $program has $option" said
	done <options
done < <(grep -vE ' (cat|ls|uname|cmactl|bpftrace|perf) ' commands)
# The scripts ask for events and fields that there are.
fields()
{
	python3 - "$top/src/trace.h" "$top"/tools/bpftrace/*.bt <<-'END'
	import re, sys
	text = open(sys.argv[1]).read()
	events, classes = {}, {}
	for kind, name, body in re.findall(r'^(TRACE_EVENT|DECLARE_EVENT_CLASS)\((\w+),(.*?)^\);', text, re.S | re.M):
	    found = set(re.findall(r'__(?:array|field)\([^,]+, (\w+)', body))
	    (events if kind == 'TRACE_EVENT' else classes)[name] = found
	for kind, name in re.findall(r'^DEFINE_EVENT\((\w+), (\w+),', text, re.M):
	    events[name] = classes[kind]
	assert len(events) > 10, events
	asked = 0
	for path in sys.argv[2:]:
	    for name, body in re.findall(r'^tracepoint:lcma:(\w+)\n\{\n(.*?)^\}', open(path).read(), re.S | re.M):
	        for field in re.findall(r'args->(\w+)', body):
	            asked += 1
	            assert field in events[name], (path, name, field)
	assert asked > 10, asked
	END
}
try "tools/bpftrace asks for what src/trace.h has" fields
# It reads all of a script before it looks for the first tracepoint, which is not here.
for script in "$top"/tools/bpftrace/*.bt; do
	if ! command -v bpftrace >/dev/null; then
		skip "bpftrace can read $(basename "$script")" "install Debian's bpftrace"
		continue
	fi
	bpftrace -d "$script" >said 2>&1
	grep -q 'tracepoint not found: lcma:' said && ! grep -q 'syntax error' said
	report $? "bpftrace can read $(basename "$script")" said
done

# The example in Python, with a library that has the double in it.
python_example()
{
	# shellcheck disable=SC2086	# lists of words
	gcc -std=gnu11 -D_GNU_SOURCE -fPIC -shared -I "$top/include/uapi" -I "$top/tools/liblcma" \
		-DLIBLCMA_VERSION='"0"' -o fake-liblcma.so "$here/fake.c" "$top"/tools/liblcma/*.c $wraps &&
		LIBLCMA=$out/fake-liblcma.so FAKE_NODES=l python3 "$top/examples/buffer.py" 10000
}
try "make examples" make -s -C "$top/examples" BUILD="$out/examples" TOOLS_BUILD="$out/host" CFLAGS='-O2 -Werror'
is_told()
{
	LCMA_DEVICE=$out/none "$out/examples/example_$1" >said 2>&1
	[ $? = 1 ] && grep -q "$2" said
}
is_told library '^open: there is no such device'
report $? "the example of liblcma says why it cannot work" said
is_told share '^open: there is no such device' && grep -q '^nothing was sent' said
report $? "and so does the one that shares" said
try "examples/buffer.py" python_example
grep -qE '^12288 bytes, descriptor [0-9]+, by (numpy|ctypes), sum [1-9][0-9]*$' said
report $? "it has a buffer" said
# README shows what it says; descriptor and library are this machine's.
sed -n '/^    \$ python3 examples.buffer.py 10000$/{n;s/^    //p}' "$top/README.md" >shown
[ "$(sed 's/r [0-9]*, by [a-z]*/r N/' said)" = "$(sed 's/r [0-9]*, by [a-z]*/r N/' shown)" ]
report $? "README shows what it says" said shown
LIBLCMA=$out/fake-liblcma.so FAKE_NODES=L python3 "$top/examples/buffer.py" >said 2>&1
[ $? = 1 ] && grep -q '^buffer.py: .*not allowed' said
report $? "and says why it has none" said

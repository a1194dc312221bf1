#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""results.py - what test results say: the one place that reads them.

	qemu/results.py ktap [--cut-off | --no-marker] FILE
					judge a job's results: those that are not ok,
					the reasons to doubt, one `FAULT: REASON` a line,
					and the closing line; status 2 if the job did
					not get to its end. With --cut-off it is known
					that it did not, and why; with --no-marker
					FILE is no job's, and has no end marker
	qemu/results.py closing [--status N] [--name TEXT] [--line] FILE
					`PASSED FAILED SKIPPED`, or that as a closing
					line, from the last line of a suite that ended
					with status N
	qemu/results.py sum [--lost N] FILE...
					one closing line for all those in FILEs, which
					hold nothing else; N more have failed

Each ends with status 0 only for 0 failed, else with 1.

A closing line is the last line of every suite of this tree:

	N passed, N failed[, N skipped]

A suite that says none, that has another last line, or that ends with a status
although it counts no failure, has failed once.

Results are KTAP (Documentation/dev-tools/ktap.rst of the kernel): a first line
`KTAP version 1`, which may be missing, `ok N - WHAT`, `not ok N - WHAT`, a plan `1..N`,
before the results or after them, a directive such as `# SKIP REASON` behind the
description, subtests indented by two blanks for each level and followed by a result of
their parent, diagnostic lines with a #.
Other lines are allowed, and ignored. What counts is the tests that have no
subtests. Beyond KTAP, and because silence is no success: `Bail out! REASON` fails,
and so does a run without a plan, with results that the plan does not have, with
numbers that are not 1, 2, 3 ..., with a parent that is ok over a subtest that is
not, or without lcma's end marker `# end job=NAME status=N` as the very last line.
"""

import argparse
import re
import sys

CLOSING = re.compile(r"([0-9]+) passed, ([0-9]+) failed(?:, ([0-9]+) skipped)?")
RESULT = re.compile(r"((?:  )*)(not )?ok ([0-9]+)(?:\s|$)(?:- )?(.*)")
VERSION = re.compile(r"(?:  )*K?TAP version (.*)")
PLAN = re.compile(r"((?:  )*)1\.\.([0-9]+)(?:\s+#\s*(\w+).*)?")
DIRECTIVE = re.compile(r"(?:^|\s)#\s*(SKIP|TODO|XFAIL|TIMEOUT|ERROR)\b", re.I)
BAIL_OUT = re.compile(r"\s*Bail out!")
END = re.compile(r"# end job=.* status=([0-9]+)")


class Closing:
    """A closing line."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    @classmethod
    def read(cls, line):
        """Return: the counts of a closing line; None if it is none."""
        match = CLOSING.fullmatch(line.rstrip("\r\n"))
        return cls(*(int(n or 0) for n in match.groups())) if match else None

    def __iadd__(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"

    def words(self):
        return f"{self.passed} {self.failed} {self.skipped}"


def closing_of(text, status=0):
    """What a suite came to.

    Return: its counts, and what is wrong with its end, or None.
    """
    lines = text.splitlines()
    closing = Closing.read(lines[-1]) if lines else None
    if closing is None:
        return (Closing(failed=1),
                f"status {status}, and no closing line 'N passed, N failed'")
    if status and not closing.failed:
        closing.failed = 1
        return closing, f"ended with status {status} although it counts no failure"
    return closing, None


class Level:
    """The tests of one level of nesting, below one parent."""

    def __init__(self):
        self.results = 0	# how many there are
        self.plan = None
        self.bad = False	# is one of them not ok?


class Report:
    """What a job's results come to."""

    def __init__(self):
        self.counts = Closing()
        self.not_ok = []	# lines
        self.faults = []	# reasons to doubt, other than a line `not ok`
        self.ended = False	# is the end marker the last line?


def read_ktap(text, cut_off=False, marker=True):
    """What a job printed; cut_off: before its end; marker: does a job end with it?

    Return: its Report.
    """
    report = Report()
    levels = [Level()]
    planned = None
    lines = [line.rstrip() for line in re.sub("[\r\0]", "", text).split("\n")]

    def leave(level, what):
        """A level is complete."""
        if level.plan is not None and level.plan != level.results:
            report.faults.append(f"the plan{what} is 1..{level.plan}, but there are "
                                 f"{level.results} results")

    for line in lines:
        if match := PLAN.fullmatch(line):
            depth = len(match[1]) // 2
            while len(levels) <= depth:
                levels.append(Level())
            levels[depth].plan = int(match[2])
            if not depth:
                planned = match
        elif match := RESULT.fullmatch(line):
            depth = len(match[1]) // 2
            while len(levels) <= depth:
                levels.append(Level())
            below = None
            while len(levels) > depth + 1:
                below = levels.pop()
                leave(below, f" of the subtests of '{match[4]}'")
            add_result(report, levels[depth], below, match, line)
        elif match := VERSION.fullmatch(line):
            if line.lstrip().startswith("K") and match[1] != "1":
                report.faults.append(f"results of another version than KTAP 1: {line}")
        elif BAIL_OUT.match(line):
            report.not_ok.append(line)
            if "the job bailed out" not in report.faults:
                report.faults.append("the job bailed out")
    if cut_off:
        return report
    while len(levels) > 1:
        leave(levels.pop(), " of subtests without a parent")
        report.faults.append("subtests are not followed by a result of their parent")

    lines = [line for line in lines if line.strip()]
    if not lines:
        report.faults.append("the guest ended without a single result")
    elif not marker or judge_marker(report, lines[-1]):
        report.ended = True
        judge_plan(report, levels[0], planned)
    return report


def add_result(report, level, below, match, line):
    """One line `ok` or `not ok`; below: the level of its subtests, or None."""
    directive = DIRECTIVE.search(match[4])
    kind = directive[1].upper() if directive else None
    bad = bool(match[2]) or kind in ("TIMEOUT", "ERROR")
    level.results += 1
    level.bad |= bad
    if int(match[3]) != level.results:
        report.faults.append(f"result {level.results} has the number {match[3]}: {line}")
    if below:
        if below.bad and not bad:
            report.faults.append(f"ok although a subtest is not: {line}")
        if not bad or below.bad:
            return
    if kind == "SKIP":
        report.counts.skipped += 1
    elif bad:
        report.counts.failed += 1
        report.not_ok.append(line)
    else:
        report.counts.passed += 1


def judge_marker(report, line):
    """Return: is the line an end marker?"""
    match = END.fullmatch(line)
    if not match:
        report.faults.append("the end marker is missing: the job did not get to its end")
        return False
    if int(match[1]) and not report.counts.failed:
        report.faults.append(f"the job ended with status {match[1]}")
    return True


def judge_plan(report, top, planned):
    """As many results as planned? `1..0 # SKIP REASON` is one that was skipped."""
    if top.plan is None:
        report.faults.append("no plan (1..N) among the results")
    elif top.plan == 0 and not top.results:
        if (planned[3] or "").upper() == "SKIP":
            report.counts.skipped += 1
        else:
            report.faults.append("the plan is 1..0, and does not say why")
    elif top.plan != top.results:
        report.faults.append(f"the plan is 1..{top.plan}, but there are {top.results} results")


def read(path):
    if path == "-":
        return sys.stdin.read()
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def ktap(args):
    report = read_ktap(read(args.file), args.cut_off, not args.no_marker)
    for line in report.not_ok:
        print(line)
    for fault in report.faults:
        print(f"FAULT: {fault}")
    report.counts.failed += len(report.faults)
    print(report.counts)
    if not report.ended and not args.cut_off:
        return 2
    return 1 if report.counts.failed else 0


def closing(args):
    counts, wrong = closing_of(read(args.file), args.status)
    if wrong:
        print(f"{args.name}: {wrong}" if args.name else wrong, file=sys.stderr)
    print(counts if args.line else counts.words())
    return 1 if counts.failed else 0


def add_up(args):
    total = Closing(failed=args.lost)
    for path in args.files:
        for line in read(path).splitlines():
            counts = Closing.read(line)
            if counts is None:
                print(f"no closing line: {line}", file=sys.stderr)
            total += counts or Closing(failed=1)
    print(total)
    return 1 if total.failed else 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("ktap")
    command.add_argument("--cut-off", action="store_true")
    command.add_argument("--no-marker", action="store_true")
    command.add_argument("file")
    command.set_defaults(run=ktap)
    command = commands.add_parser("closing")
    command.add_argument("--status", type=int, default=0)
    command.add_argument("--name")
    command.add_argument("--line", action="store_true")
    command.add_argument("file")
    command.set_defaults(run=closing)
    command = commands.add_parser("sum")
    command.add_argument("--lost", type=int, default=0)
    command.add_argument("files", nargs="*")
    command.set_defaults(run=add_up)
    args = parser.parse_args()
    return args.run(args)


if __name__ == "__main__":
    sys.exit(main())

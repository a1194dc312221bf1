#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""results_test.py - results.py against made-up results; qemu/selftest runs it.

The last line is `N passed, N failed`.
"""

import sys
import unittest

from results import Closing, closing_of, read_ktap

GOOD = """KTAP version 1
1..3
# words of the job
ok 1 - one
ok 2 - two # SKIP the kernel lacks it
something that is no result
ok 3
# end job=x.sh status=0
"""


def counts(text, **options):
    return read_ktap(text, **options).counts.words()


class Ktap(unittest.TestCase):
    def faults(self, text, pattern, nr=1, **options):
        report = read_ktap(text, **options)
        self.assertEqual(len(report.faults), nr, report.faults)
        self.assertRegex(" ".join(report.faults), pattern)
        return report

    def test_good(self):
        report = read_ktap(GOOD)
        self.assertEqual(report.faults, [])
        self.assertEqual(report.counts.words(), "2 0 1")
        self.assertTrue(report.ended)

    def test_version(self):
        """Only KTAP 1 is read; results without a version line are, too."""
        self.faults(GOOD.replace("version 1", "version 2"), "another version")
        self.faults(GOOD.replace("version 1", "version 11"), "another version")
        for first in "", "TAP version 14\n", "KTAP version 1\n  KTAP version 1\n":
            self.assertEqual(read_ktap(GOOD.replace("KTAP version 1\n", first)).faults, [])

    def test_plan_at_the_end(self):
        text = "ok 1 - one\n1..1\n# end job=x status=0\n"
        self.assertEqual(read_ktap(text).faults, [])

    def test_carriage_returns(self):
        self.assertEqual(counts(GOOD.replace("\n", "\r\n")), "2 0 1")
        self.assertEqual(read_ktap(GOOD.replace("\n", "\r\n")).faults, [])

    def test_truncated_everywhere(self):
        """Wherever the output breaks off, it is not believed."""
        for length in range(len(GOOD) - 2):
            report = read_ktap(GOOD[:length])
            self.assertTrue(report.faults, GOOD[:length])
            self.assertFalse(report.ended)

    def test_truncated_is_known(self):
        report = read_ktap("1..9\nok 1 - one\nok 2 - t", cut_off=True)
        self.assertEqual(report.faults, [])
        self.assertEqual(report.counts.words(), "2 0 0")

    def test_nothing(self):
        self.faults("", "without a single result")
        self.faults("\n \n", "without a single result")

    def test_no_plan(self):
        self.faults("ok 1 - one\n# end job=x status=0\n", "no plan")

    def test_wrong_count(self):
        self.faults(GOOD.replace("1..3", "1..4"), "plan is 1..4, but there are 3")
        self.faults(GOOD.replace("1..3", "1..2"), "plan is 1..2, but there are 3")

    def test_wrong_number(self):
        self.faults(GOOD.replace("ok 3", "ok 4"), "result 3 has the number 4")
        self.faults(GOOD.replace("ok 2 -", "ok 1 -"), "result 2 has the number 1")

    def test_skip_with_reason(self):
        text = "1..2\nok 1 - a # SKIP no zram\nok 2 # skip\n# end job=x status=0\n"
        self.assertEqual(counts(text), "0 0 2")

    def test_skip_in_a_description(self):
        text = "1..1\nok 1 - a skip is no directive\n# end job=x status=0\n"
        self.assertEqual(counts(text), "1 0 0")

    def test_not_ok_is_no_skip(self):
        text = "1..1\nnot ok 1 - a # TODO later\n# end job=x status=1\n"
        self.assertEqual(counts(text), "0 1 0")

    def test_timeout_directive(self):
        text = "1..1\nok 1 - a # TIMEOUT 9 s\n# end job=x status=0\n"
        self.assertEqual(counts(text), "0 1 0")

    def test_all_skipped(self):
        text = "1..0 # SKIP no such kernel\n# end job=x status=0\n"
        self.assertEqual(counts(text), "0 0 1")
        self.assertEqual(read_ktap(text).faults, [])
        self.faults("1..0\n# end job=x status=0\n", "does not say why")

    def test_bail_out(self):
        report = self.faults("1..2\nok 1 - one\nBail out! no device\n"
                             "# end job=x status=1\n", "bailed out", nr=3)
        self.assertEqual(report.not_ok, ["Bail out! no device"])

    def test_status(self):
        self.faults("1..1\nok 1\n# end job=x status=2\n", "ended with status 2")
        self.assertEqual(read_ktap("1..1\nnot ok 1\n# end job=x status=1\n").faults, [])

    def test_something_behind_the_end(self):
        self.faults(GOOD + "ok 4 - late\n", "end marker is missing")

    def test_no_marker(self):
        text = GOOD[:GOOD.index("# end")]
        self.assertEqual(counts(text, marker=False), "2 0 1")
        self.assertEqual(read_ktap(text, marker=False).faults, [])
        self.faults(text.replace("ok 3", ""), "but there are 2", marker=False)

    def test_subtests(self):
        text = ("KTAP version 1\n1..2\n  KTAP version 1\n  1..2\n  ok 1 - a\n"
                "  not ok 2 - b\nnot ok 1 - parent\nok 2 - c\n# end job=x status=1\n")
        report = read_ktap(text)
        self.assertEqual(report.faults, [])
        self.assertEqual(report.counts.words(), "2 1 0")	# the parent is no test
        self.faults(text.replace("not ok 1 - p", "ok 1 - p"), "although a subtest is not")
        self.faults(text.replace("  1..2", "  1..3"), "subtests of 'parent'")

    def test_parent_alone_fails(self):
        text = "1..1\n  1..1\n  ok 1 - a\nnot ok 1 - parent\n# end job=x status=1\n"
        self.assertEqual(counts(text), "1 1 0")

    def test_no_parent(self):
        self.faults("1..1\nok 1 - a\n  1..1\n  ok 1 - b\n# end job=x status=0\n",
                    "not followed by a result of their parent")


class Suites(unittest.TestCase):
    def test_closing(self):
        self.assertEqual(Closing.read("3 passed, 0 failed\n").words(), "3 0 0")
        self.assertEqual(Closing.read("3 passed, 1 failed, 2 skipped").words(), "3 1 2")
        for line in ("", "3 passed", " 3 passed, 0 failed", "3 passed, 0 failed, maybe"):
            self.assertIsNone(Closing.read(line))

    def test_as_read(self):
        for line in ("3 passed, 1 failed", "3 passed, 0 failed, 2 skipped"):
            self.assertEqual(str(Closing.read(line)), line)

    def test_suite(self):
        counts_, wrong = closing_of("x\n3 passed, 0 failed\n")
        self.assertEqual((counts_.words(), wrong), ("3 0 0", None))

    def test_suite_dies(self):
        counts_, wrong = closing_of("3 passed, 0 failed\nSegmentation fault\n", 139)
        self.assertEqual(counts_.words(), "0 1 0")
        self.assertIn("no closing line", wrong)

    def test_suite_says_nothing(self):
        self.assertEqual(closing_of("")[0].words(), "0 1 0")

    def test_status_without_failure(self):
        counts_, wrong = closing_of("3 passed, 0 failed\n", 1)
        self.assertEqual(counts_.words(), "3 1 0")
        self.assertIn("counts no failure", wrong)


def main():
    result = unittest.main(exit=False, verbosity=0).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    return 1 if bad or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())

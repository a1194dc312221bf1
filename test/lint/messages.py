#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""docs/troubleshooting.md, the sentences of the source, and recorded logs.

    messages.py PAGE LOG FILE...    what offends, a line each
    messages.py --list FILE...      the sentences of FILE...

What PAGE quotes exists: each code span in the first column of a table "you see" is a
sentence that a FILE can say, or a line of LOG, which was recorded on real kernels. In a
quotation, an ellipsis stands for what differs from case to case.

And what the module logs as an error or a warning, or gives as the reason why there is no
region, has an entry in PAGE.
"""
import re
import sys

LITERAL = r'"(?:[^"\\\n]|\\.)*"'
TEXT = re.compile(r'(?:%s)(?:\s*(?:%s))*' % (LITERAL, LITERAL))
SAID = re.compile(r'\b(?:pr_err|pr_warn|pr_warn_ratelimited|dev_warn|lcma_reason_err)\(\s*'
                  r'(?:\w+,\s*)?(%s(?:\s*%s)*)' % (LITERAL, LITERAL))


def plain(literals):
    """What a format says, with an ellipsis for each conversion."""
    text = ''.join(m[1:-1] for m in re.findall(LITERAL, literals))
    text = text.replace('\\n', '').replace('\\"', '"').replace('\\t', ' ').strip()
    text = re.sub(r'%(?:pe|pa|ps|p)', '…', text)
    return re.sub(r'%[-+ #0]*[\d*]*(?:\.[\d*]+)?(?:ll|l|hh|h|z)?[a-zA-Z]', '…', text)


def sentences(paths, pattern, group):
    """[(PATH, LINE, SENTENCE)]"""
    found = []
    for path in paths:
        with open(path, encoding='utf-8') as source:
            text = source.read()
        for match in pattern.finditer(text):
            said = plain(match.group(group))
            if len(said.replace('…', '')) > 3:
                found.append((path, text.count('\n', 0, match.start()) + 1, said))
    return found


def quotations(page):
    """[(LINE, TEXT)]: the code spans of the first column of tables "you see"."""
    found, inside = [], False
    with open(page, encoding='utf-8') as lines:
        for nr, line in enumerate(lines, 1):
            if not line.startswith('|'):
                inside = False
                continue
            cell = re.split(r'(?<!\\)\|', line)[1]
            if cell.strip() == 'you see':
                inside = True
            elif inside:
                found += [(nr, t.replace('\\|', '|')) for t in re.findall(r'`([^`]+)`', cell)]
    return found


def as_pattern(quotation):
    parts = [re.escape(p) for p in re.sub(r'^lcma: ', '', quotation).split('…')]
    return re.compile('.*'.join(parts))


def main():
    if sys.argv[1] == '--list':
        for path, line, said in sentences(sys.argv[2:], SAID, 1):
            print('%s:%d: %s' % (path, line, said))
        return 0
    page, log, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    module = [p for p in paths if p.startswith('src/')]
    with open(log, encoding='utf-8') as lines:
        recorded = [l.strip() for l in lines if not l.startswith('#')]
    can_say = [s for _, _, s in sentences(paths, TEXT, 0)] + recorded
    quoted = [(nr, text, as_pattern(text)) for nr, text in quotations(page)]
    bad = 0
    if not quoted:
        print('%s:1: no table "you see"' % page)
        return 1
    for nr, text, pattern in quoted:
        if not any(pattern.search(said) for said in can_say):
            print('%s:%d: nothing says "%s": not the source, not %s' % (page, nr, text, log))
            bad += 1
    for path, line, said in sentences(module, SAID, 1):
        if len(re.sub(r'region |[^a-z]', '', said)) > 8 and \
                not any(pattern.search(said) for _, _, pattern in quoted):
            print('%s:%d: has no entry in %s: "%s"' % (path, line, page, said))
            bad += 1
    return 1 if bad else 0


sys.exit(main())

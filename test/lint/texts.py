#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Rules for what people read.

    texts.py words FILE...      no word of words.txt
    texts.py links FILE...      what a Markdown page links to is there
    texts.py wings PAGE         the picture of the wings in PAGE names the files of src

Prints FILE:LINE: MESSAGE for each offence.
"""
import fnmatch
import os
import re
import sys

sys.dont_write_bytecode = True
from c_rules import NOT_CODE, line_of     # noqa: E402

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'words.txt')


def read_list():
    """The words, as {WORD: INSTEAD}, and what is allowed, as [(PATH, TEXT)]."""
    instead, allowed = {}, []
    with open(LIST, encoding='utf-8') as lines:
        for line in lines:
            line = line.split('#')[0].strip()
            allow = re.match(r'allow (\S+): (.+)', line)
            word = re.match(r'(.+?)\s*= *(.+)', line)
            if allow:
                allowed.append(allow.groups())
            elif word:
                instead[word.group(1).lower()] = word.group(2)
    return instead, allowed


def pattern_of(texts):
    """One of the texts as a whole; between its words a line of a comment may end."""
    gap = r'(?:[ \t]|\n[ \t]*(?:\*|#|//)?[ \t]*)+'
    return re.compile(r'(?<![\w-])(?:%s)(?![\w-])' % '|'.join(
        gap.join(map(re.escape, text.split())) for text in texts), re.I)


def blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


def prose_of(path, text):
    """What is not code is blanked, every line in its place. A parameter that
    kernel-doc describes (@name) is code."""
    if not path.endswith(('.c', '.h')):
        return text
    prose, end = [], 0
    for match in NOT_CODE.finditer(text):
        prose.append(re.sub(r'[^\n]', ' ', text[end:match.start()]))
        prose.append(re.sub(r'@\w+', blank, match.group()))
        end = match.end()
    return ''.join(prose)


def words(path, text):
    """No word of words.txt, but where it says so."""
    instead, allowed = read_list()
    prose = prose_of(path, text)
    fine = [t for p, t in allowed if fnmatch.fnmatch(path, p)]
    if fine:
        prose = pattern_of(fine).sub(blank, prose)
    for match in pattern_of(sorted(instead, key=len, reverse=True)).finditer(prose):
        word = ' '.join(w for w in match.group().split() if w not in ('*', '#', '//'))
        yield line_of(prose, match.start()), '"%s": %s' % (word, instead[word.lower()])


def anchors_of(path):
    """How GitHub calls the headings of a page."""
    with open(path, encoding='utf-8') as page:
        headings = re.findall(r'^#+ +(.*?) *$', page.read(), re.M)
    return {re.sub(r'[^\w -]', '', h.lower()).replace(' ', '-') for h in headings}


def links(path, text):
    """A file, and a heading in it, that a page links to."""
    for match in re.finditer(r'\]\(([^)\s]+)\)', text):
        target, _, anchor = match.group(1).partition('#')
        if re.match(r'\w+:', target):
            continue
        there = os.path.join(os.path.dirname(path), target) if target else path
        if not os.path.exists(there):
            yield line_of(text, match.start()), 'no %s' % match.group(1)
        elif anchor and anchor not in anchors_of(there):
            yield line_of(text, match.start()), 'no heading %s' % match.group(1)


# | view     shows: sysfs debugfs     |, and lines below it that go on.
WING = re.compile(r'\| (?P<wing>[a-z]+) +[^:|\n]*:(?P<files>[^|]*(?:\|\n *\|  [^|]*)*)\|')


def wings(path, text):
    """Each wing of the picture has the names of its files, and no others."""
    src = os.path.join(os.path.dirname(path), 'src')
    page = text[text.find('## Wings'):]
    told = {m.group('wing'): set(re.findall(r'[a-z_]+', m.group('files')))
            for m in WING.finditer(page)}
    there = {wing: {os.path.splitext(f)[0] for f in os.listdir(os.path.join(src, wing))
                    if f.endswith(('.c', '.h')) or os.path.isdir(os.path.join(src, wing, f))}
             for wing in sorted(os.listdir(src))
             if os.path.isdir(os.path.join(src, wing)) and wing != 'compat'}
    line = line_of(text, text.find('## Wings'))
    for wing in there:
        for name in sorted(there[wing] ^ told.get(wing, set())):
            yield line, '%s/%s is %s' % (wing, name, 'missing' if name in there[wing]
                                         else 'no file')


def main():
    rule = {'words': words, 'links': links, 'wings': wings}[sys.argv[1]]
    found = 0
    for path in sys.argv[2:]:
        with open(path, encoding='utf-8') as source:
            for line, message in rule(path, source.read()):
                print('%s:%d: %s' % (path, line, message))
                found += 1
    return 1 if found else 0


sys.exit(main())

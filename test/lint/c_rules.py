#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The rules of lcma that no tool of the kernel's knows.

    c_rules.py RULE FILE...

Prints FILE:LINE: MESSAGE for each offence; comments and strings do not count.
Rules: documented, version, bug, contig, conditional, length. What each forbids
stands at its function below.
"""
import re
import sys

MAX_LINES = 800

# A comment, a string or a character; in the order they are met.
NOT_CODE = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_of(text):
    """The text with comments and strings blanked, every line in its place."""
    return NOT_CODE.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text)


def line_of(text, at):
    return text.count('\n', 0, at) + 1


def words(path, text, pattern, message):
    code = code_of(text)
    for match in re.finditer(pattern, code, re.M):
        yield line_of(code, match.start()), message % match.group().strip()


# A definition starts in column 0, with its type, and its body with a brace
# there; attributes may stand on lines of their own.
DEFINITION = re.compile(
    r'^(?P<type>[a-z_][\w \t\n*]*?[\s*])(?P<name>\w+)\([^;{}]*\)[^;{}()]*\n\{', re.M)


def documented(path, text):
    """A non-static function has kernel-doc, with Return: unless it is void."""
    code = code_of(text)
    for match in DEFINITION.finditer(code):
        kind, name = match.group('type', 'name')
        if re.search(r'\bstatic\b', kind):
            continue
        start = match.start() + len(kind) - len(kind.lstrip())
        before = text[:start].rstrip()
        comment = before[before.rfind('/*'):] if before.endswith('*/') else ''
        if not re.match(r'/\*\*\n \* %s(\(\))? - \S' % re.escape(name), comment):
            yield line_of(code, start), '%s() has no kernel-doc' % name
        elif kind.split() != ['void'] and 'Return:' not in comment:
            yield line_of(code, start), '%s(): no Return: in its kernel-doc' % name


def version(path, text):
    """Only src/compat knows kernel versions, and the header that drivers get
    without it; and test modules, which call the kernel themselves."""
    if not path.startswith(('src/compat/', 'include/linux/', 'test/kmod/')):
        yield from words(path, text, r'\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b',
                         '%s outside src/compat')


def bug(path, text):
    """Nothing in lcma is worth the machine. (BUILD_BUG_ON is.)"""
    yield from words(path, text, r'\b(VM_)?BUG(_ON\w*)?(?=\s*\()', '%s')


def contig(path, text):
    """claim.c is the only caller (layers)."""
    if path != 'src/claim.c' and not path.startswith('src/compat/'):
        yield from words(path, text, r'\b(alloc|free)_contig_range\w*',
                         '%s outside src/claim.c and src/compat')


def conditional(path, text):
    """Conditional compilation is for headers: stubs, compat."""
    if path.startswith('src/') and path.endswith('.c'):
        yield from words(path, text, r'^[ \t]*#[ \t]*(if|ifdef|ifndef)\b', '%s in a .c file')


def length(path, text):
    """A longer file is two nouns."""
    lines = text.count('\n')
    if path.startswith('src/') and lines > MAX_LINES:
        yield lines, 'more than %d lines' % MAX_LINES


def main():
    rules = {rule.__name__: rule for rule in
             (documented, version, bug, contig, conditional, length)}
    rule = rules[sys.argv[1]]
    found = 0
    for path in sys.argv[2:]:
        with open(path, encoding='utf-8') as source:
            for line, message in rule(path, source.read()):
                print('%s:%d: %s' % (path, line, message))
                found += 1
    return 1 if found else 0


sys.exit(main())

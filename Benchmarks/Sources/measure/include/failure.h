#pragma once

// Says what failed, with errno if that is set, and exits.
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

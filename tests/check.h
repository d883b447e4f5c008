/* What every cmocka test includes, in the order cmocka wants. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A failed assertion in a row of a table says which row. */
#define ROW_FAIL(row, fmt, ...) fail_msg("row %zu: " fmt, (size_t)(row), ##__VA_ARGS__)

#endif

/* Attributes and small macros every file may use. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The result must be looked at: every fallible function bears it. */
#define MUST_USE          __attribute__((warn_unused_result))
#define NONNULL           __attribute__((nonnull))
#define RETURNS_NONNULL   __attribute__((returns_nonnull))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN          __attribute__((noreturn))
#define UNUSED            __attribute__((unused))

/* Runs fn(&variable) when the variable's scope ends: CLEANUP(db_tx_end) struct db_tx tx = …; */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Number of elements of a true array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif

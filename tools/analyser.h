/* Included first when clang-tidy reads a file: contracts that the analyser cannot see by itself. */
#ifndef TOOLS_ANALYSER_H
#define TOOLS_ANALYSER_H

#include "fault.h"

/* The result is false. */
#define fault_set(...)    ((fault_set)(__VA_ARGS__), false)
#define fault_field(...)  ((fault_field)(__VA_ARGS__), false)
#define fault_detail(...) ((fault_detail)(__VA_ARGS__), false)

#endif

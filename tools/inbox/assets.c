/* inbox.css, inbox.js and icon.svg as bytes of the program, taken in by the assembler. */
#include "assets.h"

#define ASSET(name, file)                                                                          \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #name "\n" #name ":\n"                                                      \
            ".incbin \"tools/inbox/" file "\"\n"                                                   \
            ".byte 0\n"                                                                            \
            ".previous\n")

ASSET(asset_css, "inbox.css");
ASSET(asset_js, "inbox.js");
ASSET(asset_icon, "icon.svg");

/* The style sheet, the script and the icon, built into the program. */
#ifndef INBOX_ASSETS_H
#define INBOX_ASSETS_H

#include <stddef.h>

extern const char asset_css[], asset_css_end[], asset_js[], asset_js_end[];
extern const char asset_icon[], asset_icon_end[];

#endif

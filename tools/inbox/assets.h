/* The style sheet, the script and the icon, built into the program. */
#ifndef INBOX_ASSETS_H
#define INBOX_ASSETS_H

extern const char asset_css[], asset_js[], asset_icon[]; /* each with its NUL */

#endif

/* QR codes (libqrencode) as pictures. */
#ifndef SERVER_QR_H
#define SERVER_QR_H

#include "arena.h"
#include "fault.h"

/* The text as an SVG picture with its quiet zone; in the arena. BROKEN: too long. */
MUST_USE NONNULL bool qr_svg(struct arena *a, const char *text, const char **out, struct fault *f);

/* The address by which an authenticator takes a seed over (otpauth://totp/…). */
NONNULL RETURNS_NONNULL const char *qr_otpauth(struct arena *a, const char *issuer,
                                               const char *login, const char *seed);

#endif

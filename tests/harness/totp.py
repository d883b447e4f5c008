"""Codes as an authenticator makes them (RFC 6238), written apart from the program."""
import base64
import hashlib
import hmac
import struct
import time


def code(seed, steps=0, at=None):
    """Of a base32 seed, so many steps of 30 seconds from a moment (now)."""
    key = base64.b32decode(seed.replace(" ", ""))
    mac = hmac.new(key, struct.pack(">Q", int((time.time() if at is None else at) // 30) + steps), hashlib.sha1).digest()
    number, = struct.unpack_from(">I", mac, mac[19] & 15)
    return f"{(number & 0x7fffffff) % 1000000:06}"

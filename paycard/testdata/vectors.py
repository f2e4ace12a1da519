#!/usr/bin/env python3
"""Golden vectors of the payment card, from PROTOCOL.md alone: nothing of the Go code takes part.

Prints vectors.json. Python's standard library only; Keccak-256, secp256k1 and RFC 6979 are written out below.
"""
import hashlib
import hmac
import json

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        m = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        m = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (m * m - a[0] - b[0]) % P
    return x, (m * (a[0] - x) - a[1]) % P


def multiply(k, point=G):
    result = None
    while k:
        if k & 1:
            result = add(result, point)
        point, k = add(point, point), k >> 1
    return result


def keccak256(data):
    rounds, r = [], 1
    for _ in range(24):  # iota's constants from the LFSR of FIPS 202
        rc = 0
        for j in range(7):
            if r & 1:
                rc |= 1 << (2**j - 1)
            r = (r << 1) ^ (0x171 if r & 0x80 else 0)
        rounds.append(rc)
    mask, state = 2**64 - 1, [[0] * 5 for _ in range(5)]
    rate = 136
    data += b"\x01" + bytes(rate - 1 - len(data) % rate)
    data = data[:-1] + bytes([data[-1] | 0x80])
    rot = lambda v, n: ((v << n) | (v >> (64 - n))) & mask if n % 64 else v
    for start in range(0, len(data), rate):
        for i in range(rate // 8):
            state[i % 5][i // 5] ^= int.from_bytes(data[start + 8 * i:start + 8 * i + 8], "little")
        for rc in rounds:
            c = [state[x][0] ^ state[x][1] ^ state[x][2] ^ state[x][3] ^ state[x][4] for x in range(5)]
            d = [c[(x - 1) % 5] ^ rot(c[(x + 1) % 5], 1) for x in range(5)]
            state = [[state[x][y] ^ d[x] for y in range(5)] for x in range(5)]
            x, y, current = 1, 0, state[1][0]
            for t in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                current, state[x][y] = state[x][y], rot(current, (t + 1) * (t + 2) // 2 % 64)
            state = [[state[x][y] ^ (~state[(x + 1) % 5][y] & mask & state[(x + 2) % 5][y]) for y in range(5)]
                     for x in range(5)]
            state[0][0] ^= rc
    return b"".join(state[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def sign(key, digest):
    """RFC 6979 with SHA-256, low s; r 32, s 32, recovery id 1."""
    d, z = key.to_bytes(32, "big"), (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
    v, k = b"\x01" * 32, bytes(32)
    for tag in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + tag + d + z, "sha256")
        v = hmac.digest(k, v, "sha256")
    while True:
        v = hmac.digest(k, v, "sha256")
        nonce = int.from_bytes(v, "big")
        if 0 < nonce < N:
            break
        k = hmac.digest(k, v + b"\x00", "sha256")
        v = hmac.digest(k, v, "sha256")
    x, y = multiply(nonce)
    r = x % N
    s = pow(nonce, -1, N) * (int.from_bytes(digest, "big") + r * key) % N
    recid = (2 if x >= N else 0) | (y & 1)
    if s > N // 2:
        s, recid = N - s, recid ^ 1
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([recid])


def key(name):
    return int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")


def compressed(k):
    x, y = multiply(k)
    return bytes([2 + (y & 1)]) + x.to_bytes(32, "big")


def address(k):
    x, y = multiply(k)
    return keccak256(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:]


def n(value, size):
    return value.to_bytes(size, "big")


assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
assert address(1).hex() == "7e5f4552091a69125d5dfcb7b8c2659029395bdf"

card, blind, approver, authority = key("card"), key("blind"), key("approver"), key("time")
chain, vault, token = 31337, bytes(range(0x10, 0x24)), bytes(range(0x30, 0x44))
merchant, amount, anchor = bytes(range(0x50, 0x64)), 12_340_000, 8_000_008
block, offer, challenge = hashlib.sha256(b"block").digest(), hashlib.sha256(b"offer").digest(), bytes(range(16))
mac_key, owner, counter = hashlib.sha256(b"mac").digest(), bytes(range(0x70, 0x84)), 1
time, expiry, rate, flags = 1_800_000_000, 1_800_000_030, 1_234, 1

order = merchant + n(amount, 8) + n(anchor, 8) + block + offer
payment = (b"TAPPAY\0\1" + n(chain, 8) + vault + token + merchant + n(amount, 8) + n(counter, 4) + n(anchor, 8)
           + block + offer)
digest = hashlib.sha256(payment).digest()
bound = address(card) + challenge + digest
approval = b"TAPAPR\0\1" + bound + n(time, 4) + n(expiry, 4) + n(rate, 8) + n(flags, 4)
stamp = b"TAPTIM\0\1" + bound + n(time, 4)
bind = b"TAPBND\0\1" + n(chain, 8) + vault + token + address(card) + owner
cap, period, until, reference = 30_000_000, 2_592_000, 1_900_000_000, b"rent of the flat".ljust(24, b"\0")
grant = merchant + n(cap, 8) + n(anchor, 8) + block + n(period, 4) + n(until, 4) + reference
mandate = (b"TAPMAN\0\1" + n(chain, 8) + vault + token + merchant + n(cap, 8) + n(counter, 4) + n(anchor, 8) + block
           + n(period, 4) + n(until, 4) + reference)
mandated = hashlib.sha256(mandate).digest()
assert (len(grant), len(mandate)) == (100, 160)
assert (len(payment), len(approval), len(stamp), len(bind)) == (160, 96, 80, 96)

# The card's guards: velocity 50,000,000, an hourly limit of 5, offline count 3; REFILL said 9. Nothing was paid yet.
answer_flags, profile = 0x02 | 0x04 | 0x08, 0
left = n(9, 4) + n(3, 2) + n(5, 2) + n(50_000_000, 8)
pad = hmac.digest(mac_key, b"TAPALW\0\1" + challenge, "sha256")[:16]
head = challenge + n(counter, 4) + bytes([answer_flags, profile])
mac = hmac.digest(mac_key, b"TAPMAC\0\1" + address(card) + head + digest + left, "sha256")
sealed = bytes(a ^ b for a, b in zip(left, pad))

by_approver = sign(approver, hashlib.sha256(approval).digest())[:64]
by_time = sign(authority, hashlib.sha256(stamp).digest())[:64]
terms = n(time, 4) + n(expiry, 4) + n(rate, 8) + n(flags, 4)
pay = terms + by_approver + by_time
signature = sign(card, digest)
entry = (n(counter, 4) + n(time, 4) + bytes([0x03, profile]) + merchant + n(amount, 8) + n(anchor, 8) + offer + digest)

vectors = {
    "card_key": n(card, 32), "card_address": address(card), "blind_key": n(blind, 32), "blind_address": address(blind),
    "approver_key": n(approver, 32), "approver_public": compressed(approver), "time_key": n(authority, 32),
    "time_public": compressed(authority), "mac_key": mac_key, "challenge": challenge, "owner": owner,
    "purse": n(chain, 8) + vault + token, "hint": hashlib.sha256(n(chain, 8) + vault + token).digest()[:4],
    "order": order, "payment": payment, "digest": digest, "signature": signature,
    "approval": approval, "approval_digest": hashlib.sha256(approval).digest(), "approval_signature": by_approver,
    "time": stamp, "time_digest": hashlib.sha256(stamp).digest(), "time_signature": by_time,
    "bind_digest": hashlib.sha256(bind).digest(), "bind_signature": sign(card, hashlib.sha256(bind).digest()),
    "challenge_command": bytes([0x80, 0x50, profile, 0, len(order)]) + order + b"\0",
    "challenge_answer": head + sealed + mac,
    "pay_command": bytes([0x80, 0x52, 0x03, 0, len(pay)]) + pay + b"\0",
    "pay_answer": n(counter, 4) + signature,
    "log_entry": entry,
    "grant": grant, "mandate": mandate, "mandate_digest": mandated, "mandate_signature": sign(card, mandated),
    "mandate_id": keccak256(mandated + address(card)),
    "mandate_command": bytes([0x80, 0x40, profile, 0, len(grant)]) + grant + b"\0",
    "mandate_log_entry": (n(counter, 4) + n(0, 4) + bytes([0x10, profile]) + merchant + n(cap, 8) + n(anchor, 8)
                          + n(period, 4) + n(until, 4) + reference + mandated),
}
print(json.dumps({name: value.hex() for name, value in vectors.items()}, indent=1))

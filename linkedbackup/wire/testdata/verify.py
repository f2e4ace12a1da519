"""Reads vectors.json and verifies and opens all of it, written from PROTOCOL.md alone and with other libraries.

Needs Python 3 and the package cryptography. Prints one line, or fails.
"""
import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE = ec.SECP256K1()
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

with open(os.path.join(os.path.dirname(__file__), "vectors.json")) as f:
    vectors = json.load(f)
code = vectors["keys"].pop("access code, text").encode()
keys = {name: bytes.fromhex(text) for name, text in vectors["keys"].items()}
messages = {name: bytes.fromhex(text) for name, text in vectors["messages"].items()}
code_field = bytes([len(code)]) + code + bytes(32 - len(code))


def tag(name):
    return b"tapcard linked backup 1: " + name


def H(name, m):
    return hashlib.sha256(bytes([len(tag(name))]) + tag(name) + m).digest()


def private(name):
    return ec.derive_private_key(int.from_bytes(keys[name], "big"), CURVE)


def public(name):
    key = private(name).public_key()
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


def point(b):
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, b)


def verify(key, sig, name, m):
    r, s = int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big")
    assert len(sig) == 64 and s <= ORDER // 2
    point(key).verify(utils.encode_dss_signature(r, s), H(name, m), ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def x(name, peer):
    return private(name).exchange(ec.ECDH(), point(peer))


def hkdf(secret, salt, name, n):
    return HKDF(hashes.SHA256(), n, salt, tag(name)).derive(secret)


S, wallet = public("K_card S"), public("wallet")
members = b"".join(sorted([S, public("K_card A"), public("K_card B")]))


def check_card(name):
    key = public("K_card " + name)
    verify(public("K_maker"), messages["Cert_Card " + name], b"Cert_Card", b"\x01\x01" + key)
    ident = H(b"ident", key).hex()
    assert vectors["idents"][name] == "-".join([ident[:4], ident[4:8], ident[8:12]])


def check_pair(slot, name):
    offer, join, bundle = messages["offer for " + name], messages["join of " + name], messages["bundle for " + name]
    assert (len(offer), len(join), len(bundle)) == (231, 198, 358)
    link_s, card, link = offer[101:134], public("K_card " + name), public("K_link " + name)
    head = bytes([1, 3, slot, 1])
    assert offer[:37] == head + S and link_s == public("K_link S for " + name) and offer[134:167] == wallet
    verify(S, offer[167:], b"Sign_Offer", offer[:37] + offer[101:167])
    assert join[:37] == head + card and join[101:134] == link

    def attested(role):
        return bytes([1, role, 3, slot]) + wallet + S + link_s + card + link

    verify(card, join[134:], b"Sign_Attest", attested(2))
    pair = H(b"pair", offer + join)
    assert bundle[:167] == head[:3] + card + pair + members and messages["pair " + name] == pair
    verify(S, bundle[167:231], b"Sign_Attest", attested(1) + members)
    transcript = H(b"transcript", offer + join + bundle[:231])
    k_trans = hkdf(x("K_link " + name, link_s), transcript, b"K_trans", 32)
    plain = AESGCM(k_trans).decrypt(bundle[231:243], bundle[243:], tag(b"ENC") + bundle[1:3] + members)
    assert plain == keys["wallet"] + keys["chain code"] + b"\x03\x01" + code_field


def check_channel():
    e_host, answer = messages["OPEN CHANNEL to S"][1:], messages["answer to OPEN CHANNEL"]
    e_card = answer[:33]
    salt = H(b"channel", b"\x01" + S + e_host + e_card)
    k = hkdf(x("E_host", S) + x("E_host", e_card), salt, b"channel keys", 80)
    assert answer[33:] == k[64:]
    header, nonce = bytes([0x20, 0, 0]), bytes(12)
    assert AESGCM(k[:32]).decrypt(nonce, messages["VERIFY CODE in the channel, data"], header) == code_field
    back = AESGCM(k[32:64]).decrypt(nonce, messages["answer to VERIFY CODE in the channel"], header)
    assert back == b"\x90\x00" + wallet


def check_statements():
    nonce, state = keys["nonce of ATTEST and DERIVE"], messages["attestation of S"]
    assert state[:-64] == bytes([1, 5, 1, 3, 0, 1]) + wallet + members
    verify(S, state[-64:], b"Sign_State", nonce + S + state[:-64])
    derived = messages["answer to DERIVE, empty path, by S"]
    assert derived[:65] == wallet + keys["chain code"]
    verify(wallet, derived[65:], b"Sign_Wallet", nonce + S + b"\x00" + derived[:65])


for card_name in "SAB":
    check_card(card_name)
check_pair(1, "A")
check_pair(2, "B")
check_channel()
check_statements()
print("verified", len(messages), "messages")

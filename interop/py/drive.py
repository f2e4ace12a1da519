"""Takes a card through the scenario with keycard-py. The plan is one JSON object on standard input; what it holds is in
../scenario_test.go."""

import json
import sys

from client import Client, connect
from keycard.constants import DerivationOption, LoadKeyType, StorageSlot

p = json.load(sys.stdin)
c = Client(connect())
card = c.card


def at(version) -> bool:
    return p["profile"] >= version


def secret(name) -> bytes:
    return bytes.fromhex(p[name])


def credentials() -> None:
    c.select("select empty")
    if at("3.1"):
        c.step("identify empty", identify)
    c.step("init", lambda: card.init(p["pin"], p["puk"], p["password"]))
    c.select("select")
    c.step("pair wrong", lambda: card.pair(p["wrongPassword"]))
    c.step("pair", lambda: card.pair(p["password"]) and None)
    c.step("open", card.open_secure_channel)
    c.status("status")
    c.step("pin wrong", lambda: c.verify_wrong(p["wrongPIN"]))
    c.status("status after wrong pin")
    c.step("pin", lambda: c.verify_wrong(p["pin"]))
    c.status("status after pin")


def identify() -> dict:
    return {"authority": bytes(card.ident()).hex()}


def keys() -> None:
    c.step("mnemonic", lambda: {"indexes": card.generate_mnemonic(4)})
    c.load("generate", card.generate_key)
    c.sign("sign generated", card.sign)
    c.step("remove", card.remove_key)
    c.status("status without key")
    c.load("load pair", lambda: card.load_key(LoadKeyType.ECC, private_key=secret("master")))
    c.load("load extended", lambda: card.load_key(
        LoadKeyType.EXTENDED_ECC, private_key=secret("master"), chain_code=secret("chain")))
    if at("2.3"):
        c.sign("sign extended", lambda digest: card.sign_with_path(digest, p["pathOther"]))
    c.load("load seed", lambda: card.load_key(LoadKeyType.BIP39_SEED, bip39_seed=secret("seed")))


def signatures() -> None:
    c.step("derive", lambda: card.derive_key(p["pathFirst"]))
    c.path("path")
    c.sign("sign current", card.sign)
    if at("2.3"):
        c.sign("sign path", lambda digest: card.sign_with_path(digest, p["pathOther"]))
        c.path("path after sign path")
        c.sign("sign make current", lambda digest: card.sign_with_path(digest, p["pathOther"], make_current=True))
        c.path("path after make current")
    c.step("derive again", lambda: card.derive_key(p["pathOther"]))
    c.step("derive parent", lambda: card.derive_key("../5"))
    c.path("path of parent's child")
    c.step("derive current", lambda: card.derive_key("./1"))
    c.path("path of current's child")
    c.sign("sign relative", card.sign)


def exports() -> None:
    def export(path, public_only):
        return card.export_key(DerivationOption.DERIVE, public_only, path)

    c.step("export public", lambda: {"public": bytes(export(p["pathOther"], True).public_key).hex()})
    c.step("export private", lambda: {"private": bytes(export(p["pathEIP1581"], False).private_key).hex()})
    c.step("export refused", lambda: {"private": bytes(export(p["pathFirst"], False).private_key).hex()})


def pinless() -> None:
    """Signs without a PIN. This client wants a channel for it; before 2.2 the card does, and the path as current."""
    c.step("pinless", lambda: card.set_pinless_path(p["pathPinless"]))
    if not at("2.3"):
        card.derive_key(p["pathPinless"])
    c.reopen()
    c.sign("sign pinless", card.sign_pinless)
    c.reopen(p["pin"])
    c.step("pinless clear", lambda: card.set_pinless_path(""))


def data_areas() -> None:
    if at("3.1"):
        c.step("ndef", lambda: card.store_data(secret("ndef"), StorageSlot.NDEF))
        c.step("ndef read", read_ndef)
        c.reopen(p["pin"])
    if at("2.3"):
        c.step("store data", lambda: card.store_data(secret("data")))
        c.step("get data", lambda: {"data": bytes(card.get_data()).hex()})


def read_ndef() -> dict:
    c.raw("00a4040007d2760000850101")
    c.raw("00a4000c02e104")
    return {"data": c.raw("00b00000%02x" % len(secret("ndef"))).hex()}


def changes() -> None:
    c.step("change pin", lambda: card.change_pin(p["changedPIN"]))
    c.step("pin changed", lambda: c.verify_wrong(p["changedPIN"]))
    c.step("change puk", lambda: card.change_puk(p["changedPUK"]))
    c.step("change password", lambda: card.change_pairing_secret(p["nextPassword"]))
    card.select()
    c.step("pair again", lambda: card.pair(p["nextPassword"]) and None)
    c.select("select paired twice")
    card.open_secure_channel()


def blocking() -> None:
    def block():
        for _ in range(2):
            card.verify_pin(p["wrongPIN"])
        c.verify_wrong(p["wrongPIN"])

    c.step("block", block)
    c.status("status blocked")
    c.step("unblock wrong", lambda: card.unblock_pin(p["wrongPUK"], p["unblockedPIN"]))
    c.status("status after wrong puk")
    c.step("unblock", lambda: card.unblock_pin(p["changedPUK"], p["unblockedPIN"]))
    c.status("status unblocked")


def endings() -> None:
    if not card.is_pin_verified:  # to this client UNBLOCK PIN verifies nothing, to the card it does
        card.verify_pin(p["unblockedPIN"])
    c.step("unpair", lambda: card.unpair(0))
    c.select("select unpaired")
    c.reopen(p["unblockedPIN"])
    c.step("remove for good", card.remove_key)
    c.select("select without key")
    if not at("3.1"):
        return
    c.step("identify", identify)
    c.step("factory reset", card.factory_reset)
    c.select("select reset")


def duress() -> None:
    """A second life: limits of our choice, and a duress PIN, which opens another wallet on the same card."""
    limits = {"pin_retries": p["limitPIN"], "puk_retries": p["limitPUK"], "alt_pin": p["duressPIN"]}
    c.step("init limits", lambda: card.init(p["pin"], p["puk"], p["password"], **limits))
    card.select()
    card.pair(p["password"])
    card.open_secure_channel()
    c.status("status limits")
    card.verify_pin(p["pin"])
    c.load("load for duress", lambda: card.load_key(LoadKeyType.BIP39_SEED, bip39_seed=secret("seed")))
    c.step("duress", lambda: c.reopen(p["duressPIN"]))
    c.sign("sign under duress", lambda digest: card.sign_with_path(digest, p["pathFirst"]))


for part in (credentials, keys, signatures, exports, pinless, data_areas, changes, blocking, endings):
    part()
if at("3.1"):
    duress()
card.transport.disconnect()

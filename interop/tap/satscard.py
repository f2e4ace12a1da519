"""Takes a SATSCARD from its sealed first slot to the end of its last one."""

import os

from client import Client

c = Client()
card = c.card


def unseal():
    private, slot = card.unseal_slot(c.cvc)
    return {"private": private.hex(), "slot": str(slot), "address": c.address(private)}


def again(slot):
    return {"private": card.get_privkey(c.cvc, slot).hex()}


def new():
    card.first_look()
    _, answer = card.send_auth("new", c.cvc, slot=card.active_slot, chain_code=os.urandom(32))
    card.first_look()
    return {"slot": str(answer["slot"]), "address": card.get_address()}


def usage(cvc=None):
    return {str(n): " ".join(map(str, card.get_slot_usage(n, cvc)[:2])) for n in range(card.num_slots)}


def first_slot() -> None:
    c.step("certificate unknown", c.certificate)
    c.trust()
    c.step("certificate", c.certificate)
    c.step("address", lambda: {"address": card.get_address()})
    c.step("public key", lambda: {"public": card.get_address(incl_pubkey=True)[0].hex()})
    c.step("link", c.link)
    c.step("usage", usage)
    c.sign("sign sealed", slot=0)
    c.wrong_codes(lambda cvc: card.send_auth("unseal", cvc, slot=0) and None)
    c.step("unseal", unseal)
    card.first_look()
    c.step("private key", lambda: again(0))
    c.sign("sign", slot=0)
    c.step("certificate between slots", c.certificate)
    c.step("link between slots", c.link)
    c.step("public key of another slot", lambda: card.get_address(slot=0, incl_pubkey=True) and None)


def other_slots() -> None:
    for n in range(1, card.num_slots):
        c.step(f"new {n}", new)
        c.step(f"unseal {n}", unseal)
    card.first_look()
    c.step("used up", lambda: {"active": str(card.active_slot)})
    c.step("usage in the end", usage)
    c.step("usage by code", lambda: usage(c.cvc))
    c.step("last private key", lambda: again(card.num_slots - 1))
    c.sign("sign with the last", slot=card.num_slots - 1)
    c.step("new without slots", new)
    c.step("certificate in the end", c.certificate)
    c.step("link in the end", c.link)


first_slot()
other_slots()

"""Takes a TAPSIGNER or SATSCHIP from the factory to signatures, a backup and a new code."""

from client import Client

c = Client()
card = c.card


def read():
    return {"public": card.get_pubkey(c.cvc).hex()}


def account():
    return {"path": card.get_derivation(), "xpub": card.get_xpub(c.cvc), "master": card.get_xpub(c.cvc, master=True),
            "fingerprint": card.get_xfp(c.cvc).hex(), "child": card.get_pubkey(c.cvc, subpath="0/7").hex()}


def derive(path):
    card.set_derivation(path, c.cvc)
    return account() | read()


def change(new):
    card.change_cvc(c.cvc, new)
    c.cvc = new


c.step("certificate unknown", c.certificate)
c.trust()
c.step("certificate", c.certificate)
c.step("link without key", c.link)
c.step("path without key", card.get_derivation)
c.sign("sign without key")
c.step("new", lambda: card.send_auth("new", c.cvc, slot=0, chain_code=bytes.fromhex(c.plan["entropy"])) and None)
c.step("new twice", lambda: card.send_auth("new", c.cvc, slot=0, chain_code=bytes.fromhex(c.plan["entropy"])) and None)
c.step("account", account)
c.step("read", read)
c.sign("sign")
c.sign("sign below", subpath="0/7")
c.sign("sign elsewhere", fullpath="m/44h/60h/0h/0/7")
c.step("derive back", lambda: derive("m/84h/0h/0h"))
c.step("derive master", lambda: derive("m"))
c.step("derive deep", lambda: derive("m/48h/1h/2h/3h/4h/5h/6h/7h"))
c.wrong_codes(lambda cvc: card.get_pubkey(cvc) and None)
c.step("change too early", lambda: change(c.plan["newCVC"]))
c.step("backup", lambda: {"file": card.make_backup(c.cvc).hex()})
c.step("change", lambda: change(c.plan["newerCVC"]))
c.step("read by the new code", read)
c.step("link", c.link)

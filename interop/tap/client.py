"""A tap card as the library coinkite-tap-protocol (cktap) sees it, and a report of each step, one JSON object per line
on standard output."""

import hashlib
import json
import sys

from cktap import constants
from cktap.exceptions import CardRuntimeError
from cktap.transport import find_first
from cktap.utils import render_address
from cktap.verify_link import url_decoder


class Client:
    """Takes the steps of a scenario with the card in the reader. The plan comes from standard input."""

    def __init__(self) -> None:
        self.plan = json.load(sys.stdin)
        self.cvc = self.plan["cvc"]
        self.card = find_first()
        self.step("connect", self.describe)

    def step(self, name, work):
        """Takes one step: the texts that work returns are reported, what it raises as the client's complaint."""
        report = {"step": name}
        try:
            report["is"] = work() or {}
        except CardRuntimeError as e:
            report["error"], report["code"] = str(e), e.code
            if self.card.applet_version == "0.9.0":  # changes its nonce with an error, without saying so
                self.card.first_look()
        except Exception as e:  # whatever it is, the judge is told
            report["error"] = f"{type(e).__name__}: {e}"
        json.dump(report, sys.stdout)
        print(flush=True)

    def describe(self):
        c = self.card
        return {"ident": c.card_ident, "firmware": c.applet_version, "product": c.product_name,
                "testnet": str(c.is_testnet), "birth": str(c.birth_height)}

    def trust(self)-> None:
        """Trusts the test's factory and nobody else, as the option --root-cert-pubkey of the command does."""
        constants.FACTORY_ROOT_KEYS.clear()
        constants.FACTORY_ROOT_KEYS[bytes.fromhex(self.plan["root"])] = "factory of this test"

    def certificate(self):
        """Checks the certificates; of a SATSCARD together with the key of the sealed slot, if there is one."""
        slot = None if self.card.is_tapsigner else self.card.get_pubkey()
        return {"root": self.card.certificate_check(slot)}

    def link(self):
        """The URL that a phone sees, as the library for web sites verifies it."""
        site, fragment = self.card.get_nfc_url().split("#")
        return {"site": site} | {k: str(v) for k, v in url_decoder(fragment).items()}

    def wrong_codes(self, attempt) -> None:
        """Gives a wrong code until the card wants to wait, waits, and is let in again."""
        for n in range(3):
            self.step(f"wrong code {n + 1}", lambda: attempt("000000" if self.cvc != "000000" else "111111"))
        self.step("limited", lambda: attempt(self.cvc))
        self.step("wait", self.wait)

    def wait(self):
        self.card.first_look()
        seconds = self.card.auth_delay
        for _ in range(seconds):
            left = self.card.send("wait")["auth_delay"]
        return {"seconds": str(seconds), "left": str(left)}

    def sign(self, name, **where) -> None:
        digest = hashlib.sha256(name.encode()).digest()

        def work():
            return {"digest": digest.hex(), "signature": self.card.sign_digest(self.cvc, digest, **where).hex()}

        self.step(name, work)

    def address(self, private) -> str:
        return render_address(private, self.card.is_testnet)

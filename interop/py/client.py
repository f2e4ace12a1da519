"""A keycard.KeyCard that reports what it does, one JSON object per line on standard output."""

import hashlib
import json
import sys

from keycard.exceptions import APDUError
from keycard.keycard import KeyCard
from keycard.transport import Transport
from smartcard.Exceptions import SmartcardException
from smartcard.System import readers


def connect() -> KeyCard:
    """Connects to the first reader that holds a card; keycard-py itself looks into the first reader only."""
    for index, _ in enumerate(readers()):
        transport = Transport()
        try:
            transport.connect(index)
        except SmartcardException:
            continue
        return KeyCard(transport)
    raise RuntimeError("no card in any reader")


class Client:
    """Takes the steps of the scenario with one card."""

    def __init__(self, card: KeyCard) -> None:
        self.card = card

    def step(self, name, work) -> None:
        """Takes one step: what work returns is reported, what it raises as the client's complaint."""
        report = {"step": name}
        try:
            result = work()
            if isinstance(result, dict):
                report.update(result)
        except Exception as e:  # whatever it is, the judge is told
            report["error"] = f"{type(e).__name__}: {e}"
        json.dump(report, sys.stdout)
        print(flush=True)

    def select(self, name) -> None:
        def work():
            info = self.card.select()
            if not info.is_initialized:
                return {"initialized": False}
            return {
                "initialized": True,
                "version": f"{info.version_major}.{info.version_minor}",
                "slots": info.free_pairing_slots,
                "keyUID": (info.key_uid or b"").hex(),
            }

        self.step(name, work)

    def status(self, name) -> None:
        def work():
            s = self.card.status
            return {"pin": s["pin_retry_count"], "puk": s["puk_retry_count"], "key": s["initialized"]}

        self.step(name, work)

    def path(self, name) -> None:
        def work():
            parts = self.card.get_key_path
            return {"path": "/".join(["m"] + [f"{n & 0x7FFFFFFF}" + ("'" if n >> 31 else "") for n in parts])}

        self.step(name, work)

    def load(self, name, send) -> None:
        """Reports the key UID that a command which loads a key answers."""
        self.step(name, lambda: {"keyUID": bytes(send()).hex()})

    def sign(self, name, send) -> None:
        """Has the digest that belongs to the step signed, again when S is not minimal DER: this client reads no such.

        The original applet writes one in some 500 that way, and so does ours.
        """

        def work():
            digest = hashlib.sha256(name.encode()).digest()
            note = {}
            for attempt in range(1, 4):
                try:
                    s = send(digest)
                except ValueError as e:
                    if attempt == 3 or "ASN.1" not in str(e) and "DSS" not in str(e):
                        raise
                    note = {"note": f"keycard-py could not read signature {attempt}: {e}"}
                    continue
                public = bytes(s.public_key).hex()
                return {"digest": digest.hex(), "r": s.r.hex(), "s": s.s.hex(), "public": public} | note

        self.step(name, work)

    def verify_wrong(self, pin) -> None:
        """Verifies a PIN that is wrong; keycard-py answers False where others raise an error."""
        if not self.card.verify_pin(pin):
            raise ValueError("wrong PIN")

    def reopen(self, pin=None) -> None:
        """Starts a new session: SELECT, a channel, and the PIN unless it is left out."""
        self.card.select()
        self.card.open_secure_channel()
        if pin and not self.card.verify_pin(pin):
            raise ValueError("wrong PIN")

    def raw(self, text) -> bytes:
        """Sends bytes as they are and wants 9000."""
        answer = self.card.send_raw_apdu(bytes.fromhex(text))
        if answer.status_word != 0x9000:
            raise APDUError(answer.status_word)
        return bytes(answer.data)

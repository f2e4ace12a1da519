// Finds the card through PC/SC, with the binding that keycard-sdk names as its own optional dependency.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18, which keycard-sdk's libraries need it in

const { default: pcsclite } = await import("@nonth/pcsclite");
const { default: Keycard } = await import("keycard-sdk");

/** Waits for the first card in any reader. Returns keycard-sdk's own channel to it and a function that lets it go. */
export function connect(patience = 10000) {
  return new Promise((resolve, reject) => {
    const pcsc = pcsclite();
    const timer = setTimeout(() => reject(new Error("no card in any reader")), patience);
    pcsc.on("error", reject);
    pcsc.on("reader", (reader) => {
      reader.on("error", reject);
      reader.on("status", (status) => {
        if (reader.connected || !(status.state & reader.SCARD_STATE_PRESENT)) return;
        reader.connect({ share_mode: reader.SCARD_SHARE_SHARED }, (err, protocol) => {
          if (err) return reject(err);
          clearTimeout(timer);
          const release = () => new Promise((done) => reader.disconnect(reader.SCARD_RESET_CARD, done));
          resolve({ channel: new Keycard.PCSCCardChannel(reader, protocol), release, name: reader.name });
        });
      });
    });
  });
}

export { Keycard };

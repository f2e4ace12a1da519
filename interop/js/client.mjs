// A keycard-sdk Commandset that reports what it does, one JSON object per line on standard output.
import { createHash } from "node:crypto";
import { Keycard } from "./reader.mjs";

export const hex = (bytes) => Buffer.from(bytes ?? []).toString("hex");
export const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));

const STATUS = Keycard.Constants.GET_STATUS_P1_APPLICATION;
const KEY_PATH = Keycard.Constants.GET_STATUS_P1_KEY_PATH;

export class Client {
  constructor(channel) {
    this.channel = channel;
    this.cmd = new Keycard.Commandset(channel);
  }

  /** Takes one step: what work returns is reported, what it throws as the client's complaint. */
  async step(name, work) {
    const report = { step: name };
    try {
      Object.assign(report, await work(report));
    } catch (e) {
      report.error = String(e?.message ?? e);
    }
    process.stdout.write(JSON.stringify(report) + "\n");
  }

  /** Takes a step that has nothing to report but whether the card said 9000. */
  plain(name, send) {
    return this.step(name, async () => void (await send()).checkOK());
  }

  select(name) {
    return this.step(name, async () => {
      (await this.cmd.select()).checkOK();
      const info = this.cmd.applicationInfo;
      if (!info.initializedCard) return { initialized: false };
      const version = `${info.appVersion >> 8}.${info.appVersion & 0xff}`;
      return { initialized: true, version, slots: info.freePairingSlots, keyUID: hex(info.keyUID) };
    });
  }

  status(name) {
    return this.step(name, async () => {
      const s = new Keycard.ApplicationStatus((await this.cmd.getStatus(STATUS)).checkOK().data);
      return { pin: s.pinRetryCount, puk: s.pukRetryCount, key: s.hasMasterKey };
    });
  }

  path(name) {
    return this.step(name, async () => {
      const path = new Keycard.KeyPath((await this.cmd.getStatus(KEY_PATH)).checkOK().data);
      return { path: path.toString() };
    });
  }

  /** Reports the key UID that a command which loads a key answers. */
  load(name, send) {
    return this.step(name, async () => ({ keyUID: hex((await send()).checkOK().data) }));
  }

  /**
   * Has the digest that belongs to the step signed. keycard-sdk cannot read an r or s that begins with a zero byte,
   * which is one signature in 128; then it may try again, three times in all.
   */
  sign(name, send) {
    return this.step(name, async (report) => {
      const digest = new Uint8Array(createHash("sha256").update(name).digest());
      for (let attempt = 1; ; attempt++) {
        const tlvData = (await send(digest)).checkOK().data;
        try {
          const s = new Keycard.RecoverableSignature({ hash: digest, tlvData });
          return { digest: hex(digest), r: hex(s.r), s: hex(s.s), public: hex(s.publicKey) };
        } catch (e) {
          if (attempt === 3) throw e;
          report.note = `keycard-sdk could not read signature ${attempt}: ${e.message}`;
        }
      }
    });
  }

  identify(name) {
    return this.step(name, async (report) => {
      for (let attempt = 1; ; attempt++) {
        const challenge = crypto.getRandomValues(new Uint8Array(32));
        const answer = (await this.cmd.identifyCard(challenge)).checkOK().data;
        try {
          return { authority: hex(Keycard.Certificate.verifyIdentity(challenge, answer)) };
        } catch (e) {
          if (attempt === 3) throw e;
          report.note = `keycard-sdk could not read signature ${attempt}: ${e.message}`;
        }
      }
    });
  }

  /** Exports a key and reports it as kind: "public" or "private". */
  export(name, path, publicOnly) {
    return this.step(name, async () => {
      const tlv = (await this.cmd.exportKey(0, publicOnly, path, false)).checkOK().data;
      const key = Keycard.BIP32KeyPair.fromTLV(tlv);
      return publicOnly ? { public: hex(key.publicKey) } : { private: hex(key.privateKey) };
    });
  }

  /** Starts a new session: SELECT, a channel, and the PIN unless it is left out. */
  async reopen(pin) {
    (await this.cmd.select()).checkOK();
    await this.cmd.autoOpenSecureChannel();
    if (pin) (await this.cmd.verifyPIN(pin)).checkAuthOK();
  }

  /** Sends bytes as they are and wants 9000. */
  async raw(text) {
    return (await this.channel.send({ serialize: () => bytes(text) })).checkOK().data;
  }
}

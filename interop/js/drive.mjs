// Takes a card through the scenario with keycard-sdk. The plan is one JSON object on standard input; what it holds is
// in ../scenario_test.go.
import { text } from "node:stream/consumers";
import { connect, Keycard } from "./reader.mjs";
import { bytes, Client, hex } from "./client.mjs";

const p = JSON.parse(await text(process.stdin));
const at = (version) => p.profile >= version;
const reader = await connect();
const c = new Client(reader.channel);

async function credentials() {
  await c.select("select empty");
  if (at("3.1")) await c.identify("identify empty");
  await c.plain("init", () => c.cmd.init(p.pin, p.puk, p.password));
  await c.select("select");
  await c.step("pair wrong", () => c.cmd.autoPair(p.wrongPassword));
  await c.step("pair", () => c.cmd.autoPair(p.password));
  await c.step("open", () => c.cmd.autoOpenSecureChannel());
  await c.status("status");
  await c.step("pin wrong", (report) => wrongPIN(report));
  await c.status("status after wrong pin");
  await c.step("pin", async () => void (await c.cmd.verifyPIN(p.pin)).checkAuthOK());
  await c.status("status after pin");
}

async function wrongPIN(report) {
  try {
    (await c.cmd.verifyPIN(p.wrongPIN)).checkAuthOK();
  } catch (e) {
    report.pin = e.retryAttempts;
    throw e;
  }
}

async function keys() {
  await c.step("mnemonic", async () => {
    const words = (await c.cmd.generateMnemonic(Keycard.Constants.GENERATE_MNEMONIC_12_WORDS)).checkOK().data;
    return { indexes: new Keycard.Mnemonic(words).indexes };
  });
  await c.load("generate", () => c.cmd.generateKey());
  await c.sign("sign generated", (digest) => c.cmd.sign(digest));
  await c.plain("remove", () => c.cmd.removeKey());
  await c.status("status without key");
  await c.load("load pair", () => c.cmd.loadBIP32KeyPair(new Keycard.BIP32KeyPair(bytes(p.master), null, null)));
  await c.load("load extended", () => c.cmd.loadKeyPair(null, bytes(p.master), bytes(p.chain)));
  if (at("2.3")) await c.sign("sign extended", (digest) => c.cmd.signWithPath(digest, p.pathOther, false));
  await c.load("load seed", () => c.cmd.loadSeed(bytes(p.seed)));
}

async function signatures() {
  await c.plain("derive", () => c.cmd.deriveKey(p.pathFirst));
  await c.path("path");
  await c.sign("sign current", (digest) => c.cmd.sign(digest));
  if (at("2.3")) {
    await c.sign("sign path", (digest) => c.cmd.signWithPath(digest, p.pathOther, false));
    await c.path("path after sign path");
    await c.sign("sign make current", (digest) => c.cmd.signWithPath(digest, p.pathOther, true));
    await c.path("path after make current");
  }
  await c.plain("derive again", () => c.cmd.deriveKey(p.pathOther));
  await c.plain("derive parent", () => c.cmd.deriveKey("../5"));
  await c.path("path of parent's child");
  await c.plain("derive current", () => c.cmd.deriveKey("./1"));
  await c.path("path of current's child");
  await c.sign("sign relative", (digest) => c.cmd.sign(digest));
}

async function exports() {
  await c.export("export public", p.pathOther, true);
  await c.export("export private", p.pathEIP1581, false);
  await c.export("export refused", p.pathFirst, false);
  if (!at("3.1")) return;
  await c.step("export xpub", async () => {
    const key = Keycard.BIP32KeyPair.fromTLV((await c.cmd.exportExtendedKey(0, p.pathFirst, false)).checkOK().data);
    return { public: hex(key.publicKey), chain: hex(key.chainCode) };
  });
}

// Before 2.2 the current key has to be the pinless one and a channel has to be open; then neither is needed.
async function pinless() {
  await c.plain("pinless", () => c.cmd.setPinlessPath(p.pathPinless));
  if (at("2.3")) {
    (await c.cmd.select()).checkOK();
    await c.sign("sign pinless", (digest) => c.cmd.signPinless(digest));
  } else {
    (await c.cmd.deriveKey(p.pathPinless)).checkOK();
    await c.reopen();
    await c.sign("sign pinless", (digest) => c.cmd.sign(digest));
  }
  await c.reopen(p.pin);
  await c.plain("pinless clear", () => c.cmd.resetPinlessPath());
}

async function dataAreas() {
  await c.plain("ndef", () => c.cmd.setNDEF(bytes(p.ndef)));
  await c.step("ndef read", async () => {
    await c.raw("00a4040007d2760000850101");
    await c.raw("00a4000c02e104");
    return { data: hex(await c.raw("00b00000" + (p.ndef.length / 2).toString(16).padStart(2, "0"))) };
  });
  await c.reopen(p.pin);
  if (!at("2.3")) return;
  await c.plain("store data", () => c.cmd.storeData(bytes(p.data), Keycard.Constants.STORE_DATA_P1_PUBLIC));
  await c.step("get data", async () => {
    return { data: hex((await c.cmd.getData(Keycard.Constants.STORE_DATA_P1_PUBLIC)).checkOK().data) };
  });
}

async function changes() {
  await c.plain("change pin", () => c.cmd.changePIN(p.changedPIN));
  await c.plain("pin changed", () => c.cmd.verifyPIN(p.changedPIN));
  await c.plain("change puk", () => c.cmd.changePUK(p.changedPUK));
  await c.plain("change password", () => c.cmd.changePairingPassword(p.nextPassword));
  (await c.cmd.select()).checkOK();
  await c.step("pair again", () => c.cmd.autoPair(p.nextPassword));
  await c.select("select paired twice");
  await c.cmd.autoOpenSecureChannel();
}

async function blocking() {
  await c.step("block", async (report) => {
    report.tries = [];
    for (let n = 1; ; n++) {
      const answer = await c.cmd.verifyPIN(p.wrongPIN);
      report.tries.push(answer.sw2 & 0x0f);
      if (n === 3) answer.checkAuthOK();
    }
  });
  await c.status("status blocked");
  await c.plain("unblock wrong", () => c.cmd.unblockPIN(p.wrongPUK, p.unblockedPIN));
  await c.status("status after wrong puk");
  await c.plain("unblock", () => c.cmd.unblockPIN(p.changedPUK, p.unblockedPIN));
  await c.status("status unblocked");
}

async function endings() {
  await c.plain("unpair", () => c.cmd.unpair(0));
  await c.select("select unpaired");
  await c.reopen(p.unblockedPIN);
  await c.plain("remove for good", () => c.cmd.removeKey());
  await c.select("select without key");
  if (!at("3.1")) return;
  await c.identify("identify");
  await c.plain("factory reset", () => c.cmd.factoryReset());
  await c.select("select reset");
}

// A second life: limits of our choice, and a duress PIN, which opens another wallet on the same card.
async function duress() {
  await c.plain("init limits", () => c.cmd.init(p.pin, p.puk, p.password, p.duressPIN, p.limitPIN, p.limitPUK));
  (await c.cmd.select()).checkOK();
  await c.cmd.autoPair(p.password);
  await c.cmd.autoOpenSecureChannel();
  await c.status("status limits");
  (await c.cmd.verifyPIN(p.pin)).checkAuthOK();
  await c.load("load for duress", () => c.cmd.loadSeed(bytes(p.seed)));
  await c.step("duress", () => c.reopen(p.duressPIN));
  await c.sign("sign under duress", (digest) => c.cmd.signWithPath(digest, p.pathFirst, false));
}

const parts = [credentials, keys, signatures, exports, pinless, dataAreas, changes, blocking, endings];
for (const part of parts) await part();
if (at("3.1")) await duress();
await reader.release();
process.exit(0);

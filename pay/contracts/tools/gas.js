#!/usr/bin/env node
// Compares the receipt gas that the forge tests measured with gas.json, which is committed: more than one percent above is
// a failure. Prints our rows beside what others take for a payment, on the same rules (Osaka) and with base and calldata.
//
//   tools/gas.js          compares
//   tools/gas.js write    writes gas.json
'use strict';
const fs = require('fs');
const path = require('path');

const root = path.join(__dirname, '..');
const folder = process.env.TAPCARD_CACHE ? path.join(process.env.TAPCARD_CACHE, 'forge/gas') : path.join(root, '../../.cache/forge/gas');
const committed = path.join(root, 'gas.json');
const most = {
  'pay third of the day': 43500,
  'pay third of the day after 400 idle days': 43500,
  'pay anchor older than 256 blocks': 48500,
  'pay first of the day': 60000,
  'pay first of the day after 400 idle days': 60000,
  'pay first of the day in the first 32 days': 77000,
  'pay with two signatures': 54000,
  'batch of 100, 10 anchors': 1480000,
  'batch of 100, 30 old anchors': 1550000,
};
// Third payment of a day, measured on one EVM with the same token.
const others = {
  'Permit2, no limits': 54869,
  'Safe AllowanceModule, one limit': 69597,
  'KeycardWallet': 72879,
  'Coinbase spend permission, no card': 75203,
  'StatusPay': 78787,
  'Gnosis Pay': 160904,
};

const now = {};
for (const f of fs.readdirSync(folder).sort()) {
  for (const [k, v] of Object.entries(JSON.parse(fs.readFileSync(path.join(folder, f), 'utf8')))) now[k] = Number(v);
}
const sorted = Object.fromEntries(Object.entries(now).sort());
if (process.argv[2] === 'write') fs.writeFileSync(committed, JSON.stringify(sorted, null, 1) + '\n');
const before = JSON.parse(fs.readFileSync(committed, 'utf8'));
let bad = 0;
for (const [k, v] of Object.entries(before)) {
  const got = now[k];
  const why = got === undefined ? 'not measured' : got > v * 1.01 ? 'more than 1 % above ' + v : '';
  console.log(String(got).padStart(9), ' ', k, most[k] ? '(promised ' + most[k] + (got > most[k] ? ', MISSED)' : ')') : '', why && '  FAIL: ' + why);
  if (why) bad = 1;
}
for (const [k, v] of Object.entries(others)) console.log(String(v).padStart(9), '  others: ' + k);
process.exitCode = bad;

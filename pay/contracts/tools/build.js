#!/usr/bin/env node
// Compiles the contracts with the pinned compiler and writes artifacts/NAME.json: ABI, creation bytecode, where libraries
// are linked in and where immutables are. The bytecode carries no metadata, so it does not depend on where this folder is.
//
//   tools/build.js          writes artifacts/
//   tools/build.js check    fails when artifacts/ is not what the sources give
//
// Both fail when something visible has no notice, or a drawing of storage is wrong: natspec.js.
'use strict';
const fs = require('fs');
const path = require('path');
const solc = require('solc');
const { complaints } = require('./natspec.js');

const root = path.join(__dirname, '..');
const contracts = ['Vault', 'Salt', 'TestDollar', 'Owners', 'Merchants', 'Court', 'Chain', 'Evidence', 'Bonds'];

function sources() {
  const out = {};
  for (const f of fs.readdirSync(path.join(root, 'src')).sort()) {
    out['src/' + f] = { content: fs.readFileSync(path.join(root, 'src', f), 'utf8') };
  }
  return out;
}

function imported(name) {
  try {
    return { contents: fs.readFileSync(path.join(root, 'node_modules', name), 'utf8') };
  } catch (e) {
    return { error: e.message };
  }
}

function compile() {
  const input = {
    language: 'Solidity',
    sources: sources(),
    settings: {
      viaIR: true,
      evmVersion: 'osaka',
      optimizer: { enabled: true, runs: 20000 },
      metadata: { bytecodeHash: 'none', appendCBOR: false },
      outputSelection: {
        '*': { '*': ['abi', 'evm.bytecode.object', 'evm.bytecode.linkReferences', 'storageLayout', 'userdoc', 'devdoc'] },
      },
    },
  };
  const out = JSON.parse(solc.compile(JSON.stringify(input), { import: imported }));
  const bad = (out.errors || []).filter((e) => e.severity === 'error');
  if (bad.length) throw new Error(bad.map((e) => e.formattedMessage).join('\n'));
  return out.contracts;
}

function artifact(all, name) {
  const c = all['src/' + name + '.sol'][name];
  return JSON.stringify(
    { contract: name, compiler: solc.version(), abi: c.abi, bytecode: '0x' + c.evm.bytecode.object, links: c.evm.bytecode.linkReferences },
    null, 1) + '\n';
}

const all = compile();
const check = process.argv[2] === 'check';
let stale = 0;
fs.mkdirSync(path.join(root, 'artifacts'), { recursive: true });
for (const name of contracts) {
  const file = path.join(root, 'artifacts', name + '.json');
  const want = artifact(all, name);
  if (!check) fs.writeFileSync(file, want);
  else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== want) {
    console.error('contracts: artifacts/' + name + '.json is not what the sources give: run tools/build.js');
    stale = 1;
  }
}
const said = complaints(all);
for (const c of said) console.error('contracts: ' + c);
process.exitCode = stale || said.length ? 1 : 0;

// Two checks of what is written beside the code, on the compiler's output: that everything which others can see of Vault and
// Salt has a notice and every field of a struct a comment, and that the drawings of storage are what the compiler lays out.
'use strict';
const fs = require('fs');
const path = require('path');

const root = path.join(__dirname, '..');

/** An ABI entry as users of the documentation name it: NAME(TYPE,..). */
function signature(entry) {
  const type = (t) => (t.type.startsWith('tuple') ? '(' + t.components.map(type).join(',') + ')' + t.type.slice(5) : t.type);
  return entry.name + '(' + entry.inputs.map(type).join(',') + ')';
}

/** What of a contract's functions, events and errors has neither notice nor developers' note. */
function undocumented(name, contract) {
  const said = (kind, key) => {
    const of = (doc) => [].concat((doc[kind] || {})[key] || {})[0];
    const [user, dev] = [of(contract.userdoc), of(contract.devdoc)];
    return user.notice || dev.details || (kind === 'methods' && contract.devdoc.stateVariables || {})[key.split('(')[0]];
  };
  const kinds = { __proto__: null, function: 'methods', event: 'events', error: 'errors' };
  return contract.abi.filter((e) => kinds[e.type] && !said(kinds[e.type], signature(e)))
    .map((e) => name + ': the ' + e.type + ' ' + signature(e) + ' has no notice');
}

/** Fields of structs without a comment on their line. */
function bareFields(file, text) {
  const out = [];
  for (const [, name, body] of text.matchAll(/^ *struct (\w+) \{\n([^}]*)/gm)) {
    for (const line of body.split('\n')) {
      const field = /^ *[^/]*\b(\w+);(.*)$/.exec(line);
      if (field && !/\/\/ *\S/.test(field[2])) out.push(file + ': ' + name + '.' + field[1] + ' has no comment');
    }
  }
  return out;
}

/** Members of State as the compiler lays them out: [slot, name]. */
function members(contract) {
  const [state] = contract.storageLayout.storage;
  if (state.slot !== '0') return [];
  return contract.storageLayout.types[state.type].members.map((m) => [Number(m.slot), m.label]);
}

/** Slots and widths that README.md and State.sol say, against the compiler's. */
function drawings(contract) {
  const [bad, slots] = [[], new Map(members(contract).map(([slot, name]) => [name, slot]))];
  const expect = (where, name, slot) => {
    if (slots.get(name) !== slot) bad.push(where + ': ' + name + ' is not in slot ' + slot + ' but in ' + slots.get(name));
  };
  const state = fs.readFileSync(path.join(root, 'src/State.sol'), 'utf8').split('struct State {')[1];
  const numbered = [...state.matchAll(/^ .*\b(\w+); \/\/ +(\d+)/gm)];
  for (const [, name, slot] of numbered) expect('State.sol', name, Number(slot));
  if (numbered.length !== slots.size) bad.push('State.sol numbers ' + numbered.length + ' members of ' + slots.size);
  const rows = [...fs.readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(/^ *(\d+) +(\w+)\[.*?\](?: +|\[.*?\] +)(\D.*\d)$/gm)];
  for (const [, slot, name, parts] of rows) {
    expect('README.md', name, Number(slot));
    const bits = parts.split('|').map((p) => Number(/(\d+) *$/.exec(p)[1])).reduce((a, b) => a + b, 0);
    if (bits !== 256) bad.push('README.md: the parts of ' + name + ' are ' + bits + ' bits');
  }
  if (rows.length !== 6) bad.push('README.md: draws ' + rows.length + ' words, not 6');
  return bad;
}

/** All complaints about the compiler's output of src/. */
function complaints(all) {
  const named = ['Vault', 'Salt'].flatMap((n) => undocumented(n, all['src/' + n + '.sol'][n]));
  const fields = fs.readdirSync(path.join(root, 'src')).sort()
    .flatMap((f) => bareFields(f, fs.readFileSync(path.join(root, 'src', f), 'utf8')));
  return [...named, ...fields, ...drawings(all['src/Vault.sol'].Vault)];
}

module.exports = { complaints };

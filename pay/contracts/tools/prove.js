#!/usr/bin/env node
// Proves what src/Limits.sol promises, for every value. Two ways, because neither does all of it:
//   sums      solc's model checker (CHC) on the assertions of test/Prove.sol
//   windows   the compiler's output for Limits.advance and Limits.apart, read as terms over 256 bits: the model checker
//             does not end on shifts by a variable
// Both ask Debian's z3, within a number of steps and not a time, so the answer is the same everywhere.
//
//   tools/prove.js          fails when something is not proved
//   tools/prove.js --plant  plants wrong comparisons, and fails when one of them is not found
'use strict';
const cp = require('child_process');
const fs = require('fs');
const path = require('path');
const solc = require('solc');
const { Yul, set } = require('./yul.js');

const root = path.join(__dirname, '..');
const read = (name) => fs.readFileSync(path.join(root, name), 'utf8');

function z3(query) {
  const r = cp.spawnSync('z3', ['-smt2', '-in', 'rlimit=100000000'], { input: query, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (r.error) throw new Error('z3 does not run: ' + r.error.message + '; scripts/setup-contracts.sh installs it');
  return r.stdout;
}

function compile(limits) {
  const sources = { 'src/Limits.sol': { content: limits }, 'test/Prove.sol': { content: read('test/Prove.sol') } };
  const checker = {
    engine: 'chc', solvers: ['smtlib2'], targets: ['assert'], contracts: { 'test/Prove.sol': ['Prove'] },
    showProvedSafe: true, showUnproved: true, timeout: 0,
  };
  const settings = { experimental: true, viaIR: true, modelChecker: checker, outputSelection: { 'test/Prove.sol': { Prove: ['irAst'] } } };
  const out = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }), {
    smtSolver: (query) => ({ contents: z3(query) }),
  }));
  const errors = out.errors.filter((e) => e.severity === 'error');
  if (errors.length) throw new Error(errors.map((e) => e.formattedMessage).join('\n'));
  return out;
}

// The model checker's numbers: 9576 is proved; 6328 was not decided, 6327 and others have a counterexample.
function sums(out) {
  const said = out.errors.filter((e) => /^CHC: Assertion/.test(e.message));
  const text = read('test/Prove.sol');
  return said.map((e) => ({
    what: text.slice(e.sourceLocation.start, e.sourceLocation.end),
    proved: e.errorCode === '9576',
  }));
}

const below = (name, bits) => `(bvult ${name} (bvshl (_ bv1 256) (_ bv${bits} 256)))`;

// Each is a sentence, what it starts from, and a term that has to hold whatever a, b .. are.
function windows(ast) {
  const claims = {
    'the top never falls, and reaches what settles': (y) => {
      const [ok, top] = advance(y, 'a', 'b', 'c');
      return `(and (bvuge ${top} a) (=> ${set(ok)} (bvuge ${top} c)))`;
    },
    'what has settled does not settle again': (y) => {
      const [ok, top, seen] = advance(y, 'a', 'b', 'c');
      return `(=> ${set(ok)} (not ${set(advance(y, top, seen, 'c')[0])}))`;
    },
    'what is used or too old stays so, whatever settles next': (y) => {
      const [ok, top, seen] = advance(y, 'a', 'b', 'c');
      return `(=> (and ${set(ok)} (not ${set(advance(y, 'a', 'b', 'd')[0])})) (not ${set(advance(y, top, seen, 'd')[0])}))`;
    },
    'a counter above the top, or 16 below it at most and not seen, settles': (y) => {
      const [ok] = advance(y, 'a', 'b', 'c');
      const bit = '(bvand (bvlshr b (bvsub (bvsub a c) (_ bv1 256))) (_ bv1 256))';
      const free = `(and (bvult c a) (bvule (bvsub a c) (_ bv16 256)) (= ${bit} (_ bv0 256)))`;
      return `(= ${set(ok)} (or (bvugt c a) ${free}))`;
    },
    'what was seen stays within 16 bits': (y) => below(advance(y, 'a', 'b', 'c')[2], 16),
    'anchors are as far apart as the other way round, by 2^15 at most, and one is the newer one': (y) => {
      const apart = y.find('apart');
      const [[there, newer], [back, older]] = [y.run(apart, ['b', 'e']), y.run(apart, ['e', 'b'])];
      const far = `(= ${there} (_ bv32768 256))`;
      return `(and (= ${there} ${back}) (bvule ${there} (_ bv32768 256)) (= (= ${there} (_ bv0 256)) (= b e))
        (=> (distinct b e) (= (not (= ${newer} ${older})) (not ${far}))))`;
    },
  };
  return Object.entries(claims).map(([what, claim]) => ({ what, proved: holds(new Yul(ast), claim) }));
}

function advance(y, top, seen, counter) {
  return y.run(y.find('advance'), [top, seen, counter]);
}

function holds(y, claim) {
  const term = claim(y);
  const given = [['a', 32], ['b', 16], ['c', 32], ['d', 32], ['e', 16]];
  const query = [
    '(set-logic QF_BV)',
    ...given.map(([n]) => `(declare-const ${n} (_ BitVec 256))`),
    ...given.map(([n, bits]) => `(assert ${below(n, bits)})`),
    ...y.lines,
    `(assert (not ${term}))`,
    '(check-sat)',
  ];
  return z3(query.join('\n')).trim() === 'unsat';
}

function prove(limits) {
  const out = compile(limits);
  const found = [...sums(out), ...windows(out.contracts['test/Prove.sol'].Prove.irAst)];
  if (found.length !== read('test/Prove.sol').match(/assert\(/g).length + 6) throw new Error('not everything was asked');
  return found;
}

function plant() {
  const bugs = [
    ['ok = next <= limit', 'ok = next <= limit + 1'],
    ['below == 0 || below > 16', 'below > 16'],
    ['seen & bit == 0', 'true'],
    ['distance < 0x8000', 'distance < 0x7fff'],
  ];
  let bad = 0;
  for (const [right, wrong] of bugs) {
    const limits = read('src/Limits.sol');
    if (!limits.includes(right)) throw new Error('cannot plant into: ' + right);
    const broken = prove(limits.replace(right, wrong)).filter((f) => !f.proved).map((f) => f.what);
    console.log((broken.length ? 'found:  ' : 'MISSED: ') + wrong + (broken.length ? '\n          breaks: ' + broken.join('; ') : ''));
    if (!broken.length) bad = 1;
  }
  return bad;
}

function report() {
  const found = prove(read('src/Limits.sol'));
  for (const f of found) console.log((f.proved ? 'proved: ' : 'NOT PROVED: ') + f.what);
  return found.some((f) => !f.proved) ? 1 : 0;
}

process.exitCode = process.argv[2] === '--plant' ? plant() : report();

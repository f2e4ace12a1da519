#!/usr/bin/env node
// The pinned compiler of npm under the command line that forge expects: --version, and --standard-json on stdin.
'use strict';
const fs = require('fs');
const solc = require('solc');

if (process.argv.includes('--version')) {
  console.log('solc, the solidity compiler commandline interface');
  console.log('Version: ' + solc.version().replace('.Emscripten.clang', '.Linux.g++'));
} else {
  process.stdout.write(solc.compile(fs.readFileSync(0, 'utf8')));
}

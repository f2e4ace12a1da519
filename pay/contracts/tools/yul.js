// Reads loop-free Yul, as solc gives it for internal functions, as terms of SMT-LIB over 256 bits: what an execution
// returns, for all arguments at once. What it does not know is an error, so nothing is left out silently.
'use strict';

const zero = '(_ bv0 256)';
const word = (n) => '(_ bv' + BigInt(n) + ' 256)';
const truth = (t) => '(ite ' + t + ' ' + word(1) + ' ' + zero + ')';
const set = (t) => '(distinct ' + t + ' ' + zero + ')';
const builtins = {
  add: (a, b) => `(bvadd ${a} ${b})`,
  sub: (a, b) => `(bvsub ${a} ${b})`,
  and: (a, b) => `(bvand ${a} ${b})`,
  or: (a, b) => `(bvor ${a} ${b})`,
  not: (a) => `(bvnot ${a})`,
  shl: (n, a) => `(bvshl ${a} ${n})`,
  shr: (n, a) => `(bvlshr ${a} ${n})`,
  lt: (a, b) => truth(`(bvult ${a} ${b})`),
  gt: (a, b) => truth(`(bvugt ${a} ${b})`),
  eq: (a, b) => truth(`(= ${a} ${b})`),
  iszero: (a) => truth(`(= ${a} ${zero})`),
};

/** One set of functions, and the definitions that running them adds. */
class Yul {
  constructor(ast) {
    this.functions = new Map();
    this.lines = [];
    this.collect(ast);
  }

  collect(node) {
    if (Array.isArray(node)) node.forEach((n) => this.collect(n));
    else if (node && typeof node === 'object') {
      if (node.nodeType === 'YulFunctionDefinition') this.functions.set(node.name, node);
      Object.values(node).forEach((n) => this.collect(n));
    }
  }

  /** The compiler's name of a Solidity function: fun_NAME_NUMBER. */
  find(name) {
    const found = [...this.functions.keys()].filter((k) => new RegExp('^fun_' + name + '_\\d+$').test(k));
    if (found.length !== 1) throw new Error(found.length + ' functions are called ' + name);
    return found[0];
  }

  /** Gives a term a name, so that no term is written twice. */
  define(term, sort) {
    const name = 'v' + this.lines.length;
    this.lines.push(`(define-fun ${name} () ${sort} ${term})`);
    return name;
  }

  /** What the function returns for these terms. */
  run(name, args) {
    const f = this.functions.get(name);
    const frame = { vars: new Map(), live: 'true' };
    (f.parameters || []).forEach((p, i) => frame.vars.set(p.name, args[i]));
    (f.returnVariables || []).forEach((p) => frame.vars.set(p.name, zero));
    this.block(f.body.statements, frame, 'true');
    return (f.returnVariables || []).map((p) => frame.vars.get(p.name));
  }

  block(statements, frame, when) {
    for (const s of statements) this.statement(s, frame, when);
  }

  statement(s, frame, when) {
    switch (s.nodeType) {
      case 'YulVariableDeclaration':
        return this.assign(s.variables, s.value ? this.values(s.value, frame) : s.variables.map(() => zero), frame, 'true', true);
      case 'YulAssignment':
        return this.assign(s.variableNames, this.values(s.value, frame), frame, when);
      case 'YulBlock':
        return this.block(s.statements, frame, when);
      case 'YulIf':
        return this.branch(s.body, set(this.value(s.condition, frame)), frame, when);
      case 'YulSwitch':
        return this.choose(s, frame, when);
      case 'YulLeave':
        frame.live = this.define(`(and ${frame.live} (not ${when}))`, 'Bool');
        return undefined;
      default:
        throw new Error('cannot read ' + s.nodeType);
    }
  }

  branch(body, condition, frame, when) {
    this.block(body.statements, frame, this.define(`(and ${when} ${condition})`, 'Bool'));
  }

  choose(s, frame, when) {
    const on = this.value(s.expression, frame);
    let none = 'true';
    for (const c of s.cases) {
      const is = c.value === 'default' ? none : `(= ${on} ${word(c.value.value)})`;
      this.branch(c.body, is, frame, when);
      none = this.define(`(and ${none} (not ${is}))`, 'Bool');
    }
  }

  /** An assignment counts on the paths that lead to it, and not after the function was left. */
  assign(names, values, frame, when, fresh) {
    names.forEach((v, i) => {
      const term = fresh ? values[i] : `(ite (and ${when} ${frame.live}) ${values[i]} ${frame.vars.get(v.name)})`;
      frame.vars.set(v.name, this.define(term, '(_ BitVec 256)'));
    });
  }

  value(e, frame) {
    return this.values(e, frame)[0];
  }

  values(e, frame) {
    if (e.nodeType === 'YulLiteral') return [word(e.value)];
    if (e.nodeType === 'YulIdentifier') return [frame.vars.get(e.name)];
    const [name, args] = [e.functionName.name, e.arguments.map((a) => this.value(a, frame))];
    if (this.functions.has(name)) return this.run(name, args);
    if (!builtins[name]) throw new Error('cannot read ' + name);
    return [builtins[name](...args)];
  }
}

module.exports = { Yul, set };

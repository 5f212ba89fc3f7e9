// One realm: made, used for one message, thrown away. Evaluates to (frozen) => dispatch(kind, now, seed…, …parts).
(frozen) => {
  "use strict";
  const { parse, stringify } = JSON;
  const { apply, construct, ownKeys } = Reflect;
  const { freeze, isFrozen, getPrototypeOf, setPrototypeOf, defineProperty, hasOwn } = Object;
  const { includes, slice } = String.prototype;
  const { join } = Array.prototype;
  const { then } = Promise.prototype;
  const [RealDate, RealError, RealFunction, RealNumber, RealPromise, RealString, RealTypeError] =
    [Date, Error, Function, Number, Promise, String, TypeError];
  const finite = isFinite;
  const functions = [() => {}, async () => {}, function* () {}, async function* () {}];
  const RealAsyncFunction = getPrototypeOf(functions[1]).constructor;
  const define = (object, key, value) =>
    defineProperty(object, key, { value, writable: true, enumerable: false, configurable: true });

  // Time and chance: from the message, so that the same run gives the same values again.
  let clock = 0;
  let [a, b, c, d] = [0, 0, 0, 1];
  const next = () => {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return t >>> 0;
  };
  const begin = (now, low, high) => {
    clock = now;
    [a, b, c, d] = [low | 0, high | 0, 0x9e3779b9 | 0, 1];
    for (let i = 0; i < 12; i++) next();
  };
  function FixedDate(...parts) {
    if (new.target === undefined) return new RealDate(clock).toString();
    return construct(RealDate, parts.length === 0 ? [clock] : parts, new.target);
  }
  FixedDate.prototype = RealDate.prototype;
  define(FixedDate, "name", "Date");
  define(FixedDate, "now", () => clock);
  define(FixedDate, "parse", RealDate.parse);
  define(FixedDate, "UTC", RealDate.UTC);
  define(RealDate.prototype, "constructor", FixedDate);
  define(globalThis, "Date", FixedDate);
  define(globalThis, "now", () => new RealDate(clock));
  define(Math, "random", () => (next() * 2097152 + (next() >>> 11)) / 9007199254740992);

  // No code from text; nothing that waits, looks at another clock or at the collector.
  const refuse = () => {
    throw new RealTypeError("code from text is switched off");
  };
  for (const prototype of functions.map(getPrototypeOf)) {
    const standIn = function () {
      refuse();
    };
    standIn.prototype = prototype;
    define(standIn, "name", prototype.constructor.name);
    define(prototype, "constructor", standIn);
  }
  define(globalThis, "Function", getPrototypeOf(functions[0]).constructor);
  define(globalThis, "eval", refuse);
  for (const name of ["performance", "Atomics", "SharedArrayBuffer", "WeakRef", "FinalizationRegistry"])
    delete globalThis[name];

  const freezeIntrinsics = () => {
    const iterators = [[][Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](),
      ""[Symbol.iterator](), "".matchAll(/x/g), [].values().map(() => 0)];
    const hidden = [...iterators, ...functions].flatMap((one) => {
      const first = getPrototypeOf(one);
      return [first, first.prototype, getPrototypeOf(first)];
    });
    const typed = getPrototypeOf(Int8Array);
    for (const name of ownKeys(globalThis)) {
      const value = globalThis[name];
      if (value !== globalThis) hidden.push(value, typeof value === "function" ? value.prototype : null);
    }
    for (const one of [...hidden, typed, typed.prototype, globalThis]) if (one !== null) freeze(one);
  };

  // Values: in as JSON text, out as JSON text; "" is undefined.
  const onlyFinite = (_key, value) => {
    if (typeof value === "number" ? !finite(value) : value instanceof RealNumber && !finite(value))
      throw new RealTypeError(RealString(value) + " is not a JSON value");
    return value;
  };
  const encode = (value) => {
    const text = stringify(value);
    if (text === undefined) return "";
    // NaN and the infinities are written as null: only a text with a null in it needs the slow look
    return apply(includes, text, ["null"]) ? stringify(value, onlyFinite) : text;
  };
  const decode = (text) => (text === "" ? undefined : parse(text));
  const freezeDeep = (value) => {
    if (typeof value === "object" && value !== null && !isFrozen(value)) {
      freeze(value);
      for (const key of ownKeys(value)) freezeDeep(value[key]);
    }
    return value;
  };
  const text = (value) => {
    const plain = typeof value === "string" ? value : RealString(value);
    return plain.length > 1000 ? apply(slice, plain, [0, 1000]) + "…" : plain;
  };
  // What is around the values is written by hand, from lists without a prototype: code may have given Object.prototype
  // a toJSON, and Array.prototype a setter for an index.
  const bare = () => setPrototypeOf([], null);
  // joined, not added: the binding cannot read the engine's ropes
  const written = (texts, between) => apply(join, texts, [between]);
  const log = () => {
    if (lines === undefined) return "";
    const texts = bare();
    for (let index = 0; index < lines.length; index++) texts[index] = stringify(lines[index]);
    return written([',"log":[', written(texts, ","), "]"], "");
  };
  const problem = (thrown, index) => {
    const found = { name: "Error", message: "", stack: "" };
    try {
      if (thrown instanceof RealError) {
        found.name = text(thrown.name);
        found.message = text(thrown.message);
        found.stack = text(thrown.stack);
      } else if (thrown === null) found.name = "null";
      else found.message = text(typeof thrown === "object" ? stringify(thrown) : thrown);
    } catch {
      found.message = "the thrown value cannot be shown";
    }
    const { name, message, stack } = found;
    return written(['{"e":{"name":', stringify(name), ',"message":', stringify(message), ',"stack":', stringify(stack),
      ',"index":', index, "}", log(), "}"], "");
  };

  // What one message asks for.
  const results = bare();
  const failures = bare();
  let pending = 0;
  let failed = -1;
  let lines = undefined;
  const settle = (value, index) => {
    results[index] = value;
    if (!(value instanceof RealPromise)) return;
    pending++;
    const done = (kept) => {
      results[index] = kept;
      pending--;
    };
    const broken = (thrown) => {
      failures[index] = { thrown };
      pending--;
    };
    apply(then, value, [done, broken]);
  };
  const finish = () => {
    const texts = bare();
    const absent = bare();
    for (let index = 0; index < results.length; index++) {
      try {
        if (failures[index]) throw failures[index].thrown;
        if (results[index] instanceof RealPromise) throw new RealTypeError("a promise that never settles");
        texts[index] = encode(results[index]);
        if (texts[index] === "") absent[absent.length] = index;
        texts[index] ||= "null";
      } catch (thrown) {
        return problem(thrown, index);
      }
    }
    return written(['{"u":[', written(absent, ","), '],"v":[', written(texts, ","), "]", log(), "}"], "");
  };

  // Twice, in two kinds of brackets: text that closes one of them fits the other no more. The second is never reached.
  const compile = (names, expression) =>
    construct(RealFunction, [...names, '"use strict";return(' + expression + "\n);[" + expression + "\n]"]);
  const mentioned = (expression, names) =>
    apply(includes, expression, ["\\"]) ? names : names.filter((name) => apply(includes, expression, [name]));

  const evaluate = (expressionsText, namesText, ...texts) => {
    const [expressions, names] = [parse(expressionsText), parse(namesText)];
    expressions.forEach((expression, index) => {
      failed = index;
      const used = mentioned(expression, names);
      const values = used.map((name) => decode(texts[names.indexOf(name)]));
      settle(apply(compile(used, expression), undefined, values), index);
    });
  };
  const each = (expressionsText, namesText, sharedText, ...texts) => {
    const [expressions, names, shared] = [parse(expressionsText), parse(namesText), parse(sharedText)];
    const sharedTexts = texts.splice(0, shared.length);
    const kept = new Map();
    const keep = (name) => {
      if (!kept.has(name)) kept.set(name, freezeDeep(decode(sharedTexts[shared.indexOf(name)])));
      return kept.get(name);
    };
    const fresh = (name) => decode(sharedTexts[shared.indexOf(name)]);
    const plans = expressions.map((expression, index) => {
      failed = index;
      const used = mentioned(expression, names);
      return [used, compile(used, expression)];
    });
    texts.forEach((scopeText, position) =>
      plans.forEach(([used, run], index) => {
        failed = index;
        const call = (take) => {
          const [scope, absent] = parse(scopeText);
          const values = used.map((name) =>
            hasOwn(scope, name) ? scope[name] : absent.includes(name) || !shared.includes(name) ? undefined : take(name));
          return apply(run, undefined, values);
        };
        let value;
        try {
          value = call(keep);
        } catch (thrown) {
          // a shared value is parsed once and frozen; a script that changes its own copy gets a copy
          if (!(thrown instanceof RealTypeError)) throw thrown;
          value = call(fresh);
        }
        settle(value, position * plans.length + index);
      }));
  };
  const call = (code, inputsText) => {
    lines = bare();
    let room = 65536;
    const write = (...parts) => {
      if (room <= 0) return;
      let line = "";
      for (let i = 0; i < parts.length; i++)
        line += (i ? " " : "") + (typeof parts[i] === "object" ? stringify(parts[i]) : RealString(parts[i]));
      line = apply(slice, line, [0, room]);
      room -= line.length + 1;
      lines[lines.length] = line;
    };
    define(globalThis, "console", freeze({ log: write, info: write, warn: write, error: write, debug: write }));
    failed = 0;
    const inputs = parse(inputsText);
    settle(apply(construct(RealAsyncFunction, ["inputs", code]), undefined, [inputs]), 0);
  };

  const kinds = { evaluate, each, call };
  if (frozen) freezeIntrinsics();
  return (kind, now, low, high, ...parts) => {
    if (kind === "finish") return finish();
    begin(now, low, high);
    try {
      apply(kinds[kind], undefined, parts);
    } catch (thrown) {
      return problem(thrown, failed);
    }
    return pending > 0 ? null : finish();
  };
};

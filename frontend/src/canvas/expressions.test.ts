import { describe, expect, it } from "vitest";
import { namesIn, renameInExpression, renameInTemplate, templateParts } from "./expressions";

const renames = new Map([["fetch", "load"]]);

describe("renaming in expressions", () => {
  it.each([
    ["fetch.body", "load.body"],
    ["fetch", "load"],
    ["a.fetch", "a.fetch"],
    ["a?.fetch", "a?.fetch"],
    ["a ? fetch : 1", "a ? load : 1"],
    ["'fetch' + fetch", "'fetch' + load"],
    ['"a \\" fetch" + fetch', '"a \\" fetch" + load'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is JavaScript
    ["`fetch ${fetch.x} ${`${fetch}`}`", "`fetch ${load.x} ${`${load}`}`"],
    ["({fetch: 1, b: fetch})", "({fetch: 1, b: load})"],
    ["({fetch, b})", "({fetch: load, b})"],
    ["({...fetch})", "({...load})"],
    ["[...fetch.items]", "[...load.items]"],
    ["fetch['fetch']", "load['fetch']"],
    ["/fetch/.test(fetch.text)", "/fetch/.test(load.text)"],
    ["a / fetch / 2", "a / load / 2"],
    ["/* fetch */ fetch // fetch", "/* fetch */ load // fetch"],
    ["fetched + $fetch + fetch2", "fetched + $fetch + fetch2"],
    ["items.map(x => { return x + fetch.n })", "items.map(x => { return x + load.n })"],
    ["(fetch ?? b).x", "(load ?? b).x"],
    ["execution.resume_url('fetch')", "execution.resume_url('load')"],
    ["x?.5:fetch", "x?.5:load"],
  ])("%s", (before, after) => {
    expect(renameInExpression(before, renames)).toBe(after);
  });

  it.each([
    ["größe.größe + größer", "load.größe + größer"],
    ["größe×2", "load×2"],
    ["größe\u00a0+ 1", "load\u00a0+ 1"],
    ["größe\u200d + größe", "größe\u200d + load"],
  ])("letters of every script: %s", (before, after) => {
    expect(renameInExpression(before, new Map([["größe", "load"]]))).toBe(after);
    expect(renameInExpression(after, new Map([["load", "größe"]]))).toBe(before);
  });

  it("swaps two names at once", () => {
    expect(
      renameInExpression(
        "a + b.a",
        new Map([
          ["a", "b"],
          ["b", "a"],
        ]),
      ),
    ).toBe("b + a.a");
  });

  it("leaves what is no JavaScript alone but for its names", () => {
    expect(renameInExpression("fetch }} { ' fetch", renames)).toBe("load }} { ' fetch");
  });
});

describe("templates", () => {
  it("renames inside of the braces only", () => {
    expect(renameInTemplate("fetch: {{ fetch.a }} and {{ {a: {b: fetch}}.a }} fetch", renames)).toBe(
      "fetch: {{ load.a }} and {{ {a: {b: load}}.a }} fetch",
    );
  });

  it("ends an expression at the braces that balance it outside strings", () => {
    const text = "{{ '}}' + {a: {}} }} tail";
    expect(templateParts(text).map((part) => text.slice(part.start, part.end))).toEqual([
      " '}}' + {a: {}} ",
      " tail",
    ]);
  });

  it("tells an expression that is not closed", () => {
    expect(templateParts("a {{ b").map(({ kind, closed }) => [kind, closed])).toEqual([
      ["text", true],
      ["expression", false],
    ]);
    expect(renameInTemplate("{{ fetch", renames)).toBe("{{ fetch");
  });
});

it("lists the names that are read", () => {
  expect([...namesIn("a.b + c[d] + ({e: f, g})")]).toEqual(["a", "c", "d", "f", "g"]);
});

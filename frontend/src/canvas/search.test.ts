import { expect, it } from "vitest";
import { rankOf, searched } from "./search";

const DELAY = { names: ["Delay", "delay"], more: "Waits some seconds, or until a time." };
const SWITCH = { names: ["Switch", "switch"], more: "Chooses by the http status or any other value." };
const SET = { names: ["Set", "set"], more: "Gives values names." };
const OFFSET = { names: ["Offset", "offset"], more: "" };
const REQUEST = { names: ["HTTP request", "http_request"], more: "Calls a service." };
const ALL = [
  { heading: "Control", items: [DELAY, SWITCH] },
  { heading: "Data", items: [OFFSET, SET] },
  { heading: "Integration", items: [REQUEST] },
];

const find = (words: string) =>
  searched(ALL, ({ names, more }) => rankOf(words, names, more)).map(({ heading, items }) => [
    heading,
    ...items.map(({ names }) => names[0]),
  ]);

it.each([
  ["set", [["Data", "Set", "Offset"]]],
  [
    "http",
    [
      ["Integration", "HTTP request"],
      ["Control", "Switch"],
    ],
  ],
  ["http_request", [["Integration", "HTTP request"]]],
  ["request http", [["Integration", "HTTP request"]]],
  ["seconds waits", [["Control", "Delay"]]],
  ["unheard of", []],
])("finds by “%s” what is called so before what only tells of it", (words, found) => {
  expect(find(words)).toEqual(found);
});

it("keeps everything as it stands without words", () => {
  expect(searched(ALL, ({ names, more }) => rankOf(" ", names, more))).toMatchObject(ALL);
});

// A workflow by keyboard alone: add, connect, run. The mouse is never used.
import { edgeIs, enter, reads, runIs, saved, scenario, statusIs, until } from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const page = await open();
  const { keyboard } = page;
  const search = async (words) => {
    await page.getByTestId("node-search-input").waitFor();
    await keyboard.type(words);
    await keyboard.press("Enter");
    await page.getByTestId("node-search").waitFor({ state: "detached" });
  };
  /** Tab until this has the focus. */
  const reach = async (testId, key = "Tab", most = 120) => {
    for (let presses = 0; presses <= most; presses += 1) {
      const at = await page.evaluate(() => document.activeElement?.closest("[data-testid], [data-id]")?.outerHTML ?? "");
      if (at.slice(0, at.indexOf(">")).includes(testId)) return;
      await keyboard.press(key);
    }
    throw new Error(`${testId} cannot be reached with ${key}`);
  };
  /** Waits until the focus is here: a window that closes gives it back a moment later. */
  const focusIs = (testId) =>
    until(() => page.evaluate((id) => document.activeElement?.matches(id), `[data-testid="${testId}"], [data-id="${testId}"]`), `the focus at ${testId}`);

  await step("a new workflow", async () => {
    await enter(page);
    await keyboard.press("n");
    await page.getByRole("dialog").waitFor();
    await keyboard.type("By keyboard");
    await keyboard.press("Enter");
    await page.getByTestId("node-start").waitFor();
  });

  await step("select the start, and add behind it", async () => {
    await reach('data-id="start"');
    await keyboard.press("Enter");
    await page.getByTestId("inspector").waitFor();
    await keyboard.press("a");
    await search("template");
    await page.getByTestId("node-template").waitFor();
    await edgeIs(page, "start:out->template", "pending");
  });

  await step("what was added is gone on with in its panel", async () => {
    await focusIs("inspector");
    await page.getByTestId("field-template").waitFor();
    await reach("field-template", "Tab", 10);
  });

  await step("a new id leaves the focus where it is", async () => {
    await page.getByTestId("node-id").focus();
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type("letter");
    await keyboard.press("Enter");
    await page.getByTestId("node-letter").waitFor();
    await focusIs("node-id");
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type("template");
    await keyboard.press("Shift+Tab");
    await page.getByTestId("node-template").waitFor();
    await focusIs("node-name");
  });

  await step("a search that is left gives the focus back", async () => {
    await keyboard.press("Control+k");
    await focusIs("node-search-input");
    await keyboard.press("Escape");
    await focusIs("node-name");
  });

  await step("from the panel to the node, and back", async () => {
    await page.getByRole("button", { name: "Close the panel" }).focus();
    await keyboard.press("Enter");
    await focusIs("template");
    await keyboard.press("Enter");
    await page.getByTestId("inspector").waitFor();
    await keyboard.press("e");
    await focusIs("inspector");
  });

  await step("add by search, and connect to what is there", async () => {
    await keyboard.press("/");
    await page.getByTestId("node-search-input").waitFor();
    await keyboard.type("set");
    await reads(page.getByTestId("node-search").locator("[data-selected=true]"), "Gives values names");
    await keyboard.press("ControlOrMeta+a");
    await search("end");
    await page.getByTestId("node-end").waitFor();
    await reach('data-id="template"', "Shift+Tab");
    await keyboard.press("Enter");
    await keyboard.press("a");
    await search("connect to end");
    await edgeIs(page, "template:out->end", "pending");
  });

  await step("write into the panel", async () => {
    await reach("field-template");
    await keyboard.type("Hello");
    await saved(page);
  });

  await step("run", async () => {
    await keyboard.press("Control+Enter");
    await runIs(page, "completed");
    await statusIs(page, "end", "completed");
  });

  await step("the list of keys", async () => {
    await reach("close-run");
    await keyboard.press("?");
    await page.getByRole("dialog", { name: /keyboard/i }).waitFor();
  });
});

// Every page in light and dark, wide and narrow: axe finds nothing serious, and nothing scrolls sideways.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ask, check, DESKTOP, enter, given, openWorkflow, PHONE, runIs, scenario } from "../driver.mjs";

const require = createRequire(new URL("../../../frontend/package.json", import.meta.url));
const axe = require.resolve("axe-core/axe.min.js");
const SERIOUS = new Set(["serious", "critical"]);

async function audit(page, name) {
  // Evaluated from outside of the page: its policy allows no other script, as it should.
  await page.evaluate(readFileSync(axe, "utf8"));
  const found = await page.evaluate(async () => (await globalThis.axe.run(document)).violations);
  const faults = found
    .filter(({ impact }) => SERIOUS.has(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join("\n    ")}`);
  check(faults.length === 0, `${name}:\n  ${faults.join("\n  ")}`);
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  check(content <= window, `${name} scrolls sideways: ${content} > ${window}`);
}

await scenario(async ({ open, step }) => {
  const first = await open();
  let workflow = "";
  let execution = "";
  await step("something to look at", async () => {
    await enter(first);
    await openWorkflow(first, "Text statistics");
    workflow = new URL(first.url()).pathname;
    await first.getByTestId("run-button").click();
    await first.getByTestId("run-confirm").click();
    await runIs(first, "completed");
    execution = `/executions/${(await ask(first, "/executions")).items[0].id}`;
  });
  const session = await first.context().storageState();
  const faults = [];

  const { colorScheme } = given;
  for (const [size, viewport] of Object.entries({ wide: DESKTOP, narrow: PHONE })) {
      const page = await open({ session, colorScheme, viewport });
      const stranger = await open({ colorScheme, viewport });
      const look = (name, act, at = page) =>
        step(`${name}, ${colorScheme}, ${size}`, async () => {
          await act();
          await audit(at, `${name}, ${colorScheme}, ${size}`).catch((error) => faults.push(error.message));
        });
      await look("sign-in", async () => {
        await stranger.goto("/login");
        await stranger.getByRole("button", { name: "Sign in" }).waitFor();
      }, stranger);
      for (const [path, seen] of [
        ["/workflows", "Text statistics"], ["/executions", "Text statistics"], ["/credentials", /credential/i], ["/settings", "Profile"],
      ]) {
        await look(path, async () => {
          await page.goto(path);
          await page.getByRole("main").getByText(seen).first().waitFor();
        });
      }
      await look("an execution", async () => {
        await page.goto(execution);
        await page.getByTestId("node-start").waitFor();
      });
      await look("the editor with a node's panel", async () => {
        await page.goto(workflow);
        await page.getByTestId("node-start").waitFor();
        await page.getByTestId("node-start").click({ position: { x: 60, y: 12 } });
        await page.getByTestId("inspector").waitFor();
      });
      let link = "";
      await look("the window of the public link", async () => {
        await page.getByRole("button", { name: "Close the panel" }).click();
        await page.getByTestId("version-menu").click();
        await page.getByTestId("share-item").click();
        const url = page.getByTestId("share-url");
        await url.or(page.getByTestId("share-confirm")).waitFor();
        if ((await url.count()) === 0) await page.getByTestId("share-confirm").click();
        link = await url.inputValue();
      });
      await look("a shared workflow", async () => {
        await stranger.goto(link);
        await stranger.getByTestId("node-start").waitFor();
      }, stranger);
      await look("a node of it", async () => {
        await stranger.getByTestId("read-start").click();
        await stranger.getByRole("heading", { name: "Inputs schema" }).waitFor();
      }, stranger);
      await look("the templates", async () => {
        await page.goto("/workflows#new");
        await page.getByTestId("tab-templates").click();
        await page.getByTestId("template-weather-digest").waitFor();
      });
      await page.close();
      await stranger.close();
  }
  check(faults.length === 0, faults.join("\n"));
});

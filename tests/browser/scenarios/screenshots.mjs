// The pictures of docs/images.
import { join } from "node:path";
import {
  connect, enter, given, newWorkflow, openWorkflow, PHONE, runIs, scenario, select, until, write, writeInto,
} from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const page = await open();
  const take = async (name, from = page) => {
    await from.mouse.move(0, 0);
    await from.waitForTimeout(600);
    await from.screenshot({ path: join(given.artifacts, `${name}.png`) });
  };
  const run = async () => {
    await page.getByTestId("run-button").click();
    await page.getByTestId("run-confirm").click();
    await page.getByTestId("run-form").waitFor({ state: "detached" });
  };

  await step("a live run", async () => {
    await enter(page);
    await openWorkflow(page, "Service check");
    await page.getByTestId("run-button").click();
    await page.getByRole("button", { name: "As JSON" }).click();
    const services = Array.from({ length: 12 }, (_, at) => `${given.outside}/service-${at + 1}`);
    await writeInto(page, page.getByTestId("run-inputs-json"), JSON.stringify({ services, patience_s: 5 }, null, 2));
    await page.getByTestId("run-confirm").click();
    await until(async () => /[4-9]\/12/.test(await page.getByTestId("node-each_service").textContent()), "rounds");
    await page.screenshot({ path: join(given.artifacts, "run-live.png") });
    await runIs(page, "completed");
  });

  await step("a finished run, with a node's output", async () => {
    await openWorkflow(page, "Text statistics");
    await run();
    await runIs(page, "completed");
    await openWorkflow(page, "Weather digest");
    await run();
    await runIs(page, "completed");
    await page.getByTestId("toggle-palette").click();
    await page.getByTestId("run-node-seasons").click();
    await page.getByTestId("tab-data").click();
    await take("canvas");
    await page.emulateMedia({ colorScheme: "dark" });
    await take("canvas-dark");
    await page.emulateMedia({ colorScheme: "light" });
  });

  await step("a run that fails", async () => {
    await newWorkflow(page, "Order intake");
    await page.getByTestId("palette-stop").click();
    await page.getByRole("button", { name: "Close the panel" }).click();
    await page.getByTestId("arrange").click();
    await connect(page, "start", "out", "stop");
    await select(page, "stop");
    await write(page, "message", "The order has no lines.");
    await page.getByTestId("run-button").click();
    if ((await page.getByTestId("run-form").count()) > 0) await page.getByTestId("run-confirm").click();
    await runIs(page, "failed");
  });

  await step("lists", async () => {
    await page.goto("/executions");
    await page.getByRole("link", { name: "Weather digest" }).first().waitFor();
    await take("executions");
    await page.goto("/workflows");
    await page.getByRole("link", { name: "Weather digest" }).first().waitFor();
    await take("workflows");
  });

  await step("on a phone", async () => {
    const phone = await open({
      session: await page.context().storageState(), viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, isMobile: true,
    });
    await phone.goto("/executions");
    await phone.getByRole("link", { name: "Weather digest" }).first().click();
    await phone.getByTestId("node-start").waitFor();
    await take("phone", phone);
  });
});

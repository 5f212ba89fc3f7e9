// From an empty server to a workflow that was drawn, configured and run by hand.
import {
  connect, edgeState, enter, equal, given, newWorkflow, runIs, saved, scenario, select, statusOf, until, write,
} from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const page = await open();
  const outputs = () => page.getByTestId("run-outputs").textContent();

  await step("set up the owner", () => enter(page));

  await step("draw start → http_request → condition → two ends", async () => {
    await newWorkflow(page, "Service check");
    equal(await page.getByTestId("palette-start").count(), 0, "a second start is not offered");
    for (const type of ["http_request", "condition", "end", "end"]) {
      await page.getByTestId(`palette-${type}`).click();
    }
    await page.getByRole("button", { name: "Close the panel" }).click();
    await page.getByTestId("arrange").click();
    await connect(page, "start", "out", "http_request");
    await connect(page, "http_request", "out", "condition");
    await connect(page, "condition", "true", "end");
    await connect(page, "condition", "false", "end2");
    await page.getByTestId("arrange").click();
  });

  await step("configure the nodes in the panel", async () => {
    await select(page, "start");
    await page.getByTestId("field-inputs_schema-add").click();
    await page.getByLabel("Name of input 1").fill("path");
    await page.keyboard.press("Tab");
    await select(page, "http_request");
    await write(page, "url", `${given.outside}/{{ input.path }}`);
    await select(page, "condition");
    await write(page, "expression", "http_request.body.ok");
    for (const [end, words] of [["end", "well"], ["end2", "ill"]]) {
      await select(page, end);
      await page.getByTestId("field-outputs-add").click();
      await page.getByTestId("field-outputs-key-0").fill("state");
      await page.keyboard.press("Tab");
      await write(page, "outputs.state", `${words}: {{ http_request.body.name }}`);
    }
    await saved(page);
    await until(async () => (await page.getByTestId("problem-count").count()) === 0, "a valid draft");
  });

  async function run(path) {
    await page.getByTestId("run-button").click();
    await page.getByTestId("field-input.path").fill(path);
    await page.getByTestId("run-confirm").click();
    await page.getByTestId("run-form").waitFor({ state: "detached" });
  }

  await step("run it: statuses come in while it runs", async () => {
    await run("well");
    await until(async () => (await statusOf(page, "http_request")) === "running", "a running node");
    equal(await statusOf(page, "end"), "idle", "what comes later");
    await runIs(page, "completed");
  });

  await step("the path that was taken, and the dead one", async () => {
    const states = await Promise.all(["start", "http_request", "condition", "end", "end2"].map((node) => statusOf(page, node)));
    equal(states, ["completed", "completed", "completed", "completed", "skipped"], "statuses");
    equal(await edgeState(page, "condition:true->end"), "taken", "edge");
    equal(await edgeState(page, "condition:false->end2"), "dead", "edge");
    equal((await outputs()).includes("well: anvil"), true, `outputs ${await outputs()}`);
  });

  await step("the other way", async () => {
    await run("ill");
    await until(async () => (await statusOf(page, "end2")) === "completed", "the other end");
    equal(await edgeState(page, "condition:true->end"), "dead", "edge");
    equal((await outputs()).includes("ill: rope"), true, "outputs");
  });
});

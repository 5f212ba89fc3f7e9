// From an empty server to a workflow that was drawn, configured and run by hand.
import {
  check, connect, counts, edgeIs, enter, given, newWorkflow, PHONE, reads, runIs, saved, scenario, select, statusIs, write,
} from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const page = await open();
  const outputs = page.getByTestId("run-outputs");

  await step("set up the owner", () => enter(page));

  await step("draw start → http_request → condition → two ends", async () => {
    await newWorkflow(page, "Service check");
    await page.getByTestId("palette-end").waitFor();
    await counts(page.getByTestId("palette-start"), 0, "a second start offered");
    await page.getByTestId("palette-http_request").click();
    await page.getByTestId("palette-condition").click();
    await edgeIs(page, "http_request:out->condition", "pending");
    // Behind a selected node it is connected, without one it is not.
    for (let ends = 0; ends < 2; ends += 1) {
      await page.getByRole("button", { name: "Close the panel" }).click();
      await page.getByTestId("palette-end").click();
    }
    await page.getByRole("button", { name: "Close the panel" }).click();
    await page.getByTestId("arrange").click();
    await connect(page, "start", "out", "http_request");
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
    await reads(page.getByTestId("node-errors"), "exactly one of");
    await counts(page.getByTestId("field-cases"), 0, "cases beside an expression");
    await page.getByTestId("one-of-expression-cases-cases").click();
    await page.getByTestId("field-cases").waitFor();
    await page.getByTestId("one-of-expression-cases-expression").click();
    await write(page, "expression", "http_request.body.ok");
    for (const [end, words] of [["end", "well"], ["end2", "ill"]]) {
      await select(page, end);
      await page.getByTestId("field-outputs-add").click();
      await page.getByTestId("field-outputs-key-0").fill("state");
      await page.keyboard.press("Tab");
      await write(page, "outputs.state", `${words}: {{ http_request.body.name }}`);
    }
    await saved(page);
    await counts(page.getByTestId("problem-count"), 0, "problems of the draft");
  });

  async function run(path) {
    await page.getByTestId("run-button").click();
    await page.getByTestId("field-input.path").fill(path);
    await page.getByTestId("run-confirm").click();
    await page.getByTestId("run-form").waitFor({ state: "detached" });
  }

  await step("run it: statuses come in while it runs", async () => {
    await run("well");
    await statusIs(page, "http_request", "running");
    await statusIs(page, "end", "idle");
    await runIs(page, "completed");
  });

  await step("the path that was taken, and the dead one", async () => {
    for (const node of ["start", "http_request", "condition", "end"]) await statusIs(page, node, "completed");
    await statusIs(page, "end2", "skipped");
    await edgeIs(page, "condition:true->end", "taken");
    await edgeIs(page, "condition:false->end2", "dead");
    await reads(outputs, "well: anvil");
  });

  await step("the other way", async () => {
    await run("ill");
    await statusIs(page, "end2", "completed");
    await edgeIs(page, "condition:true->end", "dead");
    await reads(outputs, "ill: rope");
  });

  await step("a run that goes on is there again after a reload, and can be cancelled", async () => {
    await newWorkflow(page, "Waits");
    await select(page, "start");
    await page.getByTestId("palette-delay").click();
    await write(page, "seconds", "600");
    await saved(page);
    await page.getByTestId("run-button").click();
    await runIs(page, "waiting");
    await page.reload();
    await runIs(page, "waiting");
    await statusIs(page, "delay", "waiting");
    await page.setViewportSize(PHONE);
    const { x, width } = await page.getByTestId("run-button").boundingBox();
    check(x + width <= PHONE.width, "all of the bar is in sight on a phone");
    await page.getByTestId("cancel-button").click();
    await runIs(page, "cancelled");
  });
});

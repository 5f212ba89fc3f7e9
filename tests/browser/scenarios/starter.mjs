// A starter is opened, changed, undone, saved, run, looked into; its run is found again among the executions.
import {
  ask, check, clickNode, counts, enter, equal, openWorkflow, reads, runIs, saved, scenario, select, statusIs, titleIs, until,
} from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const page = await open();
  const start = page.getByTestId("node-start");
  let id = "";

  await step("open the weather digest", async () => {
    await enter(page);
    await openWorkflow(page, "Weather digest");
    id = new URL(page.url()).pathname.split("/").at(-1);
    await titleIs(page, "Weather digest · Weft");
    const zoom = () => page.locator(".react-flow__viewport").evaluate((view) => new DOMMatrix(view.style.transform).a);
    await until(async () => (await zoom()) >= 0.5, "a wide graph opens readable");
  });

  await step("change it, undo, redo", async () => {
    await select(page, "start");
    await page.getByTestId("node-name").fill("Observations");
    await until(async () => !(await start.textContent()).includes("thresholds"), "renamed");
    await page.getByTestId("undo").click();
    await reads(start, "Observations and thresholds");
    // The undone draft is saved in between: what can be redone outlives it.
    await saved(page);
    await page.getByTestId("redo").click();
    await until(async () => !(await start.textContent()).includes("thresholds"), "redone");
  });

  await step("a node that was added, its panel open, and undone: the others still open theirs", async () => {
    await page.getByTestId("palette-llm").click();
    await page.getByTestId("node-llm").waitFor();
    await page.getByTestId("inspector").waitFor();
    await page.getByTestId("undo").click();
    await page.getByTestId("node-llm").waitFor({ state: "detached" });
    await counts(page.getByTestId("inspector"), 0, "the panel of a node that is gone");
    await select(page, "start");
  });

  await step("it saves itself", async () => {
    await saved(page);
    const draft = await until(async () => {
      const now = await ask(page, `/workflows/${id}`);
      return now.graph.nodes.some((node) => node.name === "Observations") && now;
    }, "the saved draft");
    equal(draft.name, "Weather digest", "name");
  });

  await step("the run form keeps the lines of a long input", async () => {
    await page.getByTestId("run-button").click();
    const field = page.getByTestId("field-input.observations");
    equal(await field.evaluate((element) => element.tagName), "TEXTAREA", "a long text");
    const text = await field.inputValue();
    check(text.split("\n").length > 1000, "all lines are there");
    await field.fill(text.split("\n").slice(0, 400).join("\n"));
    await page.getByTestId("run-confirm").click();
    await runIs(page, "completed");
  });

  await step("a node's output", async () => {
    await statusIs(page, "each_month", "completed");
    await page.getByTestId("run-node-digest").click();
    await page.getByTestId("tab-data").click();
    await page.getByTestId("node-output").waitFor();
    await reads(page.getByTestId("node-record"), "Completed");
  });

  await step("the latest run's data after a reload, until it is closed", async () => {
    await saved(page);
    await page.reload();
    await select(page, "digest");
    await counts(page.getByTestId("run-panel"), 0, "a run that nobody asked for");
    await page.getByTestId("tab-data").click();
    await page.getByTestId("node-output").waitFor();
    await reads(page.getByTestId("node-record"), "Completed");
    await page.getByTestId("close-run").click();
    await page.getByText("Pick a run in History").waitFor();
    await page.getByTestId("history-button").click();
    await page.locator('[data-testid^="history-"][data-status="completed"]').first().click();
    await runIs(page, "completed");
    await page.getByTestId("history-button").click();
  });

  await step("a node inside a loop is not run alone", async () => {
    await counts(page.locator('[data-testid^="run-node-each_month["]'), 0, "rounds of a folded loop");
    await page.getByTestId("run-fold-each_month").click();
    await page.getByTestId("run-fold-each_month[0]").click();
    await page.getByTestId("run-node-each_month[0].figures").click();
    await page.getByText("Run its loop").waitFor();
    await counts(page.getByTestId("run-node"), 0, "no button");
    await page.getByTestId("run-node-seasons").click();
    await page.getByTestId("inspector").and(page.getByLabel("Node By season")).waitFor();
    await counts(page.getByTestId("run-node"), 1, "a button elsewhere");
  });

  await step("the run among the executions, on its own graph", async () => {
    const { items } = await ask(page, `/executions?workflow_id=${id}`);
    equal(items[0].trigger.type, "canvas", "trigger");
    await page.goto("/executions");
    await page.getByRole("link", { name: "Weather digest" }).first().click();
    await page.getByTestId("node-digest").waitFor();
    await statusIs(page, "digest", "completed");
    await reads(start, "Observations");
    await titleIs(page, "Run of Weather digest · Weft");
    await counts(page.getByRole("button", { name: /Pause|Approve|Delete/ }), 0, "what the API has not");
    await clickNode(page, "years");
    await page.getByRole("region", { name: "Node years" }).waitFor();
    await page.getByRole("row").filter({ hasText: "digest" }).first().getByRole("cell").last().click();
    await page.getByRole("region", { name: "Node digest" }).waitFor();
  });

  await step("the run in the editor's history, after the draft has changed", async () => {
    await openWorkflow(page, "Weather digest");
    await select(page, "start");
    await page.getByTestId("node-name").fill("Changed since");
    await saved(page);
    await page.getByTestId("history-button").click();
    await page.locator('[data-testid^="history-"][data-status="completed"]').first().click();
    await page.getByTestId("looking").waitFor();
    await reads(start, "Observations");
    await page.getByRole("button", { name: "Back to the draft" }).click();
    await reads(start, "Changed since");
  });
});

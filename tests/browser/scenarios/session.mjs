// Signing out and in, a wrong password, and what validation says where.
import {
  ask, check, counts, enter, equal, given, newWorkflow, reads, saved, scenario, select, titleIs, until, write,
} from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const page = await open();

  await step("set-up where someone else was first leads to sign-in, and says so", async () => {
    const late = await open();
    await late.goto("/setup");
    await late.getByLabel("Your name").fill("Late");
    await late.getByLabel("Email").fill("late@example.com");
    await late.getByLabel("Password").fill("a long enough one");
    await enter(page);
    await late.getByRole("button", { name: "Create owner" }).click();
    await late.getByRole("heading", { name: "Sign in" }).waitFor();
    await late.getByText("Someone else was first").waitFor();
    await late.close();
  });

  await step("sign out", async () => {
    await page.getByRole("button", { name: given.owner.name }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  await step("a page that wants a session leads to sign-in", async () => {
    await page.goto("/executions?status=failed");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  await step("a wrong password is refused where it stands", async () => {
    await page.getByLabel("Email").fill(given.owner.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: /password/i }).waitFor();
    check(page.url().includes("/login"), "still outside");
  });

  await step("the right one leads to where one was going", async () => {
    await page.getByLabel("Password").fill(given.owner.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Executions" }).waitFor();
    await until(() => page.url().endsWith("/executions?status=failed"), "the page that was asked for");
    await titleIs(page, "Executions · Weft");
  });

  await step("validation stands at the node and at the field", async () => {
    await newWorkflow(page, "Faulty");
    await page.getByTestId("palette-set").click();
    await page.getByTestId("field-values-add").click();
    await page.getByTestId("field-values-key-0").fill("total");
    await page.keyboard.press("Tab");
    await write(page, "values.total", "{{ nothing_here.x }}");
    await page.getByTestId("problem-set").and(page.locator('[data-severity="error"]')).waitFor();
    await page.getByTestId("problems-values.total").getByText("nothing_here").waitFor();
    await page.getByTestId("run-button").click();
    await page.getByText(/not started|cannot be run|has errors/i).first().waitFor();
    await write(page, "values.total", "{{ input.x }}");
    await page.getByTestId("problem-set").and(page.locator('[data-severity="error"]')).waitFor({ state: "detached" });
  });

  await step("an id that cannot be is refused where it is typed, and the reason stays", async () => {
    const id = page.getByTestId("node-id");
    const reason = page.getByTestId("inspector").getByRole("alert");
    await id.fill("start");
    await reads(reason, "Another node has the id “start”.");
    await id.press("Enter");
    equal(await id.inputValue(), "start", "what was typed");
    await id.press("Tab");
    equal(await id.inputValue(), "set", "the node's own id");
    await reads(reason, "“start” was not taken. Another node has the id “start”.");
    await id.fill("sum");
    await id.press("Enter");
    await page.getByTestId("node-sum").waitFor();
    await counts(reason, 0, "a reason");
  });

  await step("without a network the draft stays, and is saved when it is back", async () => {
    await page.context().setOffline(true);
    await page.getByTestId("node-name").fill("Written offline");
    await page.locator('[data-testid="save-state"][data-state="failed"]').waitFor();
    const asked = [];
    page.once("dialog", async (dialog) => {
      asked.push(dialog.message());
      await dialog.dismiss();
    });
    await page.getByRole("link", { name: "Executions" }).click();
    check(asked.length === 1 && /not saved/.test(asked[0]), "leaving asks first");
    await page.getByTestId("editor").waitFor();
    await page.context().setOffline(false);
    await saved(page);
  });

  await step("a session that ends keeps the page, and what is unsaved on it", async () => {
    await page.context().clearCookies();
    await page.getByTestId("node-name").fill("Written after the end");
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await dialog.getByLabel("Password").fill(given.owner.password);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    await saved(page);
    const { graph } = await ask(page, `/workflows/${new URL(page.url()).pathname.split("/").at(-1)}`);
    check(graph.nodes.some(({ name }) => name === "Written after the end"), "it is stored");
  });

  await step("a name with more than one space in a row opens", async () => {
    await newWorkflow(page, "Wide  words");
    await page.reload();
    await page.getByTestId("node-start").waitFor();
    await titleIs(page, "Wide words · Weft");
    equal(await page.getByTestId("workflow-name").inputValue(), "Wide  words", "the name");
  });

  await step("back from a new workflow is the list, with nothing to fill in", async () => {
    await newWorkflow(page, "Another");
    await page.goBack();
    await page.getByRole("heading", { name: "Workflows" }).waitFor();
    await page.getByRole("link", { name: "Another" }).waitFor();
    check(!page.url().includes("#"), `the list's own address, not ${page.url()}`);
  });

  await step("back from a workflow that was searched for is what was found", async () => {
    const search = page.getByRole("searchbox", { name: "Search workflows" });
    await search.fill("fault");
    await page.getByRole("link", { name: "Another" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Faulty" }).click();
    await page.getByTestId("node-start").waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Faulty" }).waitFor();
    equal(await search.inputValue(), "fault", "the search");
    await counts(page.getByRole("link", { name: "Another" }), 0, "what was not searched for");
    await page.getByRole("link", { name: "Workflows" }).click();
    await page.getByRole("link", { name: "Another" }).waitFor();
    equal(await search.inputValue(), "", "the search after going to all");
  });

  await step("fields that are needed say so", async () => {
    await page.goto("/workflows");
    await page.getByRole("button", { name: "New workflow" }).click();
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("Give it a name.").waitFor();
    await select(await reopened(page), "start");
  });
});

/** The list again, and the workflow from above. */
async function reopened(page) {
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Faulty" }).click();
  return page;
}

// Two windows change one workflow: the later one is told, and decides.
import { ask, enter, equal, newWorkflow, reads, saved, scenario, select, until } from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const first = await open();
  let second;
  const rename = async (page, name) => {
    await select(page, "start");
    await page.getByTestId("node-name").fill(name);
  };
  const stored = async () => {
    const { graph } = await ask(first, `/workflows/${new URL(first.url()).pathname.split("/").at(-1)}`);
    return graph.nodes[0].name;
  };

  await step("the same workflow in two windows", async () => {
    await enter(first);
    await newWorkflow(first, "Shared");
    second = await open({ session: await first.context().storageState() });
    await second.goto(first.url());
    await second.getByTestId("node-start").waitFor();
  });

  await step("the first one saves", async () => {
    await rename(first, "From the first");
    await until(async () => (await stored()) === "From the first", "the first's change");
  });

  await step("the second one is told, and takes what is there", async () => {
    await rename(second, "From the second");
    await second.getByRole("dialog", { name: "This workflow was changed elsewhere" }).waitFor();
    equal(await stored(), "From the first", "nothing is overwritten");
    await second.getByTestId("conflict-reload").click();
    await saved(second);
    await reads(second.getByTestId("node-start"), "From the first");
    equal(await second.getByTestId("node-name").inputValue(), "From the first", "the panel, still open");
  });

  await step("now the first one is behind, and keeps its own", async () => {
    await rename(second, "Second again");
    await until(async () => (await stored()) === "Second again", "the second's change");
    await rename(first, "First again");
    await first.getByTestId("conflict-keep").click();
    await until(async () => (await stored()) === "First again", "the first's change on top");
  });
});

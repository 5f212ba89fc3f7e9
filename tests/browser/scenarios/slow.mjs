// On a slow network the code editor comes while one writes: nothing that is typed is lost, and the writing goes on.
import { clickNode, enter, equal, newWorkflow, scenario, until } from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const page = await open();
  let arrive;
  const arrived = new Promise((resolve) => {
    arrive = resolve;
  });

  await step("open a node while its editor is on the way", async () => {
    await enter(page);
    await page.route("**/_next/static/chunks/*.js", async (route) => {
      const response = await route.fetch();
      if ((await response.text()).includes("cm-lineWrapping")) await arrived;
      await route.fulfill({ response });
    });
    await newWorkflow(page, "Slow");
    await page.getByTestId("palette-code_javascript").click();
    await clickNode(page, "code_javascript");
  });

  await step("write through its coming, in the middle of the text", async () => {
    const plain = page.getByTestId("inspector").locator("textarea").first();
    await plain.click();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("return ;");
    await page.keyboard.press("ArrowLeft");
    arrive();
    const digits = "0123456789".repeat(4);
    await page.keyboard.type(digits, { delay: 25 });
    const editor = page.getByTestId("field-code");
    await editor.waitFor();
    await page.keyboard.type("n");
    await until(async () => (await editor.innerText()).includes("n;"), "the text in the editor");
    equal(await editor.innerText(), `return ${digits}n;`, "the text");
  });
});

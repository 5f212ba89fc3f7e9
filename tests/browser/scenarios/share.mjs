// A workflow begins as a template, is shared by a link, is read by a stranger on a screen and on a phone, and the link ends.
import { join } from "node:path";
import { ask, centre, check, counts, enter, equal, given, PHONE, reads, saved, scenario, titleIs, until } from "../driver.mjs";

await scenario(async ({ open, step }) => {
  const page = await open({ permissions: ["clipboard-read", "clipboard-write"] });
  const dialog = page.getByRole("dialog");
  const look = async (name, at = page) => {
    await at.waitForTimeout(400);
    await at.screenshot({ path: join(given.artifacts, `share-${name}.png`) });
  };
  let url = "";

  await step("templates are found by words, with the keyboard", async () => {
    await enter(page);
    await page.getByRole("button", { name: "New workflow" }).click();
    await dialog.getByLabel("Name").waitFor();
    await page.getByTestId("tab-templates").click();
    const cards = dialog.getByTestId(/^template-/);
    await counts(cards, 4, "templates");
    await look("gallery");
    await dialog.getByLabel("Search templates").fill("no such thing");
    await dialog.getByText("No template has all of these words").waitFor();
    await look("no-hit");
    await dialog.getByRole("button", { name: "Show all templates" }).click();
    await counts(cards, 4, "templates");
    await dialog.getByLabel("Search templates").fill("DIGEST wéather");
    await counts(cards, 1, "template");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByTestId("node-start").waitFor();
    equal(await page.getByTestId("workflow-name").inputValue(), "Weather digest", "the name");
  });

  await step("the owner shares it", async () => {
    await page.getByTestId("version-menu").click();
    await page.getByTestId("share-item").click();
    await reads(dialog, "Anybody who has the link can see this workflow without signing in");
    await look("before");
    await page.getByTestId("share-confirm").click();
    await page.getByTestId("share-url").waitFor();
    url = await page.getByTestId("share-url").inputValue();
    await dialog.getByRole("button", { name: "Copy link" }).click();
    await dialog.getByRole("button", { name: "Copied" }).waitFor();
    equal(await page.evaluate(() => navigator.clipboard.readText()), url, "what was copied");
    await look("dialog");
    check(url.startsWith(`${given.base}/shared#`), `the link is ${url}`);
    await dialog.getByRole("button", { name: "Done" }).click();
  });

  const stranger = await open();
  const asked = [];
  stranger.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await step("a stranger reads it without signing in", async () => {
    await stranger.goto(url);
    await stranger.getByTestId("node-start").waitFor();
    await titleIs(stranger, "Weather digest · Weft");
    await look("page", stranger);
    const card = stranger.getByTestId("node-start");
    await card.click();
    const panel = stranger.getByTestId("shared-panel");
    await panel.getByRole("heading", { name: "Inputs schema" }).waitFor();
    await look("node", stranger);
    await stranger.keyboard.press("Escape");
    await stranger.getByTestId("read-frost").click();
    await reads(panel, "frost");
    equal(await stranger.locator("input, textarea").count(), 0, "fields to write into");
    equal(await stranger.context().cookies(), [], "cookies");
    const apis = new Set(asked.filter((path) => path.startsWith("/api/")).map((path) => path.replace(/shared\/.*/, "shared")));
    equal([...apis], ["/api/v1/shared"], "what the page asks of the API");
  });

  await step("the canvas pans and zooms, and moves nothing", async () => {
    await stranger.keyboard.press("Escape");
    const card = stranger.getByTestId("node-start");
    const before = await centre(card);
    const canvas = await stranger.getByTestId("canvas").boundingBox();
    const from = { x: canvas.x + canvas.width / 2, y: canvas.y + 20 };
    await stranger.mouse.move(from.x, from.y);
    await stranger.mouse.down();
    await stranger.mouse.move(from.x + 90, from.y + 60, { steps: 5 });
    await stranger.mouse.up();
    await until(async () => (await centre(card)).x > before.x + 60, "the canvas has moved");
    const wide = (await card.boundingBox()).width;
    await stranger.getByRole("button", { name: "Zoom Out" }).click();
    await until(async () => (await card.boundingBox()).width < wide, "the canvas is smaller");
  });

  await step("and on a phone", async () => {
    const phone = await open({ viewport: PHONE, hasTouch: true, isMobile: true });
    await phone.goto(url);
    await phone.getByTestId("node-start").waitFor();
    await look("phone", phone);
    await phone.getByTestId("read-start").tap();
    await phone.getByRole("heading", { name: "Inputs schema" }).waitFor();
    await look("phone-node", phone);
    const [content, window] = await phone.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    check(content <= window, `the page scrolls sideways: ${content} > ${window}`);
    await phone.close();
  });

  await step("the draft changes, and the link shows what was shared", async () => {
    await page.getByTestId("workflow-name").fill("Weather, renamed");
    await page.getByTestId("node-start").click({ position: { x: 60, y: 12 } });
    await page.getByTestId("node-name").fill("Changed since");
    await saved(page);
    await stranger.reload();
    await titleIs(stranger, "Weather, renamed · Weft");
    check(!(await stranger.getByTestId("node-start").textContent()).includes("Changed since"), "a later draft is shown");
  });

  await step("sharing ends", async () => {
    await page.getByTestId("version-menu").click();
    await page.getByTestId("share-item").click();
    equal(await page.getByTestId("share-url").inputValue(), url, "the same link");
    await page.getByTestId("share-stop").click();
    await page.getByTestId("share-confirm").waitFor();
    await stranger.reload();
    await stranger.getByRole("heading", { name: "This link is no longer shared" }).waitFor();
    await look("gone", stranger);
    const fresh = await open({ viewport: PHONE });
    await fresh.goto(url);
    await fresh.getByTestId("share-gone").waitFor();
    await look("phone-gone", fresh);
    const events = (await ask(page, "/audit?limit=50")).items.map(({ event }) => event);
    await until(() => events.includes("WorkflowShared"), "the audit log has it");
  });
});

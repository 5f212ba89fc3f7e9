// What the scenarios share: a browser on the server under test, named steps, and the watch over every page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { chromium } = createRequire(new URL("../../frontend/package.json", import.meta.url))("playwright-core");

/** What pytest gives: `base` (the server's address), `chromium`, `artifacts`, `owner`, `outside`. */
export const given = JSON.parse(readFileSync(0, "utf8"));
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
const PATIENCE_MS = 20_000;

export function check(holds, message) {
  if (!holds) throw new Error(message);
}

export function equal(found, expected, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  check(a === b, `${what}: expected ${b}, found ${a}`);
}

/** Waits until `probe` gives something true, and gives it. */
export async function until(probe, what) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found) return found;
    check(Date.now() < end, `never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Keeps what no page may do: leave the origin, break the CSP, print an error, meet a 5xx. */
function watch(context, faults) {
  const origin = new URL(given.base).origin;
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== origin) faults.push(`left the origin: ${url.href}`);
  });
  context.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() >= 500) faults.push(`${response.status()} from ${pathname}`);
    if (response.status() === 404 && !pathname.startsWith("/api/")) faults.push(`404 for ${pathname}`);
  });
  context.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // The browser's own note of a refusal by the API; the app shows it where it belongs.
    if (/^Failed to load resource: .*( status of 4\d\d|net::ERR_INTERNET_DISCONNECTED)/.test(message.text())) return;
    faults.push(`console ${message.type()}: ${message.text()}`);
  });
  context.on("weberror", (thrown) => faults.push(`thrown: ${thrown.error().message}`));
}

/**
 * Runs one scenario: `play({ open, step })`. `open` gives a page in a window (context) of its own.
 * The first fault ends the process with 1, after a picture of each page.
 */
export async function scenario(play) {
  const browser = await chromium.launch({
    executablePath: given.chromium,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  const faults = [];
  const pages = [];
  let at = "opening";
  const step = async (name, act) => {
    at = name;
    console.log(name);
    await act();
    check(faults.length === 0, faults.join("\n"));
  };
  const open = async ({ session, ...options } = {}) => {
    const context = await browser.newContext({
      baseURL: given.base, viewport: DESKTOP, reducedMotion: "reduce", storageState: session, ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    watch(context, faults);
    const page = await context.newPage();
    pages.push(page);
    return page;
  };
  try {
    await play({ open, step });
    check(faults.length === 0, faults.join("\n"));
  } catch (error) {
    const stack = error.stack.split("\n").filter((line) => !/^\S*\s+- /.test(line));
    console.error(`failed at “${at}”: ${stack.join("\n")}`);
    if (faults.length > 0) console.error(faults.join("\n"));
    for (const [index, page] of pages.entries()) {
      await page.screenshot({ path: join(given.artifacts, `failed-${index}.png`) }).catch(() => undefined);
    }
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** Creates the owner on the set-up page, or signs in where there is one. */
export async function enter(page) {
  await page.goto("/");
  await page.getByRole("heading", { name: /Set up Weft|Sign in/ }).waitFor();
  const setup = page.url().includes("/setup");
  if (setup) await page.getByLabel("Your name").fill(given.owner.name);
  await page.getByLabel("Email").fill(given.owner.email);
  await page.getByLabel("Password").fill(given.owner.password);
  await page.getByRole("button", { name: setup ? "Create owner" : "Sign in" }).click();
  await page.getByRole("heading", { name: "Workflows" }).waitFor();
}

export async function newWorkflow(page, name) {
  await page.goto("/workflows");
  await page.getByRole("button", { name: "New workflow" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByTestId("editor").waitFor();
}

export async function openWorkflow(page, name) {
  await page.goto("/workflows");
  await page.getByRole("link", { name }).first().click();
  await page.getByTestId("node-start").waitFor();
}

/** Writes into a field of the node's panel, whatever editor it has. */
export async function write(page, field, text) {
  await writeInto(page, page.getByTestId(`field-${field}`), text);
}

export async function writeInto(page, target, text) {
  await target.waitFor();
  const editable = (await target.locator(".cm-content").count()) > 0 ? target.locator(".cm-content") : target;
  await editable.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

/** Draws an edge from a port to another node, with the mouse. */
export async function connect(page, source, port, target) {
  const from = await centre(page.getByTestId(`port-${source}-${port}`));
  const to = await centre(page.getByTestId(`port-${target}-in`));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await page.getByTestId(`edge-${source}:${port}->${target}`).waitFor({ state: "attached" });
}

/** The middle of what has come to rest: views glide to where they are wanted. */
export async function centre(locator) {
  await locator.waitFor();
  let before = null;
  const box = await until(async () => {
    const now = await locator.boundingBox();
    const rests = before !== null && now.x === before.x && now.y === before.y;
    before = now;
    if (!rests) await new Promise((resolve) => setTimeout(resolve, 250));
    return rests && now;
  }, "rest");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Clicks a node on the canvas; one that is out of sight is brought there first. */
export async function clickNode(page, node) {
  const card = page.getByTestId(`node-${node}`);
  await card.waitFor();
  const [view, box] = await Promise.all([page.getByTestId("canvas").boundingBox(), card.boundingBox()]);
  const inside = box.x >= view.x && box.y >= view.y && box.x + 60 <= view.x + view.width && box.y + 12 <= view.y + view.height;
  if (!inside) await page.locator(".react-flow__controls-fitview").click();
  await centre(card);
  await card.click({ position: inside ? { x: 60, y: 12 } : undefined });
}

export async function select(page, node) {
  await clickNode(page, node);
  await page.getByTestId("node-id").waitFor();
  await until(async () => (await page.getByTestId("node-id").inputValue()) === node, `the panel of ${node}`);
}

export async function saved(page) {
  await page.locator('[data-testid="save-state"][data-state="saved"]').waitFor();
}

/** Waits until the run on the canvas has this status. */
export async function runIs(page, status) {
  await page.locator(`[data-testid="run-status"][data-status="${status}"]`).waitFor();
}

// What follows an action is drawn a moment after it: the reading waits for it.

/** Waits until the element has these words. */
export async function reads(locator, words) {
  await until(async () => (await locator.textContent()).includes(words), `“${words}”`);
}

/** Waits until there are so many of them. */
export async function counts(locator, expected, what) {
  await until(async () => (await locator.count()) === expected, `${expected} × ${what}`);
}

/** Waits until the node on the canvas has this status. */
export async function statusIs(page, node, status) {
  await page.locator(`[data-testid="status-${node}"][data-status="${status}"]`).waitFor({ state: "attached" });
}

/** Waits until the edge on the canvas is drawn so. */
export async function edgeIs(page, edge, state) {
  await page.locator(`[data-testid="edge-${edge}"][data-state="${state}"]`).waitFor({ state: "attached" });
}

export async function titleIs(page, title) {
  await until(async () => (await page.title()) === title, `the title “${title}”`);
}

/** Asks the API as the page's own user. */
export async function ask(page, path) {
  return page.evaluate(async (url) => (await fetch(url)).json(), `/api/v1${path}`);
}

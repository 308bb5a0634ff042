// The pages in a real browser, against a running demo (run.sh starts one).
//
// `GET /demo/pages.json` lists the pages: [{ "path", "name", "lang", "status"?, "login"?: { "path", "key" } }]. A page
// with `login` is looked at after logging in there with that key; every other page must work without any cookie. A page
// with `status` is a sample of an error and answers so.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";

const base = new URL(process.env.OBHUT_BASE ?? "http://127.0.0.1:8080");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { pages, trouble } = await list();
const form = pages.find((page) => page.lang === "de" && page.name === "purchase-form");

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.OBHUT_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // The page of somebody else is made up below, so the browser does not know that it too is on this machine.
      "--disable-features=LocalNetworkAccessChecks",
      // What a strict browser does: no cookie of a frame from another site.
      "--test-third-party-cookie-phaseout",
    ],
  });
});
after(async () => await browser?.close());

async function list() {
  try {
    const answer = await fetch(new URL("/demo/pages.json", base));
    return { pages: await answer.json(), trouble: null };
  } catch (error) {
    return { pages: [], trouble: String(error.cause ?? error) };
  }
}

/** Opens a page in a browser of its own, with a protocol of everything that must not happen. */
async function open(entry, options = {}) {
  const context = await browser.newContext({ locale: entry.lang === "de" ? "de-DE" : "en-GB", ...options });
  const page = await context.newPage();
  const seen = { errors: [], foreign: [], cookies: [], methods: [] };
  page.on("console", (message) => {
    // The browser reports the status of an error page as an error of its own.
    const own = entry.status && message.location().url === page.url() && message.text().includes(String(entry.status));
    if (message.type() === "error" && !own) seen.errors.push(message.text());
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    seen.methods.push(request.method());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== base.origin) seen.foreign.push(url.href);
  });
  page.on("response", async (response) => {
    const headers = await response.allHeaders().catch(() => ({}));
    if (headers["set-cookie"]) seen.cookies.push(`${response.url()}: ${headers["set-cookie"].split("=")[0]}`);
  });
  if (entry.login) {
    await page.goto(new URL(entry.login.path, base).href);
    await page.getByLabel(/^(Schlüssel|Key)$/).fill(entry.login.key);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname !== new URL(entry.login.path, base).pathname);
    seen.errors.length = seen.cookies.length = 0;
  }
  const answer = await page.goto(new URL(entry.path, base).href, { waitUntil: "load" });
  assert.equal(answer.status(), entry.status ?? 200, entry.path);
  assert.equal(new URL(page.url()).pathname, new URL(entry.path, base).pathname, "no detour");
  return { context, page, seen };
}

/** Runs `look` on the page and closes its browser, whatever happens. */
async function visit(entry, options, look) {
  const opened = await open(entry, options);
  try {
    return await look(opened);
  } finally {
    await opened.context.close();
  }
}

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${rule.help})`));
}

/** What the browser keeps beside cookies. */
function kept(page) {
  return page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map((database) => database.name),
    workers: (await navigator.serviceWorker?.getRegistrations?.())?.length ?? 0,
  }));
}
const nothing = { local: [], session: [], databases: [], workers: 0 };

test("the demo lists its pages", () => {
  assert.equal(trouble, null, `${base.href}demo/pages.json: ${trouble}`);
  assert.ok(pages.length > 0);
  assert.ok(form, "no page named `purchase-form` in German");
});

for (const entry of pages) {
  describe(`${entry.name} (${entry.lang}) ${entry.path}`, () => {
    for (const colorScheme of ["light", "dark"]) {
      test(`axe finds nothing, ${colorScheme}`, () =>
        visit(entry, { colorScheme }, async ({ page }) => {
          assert.deepEqual(await violations(page), []);
        }));
    }

    test("is quiet: no error, no third party, nothing stored", () =>
      visit(entry, {}, async ({ context, page, seen }) => {
        await page.waitForLoadState("networkidle");
        assert.deepEqual(seen.errors, []);
        assert.deepEqual(seen.foreign, []);
        assert.deepEqual(await kept(page), nothing);
        if (!entry.login) {
          assert.deepEqual(seen.cookies, []);
          assert.deepEqual(await context.cookies(), []);
        }
        assert.equal(await page.locator("html").getAttribute("lang"), entry.lang);
        assert.notEqual((await page.title()).trim(), "");
        assert.equal(await page.locator("h1").count(), 1, "one first heading");
      }));

    test("Tab reaches everything, and the focus shows", () =>
      visit(entry, {}, async ({ page }) => {
        const wanted = await page.evaluate(markFocusable);
        const reached = new Set();
        const hidden = [];
        for (let step = 0; step < 3 * wanted.length + 40 && reached.size < wanted.length; step += 1) {
          await page.keyboard.press("Tab");
          const focus = await page.evaluate(describeFocus);
          if (!focus || reached.has(focus.mark)) continue;
          reached.add(focus.mark);
          if (!focus.visible) hidden.push(focus.what);
        }
        const missed = wanted.filter(({ mark }) => !reached.has(mark)).map(({ what }) => what);
        assert.deepEqual(missed, [], "not reached");
        assert.deepEqual(hidden, [], "focus does not show");
      }));

    test("reflows at 320 pixels", () =>
      visit(entry, { viewport: { width: 320, height: 640 } }, async ({ page }) => {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= 320, `${width} pixels wide`);
      }));

    test("is the same page without script", () =>
      visit(entry, { javaScriptEnabled: false }, async ({ page }) => {
        assert.equal(await page.locator("h1").count(), 1);
        assert.equal(await page.locator("noscript").count(), 0, "nothing is only for those without script");
      }));
  });
}

/** In the page: marks what can be reached by Tab; of a group of radio buttons one. */
function markFocusable() {
  const groups = new Set();
  const list = [];
  const all = "a[href], area[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]";
  for (const element of document.querySelectorAll(all)) {
    if (element.disabled || element.type === "hidden" || element.tabIndex < 0 || element.inert) continue;
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("[inert]")) continue;
    if (element.type === "radio") {
      if (groups.has(element.name)) continue;
      groups.add(element.name);
    }
    const mark = element.type === "radio" ? `radio ${element.name}` : String(list.length);
    element.dataset.mark = mark;
    list.push({ mark, what: element.outerHTML.slice(0, 120) });
  }
  return list;
}

/** In the page: what has the focus, and whether one can see that. */
function describeFocus() {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const shows = (candidate) => {
    if (!candidate) return false;
    const style = getComputedStyle(candidate);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  };
  const box = element.getBoundingClientRect();
  const label = element.labels?.[0];
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
  return {
    mark: element.type === "radio" ? `radio ${element.name}` : element.dataset.mark,
    what: element.outerHTML.slice(0, 120),
    // A frame shows the focus inside itself.
    visible: element.tagName === "IFRAME" || (inside && [element, label, element.parentElement].some(shows)),
  };
}

describe("the purchase form", { skip: form ? false : "no purchase form" }, () => {
  const person = {
    Name: "Erika Beispiel",
    Anschrift: "Musterweg 2\n12345 Musterstadt",
    Telefon: "030 5550100",
    "E-Mail-Adresse": `erika.${process.pid}@example.org`,
  };
  const order = /^Zahlungspflichtig bestellen$/;

  async function fill(where) {
    for (const [label, value] of Object.entries(person)) {
      await where.getByLabel(label, { exact: true }).fill(value);
    }
    await where.getByRole("radio", { name: "Rechnung" }).check();
  }
  const thanks = (where) => where.getByRole("heading", { level: 1, name: /Vielen Dank/ }).waitFor({ timeout: 10_000 });

  test("the consent is never ticked before", () =>
    visit(form, {}, async ({ page }) => {
      for (const box of await page.getByRole("checkbox").all()) assert.equal(await box.isChecked(), false);
      for (const radio of await page.getByRole("radio").all()) assert.equal(await radio.isChecked(), false);
    }));

  for (const javaScriptEnabled of [false, true]) {
    test(`works from form to confirmation, script ${javaScriptEnabled ? "on" : "off"}`, () =>
      visit(form, { javaScriptEnabled }, async ({ context, page, seen }) => {
        await fill(page);
        await page.getByRole("button", { name: order }).click();
        await thanks(page);
        assert.deepEqual(seen.errors, []);
        assert.deepEqual(seen.foreign, []);
        assert.deepEqual(await context.cookies(), [], "an order sets no cookie");
        if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
      }));
  }

  test("an empty form says what is missing, and keeps what was entered", () =>
    visit(form, {}, async ({ page }) => {
      await page.getByLabel("Name", { exact: true }).fill(person.Name);
      await page.getByRole("button", { name: order }).click();
      await page.getByRole("alert").waitFor();
      assert.match(await page.title(), /^Fehler:/);
      assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), person.Name);
      const names = page.getByRole("alert").getByRole("link");
      assert.ok((await names.count()) >= 3);
      for (const link of await names.all()) {
        const target = (await link.getAttribute("href")).slice(1);
        assert.equal(await page.locator(`[id="${target}"]`).count(), 1, `no field #${target}`);
      }
      assert.deepEqual(await violations(page), []);
    }));

  test("with direct debit the bank details are asked for and checked", () =>
    visit(form, { javaScriptEnabled: false }, async ({ page }) => {
      await fill(page);
      await page.getByRole("radio", { name: "Lastschrift" }).check();
      await page.getByLabel("IBAN", { exact: true }).fill("DE00 0000 0000 0000 0000 00");
      await page.getByLabel("Kontoinhaber", { exact: true }).fill(person.Name);
      await page.getByRole("button", { name: order }).click();
      await page.getByRole("alert").waitFor();
      await page.getByLabel("IBAN", { exact: true }).fill("DE89 3704 0044 0532 0130 00");
      await page.getByRole("button", { name: order }).click();
      await thanks(page);
    }));

  test("works in a frame of another site that blocks third-party cookies", async () => {
    const host = `http://localhost:${base.port}/a-page-of-somebody-else`;
    const context = await browser.newContext({ locale: "de-DE" });
    try {
      const page = await context.newPage();
      const html = `<!doctype html><html lang="de"><title>Shop</title><h1>Shop</h1>
        <iframe title="Kaufformular" width="700" height="1400" src="${new URL(form.path, base).href}"></iframe>`;
      await page.route(host, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
      await page.goto(host);
      const frame = page.frameLocator("iframe");
      await fill(frame);
      await frame.getByRole("button", { name: order }).click();
      await thanks(frame);
      assert.deepEqual(await context.cookies(), []);
      // The page around the form learns nothing from it.
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    } finally {
      await context.close();
    }
  });

  test("a form that is left leaves nothing", () =>
    visit(form, {}, async ({ context, page, seen }) => {
      await fill(page);
      await page.getByRole("checkbox").first().check({ timeout: 2_000 }).catch(() => {});
      await page.waitForTimeout(500);
      await page.goto("about:blank");
      await page.waitForTimeout(500);
      assert.deepEqual([...new Set(seen.methods)], ["GET"], "nothing was sent");
      assert.deepEqual(await context.cookies(), []);
      await page.goto(new URL(form.path, base).href);
      assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "");
      assert.deepEqual(await kept(page), nothing);
    }));
});
